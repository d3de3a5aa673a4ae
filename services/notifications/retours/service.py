"""Use cases of what came of mails: take a report, weigh what came back, tell who is not reached. None of them commits."""

import asyncio
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from common import outbox
from common.actor import SYSTEM
from common.clock import Clock
from common.codes_echanges import GenreDestinataire
from common.database import Database
from common.events.joignabilite import JoignabiliteChangee
from notifications.retours import domain, store
from notifications.retours.domain import Issue, Joignabilite, Retour
from notifications.retours.lecture import lire
from notifications.retours.models import JoignabiliteRow

BATCH = 200
ATTENTES = (0.0, 0.5, 2.0)


async def recevoir(database: Database, corps: bytes) -> bool:
    """Take what a relay sent back; False when it says nothing new of a mail of ours."""
    # The parser is quick on mails and not always on what only looks like one.
    avis = await asyncio.to_thread(lire, corps)
    if avis is None:
        return False
    for seconds in ATTENTES:
        # A relay beside us may be quicker to send a mail back than we are to write that it left.
        await asyncio.sleep(seconds)
        async with database.transaction(SYSTEM) as session:
            if await store.recevoir(session, avis):
                return True
            if await store.connu(session, avis.message_id):
                return False
    return False


async def juger(database: Database, clock: Clock) -> None:
    """A round: weigh what came back, then clear those of whose later mails nothing did."""
    seen = BATCH
    while seen == BATCH:
        async with database.transaction() as session:
            seen = await _peser(session, clock)
    async with database.transaction() as session:
        now = clock()
        for row, envoye_le in await store.silences(session, now - domain.SILENCE, BATCH):
            _prendre(session, row, domain.atteindre(row.valeur(), envoye_le), clock)


async def oublier(database: Database, clock: Clock) -> None:
    """A round: forget the mails of which nothing can come back any more."""
    async with database.transaction() as session:
        await store.oublier(session, clock() - domain.MEMOIRE)


async def remplacer(session: AsyncSession, personne_id: UUID, dossier_id: UUID, le: datetime, clock: Clock) -> None:
    """A person of an association has another address since then, of which nothing is known yet."""
    row = await store.tenir(session, personne_id, GenreDestinataire.correspondant.value, dossier_id=dossier_id)
    _prendre(session, row, domain.remplacer(row.valeur(), le), clock)


async def _peser(session: AsyncSession, clock: Clock) -> int:
    envois = await store.a_juger(session, BATCH)
    for envoi in envois:
        row = await store.tenir(
            session, envoi.personne_id, envoi.genre, organisation_id=envoi.organisation_id, dossier_id=envoi.dossier_id
        )
        avant = row.valeur()
        if envoi.issue == Issue.arrive:
            apres = domain.atteindre(avant, envoi.envoye_le)
        else:
            atteint_le = await store.dernier_arrive(session, envoi.personne_id, clock() - domain.SILENCE)
            avant = domain.atteindre(avant, atteint_le) if atteint_le else avant
            apres = domain.echouer(avant, Retour(envoi.envoye_le, Issue(envoi.issue or Issue.temporaire), envoi.code or ""))
        _prendre(session, row, apres, clock)
        envoi.juge = True
        await session.flush()
    return len(envois)


def _prendre(session: AsyncSession, row: JoignabiliteRow, apres: Joignabilite, clock: Clock) -> None:
    told = row.version
    row.prendre(apres)
    if apres.version != told:
        now = clock()
        event = JoignabiliteChangee(
            personne_id=row.personne_id,
            genre=GenreDestinataire(row.genre),
            organisation_id=row.organisation_id,
            dossier_id=row.dossier_id,
            joint=apres.joint,
            depuis=apres.depuis or now,
            cause=apres.cause,
        )
        outbox.record(session, event, sequence=apres.version, now=now)
