"""Which permissions each call of AWS needs, and on which resources.

By the "Actions, resources, and condition keys" pages of the Service Authorization Reference
(https://docs.aws.amazon.com/service-authorization/latest/reference/). What is not in TABLE is refused to every role.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.secretsmanager.models import secretsmanager_backends

from wire import Call


@dataclass(frozen=True)
class Need:
    """A permission that a call needs; the context is what its conditions are compared with."""

    action: str
    resource: str
    context: dict[str, str] = field(default_factory=dict)


Needs = Callable[[Call], list[Need]]


def _arn(call: Call, service: str, tail: str) -> str:
    return f"arn:aws:{service}:{call.region}:{ACCOUNT}:{tail}"


def _on(action: str, *resources: Callable[[Call], list[str]]) -> Needs:
    return lambda call: [Need(action, arn) for resource in resources for arn in resource(call)]


def _parameters(call: Call) -> list[str]:
    names = call.parameters.get("Names") or [call.parameters["Name"]]
    return [
        name if name.startswith("arn:") else _arn(call, "ssm", f"parameter/{name.lstrip('/')}")
        for name in names
    ]


def _secret(call: Call) -> list[str]:
    """The whole ARN of a secret that is there, however it is named."""
    name = call.parameters["SecretId"]
    secret = secretsmanager_backends[ACCOUNT][call.region].secrets.get(name)
    if secret:
        return [secret.arn]
    return [name if name.startswith("arn:") else _arn(call, "secretsmanager", f"secret:{name}")]


def _cluster(call: Call) -> list[str]:
    return [_arn(call, "eks", f"cluster/{call.parameters['name']}")]


def _repositories(call: Call) -> list[str]:
    names = call.parameters.get("repositoryNames") or [call.parameters.get("repositoryName") or "*"]
    return [_arn(call, "ecr", f"repository/{name}") for name in names]


def _bucket(call: Call) -> list[str]:
    return [f"arn:aws:s3:::{call.parameters['Bucket']}"]


def _object(call: Call) -> list[str]:
    return [f"arn:aws:s3:::{call.parameters['Bucket']}/{call.parameters['Key']}"]


def _get_object(call: Call) -> list[Need]:
    action = "s3:GetObjectVersion" if call.parameters.get("VersionId") else "s3:GetObject"
    return [Need(action, arn) for arn in _object(call)]


def _log_stream(call: Call) -> list[str]:
    group, stream = call.parameters["logGroupName"], call.parameters["logStreamName"]
    return [_arn(call, "logs", f"log-group:{group}:log-stream:{stream}")]


def _project(call: Call) -> list[str]:
    return [_arn(call, "codebuild", f"project/{call.parameters['projectName']}")]


def _projects_of_builds(call: Call) -> list[str]:
    return sorted(
        {_arn(call, "codebuild", f"project/{id.partition(':')[0]}") for id in call.parameters["ids"]}
    )


def _report_group(call: Call) -> list[str]:
    """A report belongs to its group: arn:…:report/GROUP:ID is decided as arn:…:report-group/GROUP."""
    given = call.parameters
    name = given.get("name") or given.get("reportGroupArn") or given.get("reportArn") or given["arn"]
    return [_arn(call, "codebuild", f"report-group/{name.partition('/')[2].partition(':')[0] or name}")]


def _anything(call: Call) -> list[str]:
    return ["*"]


def _each(service: str, operations: str, resource: Callable[[Call], list[str]]) -> dict[str, Needs]:
    return {f"{service}:{name}": _on(f"{service}:{name}", resource) for name in operations.split()}


TABLE: dict[str, Needs] = {
    "sts:GetCallerIdentity": lambda call: [],  # allowed to everybody
    "sts:AssumeRoleWithWebIdentity": lambda call: [],  # decided by the trust policy alone
    **_each(
        "ssm", "GetParameter GetParameters PutParameter DeleteParameter GetParameterHistory", _parameters
    ),
    **_each(
        "secretsmanager", "GetSecretValue PutSecretValue DescribeSecret UpdateSecret DeleteSecret", _secret
    ),
    **_each("eks", "DescribeCluster UpdateClusterConfig", _cluster),
    **_each("ecr", "GetAuthorizationToken", _anything),
    **_each(
        "ecr",
        "BatchCheckLayerAvailability BatchDeleteImage BatchGetImage CompleteLayerUpload DeleteRepository DescribeImages"
        " DescribeRepositories GetDownloadUrlForLayer InitiateLayerUpload ListImages PutImage UploadLayerPart",
        _repositories,
    ),
    "s3:GetObject": _get_object,
    "s3:HeadObject": _get_object,
    **_each("s3", "PutObject DeleteObject AbortMultipartUpload", _object),
    **{
        f"s3:{name}": _on("s3:PutObject", _object)
        for name in ("CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload")
    },
    **_each(
        "s3", "GetBucketVersioning GetBucketLocation GetBucketPolicy PutBucketPolicy DeleteBucket", _bucket
    ),
    **{
        f"s3:{name}": _on("s3:ListBucket", _bucket) for name in ("HeadBucket", "ListObjects", "ListObjectsV2")
    },
    **_each("logs", "CreateLogStream PutLogEvents", _log_stream),
    **_each("codebuild", "StartBuild", _project),
    **_each("codebuild", "BatchGetBuilds", _projects_of_builds),
    **_each(
        "codebuild",
        "CreateReportGroup CreateReport BatchPutTestCases UpdateReport DeleteReportGroup",
        _report_group,
    ),
}


def needs(call: Call) -> list[Need] | None:
    """The permissions that a call needs; None if the table does not have it."""
    found = TABLE.get(call.name)
    return None if found is None else found(call)
