import json

import pytest
from botocore.exceptions import ClientError
from conftest import ACCOUNT, GITHUB, PIPELINE, REGION, TEMPLATES

RESOURCES = {"pipeline": 12, "github-oidc": 4, "shared": 2}


def refusal(aws, template, parameters, **more) -> str:
    with pytest.raises(ClientError) as caught:
        aws.create("refused", template, parameters, **more)
    return f"{caught.value.response['Error']['Code']}: {caught.value.response['Error']['Message']}"


def resources(aws, stack):
    return {one["logicalId"]: one for one in aws.control("GET", "/resources")[1] if one["stack"] == stack}


def template(**resources) -> str:
    return json.dumps({"Resources": resources}, indent=1)


@pytest.mark.parametrize(
    ("name", "parameters", "more"),
    [
        ("pipeline", PIPELINE, 0),
        ("pipeline", {**PIPELINE, "NotificationEmail": "team@example.com", "Approval": "yes"}, 3),
        (
            "pipeline",
            {
                **PIPELINE,
                "AccessEntry": "no",
                "ConnectionArn": f"arn:aws:codeconnections:{REGION}:{ACCOUNT}:connection/{'0' * 36}",
            },
            -2,
        ),
        ("github-oidc", GITHUB, 0),
        ("github-oidc", {**GITHUB, "AccessEntry": "no", "AcceptOldSubject": "yes"}, -1),
        ("shared", {}, 0),
        ("shared", {"SecretParameter": "/jwt-api/secret"}, -1),
    ],
)
def test_every_resource_of_the_templates_is_made_and_deleted(aws, request, name, parameters, more):
    aws.create("whole", name, parameters)
    request.addfinalizer(lambda: aws.client("cloudformation").delete_stack(StackName="whole"))
    listed = aws.client("cloudformation").list_stack_resources(StackName="whole")["StackResourceSummaries"]
    assert len(listed) == RESOURCES[name] + more
    assert all(one["PhysicalResourceId"] and one["ResourceType"] for one in listed)
    kept = [
        one
        for one in listed
        if one["LogicalResourceId"] in ("Repository", "Secret", "ArtifactBucket", "Provider")
    ]
    aws.client("cloudformation").delete_stack(StackName="whole")
    iam = aws.client("iam")
    assert not [role for role in iam.list_roles()["Roles"] if role["RoleName"].startswith("whole")]
    assert aws.client("eks").list_access_entries(clusterName="jwt-api")["accessEntries"] == [
        f"arn:aws:iam::{ACCOUNT}:user/ada"
    ]
    for one in kept:
        clear(aws, one["ResourceType"], one["PhysicalResourceId"])


def clear(aws, kind, id):
    """Deletes what a deleted stack kept; fails if it was not kept."""
    {
        "AWS::ECR::Repository": lambda: aws.client("ecr").delete_repository(repositoryName=id),
        "AWS::SecretsManager::Secret": lambda: aws.client("secretsmanager").delete_secret(
            SecretId=id, ForceDeleteWithoutRecovery=True
        ),
        "AWS::S3::Bucket": lambda: aws.client("s3").delete_bucket(Bucket=id),
        "AWS::IAM::OIDCProvider": lambda: aws.client("iam").delete_open_id_connect_provider(
            OpenIDConnectProviderArn=id
        ),
    }[kind]()


