"""A bucket's policy, decided by this emulator's model of IAM: moto's own does not look at conditions."""

import json

from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket

from authorization import ALWAYS
from policy import Decision, decide_for_everybody

RESULTS = {
    Decision.ALLOWED: PermissionResult.PERMITTED,
    Decision.DENIED: PermissionResult.DENIED,
    Decision.NOT_ALLOWED: PermissionResult.NEUTRAL,
}


def _permission(bucket: FakeBucket, action: str, resource: str) -> PermissionResult:
    if bucket.policy is None:
        return PermissionResult.NEUTRAL
    return RESULTS[decide_for_everybody(json.loads(bucket.policy), action, resource, ALWAYS)]


def install() -> None:
    """Makes moto's S3 ask here."""
    FakeBucket.get_permission = _permission
