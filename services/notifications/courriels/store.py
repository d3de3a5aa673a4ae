"""Every statement on the mails to send."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from notifications.courriels.domain import Destinataire, EtatCourriel, Suite
from notifications.dispatch.store import LIVING

# Longer than a mail to all members of an organisation may take.
LEASE = timedelta(seconds=120)

ADD = text("""
    INSERT INTO courriels (event_id, modele, destinataire, organisation_id, dossier_id, objet_id, echeance,
        etat, tentatives, due_at, remis, envoyes, refuses, cree_le)
    SELECT CAST(:event_id AS uuid), CAST(:modele AS varchar), CAST(:destinataire AS varchar), CAST(:organisation_id AS uuid),
        CAST(:dossier_id AS uuid), CAST(:objet_id AS uuid), CAST(:echeance AS timestamptz),
        'en_attente', 0, CAST(:now AS timestamptz), '{}', 0, 0, CAST(:now AS timestamptz)
    WHERE NOT CAST(:si_connue AS boolean) OR EXISTS (
        SELECT FROM courriels WHERE objet_id = CAST(:objet_id AS uuid) AND destinataire = CAST(:destinataire AS varchar)
    )
    ON CONFLICT (event_id, destinataire) DO NOTHING
""")
RELEASE = f"""
    UPDATE courriels SET porteur = NULL, bail = NULL
    WHERE porteur IS NOT NULL AND (bail < $1 OR porteur NOT IN ({LIVING}))
"""  # noqa: S608 - constants.
CLAIM = """
    WITH choix AS (
        SELECT seq FROM courriels WHERE etat = 'en_attente' AND porteur IS NULL AND due_at <= $2
        ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED
    )
    UPDATE courriels c SET porteur = $1, bail = $4 FROM choix WHERE c.seq = choix.seq
    RETURNING c.seq, c.event_id, c.modele, c.destinataire, c.organisation_id, c.dossier_id, c.objet_id, c.echeance,
        c.tentatives, c.remis, c.envoyes, c.refuses, c.code
"""
WRITE = """
    UPDATE courriels SET etat = $3, tentatives = tentatives + 1, due_at = $4, porteur = NULL, bail = NULL, remis = $5,
        envoyes = $6, refuses = $7, code = $8, echec = $9, fini_le = CASE WHEN $4::timestamptz IS NULL THEN $10::timestamptz END
    WHERE seq = $1 AND tentatives = $2 AND etat = 'en_attente'
"""


@dataclass(frozen=True, slots=True)
class Announcement:
    """A mail to add. `objet_id` is the referral, or the sending that a dirigeant's mail was asked by."""

    event_id: UUID
    modele: str
    destinataire: Destinataire
    organisation_id: UUID | None
    dossier_id: UUID | None
    objet_id: UUID
    echeance: datetime | None = None
    si_connue: bool = False


@dataclass(frozen=True, slots=True)
class Claimed:
    """A mail to send now. `tentatives` is how many tries were made before, `avant` what they left."""

    seq: int
    event_id: UUID
    modele: str
    destinataire: Destinataire
    organisation_id: UUID | None
    dossier_id: UUID | None
    objet_id: UUID
    echeance: datetime | None
    tentatives: int
    avant: Suite


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a mail after a try."""

    seq: int
    tentatives: int
    suite: Suite
    at: datetime


async def add(session: AsyncSession, mail: Announcement, now: datetime) -> None:
    """Add a mail, once for its event and side."""
    values = {name: getattr(mail, name) for name in mail.__slots__}
    await session.execute(ADD, values | {"destinataire": mail.destinataire.value, "now": now})


async def release(connection: asyncpg.Connection, now: datetime) -> None:
    """Free what was claimed by processes that are no more, or for too long."""
    await connection.execute(RELEASE, now)


async def claim(connection: asyncpg.Connection, holder: int, now: datetime, places: int) -> list[Claimed]:
    """Claim up to `places` due mails, the oldest first."""
    rows = await connection.fetch(CLAIM, holder, now, places, now + LEASE)
    return [_claimed(dict(row)) for row in rows]


def _claimed(row: dict[str, Any]) -> Claimed:
    avant = Suite(
        EtatCourriel.en_attente, tuple(row.pop("remis")), row.pop("envoyes"), row.pop("refuses"), code=row.pop("code")
    )
    return Claimed(destinataire=Destinataire(row.pop("destinataire")), avant=avant, **row)


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
