"""CloudFormation's API. All that a call asks for is done before it returns."""

from cloudformation.change_sets import ChangeSets
from cloudformation.stack import Stack
from cloudformation.stacks import GONE, TYPES, differs
from cloudformation.template import invalid, load, needs_capability
from wire import AwsError, Call


class CloudFormation(ChangeSets):
    def create_stack(self, call: Call) -> dict:
        name = call.parameters["StackName"]
        if self._find(name):
            raise AwsError("AlreadyExistsException", f"Stack [{name}] already exists", 400)
        stack = self._new(name, call)
        template, parameters = self._plan(call, stack)
        self.stacks.append(stack)
        stack.apply(template, call.parameters["TemplateBody"], parameters)
        return {"StackId": stack.id}

    def update_stack(self, call: Call) -> dict:
        stack = self._updatable(call.parameters["StackName"])
        template, parameters = self._plan(call, stack)
        if not differs(stack, template, parameters):
            raise invalid("No updates are to be performed.")
        stack.apply(template, self._body(call, stack), parameters)
        return {"StackId": stack.id}

    def delete_stack(self, call: Call) -> dict:
        stack = self._find(call.parameters["StackName"])
        if stack:
            stack.delete()
        return {}

    def describe_stacks(self, call: Call) -> dict:
        name = call.parameters.get("StackName")
        found = [self._known(name)] if name else [stack for stack in self.stacks if stack.status != GONE]
        return {"Stacks": [_shown(stack) for stack in found]}

    def list_stacks(self, call: Call) -> dict:
        wanted = call.parameters.get("StackStatusFilter")
        return {
            "StackSummaries": [_shown(stack) for stack in self.stacks if not wanted or stack.status in wanted]
        }

    def describe_stack_events(self, call: Call) -> dict:
        return {"StackEvents": self._known(call.parameters["StackName"]).events}

    def describe_stack_resources(self, call: Call) -> dict:
        logical = call.parameters.get("LogicalResourceId")
        resources = _resources(self._known(call.parameters["StackName"]))
        return {"StackResources": [one for one in resources if logical in (None, one["LogicalResourceId"])]}

    def describe_stack_resource(self, call: Call) -> dict:
        found = self.describe_stack_resources(call)["StackResources"]
        if not found:
            raise invalid(
                f"Resource {call.parameters['LogicalResourceId']} does not exist for stack {call.parameters['StackName']}"
            )
        return {"StackResourceDetail": {**found[0], "LastUpdatedTimestamp": found[0]["Timestamp"]}}

    def list_stack_resources(self, call: Call) -> dict:
        resources = _resources(self._known(call.parameters["StackName"]))
        return {
            "StackResourceSummaries": [{**one, "LastUpdatedTimestamp": one["Timestamp"]} for one in resources]
        }

    def get_template(self, call: Call) -> dict:
        return {
            "TemplateBody": self._known(call.parameters["StackName"]).body,
            "StagesAvailable": ["Original"],
        }

    def get_template_summary(self, call: Call) -> dict:
        given = call.parameters
        body = given.get("TemplateBody") or self._known(given["StackName"]).body
        template = load(body, set(TYPES))
        types = sorted({one["Type"] for one in template["Resources"].values()})
        return {**_summary(template), "ResourceTypes": types}

    def validate_template(self, call: Call) -> dict:
        return _summary(load(call.parameters["TemplateBody"], set(TYPES)))


def _summary(template: dict) -> dict:
    declared = template.get("Parameters", {})
    shown = [
        {"ParameterKey": name, "ParameterType": one["Type"], "DefaultValue": one.get("Default")}
        for name, one in declared.items()
    ]
    capability = needs_capability(template)
    told = {
        "Capabilities": [capability] if capability else [],
        "Description": template.get("Description", ""),
    }
    return {"Parameters": shown, **told}


def _shown(stack: Stack) -> dict:
    parameters = [{"ParameterKey": name, "ParameterValue": value} for name, value in stack.parameters.items()]
    told = {
        "StackId": stack.id,
        "StackName": stack.name,
        "CreationTime": stack.created,
        "StackStatus": stack.status,
    }
    reason = {"StackStatusReason": stack.reason} if stack.reason else {}
    shown = {"Parameters": parameters, "Outputs": list(stack.outputs.values()), "Tags": stack.tags}
    more = {"Description": stack.template.get("Description", ""), "Capabilities": stack.capabilities}
    return {**told, **reason, **shown, **more, "DisableRollback": False}


def _resources(stack: Stack) -> list[dict]:
    told = {
        "StackName": stack.name,
        "StackId": stack.id,
        "ResourceStatus": "CREATE_COMPLETE",
        "Timestamp": stack.created,
    }
    return [
        {**told, "LogicalResourceId": made.logical, "PhysicalResourceId": made.id, "ResourceType": made.type}
        for made in stack.made.values()
    ]
