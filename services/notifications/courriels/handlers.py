"""What is heard for people: noted at once, told a little later. A dirigeant's mail is planned at once: it is waited for."""

from sqlmodel.ext.asyncio.session import AsyncSession

from common.clock import utc_now
from common.consumer import Adding, Grouped, Handler
from common.events import Event, Received
from common.events.comptes import CompteConfirme
from common.events.liens import LienCodeDemande, LienEnvoye
from common.events.membres import InvitationEnvoyee
from common.events.orientation import OrientationProposee
from common.events.signalement import ADRESSE_CHANGEE, BrouillonMisDeCote, CourrielDirigeantDemande
from notifications.courriels.annonces import (
    annoncer_a_l_invite,
    annoncer_au_declarant,
    annoncer_au_dirigeant,
    annoncer_au_sans_compte,
    annoncer_un_compte,
)
from notifications.courriels.attente_store import noter
from notifications.regles.domain import Rythme
from notifications.regles.faits import DU_TERRITOIRE, FAIT
from notifications.retours import service as retours
from notifications.suivis.handlers import HANDLERS as SUIVIS

# A referral in preparation is told to nobody; it is heard to know where it stands.
NOTES: frozenset[type[Event]] = frozenset({OrientationProposee, *FAIT, *DU_TERRITOIRE})
HEARD: frozenset[type[Event]] = NOTES | {
    *(CourrielDirigeantDemande, BrouillonMisDeCote, InvitationEnvoyee, CompteConfirme, LienEnvoye, LienCodeDemande),
    *SUIVIS,
}
NOTER = noter(NOTES)


def handlers(rythme: Rythme) -> dict[type[Event], Handler | Grouped | Adding]:
    """The handlers of this capability, which plan mails to that rhythm."""

    async def on_demande(session: AsyncSession, received: Received[CourrielDirigeantDemande]) -> None:
        event = received.event
        now = utc_now()
        await annoncer_au_dirigeant(session, received.id, event.modele, event.dossier_id, event.envoi_id, rythme, now)
        if event.modele == ADRESSE_CHANGEE and event.personne_id:
            await retours.remplacer(session, event.personne_id, event.dossier_id, received.time, utc_now)

    async def on_invitation(session: AsyncSession, received: Received[InvitationEnvoyee]) -> None:
        await annoncer_a_l_invite(session, received.id, received.event, rythme, utc_now())

    async def on_brouillon(session: AsyncSession, received: Received[BrouillonMisDeCote]) -> None:
        await annoncer_au_declarant(session, received.id, received.event, rythme, utc_now())

    async def on_lien(session: AsyncSession, received: Received[LienEnvoye | LienCodeDemande]) -> None:
        await annoncer_au_sans_compte(session, received.id, received.event, rythme, utc_now())

    async def on_compte(session: AsyncSession, received: Received[CompteConfirme]) -> None:
        await annoncer_un_compte(session, received.id, received.event, rythme, utc_now())

    direct: dict[type[Event], Handler] = {
        CourrielDirigeantDemande: on_demande,
        BrouillonMisDeCote: on_brouillon,
        InvitationEnvoyee: on_invitation,
        CompteConfirme: on_compte,
        **dict.fromkeys((LienEnvoye, LienCodeDemande), on_lien),
    }
    return {**dict.fromkeys(NOTES, NOTER), **direct, **SUIVIS}
