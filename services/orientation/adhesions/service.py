"""Use cases: ask to join, accept, refuse. None of them commits."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from common import audit, outbox
from common.actor import SYSTEM, Actor, Role
from common.clock import new_id
from common.events.membres import AdhesionDemandee
from common.traduction import _
from orientation.adhesions import domain, store
from orientation.adhesions.domain import EtatAdhesion
from orientation.adhesions.models import AdhesionRow
from orientation.connexion.attentes import Attente
from orientation.membres import service as membres
from orientation.membres import store as equipes
from orientation.partenaires.models import MembreRow


async def demander(session: AsyncSession, qui: Attente, partenaire_id: UUID, siret: str, now: datetime) -> AdhesionRow:
    """Ask an organisation with that SIREN. Raises Introuvable, DejaMembre, and what `domain.demander` raises."""
    await store.lock_identite(session, qui.issuer, qui.sub)
    avant = [row.valeur() for row, _attend in await store.of_identite(session, qui.issuer, qui.sub)]
    connu = await equipes.find_identite(session, partenaire_id, qui.issuer, qui.sub)
    if connu and connu.actif:
        raise membres.DejaMembre(_("Connectez-vous : vous y avez déjà accès."))
    row = AdhesionRow(
        id=new_id(),
        partenaire_id=partenaire_id,
        issuer=qui.issuer,
        sub=qui.sub,
        nom=qui.nom,
        courriel=qui.courriel,
        etat=EtatAdhesion.en_attente.value,
        demandee_at=domain.demander(avant, partenaire_id, siret, await store.siret_of(session, partenaire_id), now),
    )
    session.add(row)
    outbox.record(session, AdhesionDemandee(adhesion_id=row.id, partenaire_id=partenaire_id), sequence=1, now=now)
    # Whoever asks is nobody here yet: the hub itself notes that it was asked.
    await audit.write(session, membres.SERVICE, SYSTEM, "adhesion.demander", row.id, now=now)
    return row


async def accepter(
    session: AsyncSession, actor: Actor, organisation_id: UUID, adhesion_id: UUID, roles: Collection[Role], now: datetime
) -> MembreRow:
    """Whoever asked becomes a member. Raises Introuvable, AdhesionDecidee, RoleImpossible, RoleReserve, DejaMembre."""
    organisation = await equipes.find_organisation(session, actor, organisation_id, lock=True)
    row = await store.find(session, organisation, adhesion_id)
    etat = domain.decider(row.valeur(), EtatAdhesion.acceptee, now)
    voulus = membres.verifier_roles(actor, organisation, roles)
    prenom, nom = domain.noms(row.nom)
    personne = membres.Personne(nom, prenom, row.courriel)
    membre = await membres.rattacher(session, organisation, (row.issuer, row.sub), personne, voulus, now)
    await _decider(session, actor, row, etat, "adhesion.accepter", now)
    return membre


async def refuser(session: AsyncSession, actor: Actor, organisation_id: UUID, adhesion_id: UUID, now: datetime) -> AdhesionRow:
    """Whoever asked is told so at its next sign-in. Raises Introuvable, AdhesionDecidee."""
    organisation = await equipes.find_organisation(session, actor, organisation_id, lock=True)
    row = await store.find(session, organisation, adhesion_id)
    await _decider(session, actor, row, domain.decider(row.valeur(), EtatAdhesion.refusee, now), "adhesion.refuser", now)
    return row


async def _decider(
    session: AsyncSession, actor: Actor, row: AdhesionRow, etat: EtatAdhesion, action: str, now: datetime
) -> None:
    row.etat, row.decidee_at, row.nom, row.courriel = etat.value, now, "", ""
    await audit.write(session, membres.SERVICE, actor, action, row.id, now=now)
