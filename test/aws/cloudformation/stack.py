"""A stack: its resources made in the order of their references, changed, rolled back and deleted."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from botocore.exceptions import ClientError, ParamValidationError

from cloudformation.dependencies import order
from cloudformation.functions import Made, Scope
from cloudformation.resource import Aws, ResourceType, properties_known
from credentials import ACCOUNT, now
from wire import AwsError

FAILURES = (ClientError, ParamValidationError, AwsError)


@dataclass
class Stack:
    name: str
    region: str
    aws: Aws
    types: dict[str, ResourceType]
    template: dict = field(default_factory=dict)
    body: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    made: dict[str, Made] = field(default_factory=dict)
    outputs: dict[str, dict] = field(default_factory=dict)
    events: list[dict] = field(default_factory=list)
    status: str = "REVIEW_IN_PROGRESS"
    reason: str = ""
    created: datetime = field(default_factory=now)
    capabilities: list[str] = field(default_factory=list)
    tags: list[dict] = field(default_factory=list)
    uuid: str = field(default_factory=lambda: str(uuid4()))

    @property
    def id(self) -> str:
        return f"arn:aws:cloudformation:{self.region}:{ACCOUNT}:stack/{self.name}/{self.uuid}"

    def scope(self, template: dict, parameters: dict[str, str]) -> Scope:
        pseudo = {
            "AWS::AccountId": ACCOUNT,
            "AWS::Partition": "aws",
            "AWS::Region": self.region,
            "AWS::StackId": self.id,
            "AWS::StackName": self.name,
            "AWS::URLSuffix": "amazonaws.com",
        }
        return Scope(template, {**pseudo, **parameters}, dict(self.made))

    def apply(self, template: dict, body: str, parameters: dict[str, str]) -> None:
        """Makes or changes the stack by a template; what fails is undone, and told by the status and the events."""
        kind = "UPDATE" if self.made or self.status.endswith("_COMPLETE") else "CREATE"
        scope = self.scope(template, parameters)
        before = dict(self.made)
        self._event(self.name, self.id, "AWS::CloudFormation::Stack", f"{kind}_IN_PROGRESS", "User Initiated")
        try:
            wanted = order(scope)
            for logical in wanted:
                scope.made[logical] = self._step(kind, logical, scope)
            outputs = self._outputs(scope)
        except FAILURES as error:
            self._roll_back(kind, before, _text(error))
            return
        removed = [before[name] for name in reversed(before) if name not in wanted]
        for made in [*self._replaced(before, wanted), *removed]:
            self._remove(
                made, made.policies.get("UpdateReplacePolicy" if made.logical in wanted else "DeletionPolicy")
            )
        self.made = {name: self.made[name] for name in wanted}
        self.template, self.body, self.parameters, self.outputs = template, body, parameters, outputs
        self._settle(f"{kind}_COMPLETE")

    def delete(self) -> None:
        """Deletes what no DeletionPolicy keeps; what cannot be deleted leaves the stack DELETE_FAILED."""
        for made in reversed(list(self.made.values())):
            try:
                self._remove(made, made.policies.get("DeletionPolicy"))
                del self.made[made.logical]
            except FAILURES as error:
                self._event(made.logical, made.id, made.type, "DELETE_FAILED", _text(error))
                self._settle(
                    "DELETE_FAILED", f"The following resource(s) failed to delete: [{made.logical}]."
                )
                return
        self._settle("DELETE_COMPLETE")

    def _step(self, kind: str, logical: str, scope: Scope) -> Made:
        """Makes, changes or keeps one resource."""
        declared = scope.template["Resources"][logical]
        kept = self.made.get(logical)
        resource_type = self.types[declared["Type"]]
        status = "UPDATE" if kept else "CREATE"
        try:
            properties = scope.resolve(declared.get("Properties", {}))
            properties_known(resource_type, properties)
            if kept and kept.properties == properties and kept.type == declared["Type"]:
                made = kept
            elif (
                kept
                and kept.type == declared["Type"]
                and not resource_type.replaced(kept.properties, properties)
            ):
                resource_type.update(self.aws, kept.id, kept.properties, properties)
                made = self._made(logical, declared, kept.id, properties)
            else:
                made = self._made(
                    logical, declared, resource_type.create(self.aws, self, logical, properties), properties
                )
        except FAILURES as error:
            self._event(logical, kept.id if kept else "", declared["Type"], f"{status}_FAILED", _text(error))
            raise AwsError(
                "Failed", f"The following resource(s) failed to {status.lower()}: [{logical}]."
            ) from error
        if made is not kept:
            self._event(logical, made.id, made.type, f"{status}_COMPLETE")
        self.made[logical] = made
        return made

    def _made(self, logical: str, declared: dict, id: str, properties: dict) -> Made:
        attributes = self.types[declared["Type"]].attributes(self.aws, id, properties)
        policies = {
            name: declared[name] for name in ("DeletionPolicy", "UpdateReplacePolicy") if name in declared
        }
        return Made(logical, declared["Type"], id, attributes, properties, policies)

    def _replaced(self, before: dict[str, Made], wanted: list[str]) -> list[Made]:
        return [made for name, made in before.items() if name in wanted and self.made[name].id != made.id]

    def _remove(self, made: Made, policy: str | None) -> None:
        if policy in ("Retain", "RetainExceptOnCreate"):
            self._event(made.logical, made.id, made.type, "DELETE_SKIPPED")
            return
        self.types[made.type].delete(self.aws, made.id, made.properties)
        self._event(made.logical, made.id, made.type, "DELETE_COMPLETE")

    def _roll_back(self, kind: str, before: dict[str, Made], reason: str) -> None:
        """What was made is deleted, unless it is to be kept whatever happens; what was changed is changed back."""
        for made in reversed(list(self.made.values())):
            old = before.get(made.logical)
            if old is None or old.id != made.id:
                policy = made.policies.get("DeletionPolicy")
                self._remove(made, None if policy == "RetainExceptOnCreate" else policy)
            elif old.properties != made.properties:
                self.types[made.type].update(self.aws, made.id, made.properties, old.properties)
        self.made = before
        self._settle("ROLLBACK_COMPLETE" if kind == "CREATE" else "UPDATE_ROLLBACK_COMPLETE", reason)

    def _outputs(self, scope: Scope) -> dict[str, dict]:
        declared = scope.template.get("Outputs", {})
        return {
            name: {
                "OutputKey": name,
                "OutputValue": str(scope.resolve(one["Value"])),
                "Description": one.get("Description", ""),
            }
            for name, one in declared.items()
            if scope.exists(one)
        }

    def _settle(self, status: str, reason: str = "") -> None:
        self.status, self.reason = status, reason
        self._event(self.name, self.id, "AWS::CloudFormation::Stack", status, reason)

    def _event(self, logical: str, id: str, kind: str, status: str, reason: str = "") -> None:
        told = {"StackId": self.id, "StackName": self.name, "EventId": str(uuid4()), "Timestamp": now()}
        resource = {"LogicalResourceId": logical, "PhysicalResourceId": id, "ResourceType": kind}
        self.events.insert(
            0,
            {
                **told,
                **resource,
                "ResourceStatus": status,
                **({"ResourceStatusReason": reason} if reason else {}),
            },
        )


def _text(error: Exception) -> str:
    return getattr(error, "message", None) or str(error)
