"""CodeConnections: a connection to GitHub, PENDING until POST /connections/complete, which stands for a person."""

from uuid import uuid4

from credentials import ACCOUNT
from wire import AwsError, Call


class CodeConnections:
    def __init__(self, region: str):
        self.region = region
        self.connections: dict[str, dict] = {}

    def create_connection(self, call: Call) -> dict:
        arn = f"arn:aws:codeconnections:{self.region}:{ACCOUNT}:connection/{uuid4()}"
        told = {"ConnectionArn": arn, "ConnectionStatus": "PENDING", "OwnerAccountId": ACCOUNT}
        self.connections[arn] = {**call.parameters, **told}
        return {"ConnectionArn": arn}

    def get_connection(self, call: Call) -> dict:
        return {"Connection": self._connection(call.parameters["ConnectionArn"])}

    def list_connections(self, call: Call) -> dict:
        return {"Connections": list(self.connections.values())}

    def delete_connection(self, call: Call) -> dict:
        arn = self._connection(call.parameters["ConnectionArn"])["ConnectionArn"]
        del self.connections[arn]
        return {}

    def is_available(self, arn: str) -> bool:
        return self.connections.get(arn, {}).get("ConnectionStatus") == "AVAILABLE"

    def complete(self, arn: str | None) -> list[str]:
        """Makes the connection of an ARN available, or all of them; tells which."""
        completed = [arn] if arn else list(self.connections)
        for one in completed:
            self.connections[one]["ConnectionStatus"] = "AVAILABLE"
        return completed

    def _connection(self, arn: str) -> dict:
        if arn not in self.connections:
            raise AwsError("ResourceNotFoundException", f"Connection {arn} not found")
        return self.connections[arn]
