"""CodeStar Notifications: rules that are kept, and send nothing."""

from uuid import uuid4

from credentials import ACCOUNT, now
from wire import AwsError, Call


class Notifications:
    def __init__(self, region: str):
        self.region = region
        self.rules: dict[str, dict] = {}

    def create_notification_rule(self, call: Call) -> dict:
        if any(rule["Name"] == call.parameters["Name"] for rule in self.rules.values()):
            raise AwsError(
                "ResourceAlreadyExistsException",
                f"A rule with the name {call.parameters['Name']} already exists",
            )
        arn = f"arn:aws:codestar-notifications:{self.region}:{ACCOUNT}:notificationrule/{uuid4().hex}"
        self.rules[arn] = {
            **call.parameters,
            "Arn": arn,
            "CreatedTimestamp": now(),
            "LastModifiedTimestamp": now(),
        }
        return {"Arn": arn}

    def update_notification_rule(self, call: Call) -> dict:
        self._rule(call).update(call.parameters, LastModifiedTimestamp=now())
        return {}

    def describe_notification_rule(self, call: Call) -> dict:
        rule = self._rule(call)
        event_types = [{"EventTypeId": id, "ServiceName": "CodePipeline"} for id in rule["EventTypeIds"]]
        return {**rule, "EventTypes": event_types}

    def list_notification_rules(self, call: Call) -> dict:
        return {"NotificationRules": [{"Arn": arn, "Id": arn.rpartition("/")[2]} for arn in self.rules]}

    def delete_notification_rule(self, call: Call) -> dict:
        self.rules.pop(call.parameters["Arn"], None)
        return {"Arn": call.parameters["Arn"]}

    def _rule(self, call: Call) -> dict:
        arn = call.parameters["Arn"]
        if arn not in self.rules:
            raise AwsError("ResourceNotFoundException", f"The notification rule {arn} was not found")
        return self.rules[arn]
