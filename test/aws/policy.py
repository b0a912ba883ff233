"""A model of how IAM decides: pure functions, no AWS behind them.

What it knows, by "Policy evaluation logic" and "IAM JSON policy elements reference" of the IAM User Guide
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html): Effect, Action, Resource, Principal
(of a trust policy) and Condition with the operators of conditions.py; an explicit Deny wins, and what nothing allows is
refused. What it does not know is an Unsupported, never guessed at: NotAction, NotResource, NotPrincipal, policy
variables, other operators. Boundaries, session policies, an organization's policies and, but for what a bucket's policy
says to everybody, policies of resources are not in the model at all.
"""

from collections.abc import Iterable, Mapping
from enum import Enum

from conditions import Context, Unsupported, hold, listed, names

PERMISSION = {"Sid", "Effect", "Action", "Resource", "Condition"}
FOR_EVERYBODY = {*PERMISSION, "Principal"}
TRUST = {"Sid", "Effect", "Action", "Principal", "Condition"}


class Decision(Enum):
    ALLOWED = "allowed"
    DENIED = "explicitly denied"
    NOT_ALLOWED = "not allowed"


def decide(policies: Iterable[Mapping], action: str, resource: str, context: Context) -> Decision:
    """What the policies of a role say to an action on a resource."""
    found = [statement for policy in policies for statement in _statements(policy, PERMISSION)]
    return _verdict(
        statement["Effect"]
        for statement in found
        if names(statement["Action"], action, ignore_case=True)
        and names(statement["Resource"], resource)
        and hold(statement.get("Condition", {}), context)
    )


def decide_for_everybody(policy: Mapping, action: str, resource: str, context: Context) -> Decision:
    """What the policy of a resource, such as a bucket, says to everybody; one with another Principal is Unsupported."""
    found = _statements(policy, FOR_EVERYBODY)
    if any(statement["Principal"] != "*" for statement in found):
        raise Unsupported("a resource's policy for somebody in particular is not in this model of IAM")
    return decide(
        [{**policy, "Statement": [_without_principal(one) for one in found]}], action, resource, context
    )


def _without_principal(statement: Mapping) -> Mapping:
    return {key: value for key, value in statement.items() if key != "Principal"}


def decide_trust(policy: Mapping, principal: tuple[str, str], action: str, context: Context) -> Decision:
    """What a trust policy says to a principal, such as ("Service", "codebuild.amazonaws.com")."""
    return _verdict(
        statement["Effect"]
        for statement in _statements(policy, TRUST)
        if _is_principal(statement["Principal"], principal)
        and names(statement["Action"], action, ignore_case=True)
        and hold(statement.get("Condition", {}), context)
    )


def _verdict(effects: Iterable[str]) -> Decision:
    effects = set(effects)
    if "Deny" in effects:
        return Decision.DENIED
    return Decision.ALLOWED if "Allow" in effects else Decision.NOT_ALLOWED


def _statements(policy: Mapping, known: set[str]) -> list[Mapping]:
    if policy.get("Version") != "2012-10-17":
        raise Unsupported(f"the policy's Version {policy.get('Version')} is not 2012-10-17")
    statements = listed(policy["Statement"])
    for statement in statements:
        unknown = sorted(set(statement) - known) or sorted(known - {"Sid", "Condition"} - set(statement))
        if unknown:
            raise Unsupported(f"a statement with or without {', '.join(unknown)} is not in this model of IAM")
        if statement["Effect"] not in ("Allow", "Deny"):
            raise Unsupported(f"Effect {statement['Effect']} is not in this model of IAM")
    return statements


def _is_principal(principals: str | Mapping, principal: tuple[str, str]) -> bool:
    kind, name = principal
    if principals == "*":
        return True
    wanted = listed(principals.get(kind, []))
    account = name.split(":")[4] if kind == "AWS" else None
    return (
        name in wanted or "*" in wanted or (account is not None and f"arn:aws:iam::{account}:root" in wanted)
    )
