"""Use cases of withdrawn consents: hear of one, take note of it, insist. None of them commits."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from common import audit
from common.actor import SYSTEM, Actor
from common.clock import Clock, new_id
from common.codes import Finalite
from common.database import Database
from common.events import Received
from common.events.orientation import OrientationRetiree
from common.events.signalement import ConsentementRetire
from common.logs import get_logger
from notifications.courriels.annonces import annoncer
from notifications.regles.domain import Fait, Relation, Rythme
from notifications.retraits import domain, store
from notifications.retraits.domain import Retrait
from notifications.retraits.models import RetraitRow
from notifications.suivis import store as suivis

log = get_logger(__name__)

SERVICE = "notifications"
BATCH = 100


async def entendre(session: AsyncSession, received: Received[ConsentementRetire]) -> list[tuple[UUID, Fait]]:
    """Open a withdrawal towards its recipient; what is to be told of it."""
    event = received.event
    if await store.known(session, event.consentement_id):
        return []
    recu = event.finalite is not Finalite.orientation or await store.a_recu(session, event.dossier_id, event.destinataire_id)
    lieux = await suivis.lieux(session, [event.dossier_id])
    row = RetraitRow(
        consentement_id=event.consentement_id,
        dossier_id=event.dossier_id,
        destinataire_id=event.destinataire_id,
        retire_le=received.time,
        etat=domain.EtatRetrait.sans_objet.value,
    )
    row.prendre(domain.ouvrir(received.time, lieux.get(event.dossier_id), recu=recu))
    session.add(row)
    return [(received.id, _annonce(row))] if recu else []


async def reveiller(session: AsyncSession, received: Received[OrientationRetiree]) -> list[tuple[UUID, Fait]]:
    """A referral was taken back that had been sent: what we held for unsent, because that came late, is told after all."""
    event = received.event
    lieux = await suivis.lieux(session, [event.dossier_id])
    told = []
    for row in await store.lock_silent(session, event.dossier_id, event.partenaire_id):
        row.prendre(domain.ouvrir(row.retire_le, lieux.get(row.dossier_id), recu=True))
        told.append((new_id(), _annonce(row)))
    await session.flush()
    return told


def _annonce(row: RetraitRow, nom: str = "consentement.retire", relation: Relation = Relation.destinataire) -> Fait:
    return Fait(nom, ((relation, row.destinataire_id),), row.consentement_id, row.dossier_id)


async def prendre_acte(session: AsyncSession, actor: Actor, consentement_id: UUID, now: datetime) -> RetraitRow:
    """The recipient takes note, once. Raises Introuvable, RienRecu."""
    row = await store.lock(session, actor, consentement_id)
    return await _confirmer(session, actor, row, domain.confirmer(row.valeur(), now), "retrait.prendre_acte", now)


async def prendre_acte_oral(session: AsyncSession, actor: Actor, consentement_id: UUID, now: datetime) -> RetraitRow:
    """An animateur writes down that the recipient, whom it called, has taken note. Raises Introuvable."""
    row = await store.lock_ici(session, actor, consentement_id)
    apres = domain.confirmer(row.valeur(), now, oral=True)
    return await _confirmer(session, actor, row, apres, "retrait.prendre_acte_oral", now)


async def _confirmer(
    session: AsyncSession, actor: Actor, row: RetraitRow, apres: Retrait, action: str, now: datetime
) -> RetraitRow:
    if apres != row.valeur():
        row.prendre(apres)
        row.confirme_par = actor.id
        await audit.write(
            session,
            SERVICE,
            actor,
            action,
            row.consentement_id,
            now=now,
            dossier_id=row.dossier_id,
            consentement_id=row.consentement_id,
        )
    return row


def insister(rythme: Rythme) -> Callable[[Database, Clock], Awaitable[None]]:
    """A round: each withdrawal of which nobody took note in time is reminded of, or brought to the animateur."""

    async def one_round(database: Database, clock: Clock) -> None:
        sans_cellule = 0
        async with database.transaction() as session:
            now = clock()
            for row in await store.lock_due(session, now, BATCH):
                lieux = await suivis.lieux(session, [row.dossier_id])
                apres, nom = domain.insister(row.valeur(), now, lieux.get(row.dossier_id))
                row.prendre(apres)
                fait = _annonce(row, nom)
                if nom == "retrait.escalade":
                    cellules = await suivis.cellules(session, row.dossier_id)
                    sans_cellule += not cellules
                    parties = tuple((Relation.territoire, cellule) for cellule in cellules)
                    fait = Fait(nom, parties, row.consentement_id, row.dossier_id)
                await annoncer(session, [(new_id(), fait)], rythme, now)
                await audit.write(session, SERVICE, SYSTEM, nom, row.consentement_id, now=now, dossier_id=row.dossier_id)
        if sans_cellule:
            # Nobody stands in for a cell that there is not: whoever runs the hub must know that nobody was told.
            log.error("retraits.escalade_sans_cellule", nombre=sans_cellule)

    return one_round
