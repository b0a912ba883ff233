"""Who asks, and whether they may: a role by its inline policies, the account's administrator anything."""

import roles
from actions import Need, needs
from conditions import Unsupported
from credentials import TEMPORARY, Session
from encryption import decryption
from policy import Decision, decide
from wire import Call, Refused

UNKNOWN = {"s3": "InvalidAccessKeyId", "query": "InvalidClientTokenId", "json": "UnrecognizedClientException"}
EXPIRED = {"s3": "ExpiredToken", "query": "ExpiredToken", "json": "ExpiredTokenException"}
DENIED = {"s3": "AccessDenied", "query": "AccessDenied", "json": "AccessDeniedException"}
ALWAYS = {"aws:SecureTransport": "true"}  # what a client of AWS itself would have used


def wanted(call: Call) -> list[Need] | None:
    """The permissions that a call needs; None if the table of actions does not have it."""
    found = needs(call)
    return None if found is None else [*found, *decryption(call)]


def authorize(call: Call) -> None:
    """Raises a Refused, as the called service words it, if the credentials are not good or the role may not."""
    if not (call.access_key or "").startswith(TEMPORARY):
        return  # the administrator, whose key may be any, or a call that is not signed at all
    if call.caller is None or call.caller.token != call.token or roles.find(call.caller.role_arn) is None:
        raise _refused(call, UNKNOWN, "The security token included in the request is invalid.")
    if not call.caller.live:
        raise _refused(call, EXPIRED, "The security token included in the request is expired")
    found = wanted(call)
    if found is None:
        reason = (
            f"{_not_authorized(call.caller, Need(call.name, '*'))}: the table of actions does not have it"
        )
        raise _refused(call, DENIED, reason)
    for need in found:
        reason = judge(call.caller, need)
        if reason:
            raise _refused(call, DENIED, reason)


def judge(session: Session, need: Need) -> str | None:
    """Why a session's role lacks a permission: None if it has it."""
    refused = _not_authorized(session, need)
    try:
        policies = roles.permissions(roles.find(session.role_arn))
        decision = decide(policies, need.action, need.resource, {**ALWAYS, **need.context})
    except Unsupported as error:
        return f"{refused}: {error}"
    because = {
        Decision.DENIED: "with an explicit deny in an identity-based policy",
        Decision.NOT_ALLOWED: f"because no identity-based policy allows the {need.action} action",
    }
    return None if decision is Decision.ALLOWED else f"{refused} {because[decision]}"


def _not_authorized(session: Session, need: Need) -> str:
    return f"User: {session.arn} is not authorized to perform: {need.action} on resource: {need.resource}"


def _refused(call: Call, codes: dict[str, str], text: str) -> Refused:
    return Refused(codes[call.spoken], text, 400 if call.protocol == "json" else 403)
