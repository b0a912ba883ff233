"""The cluster's token review: a token of `aws eks get-token` becomes a user and groups.

Such a token is a signed address of sts:GetCallerIdentity. As by the authenticator of EKS
(https://github.com/kubernetes-sigs/aws-iam-authenticator) it is accepted for 15 minutes, from live credentials, if the
name of this cluster is signed into it; the administrator's signature, whose secret nobody knows here, is not checked.
Access entries say who comes in; a mapping of the ConfigMap aws-auth counts where the cluster's mode lets it. An access
policy is a group, eks:POLICY:NAMESPACE or, for the whole cluster, eks:POLICY:*, for the cluster to bind.
"""

import base64
import binascii
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qsl, urlsplit

from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

import roles
from cluster import Cluster
from credentials import TEMPORARY, Session, Sessions, now
from sts import ADMINISTRATOR

PREFIX = "k8s-aws-v1."
CLUSTER_HEADER = "x-k8s-aws-id"
LIFETIME = timedelta(minutes=15)


class NotAuthenticated(Exception):
    """Why a token names nobody."""


@dataclass
class Mapping:
    """What the ConfigMap aws-auth says of a role."""

    username: str
    groups: list[str]


@dataclass
class Reviewer:
    sessions: Sessions
    cluster: Cluster
    config_map: dict[str, Mapping] = field(default_factory=dict)

    def review(self, token: str) -> dict:
        """The user of a token, as in the status of a TokenReview. Raises a NotAuthenticated."""
        address, query = _address(token)
        signed_at = _signed_at(query)
        if now() > signed_at + LIFETIME:
            raise NotAuthenticated("the token has expired")
        if CLUSTER_HEADER not in query.get("X-Amz-SignedHeaders", "").split(";"):
            raise NotAuthenticated("no cluster is signed into the token")
        key = query.get("X-Amz-Credential", "").partition("/")[0]
        if not key.startswith(TEMPORARY):
            return self._user(ADMINISTRATOR, ADMINISTRATOR, "", "ada")
        session = self.sessions.find(key)
        if (
            session is None
            or roles.find(session.role_arn) is None
            or query.get("X-Amz-Security-Token") != session.token
        ):
            raise NotAuthenticated("the credentials of the token are unknown")
        if not session.live:
            raise NotAuthenticated("the credentials of the token have expired")
        if _signature(address, query, session, self.cluster.name) != query.get("X-Amz-Signature"):
            raise NotAuthenticated("the token is signed for another cluster, or by another secret")
        return self._user(session.role_arn, session.arn, session.name, session.user_id)

    def _user(self, principal: str, caller: str, session_name: str, user_id: str) -> dict:
        username, groups = self._known(principal)
        extra = {
            "arn": [caller],
            "canonicalArn": [principal],
            "sessionName": [session_name],
            "principalId": [user_id],
        }
        name = username.replace("{{SessionName}}", session_name.replace("@", "-"))
        return {"username": name, "uid": f"aws-iam-authenticator:{user_id}", "groups": groups, "extra": extra}

    def _known(self, principal: str) -> tuple[str, list[str]]:
        entry = self.cluster.entries.get(principal)
        if entry and (self.cluster.mode != "CONFIG_MAP" or principal == ADMINISTRATOR):
            scopes = [
                (arn.rpartition("/")[2], scope["namespaces"] or ["*"])
                for arn, scope in entry.policies.items()
            ]
            policies = [
                f"eks:{policy}:{namespace}" for policy, namespaces in scopes for namespace in namespaces
            ]
            return entry.username, [*entry.groups, *policies]
        mapping = self.config_map.get(principal)
        if mapping and self.cluster.mode != "API":
            return mapping.username, mapping.groups
        raise NotAuthenticated(f"{principal} has no access entry, nor a mapping in aws-auth that counts")


def _address(token: str) -> tuple[str, dict[str, str]]:
    """The address that was signed, and its query with the signature."""
    try:
        if not token.startswith(PREFIX):
            raise ValueError
        encoded = token.removeprefix(PREFIX)
        url = urlsplit(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode())
        query = dict(parse_qsl(url.query, strict_parsing=True))
    except (ValueError, binascii.Error):
        raise NotAuthenticated("it is no token of aws eks get-token") from None
    if query.get("Action") != "GetCallerIdentity" or query.get("X-Amz-Algorithm") != "AWS4-HMAC-SHA256":
        raise NotAuthenticated("the token is no signed GetCallerIdentity")
    unsigned = "&".join(part for part in url.query.split("&") if not part.startswith("X-Amz-Signature="))
    return url._replace(query=unsigned).geturl(), query


def _signed_at(query: dict[str, str]) -> datetime:
    try:
        return datetime.strptime(query["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
    except (KeyError, ValueError):
        raise NotAuthenticated("the token has no date") from None


def _signature(address: str, query: dict[str, str], session: Session, cluster: str) -> str:
    """What the session's secret signs for this cluster."""
    region, service = query["X-Amz-Credential"].split("/")[2:4]
    credentials = Credentials(session.access_key, session.secret_key, session.token)
    request = AWSRequest("GET", address, headers={CLUSTER_HEADER: cluster})
    request.context["timestamp"] = query["X-Amz-Date"]
    auth = SigV4QueryAuth(credentials, service, region)
    return auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
