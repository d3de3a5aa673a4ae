"""One try of one delivery: a signed POST (Standard Webhooks), and what its answer means. Nothing said is kept."""

import asyncio
import ssl
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from uuid import UUID

from aiohttp import ClientError, ClientResponse, ClientSession, ClientSSLError, NonHttpUrlClientError
from standardwebhooks.webhooks import Webhook as Signer
from yarl import URL

from notifications.livraisons.domain import expurger
from notifications.livraisons.garde import Ask, asking_first
from notifications.webhooks.adresses import AdresseInterdite
from notifications.webhooks.domain import Echec, Reponse, lire_statut

ANSWER_BYTES, DEBUT_BYTES = 4096, 600
# The answer's body is read only so that the connection can be used again; it gets no more time than that is worth.
ANSWER_SECONDS = 1.0
USER_AGENT = "Relais-Webhooks/1"


def message_id(event_id: UUID, webhook_id: UUID) -> str:
    """The `webhook-id` of a delivery: the same at each try, and another for each endpoint."""
    return f"{event_id}_{webhook_id}"


def signed_headers(message: str, secrets: Sequence[str], body: str, now: datetime) -> dict[str, str]:
    """The headers of a delivery, signed over its id, the moment and the body, once with each of these secrets."""
    return unsigned_headers(message, now) | {
        "webhook-signature": " ".join(Signer(secret).sign(message, now, body) for secret in secrets),
    }


def unsigned_headers(message: str, now: datetime | None) -> dict[str, str]:
    """The headers of a try that began at `now`, or of one to come, save what proves where it comes from."""
    moment = {"webhook-timestamp": str(int(now.timestamp()))} if now else {}
    return {"Content-Type": "application/json", "User-Agent": USER_AGENT, "webhook-id": message} | moment


async def poster(http: ClientSession, url: str, headers: dict[str, str], body: str, ask: Ask | None = None) -> Reponse:
    """Post once. Never raises on what the other side does: the answer says how it ended.

    `ask` is called when there is a connection and nothing has been said on it; what it raises ends the try.
    """
    started = time.perf_counter()
    statut: int | None = None
    apres: timedelta | None = None
    latence, debut = 0.0, b""
    try:
        with asking_first(ask):
            response = await http.post(URL(url, encoded=True), data=body.encode(), headers=headers, allow_redirects=False)
        async with response:
            statut = response.status
            echec = lire_statut(statut)
            apres = lire_retry_after(response.headers.get("Retry-After"), datetime.now(UTC)) if echec else None
            latence = time.perf_counter() - started
            debut = await _drain(response)
    except (ClientError, OSError, TimeoutError, ValueError) as error:
        if statut is None:
            return Reponse(echec=nommer(error), latence_ms=round((time.perf_counter() - started) * 1000))
    return Reponse(statut, echec, round(latence * 1000), apres, expurger(debut))


async def _drain(response: ClientResponse) -> bytes:
    """Read a short answer to its end so that the connection serves again; cut off a long or slow one. Its first bytes."""
    debut = b""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            left = ANSWER_BYTES
            while left > 0 and not response.content.at_eof():
                part = await response.content.read(left)
                left -= len(part)
                debut = (debut + part)[:DEBUT_BYTES]
    except (TimeoutError, ClientError, OSError):
        # The status was said; how the rest ends does not matter.
        pass
    if not response.content.at_eof():
        response.close()
    return debut


def nommer(error: BaseException) -> Echec:
    """The kind of a failed try: what is not recognised counts as a connection that did not work."""
    causes = (error, getattr(error, "os_error", None), getattr(error, "certificate_error", None))
    if any(isinstance(cause, AdresseInterdite | NonHttpUrlClientError) for cause in causes):
        return Echec.adresse_interdite
    if isinstance(error, TimeoutError):
        return Echec.delai
    if isinstance(error, ClientSSLError) or any(isinstance(cause, ssl.SSLError | ssl.CertificateError) for cause in causes):
        return Echec.certificat
    return Echec.connexion


def lire_retry_after(value: str | None, now: datetime) -> timedelta | None:
    """What a Retry-After header asks for (RFC 9110: seconds or a date); None when there is none that can be read."""
    if not value:
        return None
    try:
        if value.strip().isdecimal():
            return timedelta(seconds=min(int(value), 10**7))
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return max(moment.replace(tzinfo=moment.tzinfo or UTC) - now, timedelta())
