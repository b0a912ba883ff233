"""An AWS on this machine, for tests of a delivery to EKS: moto, what it lacks, and a model of IAM that decides each call.

A role's temporary credentials may do what its inline policies allow; any other key is the account's administrator's.
The control port takes and gives JSON:

  POST /tokenreview           the cluster's token review
  POST /service-role          a service takes a role: {service, roleArn, sourceArn, sourceAccount, session}
  POST /authorize             decides a permission that no call needs: {accessKeyId, action, resource, context}
  POST /credentials/expire    ends a session: {accessKeyId}
  POST /connections/complete  what a person does in the console: {connectionArn}, or {} for all
  POST /cluster               sets any authentication mode: {authenticationMode}
  POST, DELETE /aws-auth      maps a role in the ConfigMap: {roleArn, username, groups}, or no longer: {roleArn}
  POST /builds                how a build of CodeBuild goes: {id, buildStatus, …}
  POST /executions            how a pipeline goes: {pipelineName, pipelineExecutionId, status, sourceRevisions, actions}
  GET, DELETE /calls          what was called, by whom, and how it was decided
  GET /resources              what the stacks have made
"""

import argparse
import base64
import logging
import secrets
import signal
import socket
import sys
import warnings
from pathlib import Path
from threading import Thread

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from calls import Calls
from cluster import Cluster
from control import Control
from credentials import Sessions
from gateway import Gateway
from identity_token import Issuer
from region import Regions
from sts import Sts
from token_review import Reviewer

HOST = "127.0.0.1"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=5555, help="of the AWS API (default: %(default)s)")
    parser.add_argument("--control-port", type=int, default=6444, help="(default: %(default)s)")
    parser.add_argument("--region", default="eu-west-1", help="where the cluster is (default: %(default)s)")
    parser.add_argument("--cluster", metavar="NAME", help="an EKS cluster to have, with the two below")
    parser.add_argument("--kube-server", metavar="URL", help="the address of the cluster's API server")
    parser.add_argument("--kube-ca", metavar="FILE", type=Path, help="the PEM of the CA of its certificate")
    parser.add_argument(
        "--issuer-keys", metavar="URL", help="the JWKS that verifies tokens of GitHub's issuer"
    )
    given = parser.parse_args()
    if len({bool(given.cluster), bool(given.kube_server), bool(given.kube_ca)}) > 1:
        parser.error("--cluster, --kube-server and --kube-ca go together")
    return given


def listen(port: int) -> socket.socket:
    """A socket that has the port. Ends the program with a clear line if another has it."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:
        sys.exit(f"emulator: {HOST}:{port}: {error.strerror}")
    listener.listen(128)
    return listener


def serve(listener: socket.socket, app, handler=WSGIRequestHandler) -> BaseWSGIServer:
    host, port = listener.getsockname()
    server = make_server(host, port, app, threaded=True, request_handler=handler, fd=listener.fileno())
    Thread(target=server.serve_forever, daemon=True).start()
    return server


def main() -> None:
    given = arguments()
    warnings.filterwarnings("ignore", module="moto")  # that a code of an error is not in botocore's models
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # no line for each request
    api, control = listen(given.port), listen(given.control_port)
    sessions, calls, own_key = Sessions(), Calls(), secrets.token_hex(10).upper()
    sts = Sts(sessions, Issuer(given.issuer_keys), calls)
    regions = Regions(given.region, f"http://{HOST}:{api.getsockname()[1]}", own_key, sts)
    reviewer = None
    if given.cluster:
        authority = base64.b64encode(given.kube_ca.read_bytes()).decode()
        cluster = Cluster(given.cluster, given.region, given.kube_server, authority)
        regions.default["eks"].clusters[cluster.name] = cluster
        reviewer = Reviewer(sessions, cluster)
    serve(api, Gateway(regions.service, sessions, calls, own_key), MotoRequestHandler)
    serve(control, Control(regions, sessions, calls, sts, reviewer))
    print("ready", flush=True)
    signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    main()
