"""What is heard for webhooks: an event about a partner becomes deliveries to its endpoints, in the inbox's transaction."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from common.clock import utc_now
from common.consumer import Adding, Grouped, Handler, Rows
from common.events import Event, Received
from common.events import orientation as orientations
from common.events.rendez_vous import RendezVousAnnule, RendezVousConfirme, RendezVousPropose
from common.events.signalement import ConsentementDonne, ConsentementExpire, ConsentementRetire, SignalementDepose
from common.events.transferts import OrientationAffectee, TransfertAccepte, TransfertPropose, TransfertRefuse, TransfertRetire
from notifications.livraisons import store
from notifications.livraisons.aussitot import Aussitot
from notifications.livraisons.charge import (
    annoncer_consentement,
    annoncer_orientation,
    annoncer_rendez_vous,
    annoncer_transfert,
)

ORIENTATIONS: tuple[type[Event], ...] = (
    orientations.OrientationEnvoyee,
    orientations.OrientationRecue,
    orientations.OrientationAcceptee,
    orientations.OrientationDeclinee,
    orientations.OrientationComplementDemande,
    orientations.OrientationComplementFourni,
    orientations.OrientationDemarree,
    orientations.OrientationPoursuivie,
    orientations.OrientationRevenue,
    orientations.OrientationRouverte,
    orientations.OrientationRenvoyee,
    orientations.OrientationAboutie,
    orientations.OrientationNonAboutie,
    orientations.OrientationRelancee,
    orientations.OrientationEscaladee,
    orientations.OrientationExpiree,
    orientations.OrientationRetiree,
    OrientationAffectee,
)
CONSENTEMENTS: tuple[type[Event], ...] = (ConsentementDonne, ConsentementRetire, ConsentementExpire)
RENDEZ_VOUS: tuple[type[Event], ...] = (RendezVousPropose, RendezVousConfirme, RendezVousAnnule)
TRANSFERTS: tuple[type[Event], ...] = (TransfertPropose, TransfertAccepte, TransfertRefuse, TransfertRetire)
HEARD: tuple[type[Event], ...] = (*ORIENTATIONS, *CONSENTEMENTS, *RENDEZ_VOUS, *TRANSFERTS, SignalementDepose)


ANNONCER: dict[type[Event], Callable[[Received[Any], str], store.Announcement]] = {
    **dict.fromkeys(ORIENTATIONS, annoncer_orientation),
    **dict.fromkeys(CONSENTEMENTS, annoncer_consentement),
    **dict.fromkeys(RENDEZ_VOUS, annoncer_rendez_vous),
    **dict.fromkeys(TRANSFERTS, annoncer_transfert),
}
"""How each event is told."""


Prevoir = Callable[[Sequence[store.Announcement]], None]
"""Told what is about to be written, so that what a delivery waits for can be asked meanwhile."""


def handlers(
    public_url: str, prevoir: Prevoir = lambda _: None, aussitot: Callable[[], Aussitot | None] = lambda: None
) -> dict[type[Event], Handler | Grouped | Adding]:
    """The handlers of this capability. A referral in preparation is not told: the association has not agreed yet."""

    def announcements(batch: Sequence[Received[Any]]) -> Sequence[Mapping[str, Any]]:
        # A draft that is cancelled was never sent: its partner has not heard of it, and has no deadline.
        told = [one for one in batch if not isinstance(one.event, orientations.OrientationRetiree) or one.event.due_at]
        found = [ANNONCER[type(one.event)](one, public_url) for one in told]
        prevoir(found)
        return store.heard(found, utc_now())

    def prepare(rows: Rows) -> Rows:
        found = aussitot()
        return found.prepare(rows) if found else rows

    def start(rows: Rows) -> None:
        if found := aussitot():
            found.start(rows)

    adding = Adding(store.HEARD, store.ADD, announcements, prepare, start)
    return {**dict.fromkeys(ANNONCER, adding), SignalementDepose: on_depose}


async def on_depose(session: AsyncSession, received: Received[SignalementDepose]) -> None:
    """Where a case is, for the endpoints that ask for some territories only."""
    await store.locate(session, received.event.dossier_id, received.event.departement)
