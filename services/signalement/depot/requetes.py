"""Requests of other services that this capability answers."""

from sqlmodel.ext.asyncio.session import AsyncSession

from common.clock import utc_now
from common.requests import AdresseBrouillon, Answerers, ContactBrouillon
from signalement.depot import domain, reprise
from signalement.settings import SignalementSettings


def answerers(settings: SignalementSettings) -> Answerers:
    """The answer that needs this hub's address and its key of the links."""
    key = domain.key_of(settings.signing_key.get_secret_value())

    async def answer_adresse(session: AsyncSession, demande: ContactBrouillon) -> AdresseBrouillon:
        return await reprise.adresse(session, demande.envoi_id, public_url=settings.public_url, key=key, now=utc_now())

    return {ContactBrouillon: answer_adresse}
