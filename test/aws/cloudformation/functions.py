"""The functions of a template, worked out against its parameters, conditions and the resources that are made."""

import re
from dataclasses import dataclass, field

from cloudformation.template import invalid

NOTHING = object()  # AWS::NoValue
NAME_IN_TEXT = re.compile(r"\$\{([^!][^}]*)\}")


@dataclass
class Made:
    """A resource of a stack: what Ref and Fn::GetAtt give, and what it was made with."""

    logical: str
    type: str
    id: str
    attributes: dict[str, str]
    properties: dict
    policies: dict[str, str] = field(default_factory=dict)  # DeletionPolicy, UpdateReplacePolicy


@dataclass
class Scope:
    """What the names in a template stand for."""

    template: dict
    values: dict[str, str]  # parameters and pseudo parameters
    made: dict[str, Made] = field(default_factory=dict)

    def holds(self, condition: str) -> bool:
        if condition not in self.template.get("Conditions", {}):
            raise invalid(f"Template format error: Unresolved condition dependency {condition}")
        return self.resolve(self.template["Conditions"][condition]) is True

    def exists(self, declared: dict) -> bool:
        """Whether a resource or an output is there, by its Condition."""
        return "Condition" not in declared or self.holds(declared["Condition"])

    def resolve(self, value):
        """A piece of the template with every function worked out. Raises an AwsError for what cannot be."""
        if isinstance(value, list):
            return [one for one in map(self.resolve, value) if one is not NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            name, argument = next(iter(value.items()))
            if name.startswith("Fn::") or name in FUNCTIONS and _is_call(name, argument):
                return self._call(name, argument)
        resolved = {key: self.resolve(one) for key, one in value.items()}
        return {key: one for key, one in resolved.items() if one is not NOTHING}

    def _call(self, name: str, argument):
        if name not in FUNCTIONS:
            raise invalid(f"Template error: the function {name} is not in this emulator")
        return FUNCTIONS[name](self, argument)

    def ref(self, name: str):
        if name == "AWS::NoValue":
            return NOTHING
        if name in self.values:
            return self.values[name]
        return self._resource(name).id

    def attribute(self, name: str, attribute: str) -> str:
        attributes = self._resource(name).attributes
        if attribute not in attributes:
            raise invalid(
                f"Template error: resource {name} does not support attribute type {attribute} in Fn::GetAtt"
            )
        return attributes[attribute]

    def _resource(self, name: str) -> Made:
        if name not in self.made:
            raise invalid(
                f"Template format error: Unresolved resource dependencies [{name}] in the Resources block of the template"
            )
        return self.made[name]

    def substitute(self, argument) -> str:
        text, local = argument if isinstance(argument, list) else (argument, {})
        local = {name: self.resolve(value) for name, value in local.items()}

        def named(match: re.Match) -> str:
            name, _, attribute = match.group(1).partition(".")
            if match.group(1) in local:
                return str(local[match.group(1)])
            return str(self.attribute(name, attribute) if attribute else self.ref(name))

        return NAME_IN_TEXT.sub(named, text).replace("${!", "${")


def _is_call(name: str, argument) -> bool:
    """Condition is a function, and a key of a policy's statement."""
    return isinstance(argument, str)


def _if(scope: Scope, argument):
    condition, then, otherwise = argument
    return scope.resolve(then if scope.holds(condition) else otherwise)


def _same(pair: list) -> bool:
    left, right = pair
    return _text(left) == _text(right)


def _text(value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


FUNCTIONS = {
    "Ref": lambda scope, name: scope.ref(name),
    "Condition": lambda scope, name: scope.holds(name),
    "Fn::And": lambda scope, all_of: all([scope.resolve(one) is True for one in all_of]),
    "Fn::Or": lambda scope, any_of: any([scope.resolve(one) is True for one in any_of]),
    "Fn::Not": lambda scope, one: scope.resolve(one[0]) is not True,
    "Fn::Equals": lambda scope, pair: _same(scope.resolve(pair)),
    "Fn::If": _if,
    "Fn::GetAtt": lambda scope, path: scope.attribute(
        *(path if isinstance(path, list) else path.split(".", 1))
    ),
    "Fn::Join": lambda scope, argument: str(argument[0]).join(map(_text, scope.resolve(argument[1]))),
    "Fn::Select": lambda scope, argument: scope.resolve(argument[1])[int(scope.resolve(argument[0]))],
    "Fn::Split": lambda scope, argument: scope.resolve(argument[1]).split(argument[0]),
    "Fn::Sub": lambda scope, argument: scope.substitute(argument),
    "Fn::FindInMap": lambda scope, path: _find(scope, *scope.resolve(path)),
}


def _find(scope: Scope, name: str, first: str, second: str):
    return scope.template["Mappings"][name][str(first)][str(second)]


def check_rules(scope: Scope) -> None:
    """Raises an AwsError with the text of the first assertion that does not hold."""
    for name, rule in scope.template.get("Rules", {}).items():
        if "RuleCondition" in rule and scope.resolve(rule["RuleCondition"]) is not True:
            continue
        for assertion in rule["Assertions"]:
            if scope.resolve(assertion["Assert"]) is not True:
                raise invalid(
                    f"Template validation error: rule {name}: {assertion.get('AssertDescription', 'an assertion failed')}"
                )
