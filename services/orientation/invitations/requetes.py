"""What notifications asks when an invitation's mail leaves."""

from sqlmodel.ext.asyncio.session import AsyncSession

from common.clock import utc_now
from common.requests import Answerers
from common.requests_membres import AdresseInvitation, ContactInvitation
from orientation.invitations import service
from orientation.settings import OrientationSettings


def answerers(settings: OrientationSettings) -> Answerers:
    """The answer that needs this hub's address."""

    async def answer(session: AsyncSession, demande: ContactInvitation) -> AdresseInvitation:
        return await service.adresse(session, demande.invitation_id, settings.public_url, utc_now())

    return {ContactInvitation: answer}
