"""The roles of the account, as moto's IAM keeps them, with their documents as JSON."""

import json

from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.iam.models import Role, iam_backends

from conditions import Unsupported

IAM = iam_backends[ACCOUNT]["aws"]


def find(arn: str) -> Role | None:
    return next((role for role in IAM.get_roles() if role.arn == arn), None)


def trust(role: Role) -> dict:
    return json.loads(role.assume_role_policy_document)


def permissions(role: Role) -> list[dict]:
    """The inline policies. Raises an Unsupported if anything else decides too."""
    if role.managed_policies or role.permissions_boundary:
        raise Unsupported(
            f"{role.name} has managed policies or a boundary, which are not in this model of IAM"
        )
    return [json.loads(document) for document in role.policies.values()]


def provider(issuer: str):
    """The identity provider of the account for an issuer, or None."""
    host = issuer.removeprefix("https://")
    return IAM.open_id_providers.get(f"arn:aws:iam::{ACCOUNT}:oidc-provider/{host}")
