"""Signing out with the provider: its session that we ask to end (RP-Initiated Logout), and ours that it ends (Back-Channel)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx2
from joserfc import jwt
from joserfc.errors import InvalidClaimError, JoseError

from common.oidc.flow import OidcClient
from common.oidc.refusals import Refused, reason_of
from common.oidc.values import SID_MAX
from common.oidc.verification import LEEWAY, check_subject

EVENT = "http://schemas.openid.net/event/backchannel-logout"
# A notice is taken while it is young; its `jti` must then be remembered as long as that, and no longer.
NOTICE_AGE = timedelta(minutes=5)
NOTICE_MEMORY = NOTICE_AGE + timedelta(seconds=2 * LEEWAY)
# Recent providers say `logout+jwt`; a plain JWT is told apart by its event and by having no nonce.
NOTICE_TYPES = frozenset({"", "jwt", "logout+jwt", "application/logout+jwt"})


@dataclass(frozen=True, slots=True)
class Notice:
    """What a provider says has ended: all sessions of a subject, or one of its own sessions."""

    issuer: str
    subject: str | None
    sid: str | None
    jti: str


async def end_session_url(client: OidcClient, id_token: str | None, return_to: str, state: str, now: datetime) -> str | None:
    """Where the provider ends its own session, or None when it has no such address or is not to be asked."""
    endpoint = (await client.provider.metadata(now)).get("end_session_endpoint")
    if not endpoint or client.issuer.logout == "none":
        return None
    params = {"client_id": client.issuer.client_id, "post_logout_redirect_uri": return_to, "state": state}
    return str(httpx2.URL(endpoint, params=params | ({"id_token_hint": id_token} if id_token else {})))


async def read_notice(client: OidcClient, logout_token: str, now: datetime) -> Notice:
    """A logout token of this provider (OpenID Connect Back-Channel Logout 1.0, 2.6). Raises `Refused` or `Injoignable`.

    Whether its `jti` was seen before is for the caller to know.
    """
    try:
        token = await client.provider.read(logout_token, client.issuer.algorithms, now)
        if str(token.header.get("typ", "")).lower() not in NOTICE_TYPES:
            raise InvalidClaimError("typ")
        return _notice(token, client, now)
    except (JoseError, ValueError) as error:
        raise Refused(f"logout_token.{reason_of(error)}") from error


def _notice(token: jwt.Token, client: OidcClient, now: datetime) -> Notice:
    claims = token.claims
    moment = int(now.timestamp())
    jwt.JWTClaimsRegistry(
        now=moment,
        leeway=LEEWAY,
        iss={"essential": True, "value": client.issuer.issuer},
        aud={"essential": True, "value": client.issuer.client_id},
        iat={"essential": True},
        jti={"essential": True},
        events={"essential": True},
    ).validate(claims)
    if claims["iat"] < moment - NOTICE_AGE.total_seconds() - LEEWAY:
        raise InvalidClaimError("iat")
    events = claims["events"]
    if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict):
        raise InvalidClaimError("events")
    # An id_token has one: it must not end a session.
    if "nonce" in claims:
        raise InvalidClaimError("nonce")
    subject, sid = claims.get("sub"), claims.get("sid")
    if subject is not None:
        check_subject(claims)
    if sid is not None and (not isinstance(sid, str) or not 0 < len(sid) <= SID_MAX):
        raise InvalidClaimError("sid")
    if subject is None and sid is None:
        raise InvalidClaimError("sub")
    if not 0 < len(claims["jti"]) <= SID_MAX:
        raise InvalidClaimError("jti")
    return Notice(client.issuer.issuer, subject, sid, claims["jti"])
