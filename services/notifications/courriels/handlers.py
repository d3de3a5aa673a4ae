"""What is heard for mails: an event becomes a mail to send, in the inbox's transaction."""

from sqlmodel.ext.asyncio.session import AsyncSession

from common.clock import utc_now
from common.consumer import Handler
from common.events import Event, Received
from common.events.orientation import _Orientation
from common.events.signalement import CourrielDirigeantDemande
from notifications.courriels import store
from notifications.courriels.domain import Destinataire
from notifications.courriels.regles import DIRIGEANT, REGLES, regle_de
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


HANDLERS: dict[type[Event], Handler] = {CourrielDirigeantDemande: on_demande, **dict.fromkeys(REGLES, on_orientation)}
