"""What is heard from notifications: whom mails do not reach."""

from uuid import UUID

from sqlalchemy.orm import Mapped
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from common.codes_echanges import GenreDestinataire
from common.consumer import Handlers
from common.events import Received
from common.events.joignabilite import JoignabiliteChangee
from orientation.fiches.models import FicheRow
from orientation.invitations.models import InvitationRow
from orientation.membres import store
from orientation.membres.store import Suivi
from orientation.partenaires.models import MembreRow

CLES: dict[GenreDestinataire, tuple[type[Suivi], Mapped[UUID]]] = {
    GenreDestinataire.membre: (MembreRow, col(MembreRow.id)),
    GenreDestinataire.invite: (InvitationRow, col(InvitationRow.id)),
    GenreDestinataire.sans_compte: (FicheRow, col(FicheRow.partenaire_id)),
}


async def on_joignabilite(session: AsyncSession, received: Received[JoignabiliteChangee]) -> None:
    """Remember it of members, people invited and partners without an account; of anybody else it is not ours to know."""
    event = received.event
    suivi = CLES.get(event.genre)
    if suivi is not None:
        depuis, cause = (None, None) if event.joint else (event.depuis, event.cause)
        await store.noter_joignabilite(session, *suivi, event.personne_id, depuis, cause, received.sequence)


HANDLERS: Handlers = {JoignabiliteChangee: on_joignabilite}
