"""Resources that deliver: the pipeline, its builds, the connection to GitHub, and who is told."""

import json

from cloudformation.resource import ResourceType, call_input, generated_name, without
from credentials import ACCOUNT


def create_project(aws, stack, logical, properties):
    builds = aws("codebuild")
    given = {**properties, "Name": properties.get("Name") or generated_name(stack, logical, 150)}
    return builds.create_project(**call_input(builds, "CreateProject", given))["project"]["name"]


def update_project(aws, name, old, new):
    builds = aws("codebuild")
    builds.update_project(**call_input(builds, "UpdateProject", {**new, "Name": name}))


def create_pipeline(aws, stack, logical, properties):
    pipelines = aws("codepipeline")
    given = {**properties, "Name": properties.get("Name") or generated_name(stack, logical, 100)}
    asked = call_input(pipelines, "CreatePipeline", {"Pipeline": without(given, "RestartExecutionOnUpdate")})
    return pipelines.create_pipeline(**asked)["pipeline"]["name"]


def update_pipeline(aws, name, old, new):
    pipelines = aws("codepipeline")
    given = without({**new, "Name": name}, "RestartExecutionOnUpdate")
    pipelines.update_pipeline(**call_input(pipelines, "UpdatePipeline", {"Pipeline": given}))


def pipeline_attributes(aws, name, properties):
    return {"Version": str(aws("codepipeline").get_pipeline(name=name)["pipeline"]["version"])}


def create_connection(aws, stack, logical, properties):
    connections = aws("codeconnections")
    return connections.create_connection(**call_input(connections, "CreateConnection", properties))[
        "ConnectionArn"
    ]


def connection_attributes(aws, arn, properties):
    status = aws("codeconnections").get_connection(ConnectionArn=arn)["Connection"]["ConnectionStatus"]
    return {"ConnectionArn": arn, "ConnectionStatus": status, "OwnerAccountId": ACCOUNT}


def create_rule(aws, stack, logical, properties):
    rules = aws("codestar-notifications")
    return rules.create_notification_rule(**call_input(rules, "CreateNotificationRule", properties))["Arn"]


def update_rule(aws, arn, old, new):
    rules = aws("codestar-notifications")
    given = {**without(new, "Resource"), "Arn": arn}
    rules.update_notification_rule(**call_input(rules, "UpdateNotificationRule", given))


def create_topic(aws, stack, logical, properties):
    sns = aws("sns")
    name = properties.get("TopicName") or generated_name(stack, logical, 256)
    arn = sns.create_topic(Name=name)["TopicArn"]
    update_topic(aws, arn, {}, properties)
    return arn


def update_topic(aws, arn, old, new):
    sns = aws("sns")
    sns.set_topic_attributes(
        TopicArn=arn, AttributeName="DisplayName", AttributeValue=new.get("DisplayName", "")
    )
    for subscription in new.get("Subscription", []):
        if subscription not in old.get("Subscription", []):
            sns.subscribe(TopicArn=arn, **subscription)
    for subscribed in sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]:
        if {name: subscribed[name] for name in ("Protocol", "Endpoint")} not in new.get("Subscription", []):
            sns.unsubscribe(SubscriptionArn=subscribed["SubscriptionArn"])


def put_topic_policy(aws, topics, document):
    for topic in topics:
        aws("sns").set_topic_attributes(
            TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(document)
        )


def create_topic_policy(aws, stack, logical, properties):
    put_topic_policy(aws, properties["Topics"], properties["PolicyDocument"])
    return generated_name(stack, logical, 128)


def delete_topic_policy(aws, id, properties):
    """A topic always has a policy: without one of its own, that of its owner."""
    owner = {
        "Sid": "Owner",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        "Action": "sns:*",
    }
    for topic in properties["Topics"]:
        put_topic_policy(aws, [topic], {"Version": "2012-10-17", "Statement": [{**owner, "Resource": topic}]})


TYPES = {
    "AWS::CodeBuild::Project": ResourceType(
        frozenset(
            [
                "Artifacts",
                "Description",
                "Environment",
                "LogsConfig",
                "Name",
                "QueuedTimeoutInMinutes",
                "ServiceRole",
                "Source",
                "Tags",
                "TimeoutInMinutes",
            ]
        ),
        create_project,
        lambda aws, name, properties: aws("codebuild").delete_project(name=name),
        update_project,
        lambda aws, name, properties: {"Arn": f"arn:aws:codebuild:{aws.region}:{ACCOUNT}:project/{name}"},
        frozenset({"Name"}),
    ),
    "AWS::CodePipeline::Pipeline": ResourceType(
        frozenset(
            [
                "ArtifactStore",
                "ExecutionMode",
                "Name",
                "PipelineType",
                "RestartExecutionOnUpdate",
                "RoleArn",
                "Stages",
                "Triggers",
                "Variables",
            ]
        ),
        create_pipeline,
        lambda aws, name, properties: aws("codepipeline").delete_pipeline(name=name),
        update_pipeline,
        pipeline_attributes,
        frozenset({"Name"}),
    ),
    "AWS::CodeConnections::Connection": ResourceType(
        frozenset(["ConnectionName", "ProviderType", "Tags"]),
        create_connection,
        lambda aws, arn, properties: aws("codeconnections").delete_connection(ConnectionArn=arn),
        lambda aws, arn, old, new: None,
        connection_attributes,
        frozenset({"ConnectionName", "ProviderType"}),
    ),
    "AWS::CodeStarNotifications::NotificationRule": ResourceType(
        frozenset(["DetailType", "EventTypeIds", "Name", "Resource", "Status", "Targets"]),
        create_rule,
        lambda aws, arn, properties: aws("codestar-notifications").delete_notification_rule(Arn=arn),
        update_rule,
        lambda aws, arn, properties: {"Arn": arn},
        frozenset({"Resource"}),
    ),
    "AWS::SNS::Topic": ResourceType(
        frozenset(["DisplayName", "Subscription", "TopicName"]),
        create_topic,
        lambda aws, arn, properties: aws("sns").delete_topic(TopicArn=arn),
        update_topic,
        lambda aws, arn, properties: {"TopicArn": arn, "TopicName": arn.rpartition(":")[2]},
        frozenset({"TopicName"}),
    ),
    "AWS::SNS::TopicPolicy": ResourceType(
        frozenset({"PolicyDocument", "Topics"}),
        create_topic_policy,
        delete_topic_policy,
        lambda aws, id, old, new: put_topic_policy(aws, new["Topics"], new["PolicyDocument"]),
    ),
}
