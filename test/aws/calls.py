"""The record of all calls: each permission that one needed, the role that made it, and how it was decided."""

from actions import Need
from credentials import Session, now


class Calls:
    def __init__(self) -> None:
        self._made: list[dict] = []

    def add(self, operation: str, needs: list[Need], session: Session | None, reason: str | None) -> None:
        """Notes a call, once for each action that it needed; the reason is why it was refused, None if it was not."""
        for action in dict.fromkeys(need.action for need in needs):
            self._made.append(
                {
                    "at": now().isoformat(timespec="milliseconds"),
                    "service": action.partition(":")[0],
                    "action": action,
                    "operation": operation,
                    "role": session and session.role_arn,
                    "session": session and session.name,
                    "resources": [need.resource for need in needs if need.action == action],
                    "allowed": reason is None,
                    "reason": reason,
                }
            )

    def all(self) -> list[dict]:
        return list(self._made)

    def clear(self) -> None:
        self._made.clear()
