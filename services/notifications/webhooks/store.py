"""The statements about endpoints and their log, for the partner that they belong to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from common.actor import Actor
from common.errors import Introuvable
from notifications.webhooks.models import Webhook

RECENT = 1000

LOCK_PARTNER = text("SELECT pg_advisory_xact_lock(hashtextextended(:partenaire, 0))")
HEALTH = text(f"""
    SELECT w.webhook_id, count(l.seq) FILTER (WHERE l.etat = 'en_attente') AS en_attente,
        count(l.seq) FILTER (WHERE l.etat = 'livree') AS livrees,
        count(l.seq) FILTER (WHERE l.etat = 'abandonnee') AS abandonnees,
        max(l.tentee_le) FILTER (WHERE l.etat = 'livree') AS derniere_reussite,
        max(l.tentee_le) FILTER (WHERE l.etat <> 'livree') AS dernier_echec
    FROM unnest(CAST(:ids AS uuid[])) AS w(webhook_id)
    LEFT JOIN LATERAL (
        SELECT * FROM livraisons WHERE livraisons.webhook_id = w.webhook_id ORDER BY seq DESC LIMIT {RECENT}
    ) l ON true
    GROUP BY w.webhook_id
""")  # noqa: S608 - a constant.

SECRETS = {
    "secret": text("UPDATE webhooks SET secret = :after WHERE secret = :before"),
    "secret_precedent": text("UPDATE webhooks SET secret_precedent = :after WHERE secret_precedent = :before"),
}
FORGET_FORMER = text(
    "UPDATE webhooks SET secret_precedent = NULL, precedent_jusqu_a = NULL WHERE precedent_jusqu_a <= CAST(:now AS timestamptz)"
)
# Answers of before they were sealed.
ANSWERS_IN_CLEAR = text("""SELECT body FROM idempotence WHERE body LIKE '{%"whsec_%'""")
REPLACE_ANSWER = text("UPDATE idempotence SET body = :after WHERE body = :before")


@dataclass(frozen=True, slots=True)
class Sante:
    """How an endpoint has fared, over its last thousand deliveries."""

    en_attente: int = 0
    livrees: int = 0
    abandonnees: int = 0
    derniere_reussite: datetime | None = None
    dernier_echec: datetime | None = None


def visible_to(actor: Actor) -> SelectOfScalar[Webhook]:
    """The endpoints of the actor's own organisation: none for an actor without one."""
    return select(Webhook).where(col(Webhook.partenaire_id) == actor.organisation_id)


async def lock_partner(session: AsyncSession, partenaire_id: UUID) -> None:
    """One change at a time to the endpoints of a partner, so that their number can be limited."""
    await session.execute(LOCK_PARTNER, {"partenaire": f"webhooks:{partenaire_id}"})


async def count(session: AsyncSession, actor: Actor) -> int:
    """How many endpoints the actor's organisation has."""
    return (await session.exec(select(func.count()).select_from(visible_to(actor).subquery()))).one()


async def get(session: AsyncSession, actor: Actor, webhook_id: UUID, *, lock: bool = False) -> Webhook:
    """One endpoint. Raises Introuvable when the actor has none by this id."""
    query = visible_to(actor).where(col(Webhook.webhook_id) == webhook_id)
    found = (await session.exec(query.with_for_update() if lock else query)).one_or_none()
    if found is None:
        raise Introuvable
    return found


async def page(session: AsyncSession, actor: Actor, apres: UUID | None, limite: int) -> Sequence[Webhook]:
    """The actor's endpoints in the order of their creation, after `apres`."""
    query = visible_to(actor).order_by(col(Webhook.webhook_id)).limit(limite)
    return (await session.exec(query.where(col(Webhook.webhook_id) > apres) if apres else query)).all()


async def health(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, Sante]:
    """The health of these endpoints."""
    return {row.webhook_id: Sante(*row[1:]) for row in await session.execute(HEALTH, {"ids": list(ids)})}


async def secrets(session: AsyncSession) -> list[tuple[UUID, str, str]]:
    """Every secret with its endpoint and the column that holds it, in the form in which it is kept."""
    found = (await session.exec(select(Webhook.webhook_id, Webhook.secret, Webhook.secret_precedent))).all()
    return [(row[0], column, value) for row in found for column, value in zip(SECRETS, row[1:], strict=True) if value]


async def replace_secret(session: AsyncSession, column: str, before: str, after: str) -> None:
    """Keep a secret in another form; one that was changed meanwhile stays as it is."""
    await session.execute(SECRETS[column], {"before": before, "after": after})


async def forget_former(session: AsyncSession, now: datetime) -> None:
    """Forget the former secrets that sign no more."""
    await session.execute(FORGET_FORMER, {"now": now})


async def answers_in_clear(session: AsyncSession) -> list[str]:
    """The kept answers that hold a secret in clear."""
    return [row.body for row in await session.execute(ANSWERS_IN_CLEAR)]


async def replace_answer(session: AsyncSession, before: str, after: str) -> None:
    """Keep an answer in another form."""
    await session.execute(REPLACE_ANSWER, {"before": before, "after": after})
