"""The body of a delivery: ids, codes, a deadline and a link, never a name, a number of registration or a text."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from common.codes import EtatConsentement, Finalite
from common.events import Received
from common.events.orientation import OrientationRetiree, _Orientation
from common.events.rendez_vous import RendezVousConfirme, _RendezVous
from common.events.signalement import ConsentementDonne, ConsentementExpire, ConsentementRetire, _Consentement
from common.events.transferts import _Transfert
from notifications.livraisons.store import Announcement
from notifications.webhooks.domain import ESSAI

ETATS = {
    ConsentementDonne: EtatConsentement.donne,
    ConsentementRetire: EtatConsentement.retire,
    ConsentementExpire: EtatConsentement.expire,
}


def short_type(event: Any) -> str:
    """The name of an event as partners subscribe to it: `orientation.envoyee`."""
    return f"{event.capability}.{event.fact}"


def annoncer_orientation(received: Received[_Orientation], public_url: str) -> Announcement:
    """What the partner of a referral is told."""
    event = received.event
    corps = _corps(
        received,
        orientation_id=str(event.orientation_id),
        partenaire_id=str(event.partenaire_id),
        etat=event.etat.value,
        motif=event.motif.value if event.motif else None,
        due_at=_moment(event.due_at),
        lien=f"{public_url}/orientation/orientations/{event.orientation_id}",
    )
    # That a referral was taken back is told in any case: it asks the partner to stop.
    finalite = None if isinstance(event, OrientationRetiree) else Finalite.orientation
    return Announcement(
        received.id, event.partenaire_id, short_type(event), corps, event.dossier_id, finalite, event.dispositif
    )


def annoncer_rendez_vous(received: Received[_RendezVous], public_url: str) -> Announcement:
    """What the partner is told of an appointment; `due_at` is the moment that was confirmed."""
    event = received.event
    corps = _corps(
        received,
        orientation_id=str(event.orientation_id),
        rendez_vous_id=str(event.rendez_vous_id),
        partenaire_id=str(event.partenaire_id),
        etat=event.etat.value,
        motif=getattr(event, "motif", None),
        due_at=_moment(event.debut) if isinstance(event, RendezVousConfirme) else None,
        lien=f"{public_url}/orientation/orientations/{event.orientation_id}/rendez-vous",
    )
    return Announcement(
        received.id, event.partenaire_id, short_type(event), corps, event.dossier_id, Finalite.orientation, event.dispositif
    )


def annoncer_transfert(received: Received[_Transfert], public_url: str) -> Announcement:
    """What the partner is told of a referral's passing on; the other partner is told of its own referral, once it is sent."""
    event = received.event
    corps = _corps(
        received,
        orientation_id=str(event.orientation_id),
        transfert_id=str(event.transfert_id),
        partenaire_id=str(event.partenaire_id),
        etat=event.etat.value,
        motif=event.motif.value,
        due_at=None,
        lien=f"{public_url}/orientation/orientations/{event.orientation_id}/transfert",
    )
    return Announcement(
        received.id, event.partenaire_id, short_type(event), corps, event.dossier_id, Finalite.orientation, event.dispositif
    )


def annoncer_consentement(received: Received[_Consentement], public_url: str) -> Announcement:
    """What the recipient of a consent is told; `due_at` is when the consent ends."""
    event = received.event
    corps = _corps(
        received,
        orientation_id=None,
        partenaire_id=str(event.destinataire_id),
        etat=ETATS[type(event)].value,
        motif=None,
        due_at=_moment(event.expire_le) if isinstance(event, ConsentementDonne) else None,
        lien=f"{public_url}/orientation/orientations",
    )
    finalite = event.finalite if isinstance(event, ConsentementDonne) else None
    return Announcement(received.id, event.destinataire_id, short_type(event), corps, event.dossier_id, finalite)


def corps_essai(event_id: UUID, webhook_id: UUID, public_url: str, now: datetime) -> str:
    """A message that is about nothing, to try an endpoint out."""
    lien = f"{public_url}/notifications/webhooks/{webhook_id}"
    return json.dumps({"id": str(event_id), "type": ESSAI, "date": _moment(now), "lien": lien}, separators=(",", ":"))


def _corps(received: Received[Any], **fields: str | None) -> str:
    event = received.event
    head = {
        "id": str(received.id),
        "type": short_type(event),
        "version": event.version,
        "date": _moment(received.time),
        "dossier_id": str(event.dossier_id),
        # The attributes of the event (CloudEvents 1.0), inside the body so that the signature covers them.
        "cloudevents": {
            "specversion": "1.0",
            "id": str(received.id),
            "source": f"/{event.service}",
            "type": event.type(),
            "subject": event.aggregate_id,
            "time": _moment(received.time),
            "sequence": str(received.sequence),
        },
    }
    return json.dumps(head | fields, separators=(",", ":"))


def _moment(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None
