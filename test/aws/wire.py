"""AWS's protocols: what a request asks for, and how an answer or an error is written.

Both by botocore's service models, through moto's parsers and serializers.
"""

import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from urllib.parse import parse_qs
from uuid import uuid4

from botocore.exceptions import UnknownServiceError
from moto.core.exceptions import ServiceException
from moto.core.model import OperationModel
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.serialize import SerializationContext, get_serializer_class
from moto.core.utils import get_service_model
from werkzeug.exceptions import NotFound

SCOPE = re.compile(r"Credential=([^/,\s]+)/\d{8}/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request")
UNSIGNED = {"AssumeRoleWithWebIdentity": "sts"}


class AwsError(ServiceException):
    """An error that AWS names: its code, its text, and its HTTP status unless the service's model gives it."""

    def __init__(self, code: str, message: str, status: int | None = None):
        super().__init__(code, message)
        self.status = status


class Refused(AwsError):
    """The error of a call that was not allowed to its caller."""


@dataclass
class Call:
    """One request: who asks which service for what, and where."""

    environ: dict
    service: str
    operation: str
    parameters: dict
    region: str
    access_key: str | None
    token: str | None
    model: OperationModel | None = None
    id: str = field(default_factory=lambda: str(uuid4()))
    caller: object = None

    @property
    def name(self) -> str:
        """Such as "ssm:GetParameter"."""
        return f"{self.service}:{self.operation}"

    @property
    def spoken(self) -> str:
        """Which family of error codes the service has: "s3", "query" or "json"."""
        return self.service if self.service == "s3" else "query" if self.protocol == "query" else "json"

    @cached_property
    def protocol(self) -> str:
        return determine_request_protocol(get_service_model(self.service), self.environ.get("CONTENT_TYPE"))

    def answer(self, result) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of a result, which may be an AwsError."""
        if self.model is None:
            return plain_answer(result)
        context = SerializationContext(self.id)
        written = get_serializer_class(self.service, self.protocol)(self.model, context).serialize(result)
        body = written["body"]
        status = getattr(result, "status", None) or written["status_code"]
        headers = {**written["headers"], "x-amzn-requestid": self.id}
        return status, headers, body.encode() if isinstance(body, str) else body


def plain_answer(result) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body in the plain JSON protocol, for what no model tells the protocol of."""
    headers = {"Content-Type": "application/x-amz-json-1.1"}
    if isinstance(result, ServiceException):
        body = {"__type": result.code, "message": result.message}
        return getattr(result, "status", None) or 400, headers, json.dumps(body).encode()
    return 200, headers, json.dumps(result, default=str).encode()


def read(environ: dict) -> Call:
    """The call of a WSGI request, whose body can be read again. Raises an AwsError for what is no request of AWS."""
    body = Request(environ).get_data(cache=False, parse_form_data=False)
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    environ.update({"CONTENT_LENGTH": str(len(body)), "wsgi.input": BytesIO(body)})
    request = Request({**environ, "wsgi.input": BytesIO(body)})
    access_key, region, service = _signed_for(request)
    call = Call(environ, service, "", {}, region, access_key, request.headers.get("X-Amz-Security-Token"))
    call.token = call.token or request.args.get("X-Amz-Security-Token")
    try:
        call.model, path = get_service_router(service).match(request)
    except UnknownServiceError:
        raise AwsError("UnsupportedOperation", f"{service} is not in this emulator of AWS", 400) from None
    except (NotFound, NotImplementedError):
        return _unmodelled(call, request, body)
    call.operation = call.model.name
    asked = {"body": body, "headers": request.headers, "method": request.method, "url_params": path}
    parser = PROTOCOL_PARSERS[call.protocol](call.model)
    call.parameters = parser.parse({**asked, "url_path": request.path, "values": request.values})
    return call


def _signed_for(request: Request) -> tuple[str | None, str, str]:
    header = request.headers.get("Authorization", "")
    signed = SCOPE.search(header) or SCOPE.search(f"Credential={request.args.get('X-Amz-Credential', '')}")
    if signed:
        return signed.group(1), signed.group(2), signed.group(3)
    service = UNSIGNED.get(request.values.get("Action", ""))
    if service is None:
        raise AwsError("MissingAuthenticationToken", "Missing Authentication Token", 403)
    return None, "us-east-1", service


def _unmodelled(call: Call, request: Request, body: bytes) -> Call:
    """An operation without a model, as AWS's own agents call: CodeBuild's CreateReport. Its JSON is taken as it is."""
    target = request.headers.get("X-Amz-Target", "").rpartition(".")[2]
    form = parse_qs(body.decode(errors="replace")) if b"Action=" in body else {}
    call.operation = target or form.get("Action", [f"{request.method} {request.path}"])[0]
    if target:
        call.parameters = json.loads(body or "{}")
    return call
