"""The statements of the hot path: adding deliveries and claiming them. All are set-based."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from common.codes import Finalite
from notifications.dispatch.store import LIVING
from notifications.livraisons.places import NEW
from notifications.webhooks.domain import Echec, Secrets

# Longer than a delivery may last with the time to be permitted and to write its result.
LEASE = timedelta(seconds=60)
SHARE = 8

# A case whose territory is not known passes every filter of territories: too much is told sooner than too little.
HEARD = (
    "rang int, event_id uuid, partenaire_id uuid, type text, corps text, dossier_id uuid, finalite text, dispositif text, "
    "le timestamptz, porteur int, bail timestamptz"
)
# An endpoint that is well and asks for nothing special may be given a delivery that its process claims as it writes it.
LIBRE = "w.etat = 'actif' AND NOT w.ordonne AND w.debit IS NULL AND w.echecs = 0 AND NOT w.averti AND w.coupe_jusqu_a IS NULL"
# That a consent is withdrawn waits for no earlier event of its case: those may not go any more. Later ones wait behind it.
EN_TETE = "consentement.retire"
# What happens while an endpoint is disabled is written down as abandoned: it is there to be replayed once that is back.
ETEINT = "w.etat = 'desactive'"
CLAIMED = """
    l.seq, l.webhook_id, l.event_id, l.corps, l.dossier_id, l.finalite, l.ordonnee, l.tentatives, w.partenaire_id,
    w.url, w.debit, w.echecs = 0 AND NOT w.averti AND w.coupe_jusqu_a IS NULL AS en_forme,
    w.secret, w.secret_precedent, w.precedent_jusqu_a
"""
ADD = f"""
    , ajoutees AS (
    INSERT INTO livraisons
        (webhook_id, event_id, type, corps, dossier_id, finalite, ordonnee, etat, tentatives, due_at, echec, creee_le,
            porteur, bail)
    SELECT w.webhook_id, e.event_id, e.type, e.corps, e.dossier_id, e.finalite, w.ordonne,
        CASE WHEN {ETEINT} THEN 'abandonnee' ELSE 'en_attente' END, 0, CASE WHEN NOT {ETEINT} THEN e.le END,
        CASE WHEN {ETEINT} THEN '{Echec.desactive.value}' END, e.le,
        CASE WHEN {LIBRE} THEN e.porteur END, CASE WHEN {LIBRE} THEN e.bail END
    FROM heard e JOIN webhooks w ON w.partenaire_id = e.partenaire_id
        AND w.types && ARRAY[e.type, split_part(e.type, '.', 1) || '.*']::varchar[]
    WHERE (w.dispositifs = '{{}}' OR e.dispositif IS NULL OR e.dispositif = ANY(w.dispositifs))
        AND (w.departements = '{{}}' OR coalesce(
            (SELECT t.departement = ANY(w.departements) FROM territoires t WHERE t.dossier_id = e.dossier_id), true))
    ORDER BY e.rang
    ON CONFLICT (webhook_id, event_id) DO NOTHING
    RETURNING *
    )
    SELECT {CLAIMED} FROM ajoutees l JOIN webhooks w USING (webhook_id) WHERE l.porteur IS NOT NULL ORDER BY l.seq
"""  # noqa: S608 - constants.
LOCATE = text("""
    INSERT INTO territoires (dossier_id, departement) VALUES (:dossier_id, :departement) ON CONFLICT (dossier_id) DO NOTHING
""")
# What was under way when its process died may have arrived or not. The log says so, and it counts for none of the ten tries.
RELEASE = f"""
    WITH liberees AS (
        UPDATE livraisons l SET porteur = NULL, bail = NULL FROM livraisons avant
        WHERE avant.seq = l.seq AND l.porteur IS NOT NULL AND (l.bail < $1 OR l.porteur NOT IN ({LIVING}))
        RETURNING l.seq, l.tentatives, avant.bail - $2::interval AS debut
    )
    INSERT INTO tentatives (livraison_seq, le, numero, echec, latence_ms, reponse)
    SELECT seq, $1, tentatives + 1, '{Echec.interrompue.value}', extract(epoch FROM $1 - debut) * 1000, '' FROM liberees
    ON CONFLICT DO NOTHING
