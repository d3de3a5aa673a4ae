"""The statements of the hot path: adding deliveries, claiming them, writing what came of them. All are set-based."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from notifications.dispatch.store import LIVING
from notifications.livraisons.places import NEW
from notifications.webhooks.domain import Echec, Reponse, Secrets, Suite

# Longer than a delivery may last with the time to write its result.
LEASE = timedelta(seconds=60)
# How many due deliveries a claim looks at to share its places among endpoints.
WINDOW = 500

ADD = text("""
    INSERT INTO livraisons (webhook_id, event_id, type, corps, etat, tentatives, due_at, creee_le)
    SELECT w.webhook_id, e.event_id, e.type, e.corps, 'en_attente', 0, :now, :now
    FROM unnest(CAST(:events AS uuid[]), CAST(:partenaires AS uuid[]), CAST(:types AS text[]), CAST(:corps AS text[]))
        AS e(event_id, partenaire_id, type, corps)
    JOIN webhooks w ON w.partenaire_id = e.partenaire_id AND w.etat = 'actif'
        AND w.types && ARRAY[e.type, split_part(e.type, '.', 1) || '.*']::varchar[]
    ON CONFLICT (webhook_id, event_id) DO NOTHING
""")
RELEASE = f"""
    UPDATE livraisons SET porteur = NULL, bail = NULL
    WHERE porteur IS NOT NULL AND (bail < $1 OR porteur NOT IN ({LIVING}))
"""  # noqa: S608 - constants.
CLAIM = f"""
    WITH limites AS (SELECT * FROM unnest($4::uuid[], $5::int[]) AS t(webhook_id, libres)),
    fenetre AS (
        SELECT seq, webhook_id, row_number() OVER (PARTITION BY webhook_id ORDER BY due_at, seq) AS rang
        FROM (
            SELECT seq, webhook_id, due_at FROM livraisons
            WHERE etat = 'en_attente' AND porteur IS NULL AND due_at <= $2
                AND webhook_id NOT IN (SELECT webhook_id FROM limites WHERE libres = 0)
            ORDER BY due_at LIMIT {WINDOW}
        ) dues
    ),
    choix AS (
        SELECT seq FROM livraisons
        WHERE etat = 'en_attente' AND porteur IS NULL AND seq = ANY(ARRAY(
            SELECT seq FROM fenetre LEFT JOIN limites USING (webhook_id)
            WHERE rang <= coalesce(libres, {NEW}) ORDER BY rang, seq LIMIT $3
        ))
        FOR UPDATE SKIP LOCKED
    )
    UPDATE livraisons l SET porteur = $1, bail = $6 FROM choix, webhooks w
    WHERE l.seq = choix.seq AND w.webhook_id = l.webhook_id
    RETURNING l.seq, l.webhook_id, l.event_id, l.corps, l.tentatives, w.url,
        w.secret, w.secret_precedent, w.precedent_jusqu_a
"""  # noqa: S608 - constants.
# A result counts for the try it belongs to: one that comes back after its lease changes nothing.
WRITE = """
    UPDATE livraisons l SET etat = r.etat, tentatives = l.tentatives + 1, due_at = r.due_at, porteur = NULL, bail = NULL,
        statut = r.statut, echec = r.echec, latence_ms = r.latence_ms, tentee_le = r.tentee_le
    FROM unnest($1::bigint[], $2::int[], $3::text[], $4::timestamptz[], $5::int[], $6::text[], $7::int[], $8::timestamptz[])
        AS r(seq, tentatives, etat, due_at, statut, echec, latence_ms, tentee_le)
    WHERE l.seq = r.seq AND l.tentatives = r.tentatives AND l.etat = 'en_attente'
"""
DISABLE = "UPDATE webhooks SET etat = 'desactive', desactive_le = $2 WHERE webhook_id = ANY($1::uuid[]) AND etat = 'actif'"
ABANDON = f"""
    UPDATE livraisons SET etat = 'abandonnee', due_at = NULL, echec = '{Echec.desactive.value}', porteur = NULL, bail = NULL
    WHERE webhook_id = ANY($1::uuid[]) AND etat = 'en_attente'
"""  # noqa: S608 - constants.


@dataclass(frozen=True, slots=True)
class Announcement:
    """An event as it is told to one partner: `type` is the short name, `corps` the JSON body."""

    event_id: UUID
    partenaire_id: UUID
    type: str
    corps: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery to make now. `tentatives` is how many were made before."""

    seq: int
    webhook_id: UUID
    event_id: UUID
    corps: str
    tentatives: int
    url: str
    secrets: Secrets


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a delivery, and what becomes of it."""

    seq: int
    webhook_id: UUID
    tentatives: int
    reponse: Reponse
    suite: Suite
    at: datetime


async def add(session: AsyncSession, announcements: Sequence[Announcement], now: datetime) -> None:
    """Add the deliveries of these events to every active endpoint that subscribes to them, once each."""
    columns = {
        "events": [a.event_id for a in announcements],
        "partenaires": [a.partenaire_id for a in announcements],
        "types": [a.type for a in announcements],
        "corps": [a.corps for a in announcements],
    }
    await session.execute(ADD, columns | {"now": now})


async def release(connection: asyncpg.Connection, now: datetime) -> None:
    """Free what was claimed by processes that are no more, or for too long."""
    await connection.execute(RELEASE, now)


async def claim(
    connection: asyncpg.Connection, holder: int, now: datetime, places: int, limits: Mapping[UUID, int]
) -> list[Claimed]:
    """Claim up to `places` due deliveries, the oldest of each endpoint first, none beyond its limit."""
    rows = await connection.fetch(CLAIM, holder, now, places, list(limits), list(limits.values()), now + LEASE)
    return [_claimed(dict(row)) for row in rows]


def _claimed(row: dict[str, Any]) -> Claimed:
    secrets = Secrets(row.pop("secret"), row.pop("secret_precedent"), row.pop("precedent_jusqu_a"))
    return Claimed(secrets=secrets, **row)


async def write(connection: asyncpg.Connection, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Write these results; an endpoint that is gone is disabled, and what waits for it is abandoned."""
    await connection.execute(
        WRITE,
        [o.seq for o in outcomes],
        [o.tentatives for o in outcomes],
        [o.suite.etat.value for o in outcomes],
        [o.suite.due_at for o in outcomes],
        [o.reponse.statut for o in outcomes],
        [o.reponse.echec.value if o.reponse.echec else None for o in outcomes],
        [o.reponse.latence_ms for o in outcomes],
        [o.at for o in outcomes],
    )
    gone = [o.webhook_id for o in outcomes if o.suite.desactiver]
    if gone:
        async with connection.transaction():
            await connection.execute(DISABLE, gone, now)
            await connection.execute(ABANDON, gone)