def test_what_a_stack_makes_is_really_there(aws):
    shared = aws.create("jwt-api-shared", "shared", {})
    outputs = aws.create(
        "jwt-api-pipeline", "pipeline", {**PIPELINE, "SecretParameter": "", "SecretArn": shared["SecretArn"]}
    )
    value = aws.client("secretsmanager").get_secret_value(SecretId="jwt-api-shared/signing-secret")
    assert (value["ARN"], len(value["SecretString"]), value["SecretString"].isalnum()) == (
        shared["SecretArn"],
        64,
        True,
    )
    repository = aws.client("ecr").describe_repositories(repositoryNames=["jwt-api"])["repositories"][0]
    assert repository["imageTagMutability"] == "IMMUTABLE_WITH_EXCLUSION"
    assert repository["imageScanningConfiguration"] == {"scanOnPush": True}
    bucket = {"Bucket": outputs["ArtifactBucket"]}
    s3 = aws.client("s3")
    assert all(s3.get_public_access_block(**bucket)["PublicAccessBlockConfiguration"].values())
    assert json.loads(s3.get_bucket_policy(**bucket)["Policy"])["Statement"][0]["Sid"] == "NobodyWithoutTLS"
    assert s3.get_bucket_lifecycle_configuration(**bucket)["Rules"][0]["Expiration"] == {"Days": 30}
    s3.put_object(**bucket, Key="source.zip", Body=b"zip")
    role = outputs["DeployRoleArn"].rpartition("/")[2]
    document = aws.client("iam").get_role_policy(RoleName=role, PolicyName="CanRelease")["PolicyDocument"]
    assert document["Statement"][1]["Resource"] == shared["SecretArn"]
    project = aws.client("codebuild").batch_get_projects(names=["jwt-api-pipeline-deploy"])["projects"][0]
    assert project["environment"]["environmentVariables"][-1] == {
        "name": "JWT_SECRET",
        "value": shared["SecretArn"],
        "type": "SECRETS_MANAGER",
    }
    made = aws.client("codepipeline").get_pipeline(name="jwt-api-pipeline")["pipeline"]
    assert [stage["name"] for stage in made["stages"]] == ["Source", "Build", "Deploy"]
    group = aws.client("logs").describe_log_groups(
        logGroupNamePrefix="/aws/codebuild/jwt-api-pipeline-build"
    )["logGroups"][0]
    assert group["retentionInDays"] == 30
    assert resources(aws, "jwt-api-pipeline")["Pipeline"]["properties"]["ExecutionMode"] == "QUEUED"


