"""What is heard to be remembered: cases, their end, cells."""

from sqlmodel.ext.asyncio.session import AsyncSession

from common.codes import TypePartenaire
from common.consumer import Handler
from common.events import Event, Received
from common.events.orientation import PartenairePublie
from common.events.signalement import SignalementClos
from notifications.suivis import store


async def on_clos(session: AsyncSession, received: Received[SignalementClos]) -> None:
    """Nobody is written to about a closed case."""
    await store.clore(session, received.event.dossier_id, received.time)


async def on_partenaire(session: AsyncSession, received: Received[PartenairePublie]) -> None:
    """Where an organisation is, and the territory of a cell; other partners are told of their referrals by these themselves."""
    event = received.event
    if event.departements:
        await store.situer(session, event.partenaire_id, event.departements[0])
    if event.type_partenaire is TypePartenaire.cellule:
        await store.publier_cellule(session, event.partenaire_id, event.departements if event.actif else ())


HANDLERS: dict[type[Event], Handler] = {SignalementClos: on_clos, PartenairePublie: on_partenaire}
