"""Events heard only to be shown: the directory, the referrals' states, the diagnostics' states."""

from collections.abc import Sequence
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from common.consumer import Grouped, Handlers
from common.events import Received
from common.events import cellule as c
from common.events import orientation as o
from signalement.projections import store
from signalement.projections.models import Diagnostic, Dispositif, Orientation, Partenaire


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
    await store.keep_newest(session, Partenaire, [row])


async def on_dispositif(session: AsyncSession, received: Received[o.DispositifPublie]) -> None:
    """Keep what the dispositif is called."""
    event = received.event
    row = {"id": event.code, "libelle": event.libelle, "sequence": received.sequence}
    await store.keep_newest(session, Dispositif, [row])


async def on_orientations(session: AsyncSession, batch: Sequence[Received[Any]]) -> None:
    """Keep the states of the referrals."""
    await store.keep_newest(session, Orientation, [_orientation(received) for received in batch])


def _orientation(received: Received[Any]) -> dict[str, Any]:
    event = received.event
    return {
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
    await store.keep_newest(session, Diagnostic, [row])


ORIENTATIONS = Grouped(on_orientations)

HANDLERS: Handlers = {
    o.PartenairePublie: on_partenaire,
    o.DispositifPublie: on_dispositif,
    o.OrientationEnvoyee: ORIENTATIONS,
    o.OrientationRecue: ORIENTATIONS,
    o.OrientationAcceptee: ORIENTATIONS,
    o.OrientationDeclinee: ORIENTATIONS,
    o.OrientationComplementDemande: ORIENTATIONS,
    o.OrientationComplementFourni: ORIENTATIONS,
    o.OrientationDemarree: ORIENTATIONS,
    o.OrientationPoursuivie: ORIENTATIONS,
    o.OrientationRevenue: ORIENTATIONS,
    o.OrientationRouverte: ORIENTATIONS,
    o.OrientationRenvoyee: ORIENTATIONS,
    o.OrientationAboutie: ORIENTATIONS,
    o.OrientationNonAboutie: ORIENTATIONS,
    o.OrientationRetiree: ORIENTATIONS,
    o.OrientationExpiree: ORIENTATIONS,
    o.OrientationRelancee: ORIENTATIONS,
    o.OrientationEscaladee: ORIENTATIONS,
    c.DiagnosticValide: on_diagnostic,
    c.DiagnosticPartage: on_diagnostic,
}
