import time

import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.session import Session
from conftest import ACCOUNT, REGION

MAY_NOT = ("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
PRODUCTION = "repo:octo-org@123456/jwt-api@789012:environment:production"


@pytest.fixture
def take(aws):
    """Takes a role by a token: its credentials, or the code and the text of the error."""
    client = Session().create_client(
        "sts", endpoint_url=aws.endpoint, region_name=REGION, config=Config(signature_version=UNSIGNED)
    )

    def taken(role, token, **more):
        try:
            return client.assume_role_with_web_identity(
                RoleArn=role, RoleSessionName="GitHub", WebIdentityToken=token, **more
            )
        except ClientError as error:
            return error.response["Error"]["Code"], error.response["Error"]["Message"]

    return taken


def test_the_right_jobs_get_their_roles(aws, github, issuer, take):
    build = take(github["BuildRoleArn"], issuer.token())
    assert build["AssumedRoleUser"]["Arn"].endswith("/GitHub")
    assert build["SubjectFromWebIdentityToken"] == "repo:octo-org@123456/jwt-api@789012:ref:refs/heads/main"
    deploy = take(github["DeployRoleArn"], issuer.token(sub=PRODUCTION, environment="production"))
    who = aws.client("sts", deploy["Credentials"]).get_caller_identity()["Arn"]
    assert who == deploy["AssumedRoleUser"]["Arn"]


@pytest.mark.parametrize(
    "claims",
    [
        {"repository_id": "1", "sub": "repo:octo-org@123456/jwt-api@1:ref:refs/heads/main"},
        {"repository_id": "1"},
        {"repository_owner_id": "1"},
        {"repository_id": None},
        {"ref": "refs/heads/other", "sub": "repo:octo-org@123456/jwt-api@789012:ref:refs/heads/other"},
        {"ref": "refs/heads/other"},
        {"sub": "repo:octo-org@123456/jwt-api@789012:pull_request", "ref": "refs/pull/1/merge"},
        {"sub": PRODUCTION, "environment": "production"},
        {"sub": "repo:octo-org/jwt-api:ref:refs/heads/main"},
        {"sub": "repo:Octo-Org@123456/jwt-api@789012:ref:refs/heads/main"},
    ],
)
def test_the_trust_policy_refuses_another_job(github, issuer, take, claims):
    assert take(github["BuildRoleArn"], issuer.token(**claims)) == MAY_NOT


@pytest.mark.parametrize("claims", [{}, {"environment": "staging", "sub": PRODUCTION}, {"sub": PRODUCTION}])
def test_the_deploy_role_needs_its_environment(github, issuer, take, claims):
    assert take(github["DeployRoleArn"], issuer.token(**claims)) == MAY_NOT


@pytest.mark.parametrize(
    ("claims", "code", "text"),
    [
        ({"aud": "https://github.com/octo-org"}, "InvalidIdentityToken", "Incorrect token audience"),
        (
            {"iss": "https://elsewhere.example"},
            "InvalidIdentityToken",
            "No OpenIDConnect provider found in your account",
        ),
        ({"exp": int(time.time()) - 60}, "ExpiredTokenException", "Token expired"),
        ({"nbf": int(time.time()) + 600}, "InvalidIdentityToken", "not yet valid"),
        ({"kid": "unknown"}, "InvalidIdentityToken", "Couldn't retrieve verification key"),
    ],
)
def test_a_token_that_is_not_valid(github, issuer, take, claims, code, text):
    kid = claims.pop("kid", "first")
    if kid == "unknown":
        issuer.add_key(kid)
    token = issuer.token(kid, **claims)
    if kid == "unknown":
        del issuer.keys[kid]
    told = take(github["BuildRoleArn"], token)
    assert told[0] == code
    assert text in told[1]


def test_a_token_signed_by_another_key(github, issuer, take):
    right = issuer.keys["first"]
    issuer.add_key("first")
    forged = issuer.token()
    issuer.keys["first"] = right
    assert take(github["BuildRoleArn"], forged)[0] == "InvalidIdentityToken"


def test_a_new_key_of_the_issuer_counts_at_once(github, issuer, take):
    issuer.add_key("second")
    assert "Credentials" in take(github["BuildRoleArn"], issuer.token("second"))


def test_no_role_no_jwt_no_provider_for_the_role(aws, github, issuer, take):
    assert take(f"arn:aws:iam::{ACCOUNT}:role/nobody", issuer.token()) == MAY_NOT
    assert take(github["BuildRoleArn"], "no.j.wt")[0] == "InvalidIdentityToken"


def test_a_session_lasts_as_long_as_the_role_lets_it(github, issuer, take):
    long = take(github["BuildRoleArn"], issuer.token(), DurationSeconds=7200)
    assert long == (
        "ValidationError",
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    )
    short = take(github["BuildRoleArn"], issuer.token(), DurationSeconds=900)["Credentials"]["Expiration"]
    assert 800 < short.timestamp() - time.time() <= 900


def test_a_refused_job_is_on_record(aws, github, issuer, take):
    aws.control("DELETE", "/calls")
    take(github["DeployRoleArn"], issuer.token())
    (call,) = aws.control("GET", "/calls")[1]
    assert (call["action"], call["resources"], call["allowed"]) == (
        "sts:AssumeRoleWithWebIdentity",
        [github["DeployRoleArn"]],
        False,
    )
    assert call["reason"] == MAY_NOT[1]


def test_a_service_takes_a_role_for_its_own_resource_alone(aws, pipeline):
    role = pipeline["DeployRoleArn"]
    status, credentials = aws.lend(role, "jwt-api-pipeline-deploy")
    assert (status, sorted(credentials)) == (
        200,
        ["AccessKeyId", "Expiration", "SecretAccessKey", "SessionToken"],
    )
    status, told = aws.lend(role, "jwt-api-pipeline-build")
    assert (status, "is not authorized to perform: sts:AssumeRole" in told["error"]) == (403, True)
    assert aws.lend(role, "jwt-api-pipeline-deploy", "codepipeline.amazonaws.com")[0] == 403


def test_nobody_takes_a_role_that_trusts_a_service(aws, pipeline):
    with pytest.raises(ClientError, match="user/ada is not authorized to perform: sts:AssumeRole"):
        aws.client("sts").assume_role(RoleArn=pipeline["DeployRoleArn"], RoleSessionName="ada")
