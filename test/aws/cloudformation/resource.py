"""What all types of resources have in common: clients of AWS, and how properties become the input of a call."""

import secrets
import string
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

import botocore.session
from botocore.config import Config
from botocore.model import Shape

from cloudformation.template import invalid

ALPHABET = string.ascii_uppercase + string.digits


class Aws:
    """The clients of the emulator's own API, by which CloudFormation makes resources."""

    def __init__(self, endpoint: str, region: str, access_key: str):
        self.region = region
        self._session = botocore.session.Session()
        self._given = {
            "endpoint_url": endpoint,
            "region_name": region,
            "aws_access_key_id": access_key,
            "aws_secret_access_key": "-",
            "config": Config(proxies={}, retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
        }
        self._clients: dict[str, object] = {}
        self._lock = Lock()

    def __call__(self, service: str):
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self._session.create_client(service, **self._given)
            return self._clients[service]


def nothing(*_) -> dict:
    return {}


@dataclass(frozen=True)
class ResourceType:
    """A type: its properties, and what is called to make one.

    create(aws, stack, logical, properties) gives the physical id; update(aws, id, old, new), delete(aws, id, properties);
    attributes(aws, id, properties) are those of Fn::GetAtt. A change of a property in replaced_by makes a new resource.
    """

    properties: frozenset[str]
    create: Callable
    delete: Callable
    update: Callable
    attributes: Callable = nothing
    replaced_by: frozenset[str] = frozenset()

    def replaced(self, old: dict, new: dict) -> bool:
        return any(old.get(name) != new.get(name) for name in self.replaced_by)


def properties_known(resource_type: ResourceType, properties: dict) -> None:
    unknown = sorted(set(properties) - resource_type.properties)
    if unknown:
        raise invalid(f"extraneous key [{', '.join(unknown)}] is not permitted, or not in this emulator")


def generated_name(stack, logical: str, most: int, lower: bool = False) -> str:
    """STACK-RESOURCE-RANDOM, of at most so many characters."""
    suffix = "".join(secrets.choice(ALPHABET) for _ in range(12))
    name = f"{stack.name[: (most - 14) // 2]}-{logical[: (most - 14) // 2]}-{suffix}"
    return name.lower() if lower else name


def call_input(client, operation: str, properties: dict) -> dict:
    """Properties as the input of an operation: the same names in the API's own case, numbers and booleans as such."""
    shape = client.meta.service_model.operation_model(operation).input_shape
    return fit(properties, shape, operation)


def fit(value, shape: Shape, path: str):
    if shape.type_name == "structure":
        members = {name.lower(): (name, member) for name, member in shape.members.items()}
        strangers = [key for key in value if key.lower() not in members]
        if strangers:
            raise invalid(f"extraneous key [{', '.join(strangers)}] is not permitted in {path}")
        named = [(members[key.lower()], one) for key, one in value.items()]
        return {name: fit(one, member, f"{path}.{name}") for (name, member), one in named}
    if shape.type_name == "list":
        return [fit(one, shape.member, path) for one in value]
    if shape.type_name == "map":
        return {key: fit(one, shape.value, path) for key, one in value.items()}
    if shape.type_name == "boolean":
        return value is True or str(value).lower() == "true"
    return int(value) if shape.type_name in ("integer", "long") else str(value)


def without(properties: dict, *names: str) -> dict:
    return {name: value for name, value in properties.items() if name not in names}
