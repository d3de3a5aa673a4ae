"""Every statement on the notices and their mails."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Role
from common.codes import EtatOrientation
from notifications.courriels.domain import EtatCourriel, Suite
from notifications.dispatch.store import LIVING
from notifications.regles.domain import Relation
from notifications.retours.store import Envoi

# A claim of a process that lives is renewed long before.
LEASE = timedelta(seconds=120)
# What leaves in so short a time leaves in the same mail.
AVANCE = timedelta(seconds=60)
# As many notices as one mail may hold.
PLI_MAX = 200

ADD = text("""
    INSERT INTO courriels (event_id, modele, destinataire, organisation_id, roles, sauf, membre_id, acteur_id,
        dossier_id, objet_id, departement, echeance, pli, etat, tentatives, due_at, remis, envoyes, refuses, cree_le)
    SELECT event_id, modele, destinataire, organisation_id, roles, sauf, membre_id, acteur_id,
        dossier_id, objet_id, departement, echeance, pli, CASE WHEN due_at IS NULL THEN 'fil' ELSE 'en_attente' END,
        0, due_at, '{}', 0, 0, CAST(:now AS timestamptz)
    FROM json_to_recordset(CAST(:rows AS json)) AS e(event_id uuid, modele text, destinataire text,
        organisation_id uuid, roles text[], sauf text[], membre_id uuid, acteur_id text, dossier_id uuid, objet_id uuid,
        departement text, echeance timestamptz, pli text, due_at timestamptz)
    ON CONFLICT (event_id, destinataire) DO NOTHING
""")
# Held until the commit: whoever reads a feed finds the notices that have a lower number than the newest that it shows.
IN_ORDER = text("SELECT pg_advisory_xact_lock(hashtextextended('courriels', 0))")
RELEASE = f"""
    UPDATE courriels SET porteur = NULL, bail = NULL
    WHERE porteur IS NOT NULL AND (bail < $1 OR porteur NOT IN ({LIVING}))
"""  # noqa: S608 - constants.
# What is due, what leaves alone before what was gathered; and what would be due within a minute in the same mail.
CLAIM = """
    WITH dus AS (
        SELECT seq, pli FROM courriels WHERE etat = 'en_attente' AND porteur IS NULL AND due_at <= $2
        ORDER BY pli IS NOT NULL, due_at LIMIT $3 FOR UPDATE SKIP LOCKED
    ),
    avec AS (
        SELECT meme.seq FROM (SELECT DISTINCT pli FROM dus WHERE pli IS NOT NULL) AS plis CROSS JOIN LATERAL (
            SELECT seq FROM courriels c WHERE etat = 'en_attente' AND porteur IS NULL AND due_at <= $5 AND c.pli = plis.pli
            ORDER BY seq LIMIT $6 FOR UPDATE SKIP LOCKED
        ) AS meme
    ),
    choix AS (SELECT seq FROM dus UNION SELECT seq FROM avec)
    UPDATE courriels c SET porteur = $1, bail = $4 FROM choix
    WHERE c.seq = choix.seq
    RETURNING c.seq, c.event_id, c.modele, c.destinataire, c.organisation_id, c.roles, c.sauf, c.membre_id, c.acteur_id,
        c.dossier_id, c.objet_id, c.departement, c.echeance, c.pli, c.tentatives, c.remis, c.envoyes, c.refuses, c.code,
        (SELECT o.etat FROM orientations_suivies o WHERE o.orientation_id = c.objet_id) AS etat_orientation,
        (SELECT t.reference FROM territoires t WHERE t.dossier_id = c.dossier_id) AS reference,
        (SELECT s.departement FROM organisations s WHERE s.partenaire_id = c.organisation_id) AS siege,
        EXISTS (SELECT FROM territoires t WHERE t.dossier_id = c.dossier_id AND t.clos_le IS NOT NULL) AS clos,
        EXISTS (SELECT FROM retraits r WHERE r.consentement_id = c.objet_id AND r.etat <> 'a_confirmer') AS acte
"""
WRITE = """
    UPDATE courriels SET etat = $3, tentatives = tentatives + 1, due_at = $4, porteur = NULL, bail = NULL, remis = $5,
        envoyes = $6, refuses = $7, code = $8, echec = $9, fini_le = CASE WHEN $4::timestamptz IS NULL THEN $10::timestamptz END
    WHERE seq = $1 AND tentatives = $2 AND etat = 'en_attente'
