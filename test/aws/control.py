"""The control port: the cluster's token review, and what tests ask beside AWS's own API. JSON in, JSON out."""

import json
from collections.abc import Callable

from werkzeug.wrappers import Request, Response

from actions import Need
from authorization import judge
from calls import Calls
from credentials import Sessions
from region import Regions
from sts import Sts
from token_review import Mapping, NotAuthenticated, Reviewer
from wire import AwsError


class Refusal(Exception):
    """An answer other than 200: its status and its text."""

    def __init__(self, status: int, text: str):
        super().__init__(text)
        self.status = status


class Control:
    def __init__(
        self, regions: Regions, sessions: Sessions, calls: Calls, sts: Sts, reviewer: Reviewer | None
    ):
        self._regions, self._sessions, self._calls, self._sts, self._reviewer = (
            regions,
            sessions,
            calls,
            sts,
            reviewer,
        )
        self._routes: dict[tuple[str, str], Callable[[dict], object]] = {
            ("GET", "/calls"): lambda _: calls.all(),
            ("DELETE", "/calls"): lambda _: calls.clear(),
            ("GET", "/resources"): lambda _: regions.resources(),
            ("POST", "/tokenreview"): self._review,
            ("POST", "/service-role"): self._serve,
            ("POST", "/credentials/expire"): lambda asked: sessions.expire(asked["accessKeyId"]),
            ("POST", "/authorize"): self._authorize,
            ("POST", "/connections/complete"): lambda asked: regions.complete_connections(
                asked.get("connectionArn")
            ),
            ("POST", "/aws-auth"): self._map_role,
            ("DELETE", "/aws-auth"): self._unmap_role,
            ("POST", "/cluster"): self._set_mode,
            ("POST", "/builds"): lambda asked: regions.default["codebuild"].report(asked),
            ("POST", "/executions"): lambda asked: regions.default["codepipeline"].report(asked),
        }

    def __call__(self, environ: dict, start_response: Callable):
        request = Request(environ)
        try:
            answer = self._answer(request)
            response = Response(json.dumps(answer, default=str), content_type="application/json")
        except Refusal as error:
            response = Response(
                json.dumps({"error": str(error)}), error.status, content_type="application/json"
            )
        return response(environ, start_response)

    def _answer(self, request: Request) -> object:
        route = self._routes.get((request.method, request.path))
        if route is None:
            raise Refusal(404, f"there is no {request.method} {request.path}")
        try:
            return route(json.loads(request.get_data() or "{}"))
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise Refusal(400, f"{type(error).__name__}: {error}") from None

    def _review(self, asked: dict) -> dict:
        try:
            status = {"authenticated": True, "user": self._known_reviewer().review(asked["spec"]["token"])}
        except NotAuthenticated as error:
            status = {"authenticated": False, "error": str(error)}
        return {"apiVersion": asked["apiVersion"], "kind": "TokenReview", "status": status}

    def _serve(self, asked: dict) -> dict:
        source, account = asked["sourceArn"], asked["sourceAccount"]
        try:
            session = self._sts.serve(asked["service"], asked["roleArn"], source, account, asked["session"])
        except AwsError as error:
            raise Refusal(403, error.message) from None
        return session.credentials()

    def _authorize(self, asked: dict) -> dict:
        """Decides, and records, a permission that no call of the API needs, such as codeconnections:UseConnection."""
        session = self._sessions.find(asked["accessKeyId"])
        if session is None or not session.live:
            raise Refusal(403, "The security token included in the request is expired")
        need = Need(asked["action"], asked["resource"], asked.get("context", {}))
        reason = judge(session, need)
        self._calls.add(need.action, [need], session, reason)
        if reason:
            raise Refusal(403, reason)
        return {"allowed": True}

    def _map_role(self, asked: dict) -> None:
        self._known_reviewer().config_map[asked["roleArn"]] = Mapping(asked["username"], asked["groups"])

    def _unmap_role(self, asked: dict) -> None:
        if self._known_reviewer().config_map.pop(asked["roleArn"], None) is None:
            raise Refusal(404, f"{asked['roleArn']} is not in aws-auth")

    def _set_mode(self, asked: dict) -> None:
        """Any authentication mode, also one that AWS lets nobody go back to."""
        self._known_reviewer().cluster.mode = asked["authenticationMode"]

    def _known_reviewer(self) -> Reviewer:
        if self._reviewer is None:
            raise Refusal(404, "the emulator was started without --cluster")
        return self._reviewer