"""  # noqa: S608 - constants.
# Each endpoint is looked at by itself, so that a backlog of one, or its failures, cost the others nothing. After its pause
# an endpoint that fails gets one; in an ordered one, what an earlier undelivered event of its case precedes does not count.
# A new process knows nothing of the last one's deliveries: it first lets pass a turn of an endpoint that asks for a rate.
CLAIM = f"""
    WITH limites AS (SELECT * FROM unnest($4::uuid[], $5::int[]) AS t(webhook_id, libres)),
    candidats AS (
        SELECT d.seq, row_number() OVER (PARTITION BY w.webhook_id ORDER BY d.due_at, d.seq) AS rang
        FROM webhooks w LEFT JOIN limites USING (webhook_id)
        CROSS JOIN LATERAL (
            SELECT l.seq, l.due_at FROM livraisons l
            WHERE l.webhook_id = w.webhook_id AND l.etat = 'en_attente' AND l.porteur IS NULL AND l.due_at <= $2
                AND NOT (l.ordonnee AND l.type <> '{EN_TETE}' AND EXISTS (
                    SELECT FROM livraisons p WHERE p.webhook_id = l.webhook_id AND p.dossier_id = l.dossier_id
                        AND p.ordonnee AND p.etat = 'en_attente' AND p.seq < l.seq
                ))
            ORDER BY l.due_at, l.seq
            LIMIT least(coalesce(libres, {NEW}), $3, $7, CASE WHEN w.coupe_jusqu_a IS NOT NULL THEN 1 END, w.debit / 120 + 1)
        ) d
        WHERE w.etat = 'actif' AND (w.coupe_jusqu_a IS NULL OR w.coupe_jusqu_a <= $2) AND coalesce(libres, 1) > 0
            AND (w.debit IS NULL OR $8 >= (w.debit / 120 + 1) * 60.0 / w.debit)
    ),
    choix AS (
        SELECT seq FROM livraisons
        WHERE etat = 'en_attente' AND porteur IS NULL
            AND seq = ANY(ARRAY(SELECT seq FROM candidats ORDER BY rang, seq LIMIT $3))
        FOR UPDATE SKIP LOCKED
    )
    UPDATE livraisons l SET porteur = $1, bail = $6 FROM choix, webhooks w
    WHERE l.seq = choix.seq AND w.webhook_id = l.webhook_id
    RETURNING {CLAIMED}
"""  # noqa: S608 - constants.


@dataclass(frozen=True, slots=True)
class Announcement:
    """An event as it is told to one partner: `type` is the short name, `corps` the JSON body.

    `finalite` is the purpose for which the association must agree when a try starts; None for a notice that goes in any case.
    """

    event_id: UUID
    partenaire_id: UUID
    type: str
    corps: str
    dossier_id: UUID
    finalite: Finalite | None
    dispositif: str | None = None


ANNOUNCED = tuple(field.name for field in fields(Announcement))


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery to make now. `tentatives` is how many were made before, `debit` the endpoint's limit for a minute."""

    seq: int
    webhook_id: UUID
    event_id: UUID
    corps: str
    dossier_id: UUID | None
    finalite: str | None
    ordonnee: bool
    tentatives: int
    partenaire_id: UUID
    url: str
    debit: int | None
    en_forme: bool
    secrets: Secrets


def heard(announcements: Sequence[Announcement], now: datetime) -> list[dict[str, Any]]:
    """These as rows of `HEARD`: each event goes to every endpoint that subscribes to it, once, in their order."""
    # `asdict` would copy each value deeply.
    return [
        {name: getattr(announcement, name) for name in ANNOUNCED} | {"rang": rang, "le": now}
        for rang, announcement in enumerate(announcements)
    ]


async def locate(session: AsyncSession, dossier_id: UUID, departement: str) -> None:
    """Remember the territory of a case, for the endpoints that filter."""
    await session.execute(LOCATE, {"dossier_id": dossier_id, "departement": departement})


async def release(connection: asyncpg.Connection, now: datetime) -> None:
    """Free what was claimed by processes that are no more, or for too long."""
    await connection.execute(RELEASE, now, LEASE)


async def claim(
    connection: asyncpg.Connection, holder: int, now: datetime, places: int, limits: Mapping[UUID, int], age: float
) -> list[Claimed]:
    """Claim up to `places` due deliveries, the oldest of each endpoint first, none beyond its limit.

    `age` is for how many seconds the limits have been counted.
    """
    # Where many endpoints are at work none needs to be looked at for all the places.
    share = max(SHARE, 2 * places // max(len(limits), 1))
    rows = await connection.fetch(CLAIM, holder, now, places, list(limits), list(limits.values()), now + LEASE, share, age)
    return claimed(rows)


def claimed(rows: Sequence[Mapping[str, Any]]) -> list[Claimed]:
    """What a statement that claims gives."""
    return [_claimed(dict(row)) for row in rows]


def _claimed(row: dict[str, Any]) -> Claimed:
    secrets = Secrets(row.pop("secret"), row.pop("secret_precedent"), row.pop("precedent_jusqu_a"))
    return Claimed(secrets=secrets, **row)