"""
POSTPONE = "UPDATE courriels SET due_at = $2, porteur = NULL, bail = NULL WHERE seq = $1 AND etat = 'en_attente'"


@dataclass(frozen=True, slots=True)
class Announcement:
    """A notice to add, under its event's id or one made from it.

    `objet_id` is the referral, or the sending that a dirigeant's mail was asked by.
    """

    event_id: UUID
    modele: str
    destinataire: Relation
    organisation_id: UUID | None
    dossier_id: UUID | None
    objet_id: UUID
    due_at: datetime | None
    echeance: datetime | None = None
    roles: frozenset[Role] = frozenset()
    sauf: frozenset[Role] = frozenset()
    membre_id: UUID | None = None
    acteur_id: str | None = None
    departement: str | None = None
    pli: str | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A mail to send now. `tentatives` is how many tries were made before, `avant` what they left.

    `departement` is the case's; `siege` is that of the organisation which reads, None where it is not known.
    `acte`: it is about a withdrawal, of which note has been taken.
    """

    seq: int
    event_id: UUID
    modele: str
    destinataire: Relation
    organisation_id: UUID | None
    roles: frozenset[Role]
    sauf: frozenset[Role]
    membre_id: UUID | None
    acteur_id: str | None
    dossier_id: UUID | None
    objet_id: UUID
    departement: str | None
    echeance: datetime | None
    pli: str | None
    tentatives: int
    avant: Suite
    etat_orientation: EtatOrientation | None
    reference: str | None
    clos: bool
    siege: str | None = None
    acte: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a mail after a try; `envois` are the copies that it made, or that were refused."""

    seq: int
    tentatives: int
    suite: Suite
    at: datetime
    envois: tuple[Envoi, ...] = ()


async def add(session: AsyncSession, mails: Sequence[Announcement], now: datetime) -> None:
    """Add these notices, each once for its event and side.

    Those of feeds are numbered in the order in which they are committed, one transaction after the other.
    """
    rows = [{name: _json(getattr(mail, name)) for name in Announcement.__slots__} for mail in mails]
    if any(mail.roles for mail in mails):
        await session.execute(IN_ORDER)
    if rows:
        await session.execute(ADD, {"rows": json.dumps(rows), "now": now})


def _json(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    return value.isoformat() if isinstance(value, datetime) else value if isinstance(value, int) else value and str(value)


async def release(connection: asyncpg.Connection, now: datetime) -> None:
    """Free what was claimed by processes that are no more, or for too long."""
    await connection.execute(RELEASE, now)


async def claim(connection: asyncpg.Connection, holder: int, now: datetime, places: int) -> list[Claimed]:
    """Claim up to `places` due mails, the oldest first, with what leaves in the same mail."""
    rows = await connection.fetch(CLAIM, holder, now, places, now + LEASE, now + AVANCE, PLI_MAX)
    return sorted((_claimed(dict(row)) for row in rows), key=lambda one: one.seq)


def _claimed(row: dict[str, Any]) -> Claimed:
    avant = Suite(
        EtatCourriel.en_attente, tuple(row.pop("remis")), row.pop("envoyes"), row.pop("refuses"), code=row.pop("code")
    )
    etat = row.pop("etat_orientation")
    return Claimed(
        destinataire=Relation(row.pop("destinataire")),
        roles=frozenset(map(Role, row.pop("roles"))),
        sauf=frozenset(map(Role, row.pop("sauf"))),
        etat_orientation=EtatOrientation(etat) if etat else None,
        avant=avant,
        **row,
    )


async def postpone(connection: asyncpg.Connection, later: Sequence[tuple[int, datetime]]) -> None:
    """Let these wait until then: it is night where they would be read. No try is counted."""
    await connection.executemany(POSTPONE, later)


async def write(connection: asyncpg.Connection, outcomes: Sequence[Outcome]) -> None:
    """Write these results; one that comes back after its lease changes nothing."""
    await connection.executemany(
        WRITE,
        [
            (
                o.seq,
                o.tentatives,
                o.suite.etat.value,
                o.suite.due_at,
                list(o.suite.remis),
                o.suite.envoyes,
                o.suite.refuses,
                o.suite.code,
                o.suite.echec.value if o.suite.echec else None,
                o.at,
            )
            for o in outcomes
        ],
    )
