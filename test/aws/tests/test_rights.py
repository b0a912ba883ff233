import json

import pytest
from botocore.exceptions import ClientError
from conftest import ACCOUNT, REGION

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
    ],
}


@pytest.fixture(scope="module")
def deploy(aws, pipeline, secret):
    """The credentials of the release stage."""
    return aws.lend(pipeline["DeployRoleArn"], "jwt-api-pipeline-deploy")[1]


@pytest.fixture
def role(aws):
    """Makes a role with the given statements; gives credentials of it."""
    made = []

    def make(*statements):
        name = f"role-{len(made)}"
        made.append(name)
        iam = aws.client("iam")
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
        policy = {"Version": "2012-10-17", "Statement": list(statements)}
        iam.put_role_policy(RoleName=name, PolicyName="Can", PolicyDocument=json.dumps(policy))
        return aws.client("sts").assume_role(RoleArn=arn, RoleSessionName="ada")["Credentials"]

    yield make
    for name in made:
        aws.client("iam").delete_role_policy(RoleName=name, PolicyName="Can")
        aws.client("iam").delete_role(RoleName=name)


def refused(call, **arguments) -> tuple[str, str, int]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    response = caught.value.response
    return (
        response["Error"]["Code"],
        response["Error"]["Message"],
        response["ResponseMetadata"]["HTTPStatusCode"],
    )


def test_a_role_may_do_what_its_policy_says(aws, deploy):
    got = aws.client("ssm", deploy).get_parameters(Names=["/jwt-api/secret"], WithDecryption=True)
    assert got["Parameters"][0]["Value"] == "s3cret"
    assert aws.client("eks", deploy).describe_cluster(name="jwt-api")["cluster"]["status"] == "ACTIVE"
    logs = aws.client("logs", deploy)
    logs.create_log_stream(logGroupName="/aws/codebuild/jwt-api-pipeline-deploy", logStreamName="1")


@pytest.mark.parametrize(
    ("service", "operation", "arguments", "action", "resource", "code"),
    [
        (
            "ssm",
            "get_parameter",
            {"Name": "/jwt-api/secret"},
            "ssm:GetParameter",
            f"ssm:{REGION}:{ACCOUNT}:parameter/jwt-api/secret",
            "AccessDeniedException",
        ),
        (
            "ssm",
            "get_parameters",
            {"Names": ["/jwt-api/secret", "/other"]},
            "ssm:GetParameters",
            f"ssm:{REGION}:{ACCOUNT}:parameter/other",
            "AccessDeniedException",
        ),
        (
            "eks",
            "describe_cluster",
            {"name": "other"},
            "eks:DescribeCluster",
            f"eks:{REGION}:{ACCOUNT}:cluster/other",
            "AccessDeniedException",
        ),
        ("s3", "put_object", {"Bucket": "b", "Key": "k"}, "s3:PutObject", "s3:::b/k", "AccessDenied"),
        (
            "ecr",
            "batch_get_image",
            {"repositoryName": "jwt-api", "imageIds": [{"imageTag": "1"}]},
            "ecr:BatchGetImage",
            f"ecr:{REGION}:{ACCOUNT}:repository/jwt-api",
            "AccessDeniedException",
        ),
        ("iam", "list_roles", {}, "iam:ListRoles", "*", "AccessDenied"),
    ],
)
def test_a_role_may_do_nothing_else(aws, deploy, service, operation, arguments, action, resource, code):
    told = refused(getattr(aws.client(service, deploy), operation), **arguments)
    assert told[0] == code
    arn = resource if resource == "*" else f"arn:aws:{resource}"
    assert f"/AWSCodeBuild-1 is not authorized to perform: {action} on resource: {arn}" in told[1]


def test_the_administrator_may_do_all(aws, secret):
    assert aws.client("ssm").get_parameter(Name="/jwt-api/secret")["Parameter"]["Type"] == "SecureString"
    assert aws.client("iam").list_roles()["Roles"] is not None


def test_what_the_table_does_not_have_is_refused_even_to_a_role_that_may_all(aws, role):
    credentials = role({"Effect": "Allow", "Action": "*", "Resource": "*"})
    code, text, _ = refused(aws.client("iam", credentials).list_users)
    assert (code, text.endswith("the table of actions does not have it")) == ("AccessDenied", True)


def test_a_policy_that_the_model_does_not_know_is_refused_with_its_reason(aws, role):
    credentials = role({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})
    assert "NotAction" in refused(aws.client("eks", credentials).describe_cluster, name="jwt-api")[1]


def test_a_change_of_a_policy_counts_at_once(aws, role):
    credentials = role({"Effect": "Allow", "Action": "eks:DescribeCluster", "Resource": "*"})
    aws.client("eks", credentials).describe_cluster(name="jwt-api")
    nothing = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
    name = aws.client("sts", credentials).get_caller_identity()["Arn"].split("/")[1]
    aws.client("iam").put_role_policy(RoleName=name, PolicyName="Can", PolicyDocument=json.dumps(nothing))
    assert "explicit deny" in refused(aws.client("eks", credentials).describe_cluster, name="jwt-api")[1]


