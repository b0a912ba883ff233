"""In which order the resources of a template are made: each after those that it makes use of."""

from graphlib import CycleError, TopologicalSorter

from cloudformation.functions import NAME_IN_TEXT, Scope
from cloudformation.template import invalid


def order(scope: Scope) -> list[str]:
    """The resources that exist, each after those that it makes use of."""
    declared = {name: one for name, one in scope.template["Resources"].items() if scope.exists(one)}
    graph = {}
    for name, one in declared.items():
        after = one.get("DependsOn", [])
        uses = references(one.get("Properties", {})) | set([after] if isinstance(after, str) else after)
        graph[name] = sorted(uses & set(declared))
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise invalid(f"Circular dependency between resources: [{', '.join(error.args[1][1:])}]") from None


def references(value) -> set[str]:
    """The names that a piece of a template makes use of."""
    if isinstance(value, list):
        return set().union(*map(references, value)) if value else set()
    if not isinstance(value, dict):
        return set()
    found = set()
    for key, argument in value.items():
        if key == "Ref" and isinstance(argument, str):
            found.add(argument)
        elif key == "Fn::GetAtt":
            found.add(argument[0] if isinstance(argument, list) else argument.partition(".")[0])
        elif key == "Fn::Sub":
            text = argument[0] if isinstance(argument, list) else argument
            found |= {name.partition(".")[0] for name in NAME_IN_TEXT.findall(text)} | references(argument)
        else:
            found |= references(argument)
    return found
