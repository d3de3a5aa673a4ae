"""Use cases: announce that an account has changed, confirm it, refuse it. None of them commits."""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from common import audit, outbox, sessions_store
from common.actor import SYSTEM, Actor
from common.clock import new_id
from common.events.comptes import CompteConfirme, CompteDemande
from common.isolation import as_the_hub
from common.sessions import Fin
from common.traduction import _
from orientation.adhesions.store import lock_identite
from orientation.comptes import domain, store
from orientation.comptes.domain import EtatCompte
from orientation.comptes.models import CompteRow
from orientation.connexion.attentes import Attente
from orientation.membres import service as membres
from orientation.membres import store as equipes
from orientation.partenaires.models import MembreRow


async def signaler(session: AsyncSession, qui: Attente, now: datetime) -> list[tuple[str, EtatCompte, bool]]:
    """Somebody whom nobody knows has a member's address: whoever decides is told, once.

    Returns the organisations with where it stands, and whether an administrateur decides; none for a stranger.
    """
    if not qui.courriel:
        return []
    await lock_identite(session, qui.issuer, qui.sub)
    trouves = []
    for membre, organisation in await store.memes_adresses(session, qui.issuer, qui.sub, qui.courriel):
        row = await store.of_membre(session, membre.id, qui.sub)
        chez, administrateur = await store.decideurs(session, membre)
        if domain.a_redemander(row.valeur() if row else None, now):
            row = await _demander(session, row, membre, qui.sub, now)
            event = CompteDemande(
                compte_id=row.id, partenaire_id=membre.partenaire_id, decideur_id=chez, administrateur=administrateur
            )
            outbox.record(session, event, sequence=row.version, now=now)
            # Whoever signs in is nobody here yet: the hub itself notes that it came.
            await audit.write(session, membres.SERVICE, SYSTEM, "compte.demander", row.id, now=now)
        assert row is not None  # noqa: S101 - there was one, or it was just made.
        trouves.append((organisation.libelle, EtatCompte(row.etat), administrateur))
    return trouves


async def confirmer(session: AsyncSession, actor: Actor, organisation_id: UUID, compte_id: UUID, now: datetime) -> MembreRow:
    """The member is known under its new identifier alone; what the old one had opened ends.

    Raises Introuvable, CompteDecide, CompteDUnAutre, DejaMembre when that identifier is or was somebody else there.
    """
    row, membre = await _decider(session, actor, organisation_id, compte_id, EtatCompte.confirme, now)
    if await equipes.find_identite(session, organisation_id, membre.issuer, row.sub):
        raise membres.DejaMembre(_("Retirez d’abord cette personne de l’équipe, ou invitez-la sous ce compte."))
    membre.sub, membre.saisi_at = row.sub, now
    # Nobody sees the sessions of somebody else.
    async with as_the_hub(session):
        await sessions_store.end_of_persons(session, [str(membre.id)], Fin.droits, actor, now)
    event = CompteConfirme(
        compte_id=row.id,
        partenaire_id=organisation_id,
        membre_id=membre.id,
        decideur_id=UUID(actor.id),
        decideur_organisation_id=actor.organisation_id or organisation_id,
    )
    outbox.record(session, event, sequence=row.version, now=now)
    await audit.write(session, membres.SERVICE, actor, "compte.confirmer", membre.id, now=now)
    return membre


async def refuser(session: AsyncSession, actor: Actor, organisation_id: UUID, compte_id: UUID, now: datetime) -> None:
    """Nothing changes; whoever came is told so at its next sign-in. Raises Introuvable, CompteDecide, CompteDUnAutre."""
    _organisation, membre = await _decider(session, actor, organisation_id, compte_id, EtatCompte.refuse, now)
    await audit.write(session, membres.SERVICE, actor, "compte.refuser", membre.id, now=now)


async def _demander(session: AsyncSession, row: CompteRow | None, membre: MembreRow, sub: str, now: datetime) -> CompteRow:
    if row is None:
        row = CompteRow(
            id=new_id(),
            partenaire_id=membre.partenaire_id,
            membre_id=membre.id,
            sub=sub,
            ancien_sub=membre.sub,
            etat=EtatCompte.en_attente.value,
            demande_at=now,
        )
        session.add(row)
    else:
        row.etat, row.demande_at, row.decide_at = EtatCompte.en_attente.value, now, None
        row.ancien_sub, row.version = membre.sub, row.version + 1
    return row


async def _decider(
    session: AsyncSession, actor: Actor, organisation_id: UUID, compte_id: UUID, etat: EtatCompte, now: datetime
) -> tuple[CompteRow, MembreRow]:
    organisation = await equipes.find_organisation(session, actor, organisation_id, lock=True)
    row, membre = await store.find(session, organisation, compte_id)
    tenus = membres.roles_de(membre)
    row.etat = domain.decider(row.valeur(), etat, actor.id, actor.roles, tenus, membre.sub, now).value
    row.decide_at, row.version = now, row.version + 1
    return row, membre
