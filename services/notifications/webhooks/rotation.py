"""The secrets of an endpoint in their sealed form: made, changed, and sealed again when the key changes."""

import base64
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from common import audit
from common.actor import Actor
from common.clock import Clock
from common.coffre import Coffre
from common.database import Database
from notifications.webhooks import store
from notifications.webhooks.domain import Secrets, tourner
from notifications.webhooks.models import Webhook

SERVICE = "notifications"
SECRET_BYTES = 24


def new_secret() -> str:
    """A secret in the form of Standard Webhooks."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


async def changer_secret(
    session: AsyncSession, actor: Actor, webhook_id: UUID, coffre: Coffre, *, immediat: bool, now: datetime
) -> tuple[Webhook, str]:
    """Give the endpoint a new secret, which is returned in clear and never again. Raises Introuvable or RotationEnCours."""
    webhook = await store.get(session, actor, webhook_id, lock=True)
    nouveau = new_secret()
    avant = Secrets(webhook.secret, webhook.secret_precedent, webhook.precedent_jusqu_a)
    apres = tourner(avant, coffre.sceller(nouveau), now, immediat=immediat)
    webhook.secret, webhook.secret_precedent, webhook.precedent_jusqu_a = apres.actuel, apres.precedent, apres.jusqu_a
    await audit.write(session, SERVICE, actor, "webhook.secret_changer", webhook_id, now=now)
    return webhook, nouveau


def sealing(coffre: Coffre) -> Callable[[Database, Clock], Awaitable[None]]:
    """A round that seals whatever is in clear or under an older key, and forgets secrets whose time is over."""

    async def seal(database: Database, clock: Clock) -> None:
        async with database.transaction() as session:
            await store.forget_former(session, clock())
            for column, before in await store.secrets(session):
                if (after := coffre.renouveler(before)) != before:
                    await store.replace_secret(session, column, before, after)
            for body in await store.answers_in_clear(session):
                await store.replace_answer(session, body, coffre.sceller(body))

    return seal
