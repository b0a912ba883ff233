"""Web identity tokens: signed by an issuer that the account has an identity provider for."""

import time

import jwt

import roles
from wire import Refused

ISSUER = "https://token.actions.githubusercontent.com"
NO_KEY = (
    "Couldn't retrieve verification key from your identity provider, "
    "please reference AssumeRoleWithWebIdentity documentation for requirements"
)


class Issuer:
    """GitHub's issuer, with its keys from the address of a JWKS. Without an address it has no key."""

    def __init__(self, keys: str | None):
        self._keys = jwt.PyJWKClient(keys, cooldown_duration=0) if keys else None

    def verify(self, token: str) -> tuple[str, dict]:
        """The ARN of the identity provider of a valid token, and its claims. Raises a Refused as STS does."""
        claims = _unverified(token)
        issuer = str(claims.get("iss"))
        provider = roles.provider(issuer)
        if provider is None:
            raise _invalid(f"No OpenIDConnect provider found in your account for {issuer}")
        if claims.get("aud") not in provider.client_id_list:
            raise _invalid("Incorrect token audience")
        if issuer != ISSUER or self._keys is None:
            raise _invalid(NO_KEY)
        return provider.arn, self._verified(token)

    def _verified(self, token: str) -> dict:
        required = {"require": ["exp", "iat", "sub"], "verify_aud": False}
        try:
            key = self._keys.get_signing_key_from_jwt(token)
            return jwt.decode(token, key, algorithms=["RS256"], issuer=ISSUER, options=required)
        except jwt.ExpiredSignatureError:
            expiry = int(_unverified(token)["exp"])
            current = int(time.time())
            text = (
                f"Token expired: current date/time {current} must be before the expiration date/time {expiry}"
            )
            raise Refused("ExpiredTokenException", text, 400) from None
        except jwt.PyJWKClientError:
            raise _invalid(NO_KEY) from None
        except jwt.InvalidTokenError as error:
            raise _invalid(f"The ID Token provided is not valid: {error}") from None


def _unverified(token: str) -> dict:
    try:
        return jwt.decode(token, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        raise _invalid("The ID Token provided is not a valid JWT.") from None


def _invalid(text: str) -> Refused:
    return Refused("InvalidIdentityToken", text, 400)


def condition_keys(issuer: str, claims: dict) -> dict[str, str]:
    """The claims as the keys of conditions, such as token.actions.githubusercontent.com:sub."""
    host = issuer.removeprefix("https://")
    plain = {name: claim for name, claim in claims.items() if isinstance(claim, (str, int, bool))}
    return {
        f"{host}:{name}": str(claim).lower() if claim is True or claim is False else str(claim)
        for name, claim in plain.items()
    }
