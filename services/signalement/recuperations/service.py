"""Use cases of changes of address: propose, confirm, refuse."""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from common import audit
from common.actor import SYSTEM, Actor
from common.clock import new_id
from common.codes_espace import EtatRecuperation
from common.events.signalement import ADRESSE_CHANGEE
from common.isolation import as_the_hub
from signalement.espace import service as espace
from signalement.espace import store as acces
from signalement.personnes import domain as personnes
from signalement.personnes import service as personnes_service
from signalement.personnes import store as personnes_store
from signalement.personnes.models import Personne
from signalement.recuperations import domain, store
from signalement.recuperations.models import Recuperation
from signalement.recuperations.schemas import Proposition
from signalement.signalements import store as signalements


def as_domain(row: Recuperation) -> domain.Recuperation:
    """The row as its rules see it."""
    return domain.Recuperation(id=row.id, proposee_par=row.proposee_par, expire_le=row.expire_le, etat=row.etat)


async def proposer(
    session: AsyncSession, actor: Actor, dossier_id: UUID, personne_id: UUID, proposition: Proposition, now: datetime
) -> Recuperation:
    """Propose another address for a person of a case of the animateur's territory, whose present address is told so.

    Raises Introuvable, DejaProposee, MemeAdresse, AdresseDejaPresente.
    """
    dossier = await signalements.read(session, actor, dossier_id)
    personne = await store.person_of_case(session, dossier, personne_id, hold=True)
    await _check_free(session, personne, proposition.courriel)
    before = await store.open_of(session, personne_id)
    if before is not None:
        if domain.waits(as_domain(before), now):
            raise domain.DejaProposee
        await _close(session, SYSTEM, before, "expirer", now)
        # It leaves its place to the new one before that is written.
        await session.flush()
    row = Recuperation(
        id=new_id(),
        dossier_id=dossier_id,
        personne_id=personne_id,
        etat=EtatRecuperation.proposee,
        nouvelle=proposition.courriel,
        verification=proposition.verification,
        proposee_par=actor.id,
        proposee_le=now,
        expire_le=now + domain.LIFE,
    )
    session.add(row)
    await session.flush()
    await _audit(session, actor, "recuperation.proposer", row, now)
    await espace.prevenir(session, personne, "adresse_demandee", now)
    return row


async def confirmer(session: AsyncSession, actor: Actor, recuperation_id: UUID, now: datetime) -> None:
    """Make the new address the person's: the codes mailed to the old one open nothing more, and both are written to.

    Raises Introuvable, TransitionInterdite, RecuperationExpiree, DeuxiemePersonne, AdresseDejaPresente.
    """
    row, personne, _ = await store.read(session, actor, recuperation_id, hold=True)
    nouvelle = row.nouvelle or ""
    domain.decide(as_domain(row), "confirmer", actor.id, now)
    # A manager sees the person and the change, and nothing else of the case.
    async with as_the_hub(session):
        await _check_free(session, personne, nouvelle)
        await espace.prevenir(session, personne, ADRESSE_CHANGEE, now)
        await _close(session, actor, row, "confirmer", now)
        personne.courriel = nouvelle
        # What came back was of the old address.
        personne.injoignable_depuis, personne.injoignable_cause = None, None
        if personne.responsable:
            (await signalements.contact(session, row.dossier_id)).courriel = nouvelle
        await acces.void(session, personne.id, now)
        await personnes_service.sign_out(session, actor, personne, now)
        await espace.ecrire(session, personne, "acces", now)


async def refuser(session: AsyncSession, actor: Actor, recuperation_id: UUID, now: datetime) -> None:
    """Leave the address as it is. For the cell, and for the person, who may never have asked for it."""
    row, _, _ = await store.read(session, actor, recuperation_id, hold=True)
    await _close(session, actor, row, "refuser", now)


async def _check_free(session: AsyncSession, personne: Personne, courriel: str) -> None:
    if courriel == personne.courriel:
        raise domain.MemeAdresse(champ="courriel")
    if any(one.courriel == courriel for one in await personnes_store.of_dossier(session, personne.dossier_id)):
        raise personnes.AdresseDejaPresente(champ="courriel")


async def _close(session: AsyncSession, actor: Actor, row: Recuperation, action: str, now: datetime) -> None:
    row.etat = domain.decide(as_domain(row), action, actor.id, now).etat
    row.nouvelle, row.decidee_par, row.decidee_le = None, actor.id, now
    await _audit(session, actor, f"recuperation.{action}", row, now)


async def _audit(session: AsyncSession, actor: Actor, action: str, row: Recuperation, now: datetime) -> None:
    await audit.write(session, "signalement", actor, action, row.id, now=now, dossier_id=row.dossier_id)
