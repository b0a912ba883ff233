"""The AWS API: each request is read, decided, recorded, and answered by a service of this emulator or by moto."""

import traceback
from collections.abc import Callable

from botocore import xform_name
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.wrappers import Response

import bucket_policy
from actions import Need
from authorization import authorize, wanted
from calls import Calls
from credentials import Sessions
from wire import AwsError, Call, Refused, plain_answer, read

Services = Callable[[str, str], object | None]  # the service of a name, in a region


class Gateway:
    def __init__(self, services: Services, sessions: Sessions, calls: Calls, own_key: str):
        """Calls with own_key are CloudFormation's, on behalf of a caller whose call was recorded."""
        self._services, self._sessions, self._calls, self._own_key = services, sessions, calls, own_key
        self._moto = DomainDispatcherApplication(_moto_app)
        bucket_policy.install()

    def __call__(self, environ: dict, start_response: Callable):
        try:
            call = read(environ)
        except AwsError as error:
            response = _response(plain_answer(error))
        else:
            response = self._respond(call)
        return response(environ, start_response)

    def _respond(self, call: Call) -> Response:
        call.caller = self._sessions.find(call.access_key)
        needs = wanted(call) or [
            Need(call.name, call.parameters.get("RoleArn", "*"))
        ]  # before the call changes anything
        reason = None
        try:
            authorize(call)
            own = self._services(call.service, call.region)
            return self._serve(call, own) if own else self._forward(call)
        except AwsError as error:
            reason = error.message if isinstance(error, Refused) else None
            return _response(call.answer(error))
        except NotImplementedError:
            return _response(call.answer(_unsupported(call)))
        except Exception as error:  # a defect of the emulator: told to the client, with its cause in the log
            traceback.print_exc()
            return _response(
                call.answer(AwsError("InternalFailure", f"{type(error).__name__}: {error}", 500))
            )
        finally:
            if call.access_key != self._own_key:
                self._calls.add(call.name, needs, call.caller, reason)

    def _serve(self, call: Call, service: object) -> Response:
        operation = getattr(service, xform_name(call.operation), None)
        if operation is None:
            raise _unsupported(call)
        return _response(call.answer(operation(call)))

    def _forward(self, call: Call) -> Response:
        response = Response.from_app(self._moto, call.environ)
        if response.status_code in (404, 405) and response.mimetype == "text/html":
            raise _unsupported(call)
        return response


def _moto_app(service: str):
    """Moto's application for a service, whose exceptions reach the gateway instead of a page of HTML."""
    app = create_backend_app(service)
    app.config["PROPAGATE_EXCEPTIONS"] = True
    return app


def _response(answer: tuple[int, dict[str, str], bytes]) -> Response:
    status, headers, body = answer
    return Response(body, status, headers)


def _unsupported(call: Call) -> AwsError:
    return AwsError("UnsupportedOperation", f"{call.name} is not in this emulator of AWS", 400)
