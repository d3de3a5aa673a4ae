"""Every statement on what came of mails."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from common.codes_echanges import GenreDestinataire
from notifications.retours.domain import Issue
from notifications.retours.lecture import Avis
from notifications.retours.models import EnvoiRow, JoignabiliteRow

# A mail that is tried again has the same Message-ID: what it came to at last counts.
NOTER = """
    INSERT INTO envois (message_id, genre, personne_id, organisation_id, dossier_id, envoye_le, issue, code, juge)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, false)
    ON CONFLICT (message_id) DO UPDATE SET envoye_le = excluded.envoye_le, issue = excluded.issue, code = excluded.code
    WHERE envois.issue IS NULL
"""
# A failure is heard once; one that is heard after an arrival was the truer: some relay had only passed it on.
RECEVOIR = text("""
    UPDATE envois SET issue = :issue, code = :code, juge = false
    WHERE message_id = :message_id AND (issue IS NULL OR (issue = 'arrive' AND :issue <> 'arrive')) RETURNING message_id
""")
# Those who may have to be cleared, with the newest mail of which nothing came back for a while.
SILENCES = text("""
    SELECT j.personne_id, e.envoye_le FROM joignabilites j CROSS JOIN LATERAL (
        SELECT envoye_le FROM envois e WHERE e.personne_id = j.personne_id AND e.envoye_le <= CAST(:avant AS timestamptz)
            AND e.envoye_le > j.echec_le AND e.issue IS NULL
        ORDER BY envoye_le DESC LIMIT 1
    ) e
    WHERE j.depuis IS NOT NULL ORDER BY j.personne_id LIMIT :limite
""")
DERNIER_ARRIVE = text("""
    SELECT max(envoye_le) FROM envois WHERE personne_id = :personne_id
        AND (issue = 'arrive' OR (issue IS NULL AND envoye_le <= CAST(:avant AS timestamptz)))
""")
OUBLIER = text("DELETE FROM envois WHERE envoye_le < CAST(:avant AS timestamptz)")
# A form that was set aside is gone by then, and nobody is written to again under that mail's id.
OUBLIER_DECLARANTS = text("DELETE FROM joignabilites WHERE genre = 'declarant' AND echec_le < CAST(:avant AS timestamptz)")
CREER = text("""
    INSERT INTO joignabilites (personne_id, genre, organisation_id, dossier_id, joint, temporaires, version)
    VALUES (:personne_id, :genre, :organisation_id, :dossier_id, true, 0, 0) ON CONFLICT DO NOTHING
""")


@dataclass(frozen=True, slots=True)
class Envoi:
    """A mail to one person, as it was taken or refused at that moment."""

    message_id: str
    genre: GenreDestinataire
    personne_id: UUID
    organisation_id: UUID | None
    dossier_id: UUID | None
    envoye_le: datetime
    issue: Issue | None = None
    code: str | None = None


async def noter(connection: asyncpg.Connection, envois: Sequence[Envoi]) -> None:
    """Remember these mails."""
    rows: list[tuple[Any, ...]] = [
        (e.message_id, e.genre.value, e.personne_id, e.organisation_id, e.dossier_id, e.envoye_le, e.issue, e.code)
        for e in envois
    ]
    if rows:
        await connection.executemany(NOTER, rows)


async def recevoir(session: AsyncSession, avis: Avis) -> bool:
    """Keep what came back of a mail; False when it is none of ours, or nothing new."""
    values = {"message_id": avis.message_id, "issue": avis.issue.value, "code": avis.code}
    return (await session.execute(RECEVOIR, values)).first() is not None


async def connu(session: AsyncSession, message_id: str) -> bool:
    """Whether that is a mail of ours."""
    return (await session.exec(select(EnvoiRow.message_id).where(EnvoiRow.message_id == message_id))).first() is not None


async def a_juger(session: AsyncSession, limite: int) -> Sequence[EnvoiRow]:
    """Mails of which something came back that is not taken into account yet, held, in their order."""
    e = EnvoiRow
    query = select(e).where(col(e.issue).is_not(None), ~col(e.juge)).order_by(col(e.envoye_le), col(e.message_id))
    return (await session.exec(query.limit(limite).with_for_update(skip_locked=True))).all()


async def tenir(
    session: AsyncSession, personne_id: UUID, genre: str, *, organisation_id: UUID | None = None, dossier_id: UUID | None = None
) -> JoignabiliteRow:
    """What is known of that person, held; nothing, if it is the first time."""
    values = {"personne_id": personne_id, "genre": genre, "organisation_id": organisation_id, "dossier_id": dossier_id}
    await session.execute(CREER, values)
    return await _tenir(session, personne_id)


async def _tenir(session: AsyncSession, personne_id: UUID) -> JoignabiliteRow:
    query = select(JoignabiliteRow).where(col(JoignabiliteRow.personne_id) == personne_id).with_for_update()
    return (await session.exec(query)).one()


async def dernier_arrive(session: AsyncSession, personne_id: UUID, avant: datetime) -> datetime | None:
    """When the newest mail left that reached this person: somebody said so, or it left by `avant` and nothing came back."""
    found: datetime | None = (
        await session.execute(DERNIER_ARRIVE, {"personne_id": personne_id, "avant": avant})
    ).scalar_one_or_none()
    return found


async def silences(session: AsyncSession, avant: datetime, limite: int) -> list[tuple[JoignabiliteRow, datetime]]:
    """Whoever a mail may have failed, with a later one that left by `avant` and of which nothing came back; held."""
    found = (await session.execute(SILENCES, {"avant": avant, "limite": limite})).all()
    return [(await _tenir(session, row.personne_id), row.envoye_le) for row in found]


async def oublier(session: AsyncSession, avant: datetime) -> None:
    """Forget the mails that left before that moment, and of whom they were all that was known."""
    for query in (OUBLIER, OUBLIER_DECLARANTS):
        await session.execute(query, {"avant": avant})
