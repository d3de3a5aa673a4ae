"""What is heard from notifications: whom mails do not reach."""

from sqlmodel.ext.asyncio.session import AsyncSession

from common.codes_echanges import CauseRetour, GenreDestinataire
from common.consumer import Handlers
from common.events import Received
from common.events.joignabilite import JoignabiliteChangee
from signalement.depot import store as brouillons
from signalement.personnes import store


async def on_joignabilite(session: AsyncSession, received: Received[JoignabiliteChangee]) -> None:
    """Remember it of a person of an association, or of a form that was set aside; of anybody else it is not ours to know."""
    event = received.event
    if event.genre is GenreDestinataire.declarant and not event.joint:
        await brouillons.noter_injoignable(session, event.personne_id, event.cause or CauseRetour.autre)
    if event.genre is GenreDestinataire.correspondant:
        depuis, cause = (None, None) if event.joint else (event.depuis, event.cause)
        await store.noter_joignabilite(session, event.personne_id, depuis, cause, received.sequence)


HANDLERS: Handlers = {JoignabiliteChangee: on_joignabilite}
