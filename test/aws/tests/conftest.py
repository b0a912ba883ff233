"""An emulator of its own for each file of tests, an issuer of tokens, and the templates of this repository."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import botocore.session
import jwt
import pytest
from botocore.config import Config
from cryptography.hazmat.primitives.asymmetric import rsa

HERE = Path(__file__).parents[1]
TEMPLATES = HERE.parents[1] / "cloudformation"
REGION, ACCOUNT = "eu-west-1", "123456789012"
GITHUB = {
    "ClusterName": "jwt-api",
    "Owner": "octo-org",
    "OwnerId": "123456",
    "Repository": "jwt-api",
    "RepositoryId": "789012",
    "SecretParameter": "/jwt-api/secret",
}
PIPELINE = {"ClusterName": "jwt-api", "Repository": "octo-org/jwt-api", "SecretParameter": "/jwt-api/secret"}
SESSION = botocore.session.Session()  # one for all, as it keeps the models that it has read


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class Issuer:
    """Signs tokens as GitHub does, and serves the keys that verify them."""

    def __init__(self):
        self.keys = {}
        self.add_key("first")
        issuer = self

        class Keys(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.end_headers()
                self.wfile.write(json.dumps({"keys": [key for _, key in issuer.keys.values()]}).encode())

            def log_message(self, *_):
                pass

        server = HTTPServer(("127.0.0.1", 0), Keys)
        Thread(target=server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{server.server_port}/keys"

    def add_key(self, kid):
        private = rsa.generate_private_key(65537, 2048)
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(private.public_key()))
        self.keys[kid] = (private, {**public, "kid": kid, "alg": "RS256", "use": "sig"})

    def token(self, kid="first", **claims) -> str:
        """Of the build job of the right repository, but for the claims that are given; None leaves one out."""
        usual = {
            "iss": "https://token.actions.githubusercontent.com",
            "aud": "sts.amazonaws.com",
            "sub": "repo:octo-org@123456/jwt-api@789012:ref:refs/heads/main",
            "repository": "octo-org/jwt-api",
            "repository_id": "789012",
            "repository_owner_id": "123456",
            "ref": "refs/heads/main",
            "iat": int(time.time()) - 5,
            "nbf": int(time.time()) - 5,
            "exp": int(time.time()) + 300,
        }
        told = {name: claim for name, claim in {**usual, **claims}.items() if claim is not None}
        return jwt.encode(told, self.keys[kid][0], "RS256", {"kid": kid})


class Emulator:
    def __init__(self, tmp: Path, issuer: Issuer):
        self.port, self.control_port = free_port(), free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        authority = tmp / "ca.pem"
        authority.write_text("-----BEGIN CERTIFICATE-----\n")
        self.arguments = [
            "--port",
            str(self.port),
            "--control-port",
            str(self.control_port),
            "--region",
            REGION,
        ]
        cluster = [
            "--cluster",
            "jwt-api",
            "--kube-server",
            "https://10.0.0.1:6443",
            "--kube-ca",
            str(authority),
        ]
        command = [
            sys.executable,
            str(HERE / "emulator.py"),
            *self.arguments,
            *cluster,
            "--issuer-keys",
            issuer.url,
        ]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == "ready\n"

    def client(self, service, credentials=None):
        """A client of the administrator, or of the credentials of a session."""
        keys = credentials or {"AccessKeyId": "admin", "SecretAccessKey": "x"}
        return SESSION.create_client(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys.get("SessionToken"),
            config=Config(retries={"total_max_attempts": 1}),
        )

    def control(self, method, path, body=None):
        """Status and answer of the control port."""
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"http://127.0.0.1:{self.control_port}{path}", data, method=method)
        try:
            with urllib.request.urlopen(request) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def cli(self, *arguments, credentials=None) -> subprocess.CompletedProcess:
        """The AWS CLI, as the administrator or with the credentials of a session."""
        keys = credentials or {"AccessKeyId": "admin", "SecretAccessKey": "x", "SessionToken": ""}
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": "/nonexistent",
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
            "AWS_SESSION_TOKEN": keys["SessionToken"],
        }
        command = [str(Path(sys.executable).with_name("aws")), *arguments]
        return subprocess.run(
            command, check=False, env=environment, capture_output=True, text=True, timeout=120
        )

    def create(self, stack, template, parameters, **more) -> dict:
        """The outputs of a new stack."""
        given = [{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()]
        body = template if "\n" in template else (TEMPLATES / f"{template}.yml").read_text()
        cloudformation = self.client("cloudformation")
        allowed = {"Capabilities": ["CAPABILITY_IAM"], **more}
        cloudformation.create_stack(StackName=stack, TemplateBody=body, Parameters=given, **allowed)
        made = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
        assert made["StackStatus"] == "CREATE_COMPLETE", made
        return {output["OutputKey"]: output["OutputValue"] for output in made.get("Outputs", [])}

    def lend(self, role, source, service="codebuild.amazonaws.com"):
        """Status and credentials of a service that takes a role for a project of CodeBuild."""
        arn = f"arn:aws:codebuild:{REGION}:{ACCOUNT}:project/{source}"
        asked = {
            "service": service,
            "roleArn": role,
            "sourceArn": arn,
            "sourceAccount": ACCOUNT,
            "session": "AWSCodeBuild-1",
        }
        return self.control("POST", "/service-role", asked)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(10) == 0


@pytest.fixture(scope="session")
def issuer():
    return Issuer()


@pytest.fixture(scope="module")
def aws(tmp_path_factory, issuer):
    emulator = Emulator(tmp_path_factory.mktemp("emulator"), issuer)
    yield emulator
    emulator.stop()


@pytest.fixture(scope="module")
def github(aws):
    """The outputs of github-oidc.yml."""
    return aws.create("jwt-api-github", "github-oidc", GITHUB)


@pytest.fixture(scope="module")
def pipeline(aws):
    """The outputs of pipeline.yml."""
    return aws.create("jwt-api-pipeline", "pipeline", PIPELINE)


@pytest.fixture(scope="module")
def secret(aws):
    """A SecureString at /jwt-api/secret."""
    aws.client("ssm").put_parameter(Name="/jwt-api/secret", Type="SecureString", Value="s3cret")
