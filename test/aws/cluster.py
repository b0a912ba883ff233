"""An EKS cluster, and its access entries."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from credentials import ACCOUNT, now
from sts import ADMINISTRATOR

CLUSTER_ADMIN = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"


@dataclass
class Entry:
    """An access entry: what a principal of IAM is called in the cluster, its groups and its access policies."""

    cluster: str
    principal: str
    groups: list[str]
    username: str
    arn: str
    type: str = "STANDARD"
    created: datetime = field(default_factory=now)
    policies: dict[str, dict] = field(default_factory=dict)  # ARN → its scope: type, namespaces

    def shown(self) -> dict:
        return {
            "clusterName": self.cluster,
            "principalArn": self.principal,
            "kubernetesGroups": self.groups,
            "accessEntryArn": self.arn,
            "createdAt": self.created,
            "modifiedAt": self.created,
            "tags": {},
            "username": self.username,
            "type": self.type,
        }

    def policy_shown(self, arn: str) -> dict:
        return {
            "policyArn": arn,
            "accessScope": self.policies[arn],
            "associatedAt": self.created,
            "modifiedAt": self.created,
        }


class Cluster:
    def __init__(self, name: str, region: str, server: str, authority: str):
        """The authority is the PEM of the CA of the server's certificate, in base64."""
        self.name, self.region, self.server, self.authority = name, region, server, authority
        self.mode = "API_AND_CONFIG_MAP"
        self.entries: dict[str, Entry] = {}
        self.created = now()
        # Who made a cluster is its administrator (bootstrapClusterCreatorAdminPermissions).
        creator = self.enter(ADMINISTRATOR, [], None)
        creator.policies[CLUSTER_ADMIN] = {"type": "cluster", "namespaces": []}

    def enter(self, principal: str, groups: list[str], username: str | None) -> Entry:
        kind, _, path = principal.partition(":iam::")[2].partition(":")[2].partition("/")
        name = path.rpartition("/")[2]
        default = (
            f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/{{{{SessionName}}}}" if kind == "role" else principal
        )
        arn = (
            f"arn:aws:eks:{self.region}:{ACCOUNT}:access-entry/{self.name}/{kind}/{ACCOUNT}/{name}/{uuid4()}"
        )
        self.entries[principal] = Entry(self.name, principal, groups, username or default, arn)
        return self.entries[principal]

    def shown(self) -> dict:
        return {
            "name": self.name,
            "arn": f"arn:aws:eks:{self.region}:{ACCOUNT}:cluster/{self.name}",
            "createdAt": self.created,
            "version": "1.34",
            "endpoint": self.server,
            "status": "ACTIVE",
            "certificateAuthority": {"data": self.authority},
            "accessConfig": {"authenticationMode": self.mode},
            "roleArn": f"arn:aws:iam::{ACCOUNT}:role/{self.name}-cluster",
            "tags": {},
        }
