"""The sessions of assumed roles: temporary credentials, live until they expire."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT

TEMPORARY = "ASIA"


def now() -> datetime:
    return datetime.now(timezone.utc)


@dataclass
class Session:
    role_arn: str
    role_id: str
    name: str
    expires: datetime
    access_key: str
    secret_key: str
    token: str

    @property
    def arn(self) -> str:
        return f"arn:aws:sts::{ACCOUNT}:assumed-role/{self.role_name}/{self.name}"

    @property
    def role_name(self) -> str:
        return self.role_arn.rpartition("/")[2]

    @property
    def user_id(self) -> str:
        return f"{self.role_id}:{self.name}"

    @property
    def live(self) -> bool:
        return now() < self.expires

    def credentials(self) -> dict:
        """As the Credentials of an answer of STS."""
        return {
            "AccessKeyId": self.access_key,
            "SecretAccessKey": self.secret_key,
            "SessionToken": self.token,
            "Expiration": self.expires,
        }


class Sessions:
    def __init__(self) -> None:
        self._by_key: dict[str, Session] = {}

    def open(self, role_arn: str, role_id: str, name: str, seconds: int) -> Session:
        """Lends a role for so many seconds."""
        key = TEMPORARY + "".join(secrets.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _ in range(16))
        expires = now().replace(microsecond=0) + timedelta(seconds=seconds)
        session = Session(
            role_arn, role_id, name, expires, key, secrets.token_urlsafe(30), secrets.token_urlsafe(96)
        )
        self._by_key[key] = session
        return session

    def find(self, access_key: str | None) -> Session | None:
        return self._by_key.get(access_key or "")

    def expire(self, access_key: str) -> None:
        """Ends a session now. Raises a KeyError if there is none."""
        self._by_key[access_key].expires = now()
