import base64
import json
import time
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from botocore.exceptions import ClientError
from conftest import ACCOUNT, REGION

EDIT = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy"


@pytest.fixture
def deploy(aws, pipeline):
    return aws.lend(pipeline["DeployRoleArn"], "jwt-api-pipeline-deploy")[1]


def token(aws, credentials, cluster="jwt-api") -> str:
    printed = aws.cli("eks", "get-token", "--cluster-name", cluster, credentials=credentials)
    return json.loads(printed.stdout)["status"]["token"]


def review(aws, given) -> dict:
    asked = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": given}}
    return aws.control("POST", "/tokenreview", asked)[1]["status"]


def altered(given, **changed) -> str:
    """A token with some of its query changed."""
    encoded = given.removeprefix("k8s-aws-v1.")
    url = urlsplit(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode())
    query = urlencode({**dict(parse_qsl(url.query)), **changed})
    return "k8s-aws-v1." + base64.urlsafe_b64encode(
        url._replace(query=query).geturl().encode()
    ).decode().rstrip("=")


def test_an_access_entry_of_a_stack_lets_its_role_into_its_namespace(aws, pipeline, deploy):
    status = review(aws, token(aws, deploy))
    role = pipeline["DeployRoleArn"].rpartition("/")[2]
    assert status["authenticated"] is True
    assert status["user"]["username"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/AWSCodeBuild-1"
    assert status["user"]["groups"] == ["jwt-api-deployers", "eks:AmazonEKSEditPolicy:jwt-api"]
    assert status["user"]["extra"]["canonicalArn"] == [pipeline["DeployRoleArn"]]


def test_a_token_is_for_one_cluster_and_a_while(aws, deploy):
    good = token(aws, deploy)
    old = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(time.time() - 901))
    for bad, error in [
        (token(aws, deploy, "other"), "another cluster"),
        (altered(good, **{"X-Amz-Date": old}), "expired"),
        (altered(good, **{"X-Amz-Date": old[:-5] + "5959Z"}), ""),
        (altered(good, **{"X-Amz-SignedHeaders": "host"}), "no cluster is signed"),
        (altered(good, **{"X-Amz-Signature": "0" * 64}), "another secret"),
        (altered(good, Action="AssumeRole"), "GetCallerIdentity"),
        ("k8s-aws-v1.nonsense", "no token"),
        ("", "no token"),
    ]:
        status = review(aws, bad)
        assert status["authenticated"] is False
        assert error in status["error"]
    assert review(aws, good)["authenticated"] is True


def test_a_token_ends_with_its_session(aws, deploy):
    good = token(aws, deploy)
    aws.control("POST", "/credentials/expire", {"accessKeyId": deploy["AccessKeyId"]})
    assert review(aws, good) == {"authenticated": False, "error": "the credentials of the token have expired"}


def test_a_role_without_an_entry_stays_out(aws, github):
    aws.client("eks").delete_access_entry(clusterName="jwt-api", principalArn=github["DeployRoleArn"])
    entries = aws.client("eks").list_access_entries(clusterName="jwt-api")["accessEntries"]
    assert github["DeployRoleArn"] not in entries


def test_entries_made_by_the_api(aws, pipeline, deploy):
    eks = aws.client("eks")
    principal = {"clusterName": "jwt-api", "principalArn": pipeline["DeployRoleArn"]}
    with pytest.raises(ClientError, match="already in use on this cluster"):
        eks.create_access_entry(**principal)
    eks.delete_access_entry(**principal)
    assert review(aws, token(aws, deploy))["authenticated"] is False
    eks.create_access_entry(**principal, kubernetesGroups=["a"])
    scope = {"type": "namespace", "namespaces": ["x", "y"]}
    eks.associate_access_policy(**principal, policyArn=EDIT, accessScope=scope)
    assert review(aws, token(aws, deploy))["user"]["groups"] == [
        "a",
        "eks:AmazonEKSEditPolicy:x",
        "eks:AmazonEKSEditPolicy:y",
    ]
    eks.associate_access_policy(**principal, policyArn=EDIT, accessScope={"type": "cluster"})
    assert review(aws, token(aws, deploy))["user"]["groups"] == ["a", "eks:AmazonEKSEditPolicy:*"]
    assert (
        eks.list_associated_access_policies(**principal)["associatedAccessPolicies"][0]["policyArn"] == EDIT
    )
    assert eks.describe_access_entry(**principal)["accessEntry"]["kubernetesGroups"] == ["a"]
    with pytest.raises(ClientError, match="cannot start with system:"):
        eks.update_access_entry(**principal, kubernetesGroups=["system:masters"])
    with pytest.raises(ClientError, match="invalid principal"):
        eks.create_access_entry(clusterName="jwt-api", principalArn=f"arn:aws:iam::{ACCOUNT}:role/nobody")


def test_the_config_map_counts_where_the_mode_lets_it(aws, pipeline, deploy):
    mapping = {"roleArn": pipeline["DeployRoleArn"], "username": "deployer", "groups": ["jwt-api-deployers"]}
    aws.control("POST", "/aws-auth", mapping)
    entered = review(aws, token(aws, deploy))["user"]["username"]
    assert entered != "deployer"
    aws.control("POST", "/cluster", {"authenticationMode": "CONFIG_MAP"})
    user = review(aws, token(aws, deploy))["user"]
    assert (user["username"], user["groups"]) == ("deployer", ["jwt-api-deployers"])
    unmapped = {"roleArn": pipeline["DeployRoleArn"]}
    assert [aws.control("DELETE", "/aws-auth", unmapped)[0] for _ in range(2)] == [200, 404]
    assert "no access entry" in review(aws, token(aws, deploy))["error"]
    with pytest.raises(ClientError, match=r"must be set to one of \[API, API_AND_CONFIG_MAP\]"):
        aws.client("eks").list_access_entries(clusterName="jwt-api")
    config = {"authenticationMode": "API_AND_CONFIG_MAP"}
    update = aws.client("eks").update_cluster_config(name="jwt-api", accessConfig=config)["update"]
    assert update["status"] == "InProgress"
    assert review(aws, token(aws, deploy))["user"]["username"] == entered
    with pytest.raises(
        ClientError, match="Unsupported authentication mode update from API_AND_CONFIG_MAP to CONFIG_MAP"
    ):
        aws.client("eks").update_cluster_config(
            name="jwt-api", accessConfig={"authenticationMode": "CONFIG_MAP"}
        )


def test_the_administrator_enters_as_who_made_the_cluster(aws):
    keys = {"AccessKeyId": "admin", "SecretAccessKey": "x", "SessionToken": ""}
    user = review(aws, token(aws, keys))["user"]
    assert user["username"] == f"arn:aws:iam::{ACCOUNT}:user/ada"
    assert user["groups"] == ["eks:AmazonEKSClusterAdminPolicy:*"]


def test_kubectl_finds_the_real_cluster(aws, deploy, tmp_path):
    file = tmp_path / "kubeconfig"
    aws.cli("eks", "update-kubeconfig", "--name", "jwt-api", "--kubeconfig", str(file), credentials=deploy)
    assert "server: https://10.0.0.1:6443" in file.read_text()
    assert f"arn:aws:eks:{REGION}:{ACCOUNT}:cluster/jwt-api" in file.read_text()
    authority = aws.client("eks").describe_cluster(name="jwt-api")["cluster"]["certificateAuthority"]["data"]
    assert base64.b64decode(authority).startswith(b"-----BEGIN CERTIFICATE-----")
