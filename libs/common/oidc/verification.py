"""The rules of an id_token and of what userinfo says, once their signatures hold."""

import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from authlib.oidc.core.util import create_half_hash
from joserfc import jwt
from joserfc.errors import InvalidClaimError, JoseError

from common.oidc.issuers import Issuer
from common.oidc.refusals import Refused, reason_of

LEEWAY = 30
SUBJECT_MAX = 200


def check_id_token(token: jwt.Token, issuer: Issuer, *, nonce: str, access_token: str, now: datetime) -> None:
    """Raises `Refused` unless this id_token is from `issuer`, for us, for this attempt, and of a level that is accepted."""
    claims = token.claims
    try:
        if str(token.header.get("typ", "")).lower().endswith("+jwt"):
            # Another kind of token of the same issuer, signed by the same keys.
            raise InvalidClaimError("typ")
        jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=LEEWAY,
            iss={"essential": True, "value": issuer.issuer},
            aud={"essential": True, "value": issuer.client_id},
            nonce={"essential": True, "value": nonce},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        ).validate(claims)
        if not isinstance(claims["nonce"], str):
            raise InvalidClaimError("nonce")
        check_subject(claims)
        _check_party(claims, issuer.client_id)
        _check_moment(claims, now)
        _check_access_token(token, access_token)
    except (JoseError, ValueError) as error:
        raise Refused(f"id_token.{reason_of(error)}") from error
    _check_level(claims, issuer.acr_accepted)


def check_userinfo(claims: Mapping[str, Any], issuer: Issuer, *, subject: str, signed: bool, now: datetime) -> None:
    """Raises `Refused` unless userinfo speaks of `subject`; signed, it must also come from `issuer` and be for us."""
    try:
        if signed:
            jwt.JWTClaimsRegistry(
                now=int(now.timestamp()),
                leeway=LEEWAY,
                iss={"essential": True, "value": issuer.issuer},
                aud={"essential": True, "value": issuer.client_id},
            ).validate(dict(claims))
        if not isinstance(claims.get("sub"), str) or not same(claims["sub"], subject):
            raise InvalidClaimError("sub")
    except (JoseError, ValueError) as error:
        raise Refused(f"userinfo.{reason_of(error)}") from error


def check_subject(claims: Mapping[str, Any]) -> None:
    """Raises InvalidClaimError for a subject that cannot be one: it is half of the key by which a person is known."""
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= SUBJECT_MAX or not subject.isprintable():
        raise InvalidClaimError("sub")


def same(left: str, right: str) -> bool:
    """Whether both are equal, told in a time that does not depend on where they differ."""
    return hmac.compare_digest(left.encode(), right.encode())


def _check_party(claims: Mapping[str, Any], client_id: str) -> None:
    """With several audiences, the one to whom it was issued must be named, and be us."""
    shared = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if (shared or "azp" in claims) and claims.get("azp") != client_id:
        raise InvalidClaimError("azp")


def _check_moment(claims: Mapping[str, Any], now: datetime) -> None:
    moment = claims.get("auth_time")
    if moment is None:
        return
    if isinstance(moment, bool) or not isinstance(moment, int | float) or not moment <= now.timestamp() + LEEWAY:
        raise InvalidClaimError("auth_time")


def _check_access_token(token: jwt.Token, access_token: str) -> None:
    expected = token.claims.get("at_hash")
    if expected is None:
        return
    digest = create_half_hash(access_token, token.header["alg"])
    if not isinstance(expected, str) or not digest or not same(expected, digest.decode()):
        raise InvalidClaimError("at_hash")


def _check_level(claims: Mapping[str, Any], accepted: Sequence[str]) -> None:
    if accepted and claims.get("acr") is None:
        raise Refused("id_token.acr_missing")
    if accepted and claims["acr"] not in accepted:
        raise Refused("id_token.acr")
