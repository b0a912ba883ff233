import json
import subprocess
import sys
import urllib.request

import pytest
from botocore.exceptions import ClientError
from conftest import ACCOUNT, HERE, REGION, TEMPLATES

GROUP = f"arn:aws:codebuild:{REGION}:{ACCOUNT}:report-group/jwt-api-pipeline-build-tests"


def deploy(aws, stack, template, *overrides):
    file = str(TEMPLATES / f"{template}.yml")
    place = ["cloudformation", "deploy", "--stack-name", stack, "--template-file", file]
    how = ["--no-fail-on-empty-changeset", "--capabilities", "CAPABILITY_IAM"]
    return aws.cli(*place, *how, "--parameter-overrides", *overrides)


def test_deploy_creates_says_when_nothing_changed_and_updates(aws):
    created = deploy(aws, "by-cli", "shared", "RepositoryName=by-cli", "SecretParameter=/jwt-api/secret")
    assert "Successfully created/updated stack - by-cli" in created.stdout, created.stderr
    again = deploy(aws, "by-cli", "shared", "RepositoryName=by-cli")
    assert (again.returncode, "No changes to deploy" in again.stdout + again.stderr) == (0, True)
    assert "Successfully created/updated stack" in deploy(aws, "by-cli", "shared", "ImagesKept=50").stdout
    query = "Stacks[0].[Parameters[?ParameterKey=='ImagesKept'].ParameterValue|[0],Outputs[0].OutputValue]"
    told = aws.cli("cloudformation", "describe-stacks", "--stack-name", "by-cli", "--query", query)
    assert json.loads(told.stdout) == ["50", "by-cli"]
    policy = aws.client("ecr").get_lifecycle_policy(repositoryName="by-cli")["lifecyclePolicyText"]
    assert '"countNumber": 50' in policy


def test_deploy_tells_why_it_does_not(aws):
    refused = deploy(aws, "by-cli-2", "shared", "ImagesKept=1")
    assert (refused.returncode != 0, "must be 10 to 1000" in refused.stderr) == (True, True)


def test_a_pipeline_waits_for_its_connection_and_its_runner(aws, pipeline):
    client = aws.client("codepipeline")
    name = {"pipelineName": "jwt-api-pipeline"}

    def newest():
        return client.list_pipeline_executions(**name)["pipelineExecutionSummaries"][0]

    assert (newest()["status"], newest()["trigger"]["triggerType"]) == ("Failed", "CreatePipeline")
    assert newest()["statusSummary"] == f"Connection {pipeline['ConnectionArn']} is not available"
    connection = aws.client("codeconnections")
    arn = {"ConnectionArn": pipeline["ConnectionArn"]}
    assert connection.get_connection(**arn)["Connection"]["ConnectionStatus"] == "PENDING"
    aws.control("POST", "/connections/complete", {})
    assert connection.get_connection(**arn)["Connection"]["ConnectionStatus"] == "AVAILABLE"
    id = client.start_pipeline_execution(name="jwt-api-pipeline")["pipelineExecutionId"]
    assert newest()["status"] == "InProgress"
    told = {**name, "pipelineExecutionId": id, "status": "Failed", "actions": {"Build": {"status": "Failed"}}}
    assert aws.control("POST", "/executions", told)[0] == 200
    assert (newest()["pipelineExecutionId"], newest()["status"]) == (id, "Failed")
    stages = client.get_pipeline_state(name="jwt-api-pipeline")["stageStates"]
    assert stages[1]["actionStates"][0]["latestExecution"]["status"] == "Failed"


def test_a_stage_goes_back_to_a_run_that_succeeded(aws, pipeline):
    client = aws.client("codepipeline")
    id = client.start_pipeline_execution(name="jwt-api-pipeline")["pipelineExecutionId"]
    asked = {"pipelineName": "jwt-api-pipeline", "stageName": "Deploy", "targetPipelineExecutionId": id}
    with pytest.raises(ClientError, match="has not succeeded"):
        client.rollback_stage(**asked)
    revisions = [{"actionName": "Source", "revisionId": "a" * 40}]
    told = {"pipelineName": "jwt-api-pipeline", "pipelineExecutionId": id, "status": "Succeeded"}
    aws.control("POST", "/executions", {**told, "sourceRevisions": revisions})
    with pytest.raises(ClientError, match="no stage"):
        client.rollback_stage(**{**asked, "stageName": "Release"})
    client.rollback_stage(**asked)
    newest = client.list_pipeline_executions(pipelineName="jwt-api-pipeline")["pipelineExecutionSummaries"][0]
    assert newest["trigger"]["triggerType"] == "ManualRollback"
    assert newest["sourceRevisions"] == revisions


