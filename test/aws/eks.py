"""EKS: its cluster, who may enter it by access entries, and how it lets people in."""

from uuid import uuid4

import roles
from cluster import Cluster, Entry
from credentials import now
from wire import AwsError, Call

POLICIES = {
    f"AmazonEKS{name}Policy"
    for name in ("Admin", "AdminView", "ClusterAdmin", "Edit", "SecretReader", "View")
}
RESERVED = ("system:", "eks:", "aws:", "amazon:", "iam:")
NEXT_MODES = {"CONFIG_MAP": "API_AND_CONFIG_MAP", "API_AND_CONFIG_MAP": "API"}


class Eks:
    def __init__(self, region: str):
        self.region = region
        self.clusters: dict[str, Cluster] = {}

    def list_clusters(self, call: Call) -> dict:
        return {"clusters": sorted(self.clusters)}

    def describe_cluster(self, call: Call) -> dict:
        return {"cluster": self._cluster(call.parameters["name"]).shown()}

    def update_cluster_config(self, call: Call) -> dict:
        cluster = self._cluster(call.parameters["name"])
        mode = call.parameters.get("accessConfig", {}).get("authenticationMode")
        if mode is None:
            raise AwsError(
                "InvalidParameterException", "this emulator changes accessConfig.authenticationMode alone"
            )
        if NEXT_MODES.get(cluster.mode) != mode:
            text = f"Unsupported authentication mode update from {cluster.mode} to {mode}"
            raise AwsError("InvalidParameterException", text)
        cluster.mode = mode
        params = [{"type": "AuthenticationMode", "value": f'"{mode}"'}]
        update = {"id": str(uuid4()), "status": "InProgress", "type": "AccessConfigUpdate", "params": params}
        return {"update": {**update, "createdAt": now(), "errors": []}}

    def create_access_entry(self, call: Call) -> dict:
        asked = call.parameters
        cluster, principal = self._with_entries(asked["clusterName"]), asked["principalArn"]
        if asked.get("type", "STANDARD") != "STANDARD":
            raise AwsError(
                "InvalidParameterException", "this emulator has access entries of type STANDARD alone"
            )
        if principal in cluster.entries:
            text = "The specified access entry resource is already in use on this cluster."
            raise AwsError("ResourceInUseException", text)
        if ":role/" in principal and roles.find(principal) is None:
            raise AwsError(
                "InvalidParameterException", "The specified principalArn is invalid: invalid principal."
            )
        groups = _groups(asked.get("kubernetesGroups", []))
        return {"accessEntry": cluster.enter(principal, groups, asked.get("username")).shown()}

    def update_access_entry(self, call: Call) -> dict:
        entry = self._entry(call)
        entry.groups = _groups(call.parameters.get("kubernetesGroups", entry.groups))
        entry.username = call.parameters.get("username", entry.username)
        return {"accessEntry": entry.shown()}

    def describe_access_entry(self, call: Call) -> dict:
        return {"accessEntry": self._entry(call).shown()}

    def list_access_entries(self, call: Call) -> dict:
        return {"accessEntries": list(self._with_entries(call.parameters["clusterName"]).entries)}

    def delete_access_entry(self, call: Call) -> dict:
        entry = self._entry(call)
        del self._cluster(entry.cluster).entries[entry.principal]
        return {}

    def associate_access_policy(self, call: Call) -> dict:
        entry, arn, scope = self._entry(call), call.parameters["policyArn"], call.parameters["accessScope"]
        if arn.removeprefix("arn:aws:eks::aws:cluster-access-policy/") not in POLICIES:
            raise AwsError("InvalidParameterException", f"The policyArn parameter format is not valid: {arn}")
        if (scope.get("type") == "namespace") != bool(scope.get("namespaces")):
            raise AwsError(
                "InvalidParameterException", "an access scope of type namespace, and no other, has namespaces"
            )
        entry.policies[arn] = {"type": scope["type"], "namespaces": scope.get("namespaces", [])}
        told = {"clusterName": entry.cluster, "principalArn": entry.principal}
        return {**told, "associatedAccessPolicy": entry.policy_shown(arn)}

    def disassociate_access_policy(self, call: Call) -> dict:
        if self._entry(call).policies.pop(call.parameters["policyArn"], None) is None:
            raise AwsError(
                "ResourceNotFoundException", "The specified policyArn is not associated with the access entry"
            )
        return {}

    def list_associated_access_policies(self, call: Call) -> dict:
        entry = self._entry(call)
        shown = [entry.policy_shown(arn) for arn in entry.policies]
        return {
            "clusterName": entry.cluster,
            "principalArn": entry.principal,
            "associatedAccessPolicies": shown,
        }

    def _cluster(self, name: str) -> Cluster:
        if name not in self.clusters:
            raise AwsError("ResourceNotFoundException", f"No cluster found for name: {name}.")
        return self.clusters[name]

    def _with_entries(self, name: str) -> Cluster:
        cluster = self._cluster(name)
        if cluster.mode == "CONFIG_MAP":
            modes = "[API, API_AND_CONFIG_MAP]"
            text = (
                f"The cluster's authentication mode must be set to one of {modes} to perform this operation."
            )
            raise AwsError("InvalidRequestException", text)
        return cluster

    def _entry(self, call: Call) -> Entry:
        cluster, principal = (
            self._with_entries(call.parameters["clusterName"]),
            call.parameters["principalArn"],
        )
        if principal not in cluster.entries:
            text = "The specified principalArn could not be found."
            raise AwsError("ResourceNotFoundException", text)
        return cluster.entries[principal]


def _groups(groups: list[str]) -> list[str]:
    for group in groups:
        for prefix in RESERVED:
            if group.startswith(prefix):
                text = f"The kubernetes group name {group} is invalid, it cannot start with {prefix}"
                raise AwsError("InvalidParameterException", text)
    return groups