@pytest.mark.parametrize(
    ("name", "parameters", "text"),
    [
        (
            "pipeline",
            {**PIPELINE, "Repository": "https://github.com/octo-org/jwt-api"},
            "Repository failed to satisfy constraint: must be OWNER/NAME",
        ),
        (
            "pipeline",
            {**PIPELINE, "LogDays": "31"},
            "LogDays failed to satisfy constraint: must be a number that CloudWatch Logs knows",
        ),
        ("pipeline", {**PIPELINE, "ArtifactDays": "7"}, "must be 8 to 365"),
        ("shared", {"ImagesKept": "1001"}, "must be 10 to 1000"),
        ("shared", {"RepositoryName": "j"}, "must be 2 to 100 characters"),
        ("pipeline", {**PIPELINE, "SecretParameter": ""}, "Set SecretParameter or SecretArn"),
        (
            "github-oidc",
            {**GITHUB, "SecretArn": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:a-abcdef"},
            "Set only one of SecretParameter and SecretArn",
        ),
        (
            "github-oidc",
            {"Owner": "octo-org"},
            "Parameters: [OwnerId, Repository, RepositoryId, ClusterName] must have values",
        ),
        ("shared", {"Nope": "1"}, "Parameters: [Nope] do not exist in the template"),
    ],
)
def test_parameters_are_refused_by_their_constraints_and_rules(aws, name, parameters, text):
    assert text in refusal(aws, name, parameters)
    with pytest.raises(ClientError, match="does not exist"):
        aws.client("cloudformation").describe_stacks(StackName="refused")


def test_roles_need_a_capability(aws):
    assert (
        refusal(aws, "github-oidc", GITHUB, Capabilities=[])
        == "InsufficientCapabilitiesException: Requires capabilities : [CAPABILITY_IAM]"
    )


@pytest.mark.parametrize(
    ("resource", "text"),
    [
        ({"Type": "AWS::Nope::Thing"}, "Unrecognized resource types: [AWS::Nope::Thing]"),
        ({"Type": "AWS::Logs::LogGroup", "Condition": "Nope"}, "Unresolved condition dependency Nope"),
    ],
)
def test_what_it_does_not_know_is_refused(aws, resource, text):
    assert text in refusal(aws, template(Thing=resource), {})


@pytest.mark.parametrize(
    ("properties", "text"),
    [
        ({"LogGroupName": "x", "Nope": 1}, "extraneous key [Nope]"),
        ({"LogGroupName": {"Ref": "Nope"}}, "Unresolved resource dependencies [Nope]"),
        ({"LogGroupName": {"Fn::Cidr": []}}, "the function Fn::Cidr is not in this emulator"),
        ({"LogGroupName": {"Fn::GetAtt": ["Other", "Nope"]}}, "does not support attribute type Nope"),
    ],
)
def test_a_resource_that_fails_rolls_back_what_was_made(aws, properties, text):
    body = template(
        Other={"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "other"}},
        Thing={"Type": "AWS::Logs::LogGroup", "Properties": properties, "DependsOn": "Other"},
    )
    cloudformation = aws.client("cloudformation")
    cloudformation.create_stack(StackName="fails", TemplateBody=body)
    stack = cloudformation.describe_stacks(StackName="fails")["Stacks"][0]
    assert (stack["StackStatus"], stack["StackStatusReason"]) == (
        "ROLLBACK_COMPLETE",
        "The following resource(s) failed to create: [Thing].",
    )
    events = cloudformation.describe_stack_events(StackName="fails")["StackEvents"]
    assert text in next(
        event["ResourceStatusReason"] for event in events if event["ResourceStatus"] == "CREATE_FAILED"
    )
    assert aws.client("logs").describe_log_groups(logGroupNamePrefix="other")["logGroups"] == []
    with pytest.raises(ClientError, match="is in ROLLBACK_COMPLETE state and can not be updated"):
        cloudformation.update_stack(StackName="fails", TemplateBody=body)
    cloudformation.delete_stack(StackName="fails")


def test_short_forms_mean_what_they_say(aws):
    body = """
Conditions:
  Same: !Equals [a, a]
  Both: !And [!Condition Same, !Not [!Equals [a, b]]]
Resources:
  Group:
    Type: AWS::Logs::LogGroup
    Condition: Both
    Properties: {LogGroupName: !Join [-, [!Select [0, !Split [/, short/long]], !Sub '${AWS::Region}${!Not}']]}
Outputs:
  Arn: {Value: !GetAtt Group.Arn}
"""
    name = f"short-{REGION}${{Not}}"
    assert aws.create("short-forms", body, {}) == {
        "Arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{name}:*"
    }


def test_an_access_entry_needs_a_mode_that_has_them(aws):
    aws.control("POST", "/cluster", {"authenticationMode": "CONFIG_MAP"})
    cloudformation = aws.client("cloudformation")
    given = [{"ParameterKey": name, "ParameterValue": value} for name, value in PIPELINE.items()]
    body = (TEMPLATES / "pipeline.yml").read_text()
    cloudformation.create_stack(
        StackName="old", TemplateBody=body, Parameters=given, Capabilities=["CAPABILITY_IAM"]
    )
    aws.control("POST", "/cluster", {"authenticationMode": "API_AND_CONFIG_MAP"})
    events = cloudformation.describe_stack_events(StackName="old")["StackEvents"]
    reason = next(
        event["ResourceStatusReason"] for event in events if event["ResourceStatus"] == "CREATE_FAILED"
    )
    assert "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP]" in reason
    assert not resources(aws, "old")


def test_an_update_changes_adds_and_removes(aws):
    aws.create("changing", "pipeline", {**PIPELINE, "NotificationEmail": "team@example.com"})
    before = resources(aws, "changing")
    cloudformation = aws.client("cloudformation")

    def update(**changed):
        given = [{"ParameterKey": name, "UsePreviousValue": True} for name in PIPELINE]
        given += [{"ParameterKey": name, "ParameterValue": value} for name, value in changed.items()]
        cloudformation.update_stack(
            StackName="changing", UsePreviousTemplate=True, Parameters=given, Capabilities=["CAPABILITY_IAM"]
        )
        return cloudformation.describe_stacks(StackName="changing")["Stacks"][0]["StackStatus"]

    assert update(LogDays="7", Approval="yes", AccessEntry="no", NotificationEmail="") == "UPDATE_COMPLETE"
    after = resources(aws, "changing")
    assert set(before) - set(after) == {"DeployAccess", "Topic", "TopicPolicy", "Notification"}
    assert after["DeployRole"]["id"] == before["DeployRole"]["id"]
    stages = aws.client("codepipeline").get_pipeline(name="changing")["pipeline"]["stages"]
    assert [stage["name"] for stage in stages] == ["Source", "Build", "Approve", "Deploy"]
    group = aws.client("logs").describe_log_groups(logGroupNamePrefix="/aws/codebuild/changing-build")[
        "logGroups"
    ][0]
    assert group["retentionInDays"] == 7
    assert update(LogDays="14", AccessEntry="yes", ClusterName="nowhere") == "UPDATE_ROLLBACK_COMPLETE"
    assert {name: one["properties"] for name, one in resources(aws, "changing").items()} == {
        name: one["properties"] for name, one in after.items()
    }


def test_a_bucket_that_is_not_empty_stays(aws):
    aws.create(
        "bucket", template(Bucket={"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "full"}}), {}
    )
    aws.client("s3").put_object(Bucket="full", Key="k", Body=b"x")
    cloudformation = aws.client("cloudformation")
    cloudformation.delete_stack(StackName="bucket")
    assert cloudformation.describe_stacks(StackName="bucket")["Stacks"][0]["StackStatus"] == "DELETE_FAILED"