def test_a_build_is_started_by_the_pipeline_and_ended_by_its_runner(aws, pipeline):
    client = aws.client("codebuild")
    override = [{"name": "DEPLOY_DIGEST", "value": "sha256:0", "type": "PLAINTEXT"}]
    asked = {"projectName": "jwt-api-pipeline-deploy", "environmentVariablesOverride": override}
    build = client.start_build(**asked)["build"]
    names = [variable["name"] for variable in build["environment"]["environmentVariables"]]
    expected = ["DEPLOY_REGISTRY", "DEPLOY_CLUSTER", "DEPLOY_NAMESPACE", "JWT_SECRET", "DEPLOY_DIGEST"]
    assert (names, build["buildStatus"]) == (expected, "IN_PROGRESS")
    aws.control("POST", "/builds", {"id": build["id"], "buildStatus": "SUCCEEDED"})
    ended = client.batch_get_builds(ids=[build["id"]])["builds"][0]
    assert (ended["buildStatus"], ended["buildComplete"]) == ("SUCCEEDED", True)


def test_reports_are_made_with_the_role_of_the_project(aws, pipeline):
    roles = {one["logicalId"]: one["id"] for one in aws.control("GET", "/resources")[1]}
    arn = f"arn:aws:iam::{ACCOUNT}:role/{roles['BuildRole']}"
    keys = aws.lend(arn, "jwt-api-pipeline-build")[1]

    def agent(operation, **body):
        """A call as CodeBuild's own agent makes it."""
        scope = f"{keys['AccessKeyId']}/20260101/{REGION}/codebuild/aws4_request"
        headers = {
            "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=00",
            "X-Amz-Security-Token": keys["SessionToken"],
            "X-Amz-Target": f"CodeBuild_20161006.{operation}",
            "Content-Type": "application/x-amz-json-1.1",
        }
        with urllib.request.urlopen(
            urllib.request.Request(aws.endpoint, json.dumps(body).encode(), headers)
        ) as answer:
            return json.load(answer)

    export = {"exportConfigType": "NO_EXPORT"}
    agent("CreateReportGroup", name="jwt-api-pipeline-build-tests", type="TEST", exportConfig=export)
    report = agent("CreateReport", reportGroupArn=GROUP)["report"]["arn"]
    cases = [{"name": "a", "status": "SUCCEEDED"}, {"name": "b", "status": "FAILED"}]
    agent("BatchPutTestCases", reportArn=report, testCases=cases)
    agent("UpdateReport", arn=report, status="FAILED")
    client = aws.client("codebuild")
    told = client.batch_get_reports(reportArns=[report])["reports"][0]
    assert (told["status"], told["testSummary"]["statusCounts"]) == ("FAILED", {"FAILED": 1, "SUCCEEDED": 1})
    with pytest.raises(urllib.error.HTTPError, match="400"):
        agent("CreateReport", reportGroupArn=f"{GROUP}-2")
    client.delete_report_group(arn=GROUP, deleteReports=True)
    with pytest.raises(ClientError, match="cannot be found"):
        client.list_reports_for_report_group(reportGroupArn=GROUP)


def test_a_bucket_is_emptied_and_removed(aws, pipeline):
    bucket = pipeline["ArtifactBucket"]
    aws.client("s3").put_object(Bucket=bucket, Key="a/b.zip", Body=b"zip")
    removed = aws.cli("s3", "rb", "--force", f"s3://{bucket}")
    assert f"remove_bucket: {bucket}" in removed.stdout, removed.stderr


def test_it_explains_itself_and_refuses_a_port_in_use(aws):
    def emulator(*arguments):
        command = [sys.executable, str(HERE / "emulator.py"), *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert "POST /service-role" in emulator("--help").stdout
    busy = emulator(*aws.arguments)
    assert (busy.returncode, busy.stderr) == (1, f"emulator: 127.0.0.1:{aws.port}: Address already in use\n")
    assert "go together" in emulator("--cluster", "jwt-api").stderr
