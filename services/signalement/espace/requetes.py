"""Requests of other services that this capability answers."""

from sqlmodel.ext.asyncio.session import AsyncSession

from common.clock import utc_now
from common.requests import AdresseDirigeant, Answerers, ContactDirigeant
from signalement.espace import domain, service
from signalement.settings import SignalementSettings


def answerers(settings: SignalementSettings) -> Answerers:
    """The answers that need this hub's address and its key of the codes."""
    key = domain.key_of(settings.signing_key.get_secret_value())

    async def answer_contact(session: AsyncSession, demande: ContactDirigeant) -> AdresseDirigeant:
        return await service.adresse(
            session, demande.envoi_id, demande.dossier_id, public_url=settings.public_url, key=key, now=utc_now()
        )

    return {ContactDirigeant: answer_contact}
