"""Events heard only to be shown: the directory, the referrals' states, the diagnostics' states."""

from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from common.consumer import Handlers
from common.events import Received
from common.events import cellule as c
from common.events import orientation as o
from signalement.projections import store
from signalement.projections.models import Diagnostic, Orientation, Partenaire


async def on_partenaire(session: AsyncSession, received: Received[o.PartenairePublie]) -> None:
    """Keep what the organisation is called and where it works."""
    event = received.event
    row = {
        "id": event.partenaire_id,
        "libelle": event.libelle,
        "type_partenaire": event.type_partenaire,
        "departements": list(event.departements),
        "actif": event.actif,
        "sequence": received.sequence,
    }
    await store.keep_newest(session, Partenaire, row)


async def on_orientation(session: AsyncSession, received: Received[Any]) -> None:
    """Keep the state of the referral."""
    event = received.event
    row = {
        "id": event.orientation_id,
        "dossier_id": event.dossier_id,
        "partenaire_id": event.partenaire_id,
        "dispositif": event.dispositif,
        "etat": event.etat,
        "motif": event.motif,
        "due_at": event.due_at,
        "change_le": received.time,
        "sequence": received.sequence,
    }
    await store.keep_newest(session, Orientation, row)


async def on_diagnostic(session: AsyncSession, received: Received[Any]) -> None:
    """Keep the state of the diagnostic."""
    event = received.event
    row = {
        "id": event.diagnostic_id,
        "dossier_id": event.dossier_id,
        "etat": event.etat,
        "numero": event.numero,
        "change_le": received.time,
        "sequence": received.sequence,
    }
    await store.keep_newest(session, Diagnostic, row)


HANDLERS: Handlers = {
    o.PartenairePublie: on_partenaire,
    o.OrientationEnvoyee: on_orientation,
    o.OrientationRecue: on_orientation,
    o.OrientationAcceptee: on_orientation,
    o.OrientationDeclinee: on_orientation,
    o.OrientationComplementDemande: on_orientation,
    o.OrientationComplementFourni: on_orientation,
    o.OrientationDemarree: on_orientation,
    o.OrientationAboutie: on_orientation,
    o.OrientationNonAboutie: on_orientation,
    o.OrientationRetiree: on_orientation,
    o.OrientationExpiree: on_orientation,
    o.OrientationRelancee: on_orientation,
    o.OrientationEscaladee: on_orientation,
    c.DiagnosticValide: on_diagnostic,
    c.DiagnosticPartage: on_diagnostic,
}
