"""Change sets, as `aws cloudformation deploy` uses them."""

from uuid import uuid4

from cloudformation.dependencies import order
from cloudformation.resource import Aws
from cloudformation.stack import Stack
from cloudformation.stacks import Stacks, differs
from credentials import ACCOUNT, now
from wire import AwsError, Call

NO_CHANGE = (
    "The submitted information didn't contain changes. Submit different information to create a change set."
)


class ChangeSets(Stacks):
    def __init__(self, region: str, aws: Aws):
        super().__init__(region, aws)
        self._sets: dict[str, dict] = {}

    def create_change_set(self, call: Call) -> dict:
        stack = self._find(call.parameters["StackName"])
        if call.parameters.get("ChangeSetType", "UPDATE") == "CREATE":
            stack = stack or self._new(call.parameters["StackName"], call)
        else:
            stack = self._updatable(call.parameters["StackName"])
        template, parameters = self._plan(call, stack)
        if stack not in self.stacks:
            self.stacks.append(stack)
        name = call.parameters["ChangeSetName"]
        id = f"arn:aws:cloudformation:{self.region}:{ACCOUNT}:changeSet/{name}/{uuid4()}"
        change = {
            "ChangeSetName": name,
            "ChangeSetId": id,
            "StackName": stack.name,
            "StackId": stack.id,
            "CreationTime": now(),
        }
        if differs(stack, template, parameters):
            state = {
                "Status": "CREATE_COMPLETE",
                "ExecutionStatus": "AVAILABLE",
                "Changes": _changes(stack, template, parameters),
            }
        else:
            state = {
                "Status": "FAILED",
                "ExecutionStatus": "UNAVAILABLE",
                "StatusReason": NO_CHANGE,
                "Changes": [],
            }
        plan = (stack, template, self._body(call, stack), parameters)
        self._sets[id] = {**change, **state, "plan": plan}
        return {"Id": id, "StackId": stack.id}

    def describe_change_set(self, call: Call) -> dict:
        return {key: value for key, value in self._change_set(call).items() if key != "plan"}

    def execute_change_set(self, call: Call) -> dict:
        change = self._change_set(call)
        if change["ExecutionStatus"] != "AVAILABLE":
            raise AwsError(
                "InvalidChangeSetStatus", f"ChangeSet [{change['ChangeSetId']}] cannot be executed", 400
            )
        stack, template, body, parameters = change["plan"]
        stack.apply(template, body, parameters)
        change["ExecutionStatus"] = "EXECUTE_COMPLETE"
        return {}

    def delete_change_set(self, call: Call) -> dict:
        del self._sets[self._change_set(call)["ChangeSetId"]]
        return {}

    def _change_set(self, call: Call) -> dict:
        name, stack = call.parameters["ChangeSetName"], call.parameters.get("StackName")
        for change in reversed(self._sets.values()):
            if name == change["ChangeSetId"] or (name, stack) in (
                (change["ChangeSetName"], change["StackName"]),
                (change["ChangeSetName"], change["StackId"]),
            ):
                return change
        raise AwsError("ChangeSetNotFound", f"ChangeSet [{name}] does not exist", 404)


def _changes(stack: Stack, template: dict, parameters: dict[str, str]) -> list[dict]:
    wanted = order(stack.scope(template, parameters))
    actions = [
        ("Modify" if name in stack.made else "Add", name, template["Resources"][name]["Type"])
        for name in wanted
    ]
    actions += [("Remove", name, made.type) for name, made in stack.made.items() if name not in wanted]
    return [
        {
            "Type": "Resource",
            "ResourceChange": {"Action": action, "LogicalResourceId": name, "ResourceType": kind},
        }
        for action, name, kind in actions
    ]
