"""The permission to decrypt that reading a secret needs when a key of the customer's own encrypts it.

A key that AWS keeps (aws/ssm, aws/secretsmanager) needs none. A key's own policy is taken to leave the decision to IAM.
"""

from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.secretsmanager.models import secretsmanager_backends
from moto.ssm.models import ssm_backends

from actions import Need
from wire import Call


def decryption(call: Call) -> list[Need]:
    """kms:Decrypt for each customer key that a call makes use of, through the service that is called."""
    service = {"ssm": _parameter_keys, "secretsmanager": _secret_keys}.get(call.service)
    keys = service(call) if service else []
    context = {"kms:ViaService": f"{call.service}.{call.region}.amazonaws.com"}
    return [
        Need("kms:Decrypt", _key_arn(key, call.region), context)
        for key in keys
        if key and "alias/aws/" not in key
    ]


def _parameter_keys(call: Call) -> list[str | None]:
    if not call.parameters.get("WithDecryption"):
        return []
    names = call.parameters.get("Names") or [call.parameters.get("Name", "")]
    backend = ssm_backends[ACCOUNT][call.region]
    found = [backend.get_parameter(name) for name in names]
    return [
        parameter.keyid for parameter in found if parameter and parameter.parameter_type == "SecureString"
    ]


def _secret_keys(call: Call) -> list[str | None]:
    if call.operation != "GetSecretValue":
        return []
    secret = secretsmanager_backends[ACCOUNT][call.region].secrets.get(call.parameters["SecretId"])
    return [secret.kms_key_id] if secret else []


def _key_arn(key: str, region: str) -> str:
    return key if key.startswith("arn:") else f"arn:aws:kms:{region}:{ACCOUNT}:key/{key}"
