"""The secrets of an endpoint in their sealed form: made, changed, and sealed again when the key changes."""

import base64
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

from cryptography.fernet import InvalidToken
from sqlmodel.ext.asyncio.session import AsyncSession

from common import audit
from common.actor import Actor
from common.clock import Clock
from common.coffre import Coffre
from common.database import Database
from common.logs import get_logger
from notifications.webhooks import store
from notifications.webhooks.domain import Secrets, tourner
from notifications.webhooks.models import Webhook

log = get_logger(__name__)

SERVICE = "notifications"
SECRET_BYTES = 24


def new_secret() -> str:
    """A secret in the form of Standard Webhooks."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


async def changer_secret(
    session: AsyncSession, actor: Actor, webhook_id: UUID, coffre: Coffre, *, immediat: bool, now: datetime
) -> tuple[Webhook, str]:
    """Give the endpoint a new secret, which is returned in clear and never again. Raises Introuvable or RotationEnCours.

    One that can't be read any more signs nothing: it is replaced at once.
    """
    webhook = await store.get(session, actor, webhook_id, lock=True)
    immediat = immediat or illisible(webhook, coffre)
    nouveau = new_secret()
    avant = Secrets(webhook.secret, webhook.secret_precedent, webhook.precedent_jusqu_a)
    apres = tourner(avant, coffre.sceller(nouveau), now, immediat=immediat)
    webhook.secret, webhook.secret_precedent, webhook.precedent_jusqu_a = apres.actuel, apres.precedent, apres.jusqu_a
    await audit.write(session, SERVICE, actor, "webhook.secret_changer", webhook_id, now=now)
    return webhook, nouveau


def illisible(webhook: Webhook, coffre: Coffre) -> bool:
    """Whether the key that sealed the endpoint's secret is no more."""
    return not coffre.ouvrir_ou_rien(webhook.secret)


def sealing(coffre: Coffre) -> Callable[[Database, Clock], Awaitable[None]]:
    """A round that seals whatever is in clear or under an older key, and forgets secrets whose time is over.

    What none of the keys opens stays as it is, and is named in the log once.
    """
    illisibles: set[UUID] = set()

    def renew(webhook_id: UUID, before: str) -> str:
        try:
            return coffre.renouveler(before)
        except InvalidToken:
            if webhook_id not in illisibles:
                illisibles.add(webhook_id)
                log.error("webhooks.secret_unreadable", webhook_id=str(webhook_id))
            return before

    async def seal(database: Database, clock: Clock) -> None:
        async with database.transaction() as session:
            await store.forget_former(session, clock())
            for webhook_id, column, before in await store.secrets(session):
                if (after := renew(webhook_id, before)) != before:
                    await store.replace_secret(session, column, before, after)
            for body in await store.answers_in_clear(session):
                await store.replace_answer(session, body, coffre.sceller(body))

    return seal
