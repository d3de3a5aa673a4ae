"""What is heard from notifications: whom mails do not reach."""

from sqlmodel.ext.asyncio.session import AsyncSession

from common.codes_echanges import GenreDestinataire
from common.consumer import Handlers
from common.events import Received
from common.events.joignabilite import JoignabiliteChangee
from orientation.invitations.models import InvitationRow
from orientation.membres import store
from orientation.partenaires.models import MembreRow

TABLES: dict[GenreDestinataire, type[MembreRow | InvitationRow]] = {
    GenreDestinataire.membre: MembreRow,
    GenreDestinataire.invite: InvitationRow,
}


async def on_joignabilite(session: AsyncSession, received: Received[JoignabiliteChangee]) -> None:
    """Remember it of a member, or of somebody invited; of anybody else it is not ours to know."""
    event = received.event
    table = TABLES.get(event.genre)
    if table is not None:
        depuis, cause = (None, None) if event.joint else (event.depuis, event.cause)
        await store.noter_joignabilite(session, table, event.personne_id, depuis, cause, received.sequence)


HANDLERS: Handlers = {JoignabiliteChangee: on_joignabilite}
