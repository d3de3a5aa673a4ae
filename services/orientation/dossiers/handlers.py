"""What is heard from signalement about cases and consents."""

from sqlmodel.ext.asyncio.session import AsyncSession

from common.codes import EtatConsentement
from common.consumer import Handlers
from common.events import Received
from common.events.signalement import (
    ConsentementDonne,
    ConsentementExpire,
    ConsentementRefuse,
    ConsentementRetire,
    SignalementClos,
    SignalementDepose,
    SignalementQualifie,
)
from orientation.dossiers import store
from orientation.orientations import reactions, service

Fin = ConsentementRefuse | ConsentementRetire | ConsentementExpire

ETATS: dict[type[Fin], EtatConsentement] = {
    ConsentementRefuse: EtatConsentement.refuse,
    ConsentementRetire: EtatConsentement.retire,
    ConsentementExpire: EtatConsentement.expire,
}


async def on_depose(session: AsyncSession, received: Received[SignalementDepose]) -> None:
    """Remember the case."""
    event = received.event
    await store.entendre_depot(
        session,
        id=event.dossier_id,
        reference=event.reference,
        departement=event.departement,
        horizon=event.horizon.value,
        indicateurs=[i.value for i in event.indicateurs],
        emplois=event.emplois,
        budget=event.budget.value,
        sequence=received.sequence,
    )


async def on_qualifie(session: AsyncSession, received: Received[SignalementQualifie]) -> None:
    """Referrals may be prepared from now on."""
    event = received.event
    await store.entendre_qualification(
        session,
        id=event.dossier_id,
        niveau=event.niveau.value,
        horizon=event.horizon.value,
        indicateurs=[i.value for i in event.indicateurs],
        sequence=received.sequence,
    )


async def on_clos(session: AsyncSession, received: Received[SignalementClos]) -> None:
    """No new referral from now on; those that are open go to their own end."""
    await store.entendre_cloture(session, received.event.dossier_id, received.sequence)


async def on_donne(session: AsyncSession, received: Received[ConsentementDonne]) -> None:
    """Remember the consent: the drafts that waited for it may be sent."""
    event = received.event
    await store.entendre_consentement(
        session,
        id=event.consentement_id,
        dossier_id=event.dossier_id,
        destinataire_id=event.destinataire_id,
        finalite=event.finalite.value,
        categories=[c.value for c in event.categories],
        etat=EtatConsentement.donne.value,
        expire_le=event.expire_le,
        sequence=received.sequence,
    )
    if event.finalite is service.FINALITE:
        await reactions.entendre_accord(
            session, event.dossier_id, event.destinataire_id, EtatConsentement.donne, event.categories, received.time
        )


async def on_fin(session: AsyncSession, received: Received[Fin]) -> None:
    """The consent does not hold: take back what rested on it, in this transaction.

    The rows are locked first, so that a sending in progress is either seen here or sees this.
    """
    event = received.event
    await store.verrouiller_consentements(session, event.dossier_id, event.destinataire_id)
    new = await store.entendre_consentement(
        session,
        id=event.consentement_id,
        dossier_id=event.dossier_id,
        destinataire_id=event.destinataire_id,
        finalite=event.finalite.value,
        categories=[c.value for c in event.categories],
        etat=ETATS[type(event)].value,
        expire_le=None,
        sequence=received.sequence,
    )
    if new and event.finalite is service.FINALITE:
        await reactions.retirer_sans_consentement(session, event.dossier_id, event.destinataire_id, received.time)
        await reactions.entendre_accord(
            session, event.dossier_id, event.destinataire_id, ETATS[type(event)], event.categories, received.time
        )


HANDLERS: Handlers = {
    SignalementDepose: on_depose,
    SignalementQualifie: on_qualifie,
    SignalementClos: on_clos,
    ConsentementDonne: on_donne,
    ConsentementRefuse: on_fin,
    ConsentementRetire: on_fin,
    ConsentementExpire: on_fin,
}
