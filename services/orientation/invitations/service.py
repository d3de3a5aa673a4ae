"""Use cases: invite, send again, take back, accept. None of them commits."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from common import audit, outbox
from common.actor import Actor, Role
from common.clock import new_id
from common.errors import DonneeInvalide, Introuvable
from common.events.membres import InvitationEnvoyee
from common.requests_membres import AdresseInvitation
from common.traduction import _
from orientation.invitations import domain, store
from orientation.invitations.models import InvitationRow
from orientation.membres import service as membres
from orientation.membres import store as equipes
from orientation.partenaires.models import MembreRow, PartenaireRow

LIEN = "/orientation/invitation/"
OCTETS = 32


def empreinte(jeton: str) -> bytes:
    """What is kept of a token: 256 bits are not guessed, so a plain hash is enough."""
    return hashlib.sha256(jeton.encode()).digest()


async def inviter(
    session: AsyncSession, actor: Actor, organisation_id: UUID, courriel: str, roles: Collection[Role], now: datetime
) -> InvitationRow:
    """Invite an address. Raises Introuvable, RoleImpossible, RoleReserve, TropDInvitations, DonneeInvalide."""
    organisation = await equipes.find_organisation(session, actor, organisation_id, lock=True)
    voulus = membres.verifier_roles(actor, organisation, roles)
    if courriel.lower() in {membre.courriel.lower() for membre in await equipes.equipe(session, organisation)}:
        raise DonneeInvalide(_("Cette adresse est déjà celle d’un membre de l’organisation."), champ="courriel")
    if avant := await store.pour_adresse(session, organisation, courriel):
        if avant.valeur().etat(now) is domain.Etat.en_attente:
            raise DonneeInvalide(_("Cette adresse a déjà une invitation : renvoyez-la, ou retirez-la."), champ="courriel")
        await _retirer(session, actor, avant, now)
        await session.flush()
    domain.verifier_nombre(len(await store.en_attente(session, organisation, now)))
    row = InvitationRow(
        id=new_id(),
        partenaire_id=organisation.id,
        courriel=courriel,
        roles=sorted(voulus),
        par=actor.id,
        cree_at=now,
        expire_at=now + domain.DUREE,
    )
    session.add(row)
    await _envoyer(session, actor, row, "invitation.envoyer", now)
    return row


async def renvoyer(
    session: AsyncSession, actor: Actor, organisation_id: UUID, invitation_id: UUID, now: datetime
) -> InvitationRow:
    """Send it again, with a new link and another week. Raises Introuvable, InvitationDecidee, TropDInvitations, RoleReserve."""
    organisation = await equipes.find_organisation(session, actor, organisation_id, lock=True)
    row = await store.find(session, organisation, invitation_id)
    membres.verifier_roles(actor, organisation, [Role(role) for role in row.roles])
    row.expire_at = domain.renvoyer(row.valeur(), now)
    if not row.courriel:
        raise domain.InvitationDecidee(_("Son adresse est oubliée : envoyez une nouvelle invitation, si elle est utile."))
    row.envois, row.version = row.envois + 1, row.version + 1
    await _envoyer(session, actor, row, "invitation.renvoyer", now)
    return row


async def retirer(
    session: AsyncSession, actor: Actor, organisation_id: UUID, invitation_id: UUID, now: datetime
) -> InvitationRow:
    """Take it back: its links open nothing from now on, and the address is forgotten. Raises Introuvable, InvitationDecidee."""
    organisation = await equipes.find_organisation(session, actor, organisation_id, lock=True)
    row = await store.find(session, organisation, invitation_id)
    await _retirer(session, actor, row, now)
    return row


async def adresse(session: AsyncSession, invitation_id: UUID, public_url: str, now: datetime) -> AdresseInvitation:
    """Where to write to, with a link that is drawn for this very mail and of which a hash is kept.

    Raises Introuvable when it was accepted or taken back meanwhile, or has expired: nothing is to be sent.
    """
    trouvee = await store.lock_a_envoyer(session, invitation_id)
    if trouvee is None or trouvee[0].valeur().etat(now) is not domain.Etat.en_attente:
        raise Introuvable
    row, organisation = trouvee
    jeton = secrets.token_urlsafe(OCTETS)
    row.liens = [*row.liens, empreinte(jeton)][-domain.LIENS_GARDES :]
    return AdresseInvitation(courriel=row.courriel, organisation=organisation.libelle, lien=f"{public_url}{LIEN}{jeton}")


async def ouvrir(session: AsyncSession, jeton: str, now: datetime) -> tuple[InvitationRow, PartenaireRow]:
    """The invitation of a link, with its organisation. Raises InvitationClose, whatever the reason."""
    trouvee = await store.find_lien(session, empreinte(jeton))
    if trouvee is None:
        raise domain.InvitationClose(_("Demandez à la personne qui vous a invité de vous en envoyer une autre."))
    domain.accepter(trouvee[0].valeur(), now)
    return trouvee


async def accepter(
    session: AsyncSession, jeton: str, identite: tuple[str, str], nom: str, prenom: str, now: datetime
) -> MembreRow:
    """The signed-in identity becomes a member; the link has opened once. Raises InvitationClose, DejaMembre."""
    row, organisation = await ouvrir(session, jeton, now)
    await store.lock(session, row, organisation)
    accepte = domain.accepter(row.valeur(), now)
    personne, roles = membres.Personne(nom, prenom, row.courriel), [Role(role) for role in row.roles]
    membre = await membres.rattacher(session, organisation, identite, personne, roles, now)
    await session.flush()
    row.acceptee_at, row.membre_id = accepte, membre.id
    _oublier(row)
    actor = Actor(str(membre.id), membres.roles_de(membre), organisation.id)
    await audit.write(session, membres.SERVICE, actor, "invitation.accepter", row.id, now=now)
    return membre


async def _retirer(session: AsyncSession, actor: Actor, row: InvitationRow, now: datetime) -> None:
    row.retiree_at = domain.retirer(row.valeur(), now)
    _oublier(row)
    await audit.write(session, membres.SERVICE, actor, "invitation.retirer", row.id, now=now)


def _oublier(row: InvitationRow) -> None:
    row.courriel, row.liens, row.version = "", [], row.version + 1


async def _envoyer(session: AsyncSession, actor: Actor, row: InvitationRow, action: str, now: datetime) -> None:
    event = InvitationEnvoyee(invitation_id=row.id, partenaire_id=row.partenaire_id, expire_at=row.expire_at)
    outbox.record(session, event, sequence=row.version, now=now)
    await audit.write(session, membres.SERVICE, actor, action, row.id, now=now)
