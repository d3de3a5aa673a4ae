"""What is heard for mails: an event becomes a mail to send, in the inbox's transaction."""

from sqlmodel.ext.asyncio.session import AsyncSession

from common.clock import utc_now
from common.codes_echanges import Auteur
from common.consumer import Handler
from common.events import Event, Received
from common.events.membres import AdhesionDemandee, InvitationEnvoyee
from common.events.orientation import _Orientation
from common.events.rendez_vous import _RendezVous
from common.events.signalement import CourrielDirigeantDemande
from common.events.transferts import _Transfert
from notifications.courriels import store
from notifications.courriels.domain import Destinataire
from notifications.courriels.regles import AUTRE_PARTIE, DIRIGEANT, EQUIPE, INVITATION, REGLES, regle_de
from notifications.courriels.store import Announcement


async def on_demande(session: AsyncSession, received: Received[CourrielDirigeantDemande]) -> None:
    """A mail to the dirigeant. Raises ValueError on a template that there is not, which ends in the dead letters."""
    event = received.event
    if event.modele not in DIRIGEANT:
        raise ValueError("unknown template")
    mail = Announcement(received.id, event.modele, Destinataire.dirigeant, None, event.dossier_id, event.envoi_id)
    await store.add(session, mail, utc_now())


async def on_orientation(session: AsyncSession, received: Received[_Orientation]) -> None:
    """A mail to one side of a referral, by the table of rules."""
    event, regle = received.event, regle_de(received.event)
    organisation = event.partenaire_id if regle.destinataire is Destinataire.partenaire else event.emetteur_id
    mail = Announcement(
        received.id,
        regle.modele,
        regle.destinataire,
        organisation,
        event.dossier_id,
        event.orientation_id,
        event.due_at,
        regle.si_connue,
    )
    await store.add(session, mail, utc_now())


async def on_autre_partie(session: AsyncSession, received: Received[_RendezVous | _Transfert]) -> None:
    """A mail to the side that did not act; to both when the hub did."""
    event, modele = received.event, AUTRE_PARTIE[type(received.event)]
    cotes = (
        (Auteur.partenaire, Destinataire.partenaire, event.partenaire_id),
        (Auteur.emetteur, Destinataire.emetteur, event.emetteur_id),
    )
    for partie, destinataire, organisation in cotes:
        if partie is not event.par:
            mail = Announcement(received.id, modele, destinataire, organisation, event.dossier_id, event.orientation_id)
            await store.add(session, mail, utc_now())


async def on_invitation(session: AsyncSession, received: Received[InvitationEnvoyee]) -> None:
    """A mail to somebody who is invited into an organisation."""
    event = received.event
    mail = Announcement(
        received.id, INVITATION, Destinataire.invite, event.partenaire_id, None, event.invitation_id, event.expire_at
    )
    await store.add(session, mail, utc_now())


async def on_equipe(session: AsyncSession, received: Received[AdhesionDemandee]) -> None:
    """A mail to the managers of an organisation, about its people."""
    event, modele = received.event, EQUIPE[type(received.event)]
    mail = Announcement(received.id, modele, Destinataire.organisation, event.partenaire_id, None, event.adhesion_id)
    await store.add(session, mail, utc_now())


HANDLERS: dict[type[Event], Handler] = {
    CourrielDirigeantDemande: on_demande,
    **dict.fromkeys(REGLES, on_orientation),
    **dict.fromkeys(AUTRE_PARTIE, on_autre_partie),
    **dict.fromkeys(EQUIPE, on_equipe),
    InvitationEnvoyee: on_invitation,
}
