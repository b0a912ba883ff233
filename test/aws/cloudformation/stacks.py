"""The stacks of a region, and what every change of one begins with: a template and parameters that are checked."""

from cloudformation import bucket_types, delivery_types, iam_types, storage_types
from cloudformation.dependencies import order
from cloudformation.functions import check_rules
from cloudformation.resource import Aws
from cloudformation.stack import Stack
from cloudformation.template import check_capabilities, invalid, load, parameter_values
from wire import Call

TYPES = {**bucket_types.TYPES, **delivery_types.TYPES, **iam_types.TYPES, **storage_types.TYPES}
COUNTED = ("Conditions", "Mappings", "Outputs", "Resources")  # the sections whose change is a change
GONE = "DELETE_COMPLETE"


class Stacks:
    def __init__(self, region: str, aws: Aws):
        self.region, self._aws = region, aws
        self.stacks: list[Stack] = []

    def _plan(self, call: Call, stack: Stack) -> tuple[dict, dict[str, str]]:
        """The template and its parameters' values, all checked before anything is made."""
        template = load(self._body(call, stack), set(TYPES))
        parameters = parameter_values(template, call.parameters.get("Parameters", []), stack.parameters)
        scope = stack.scope(template, parameters)
        check_rules(scope)
        order(scope)
        stack.capabilities = call.parameters.get("Capabilities", [])
        check_capabilities(template, stack.capabilities)
        return template, parameters

    def _body(self, call: Call, stack: Stack) -> str:
        if call.parameters.get("UsePreviousTemplate"):
            return stack.body
        if "TemplateBody" not in call.parameters:
            raise invalid("this emulator takes a TemplateBody alone")
        return call.parameters["TemplateBody"]

    def _new(self, name: str, call: Call) -> Stack:
        return Stack(name, self.region, self._aws, TYPES, tags=call.parameters.get("Tags", []))

    def _find(self, name: str) -> Stack | None:
        """By its id, or by the name of one that is not deleted."""
        return next(
            (one for one in self.stacks if name == one.id or name == one.name and one.status != GONE), None
        )

    def _known(self, name: str) -> Stack:
        stack = self._find(name)
        if stack is None:
            raise invalid(f"Stack with id {name} does not exist")
        return stack

    def _updatable(self, name: str) -> Stack:
        stack = self._known(name)
        if stack.status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"):
            raise invalid(f"Stack:{stack.id} is in {stack.status} state and can not be updated.")
        return stack


def differs(stack: Stack, template: dict, parameters: dict[str, str]) -> bool:
    same = all(stack.template.get(section) == template.get(section) for section in COUNTED)
    return not same or stack.parameters != parameters
