"""Reading a template: its short forms, its sections, and the values of its parameters."""

import json
import re

from cfnlint.decode import cfn_yaml
from yaml import YAMLError

from wire import AwsError

SECTIONS = {
    "AWSTemplateFormatVersion",
    "Description",
    "Metadata",
    "Parameters",
    "Rules",
    "Mappings",
    "Conditions",
    "Resources",
    "Outputs",
}


def invalid(text: str) -> AwsError:
    return AwsError("ValidationError", text, 400)


def load(body: str, known_types: set[str]) -> dict:
    """A template, YAML or JSON, with its short forms made long. Raises an AwsError as CloudFormation words it."""
    try:
        template = json.loads(json.dumps(cfn_yaml.loads(body), default=str))
    except YAMLError as error:
        raise invalid(f"Template format error: YAML not well-formed. ({error})") from None
    if not isinstance(template, dict) or not template.get("Resources"):
        raise invalid("Template format error: At least one Resources member must be defined.")
    unknown = sorted(set(template) - SECTIONS)
    if unknown:
        raise invalid(f"Invalid template property or properties [{', '.join(unknown)}]")
    types = sorted({resource.get("Type", "") for resource in template["Resources"].values()} - known_types)
    if types:
        raise invalid(f"Template format error: Unrecognized resource types: [{', '.join(types)}]")
    return template


def needs_capability(template: dict) -> str | None:
    """The capability that a template with roles needs: a stronger one if a role has a name of its own."""
    found = [resource for resource in template["Resources"].values() if resource["Type"] == "AWS::IAM::Role"]
    named = any("RoleName" in resource.get("Properties", {}) for resource in found)
    return "CAPABILITY_NAMED_IAM" if named else "CAPABILITY_IAM" if found else None


def check_capabilities(template: dict, given: list[str]) -> None:
    needed = needs_capability(template)
    if needed and needed not in given and "CAPABILITY_NAMED_IAM" not in given:
        raise AwsError("InsufficientCapabilitiesException", f"Requires capabilities : [{needed}]", 400)


def parameter_values(template: dict, given: list[dict], previous: dict[str, str]) -> dict[str, str]:
    """The value of each parameter: given, the stack's, or the default. Raises an AwsError for one that may not be."""
    declared = template.get("Parameters", {})
    strangers = [one["ParameterKey"] for one in given if one["ParameterKey"] not in declared]
    if strangers:
        raise invalid(f"Parameters: [{', '.join(strangers)}] do not exist in the template")
    values = {name: str(one["Default"]) for name, one in declared.items() if "Default" in one}
    for one in given:
        name = one["ParameterKey"]
        if one.get("UsePreviousValue"):
            values.update({name: previous[name]} if name in previous else {})
        else:
            values[name] = one.get("ParameterValue", "")
    missing = [name for name in declared if name not in values]
    if missing:
        raise invalid(f"Parameters: [{', '.join(missing)}] must have values")
    for name, value in values.items():
        _check(name, declared[name], value)
    return values


def _check(name: str, declared: dict, value: str) -> None:
    broken = _broken(declared, value)
    if broken is None:
        return
    if "ConstraintDescription" in declared:
        raise invalid(f"Parameter {name} failed to satisfy constraint: {declared['ConstraintDescription']}")
    raise invalid(f"Parameter '{name}' {broken}")


def _broken(declared: dict, value: str) -> str | None:
    """What a value breaks."""
    if declared["Type"] == "Number":
        if not re.fullmatch(r"-?\d+(\.\d+)?", value):
            return "must be a number"
        if float(value) < float(declared.get("MinValue", value)):
            return f"must be a number not less than {declared['MinValue']}"
        if float(value) > float(declared.get("MaxValue", value)):
            return f"must be a number not greater than {declared['MaxValue']}"
    elif declared["Type"] != "String":
        raise invalid(f"the parameter type {declared['Type']} is not in this emulator")
    if "AllowedValues" in declared and value not in map(str, declared["AllowedValues"]):
        return "must be one of AllowedValues"
    if "AllowedPattern" in declared and not re.fullmatch(declared["AllowedPattern"], value):
        return f"must match pattern {declared['AllowedPattern']}"
    if len(value) < int(declared.get("MinLength", 0)):
        return f"must contain at least {declared['MinLength']} characters"
    if len(value) > int(declared.get("MaxLength", len(value))):
        return f"must contain at most {declared['MaxLength']} characters"
    return None