@pytest.mark.parametrize(("service", "made"), [("ssm", "parameter"), ("secretsmanager", "secret")])
def test_a_key_of_the_customers_own_has_to_be_allowed(aws, role, service, made):
    key = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
    if service == "ssm":
        aws.client("ssm").put_parameter(Name="/keyed", Type="SecureString", Value="v", KeyId=key)
        read, arguments = "get_parameter", {"Name": "/keyed", "WithDecryption": True}
    else:
        aws.client("secretsmanager").create_secret(Name="keyed", SecretString="v", KmsKeyId=key)
        read, arguments = "get_secret_value", {"SecretId": "keyed"}
    reading = {
        "Effect": "Allow",
        "Action": ["ssm:GetParameter", "secretsmanager:GetSecretValue"],
        "Resource": "*",
    }
    decrypting = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": key}

    def through(name):
        return {"Condition": {"StringEquals": {"kms:ViaService": f"{name}.{REGION}.amazonaws.com"}}}

    getattr(aws.client(service, role(reading, {**decrypting, **through(service)})), read)(**arguments)
    for less in ([reading], [reading, {**decrypting, **through("s3")}]):
        assert (
            f"kms:Decrypt on resource: {key}"
            in refused(getattr(aws.client(service, role(*less)), read), **arguments)[1]
        )


def test_an_ended_session_is_refused_by_every_service(aws, pipeline, secret):
    credentials = aws.lend(pipeline["DeployRoleArn"], "jwt-api-pipeline-deploy")[1]
    assert aws.control("POST", "/credentials/expire", {"accessKeyId": credentials["AccessKeyId"]})[0] == 200
    ask = {"Names": ["/jwt-api/secret"]}
    assert refused(aws.client("ssm", credentials).get_parameters, **ask)[0] == "ExpiredTokenException"
    assert refused(aws.client("sts", credentials).get_caller_identity)[0] == "ExpiredToken"
    assert refused(aws.client("s3", credentials).get_object, Bucket="b", Key="k")[0] == "ExpiredToken"
    assert aws.control("GET", "/calls")[1][-1]["role"] == pipeline["DeployRoleArn"]


def test_keys_that_were_never_lent(aws, deploy):
    made_up = {**deploy, "AccessKeyId": "ASIAAAAAAAAAAAAAAAAA"}
    assert refused(aws.client("sts", made_up).get_caller_identity)[0] == "InvalidClientTokenId"
    mixed = {**deploy, "SessionToken": "another"}
    assert (
        refused(aws.client("eks", mixed).describe_cluster, name="jwt-api")[0] == "UnrecognizedClientException"
    )


def test_every_call_is_on_record(aws, deploy, pipeline):
    aws.control("DELETE", "/calls")
    aws.client("ssm", deploy).get_parameters(Names=["/jwt-api/secret"])
    refused(aws.client("s3", deploy).head_object, Bucket="b", Key="k")
    aws.client("sts").get_caller_identity()
    read, head, who = aws.control("GET", "/calls")[1]
    assert (read["role"], read["session"], read["allowed"]) == (
        pipeline["DeployRoleArn"],
        "AWSCodeBuild-1",
        True,
    )
    assert read["resources"] == [f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/jwt-api/secret"]
    assert (head["action"], head["operation"], head["allowed"]) == ("s3:GetObject", "s3:HeadObject", False)
    assert (who["action"], who["role"], who["reason"]) == ("sts:GetCallerIdentity", None, None)


def test_a_permission_that_no_call_needs(aws, pipeline):
    (role,) = [one["id"] for one in aws.control("GET", "/resources")[1] if one["logicalId"] == "PipelineRole"]
    arn = f"arn:aws:iam::{ACCOUNT}:role/{role}"
    key = aws.lend(arn, "-", "codepipeline.amazonaws.com")[1]["AccessKeyId"]
    use = {
        "accessKeyId": key,
        "action": "codeconnections:UseConnection",
        "resource": pipeline["ConnectionArn"],
    }
    named = "codeconnections:FullRepositoryId"
    assert aws.control("POST", "/authorize", {**use, "context": {named: "octo-org/jwt-api"}})[0] == 200
    assert aws.control("POST", "/authorize", {**use, "context": {named: "octo-org/other"}})[0] == 403


@pytest.mark.parametrize(
    ("service", "operation", "arguments"),
    [
        ("eks", "list_addons", {"clusterName": "jwt-api"}),
        ("codebuild", "list_curated_environment_images", {}),
        ("iam", "simulate_custom_policy", {"PolicyInputList": ["{}"], "ActionNames": ["s3:*"]}),
        ("accessanalyzer", "list_findings", {"analyzerArn": "arn:aws:access-analyzer:::a"}),
    ],
)
def test_an_operation_that_is_not_there_is_a_plain_error(aws, service, operation, arguments):
    assert refused(getattr(aws.client(service), operation), **arguments)[0] == "UnsupportedOperation"
