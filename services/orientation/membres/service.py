"""Use cases: what a member may do, and its leaving. None of them commits."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from common import audit, sessions_store
from common.actor import Actor, Role
from common.clock import new_id
from common.codes import TypePartenaire
from common.errors import Conflit
from common.isolation import as_the_hub
from common.sessions import Fin
from common.traduction import N_, _
from orientation.calendriers import store as calendriers
from orientation.fiches.service import aujourd_hui
from orientation.membres import domain, store
from orientation.partenaires.models import MembreRow, PartenaireRow
from orientation.transferts.service import rendre_a_l_equipe

SERVICE = "orientation"


@dataclass(frozen=True, slots=True)
class Personne:
    """What colleagues see of a member, and where it is written to."""

    nom: str
    prenom: str
    courriel: str


class DejaMembre(Conflit):
    """This identity is an active member of the organisation."""

    slug, titre = "deja-membre", N_("Ce compte fait déjà partie de l’organisation.")


def a_donner(actor: Actor, organisation: PartenaireRow) -> tuple[Role, ...]:
    """The roles that this actor gives in that organisation."""
    return domain.a_donner(actor.roles, TypePartenaire(organisation.type), sienne=actor.organisation_id == organisation.id)


def verifier_roles(
    actor: Actor, organisation: PartenaireRow, roles: Collection[Role], avant: Collection[Role] = ()
) -> frozenset[Role]:
    """The roles, if the actor may give them there. Raises RoleImpossible, RoleReserve."""
    return domain.donner(roles, avant, a_donner(actor, organisation), TypePartenaire(organisation.type))


def roles_de(membre: MembreRow) -> frozenset[Role]:
    """The roles of a member."""
    return frozenset(Role(role) for role in membre.roles)


async def changer_roles(
    session: AsyncSession, actor: Actor, organisation_id: UUID, membre_id: UUID, roles: Collection[Role], now: datetime
) -> MembreRow:
    """Give a member other roles; its sessions end, since they say what it could do before.

    Raises Introuvable, RoleImpossible, RoleReserve, DernierResponsable.
    """
    organisation = await store.find_organisation(session, actor, organisation_id, lock=True)
    membre = await store.find_membre(session, organisation, membre_id)
    avant = roles_de(membre)
    voulus = verifier_roles(actor, organisation, roles, avant)
    domain.changer(await _equipe(session, organisation), membre.id, voulus)
    if voulus != avant:
        membre.roles, membre.saisi_at = sorted(voulus), now
        # Nobody sees another person's sessions.
        async with as_the_hub(session):
            await sessions_store.end_of_persons(session, [str(membre.id)], Fin.droits, actor, now)
        await audit.write(session, SERVICE, actor, "membre.changer_roles", membre.id, now=now)
    return membre


async def retirer(session: AsyncSession, actor: Actor, organisation_id: UUID, membre_id: UUID, now: datetime) -> MembreRow:
    """A member leaves: its sessions and its calendar end, the referrals it followed go back to the team, its address is
    forgotten in a day.

    What it did keeps its name. Until then the removal may be undone; later an invitation brings it back.
    Raises Introuvable, RoleReserve, DernierResponsable.
    """
    organisation = await store.find_organisation(session, actor, organisation_id, lock=True)
    membre = await store.find_membre(session, organisation, membre_id)
    if Role.administrateur in roles_de(membre) and not actor.has(Role.administrateur):
        raise domain.RoleReserve(_("Demandez à l’administrateur de Relais."))
    domain.retirer(await _equipe(session, organisation), membre.id)
    membre.actif, membre.saisi_at, membre.retire_at = False, now, now
    # Nobody sees another person's sessions or calendar, nor an administrator the organisation's absences and referrals.
    async with as_the_hub(session):
        await sessions_store.end_of_persons(session, [str(membre.id)], Fin.retrait, actor, now)
        await calendriers.remove(session, membre.id)
        await store.forget_remplacant(session, membre.id, aujourd_hui(organisation, now))
        await rendre_a_l_equipe(session, actor, membre.id, now)
    await audit.write(session, SERVICE, actor, "membre.retirer", membre.id, now=now)
    return membre


async def annuler_retrait(
    session: AsyncSession, actor: Actor, organisation_id: UUID, membre_id: UUID, now: datetime
) -> MembreRow:
    """Undo a removal within a day: the member has its roles again, not its sessions, nor the referrals that it followed.

    Raises Introuvable, RoleReserve, RetraitDefinitif.
    """
    organisation = await store.find_organisation(session, actor, organisation_id, lock=True)
    membre = await store.find_retire(session, organisation, membre_id)
    if Role.administrateur in roles_de(membre) and not actor.has(Role.administrateur):
        raise domain.RoleReserve(_("Demandez à l’administrateur de Relais."))
    domain.annuler_retrait(membre.retire_at, now)
    membre.actif, membre.saisi_at, membre.retire_at = True, now, None
    await audit.write(session, SERVICE, actor, "membre.retablir", membre.id, now=now)
    return membre


async def rattacher(
    session: AsyncSession,
    organisation: PartenaireRow,
    identite: tuple[str, str],
    personne: Personne,
    roles: Collection[Role],
    now: datetime,
) -> MembreRow:
    """Make an identity (issuer, sub) an active member, or again. Raises DejaMembre."""
    issuer, sub = identite
    membre = await store.find_identite(session, organisation.id, issuer, sub)
    if membre is None:
        membre = MembreRow(
            id=new_id(), partenaire_id=organisation.id, issuer=issuer, sub=sub, nom="", prenom="", courriel="", roles=[]
        )
        session.add(membre)
    elif membre.actif:
        raise DejaMembre(_("Connectez-vous : vous y avez déjà accès."))
    membre.nom, membre.prenom, membre.courriel = personne.nom, personne.prenom, personne.courriel
    membre.actif, membre.roles, membre.saisi_at, membre.retire_at = True, sorted(roles), now, None
    return membre


async def _equipe(session: AsyncSession, organisation: PartenaireRow) -> domain.Equipe:
    return {membre.id: roles_de(membre) for membre in await store.equipe(session, organisation)}
