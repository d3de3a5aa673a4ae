"""Events that make us ask for a consent: a referral proposed, a diagnostic begun."""

from sqlmodel.ext.asyncio.session import AsyncSession

from common.clock import utc_now
from common.codes import Categorie, EtatOrientation, Finalite
from common.consumer import Handlers
from common.events import Received
from common.events.cellule import DiagnosticOuvert
from common.events.orientation import OrientationProposee
from signalement.consentements import service
from signalement.projections import store as projections
from signalement.projections.handlers import on_diagnostic, on_orientations
from signalement.signalements import store as signalements

DIAGNOSTIC_CATEGORIES = (Categorie.identite, Categorie.diagnostic)


class DestinataireInconnu(Exception):
    """The directory has not announced this organisation yet: heard again later, or put among the dead letters."""


async def on_proposee(session: AsyncSession, received: Received[OrientationProposee]) -> None:
    """Ask whether these categories may go to this partner, unless the referral has moved on in the meantime."""
    event = received.event
    await on_orientations(session, [received])
    orientation = await projections.orientation(session, event.orientation_id)
    if orientation is None or orientation.etat is not EtatOrientation.brouillon:
        return
    partenaire = await projections.partenaire(session, event.partenaire_id)
    if partenaire is None:
        raise DestinataireInconnu
    await service.demander(
        session, event.dossier_id, partenaire.id, partenaire.libelle, Finalite.orientation, event.categories, utc_now
    )


async def on_ouvert(session: AsyncSession, received: Received[DiagnosticOuvert]) -> None:
    """Ask whether the regional cell may read the diagnostic, once it is shared."""
    event = received.event
    await on_diagnostic(session, received)
    dossier = await signalements.for_the_hub(session, event.dossier_id)
    cellule = await projections.cellule_of(session, dossier.departement)
    if cellule is None:
        raise DestinataireInconnu
    await service.demander(
        session, dossier.id, cellule.id, cellule.libelle, Finalite.diagnostic, DIAGNOSTIC_CATEGORIES, utc_now
    )


HANDLERS: Handlers = {OrientationProposee: on_proposee, DiagnosticOuvert: on_ouvert}
