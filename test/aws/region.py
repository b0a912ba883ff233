"""The services of this emulator's own, each region with its own of each."""

from threading import Lock

from build_reports import CodeBuildWithReports
from cloudformation.api import CloudFormation
from cloudformation.resource import Aws
from codeconnections import CodeConnections
from codepipeline import CodePipeline
from eks import Eks
from notifications import Notifications
from sts import Sts


class Regions:
    def __init__(self, default: str, endpoint: str, own_key: str, sts: Sts):
        self._default, self._endpoint, self._own_key, self._sts = default, endpoint, own_key, sts
        self._known: dict[str, dict[str, object]] = {}
        self._lock = Lock()

    def service(self, name: str, region: str) -> object | None:
        """The service that answers in moto's stead, or None."""
        return self._region(region).get(name)

    @property
    def default(self) -> dict[str, object]:
        return self._region(self._default)

    def _region(self, region: str) -> dict[str, object]:
        with self._lock:
            if region not in self._known:
                connections = CodeConnections(region)
                self._known[region] = {
                    "sts": self._sts,
                    "eks": Eks(region),
                    "cloudformation": CloudFormation(region, Aws(self._endpoint, region, self._own_key)),
                    "codebuild": CodeBuildWithReports(region),
                    "codepipeline": CodePipeline(region, connections.is_available),
                    "codeconnections": connections,
                    "codestar-connections": connections,
                    "codestar-notifications": Notifications(region),
                }
            return self._known[region]

    def resources(self) -> list[dict]:
        """The resources of all stacks, with their properties as they were made."""
        stacks = [stack for region in self._known.values() for stack in region["cloudformation"].stacks]
        return [
            {
                "type": made.type,
                "id": made.id,
                "stack": stack.name,
                "logicalId": made.logical,
                "properties": made.properties,
            }
            for stack in stacks
            for made in stack.made.values()
        ]

    def complete_connections(self, arn: str | None) -> list[str]:
        return self.default["codeconnections"].complete(arn)
