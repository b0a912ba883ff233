"""STS: who may take a role is decided by the role's own trust policy."""

import re

import roles
from actions import Need
from calls import Calls
from conditions import Unsupported
from credentials import ACCOUNT, Session, Sessions
from identity_token import ISSUER, Issuer, condition_keys
from policy import Decision, decide_trust
from wire import AwsError, Call, Refused

ADMINISTRATOR = f"arn:aws:iam::{ACCOUNT}:user/ada"
SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}")
NOT_HERE = {"Policy", "PolicyArns", "SerialNumber", "TokenCode", "ProviderId"}


class Sts:
    def __init__(self, sessions: Sessions, issuer: Issuer, calls: Calls):
        self._sessions, self._issuer, self._calls = sessions, issuer, calls

    def get_caller_identity(self, call: Call) -> dict:
        session = call.caller
        if session:
            return {"UserId": session.user_id, "Account": ACCOUNT, "Arn": session.arn}
        return {"UserId": "AIDAEXAMPLEUSERID1234", "Account": ACCOUNT, "Arn": ADMINISTRATOR}

    def assume_role(self, call: Call) -> dict:
        asked = call.parameters
        context = {"sts:ExternalId": asked["ExternalId"]} if "ExternalId" in asked else {}
        arn = asked["RoleArn"]
        refused = f"User: {ADMINISTRATOR} is not authorized to perform: sts:AssumeRole on resource: {arn}"
        return _answer(self._take(asked, ("AWS", ADMINISTRATOR), "sts:AssumeRole", context, refused))

    def assume_role_with_web_identity(self, call: Call) -> dict:
        asked = call.parameters
        provider, claims = self._issuer.verify(asked["WebIdentityToken"])
        action = "sts:AssumeRoleWithWebIdentity"
        refused = f"Not authorized to perform {action}"
        session = self._take(asked, ("Federated", provider), action, condition_keys(ISSUER, claims), refused)
        told = {"SubjectFromWebIdentityToken": claims["sub"], "Audience": claims["aud"], "Provider": provider}
        return {**_answer(session), **told}

    def serve(self, service: str, role: str, source_arn: str, source_account: str, name: str) -> Session:
        """A service of AWS takes a role, for a resource of the account. Raises an AwsError if it may not."""
        context = {"aws:SourceArn": source_arn, "aws:SourceAccount": source_account}
        asked = {"RoleArn": role, "RoleSessionName": name}
        refused = f"{service} is not authorized to perform: sts:AssumeRole on {role} for {source_arn}"
        action = "sts:AssumeRole"
        needs = [Need(action, role)]
        try:
            session = self._take(asked, ("Service", service), action, context, refused)
        except Refused as error:
            self._calls.add(action, needs, None, error.message)
            raise
        self._calls.add(action, needs, None, None)
        return session

    def _take(
        self, asked: dict, principal: tuple[str, str], action: str, context: dict, refused: str
    ) -> Session:
        arn, name = asked["RoleArn"], asked["RoleSessionName"]
        if not SESSION_NAME.fullmatch(name):
            raise AwsError(
                "ValidationError", f"{name} is no RoleSessionName: 2 to 64 of letters, digits and _+=,.@-"
            )
        if NOT_HERE & set(asked):
            raise AwsError(
                "ValidationError", f"{', '.join(sorted(NOT_HERE & set(asked)))}: not in this emulator"
            )
        role = roles.find(arn)
        if role is None:
            raise Refused("AccessDenied", refused, 403)
        try:
            decision = decide_trust(roles.trust(role), principal, action, context)
        except Unsupported as error:
            raise Refused("AccessDenied", f"{refused}: {error}", 403) from None
        if decision is not Decision.ALLOWED:
            raise Refused("AccessDenied", refused, 403)
        return self._sessions.open(
            arn, role.id, name, _seconds(asked, int(role.max_session_duration or 3600))
        )


def _seconds(asked: dict, most: int) -> int:
    seconds = asked.get("DurationSeconds", 3600)
    if seconds < 900:
        raise AwsError("ValidationError", f"DurationSeconds {seconds} is below 900")
    if seconds > most:
        raise AwsError(
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        )
    return seconds


def _answer(session: Session) -> dict:
    user = {"AssumedRoleId": session.user_id, "Arn": session.arn}
    return {"Credentials": session.credentials(), "AssumedRoleUser": user, "PackedPolicySize": 0}
