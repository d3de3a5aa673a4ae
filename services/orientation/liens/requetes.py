"""What notifications asks when a mail to a partner without an account leaves."""

from sqlmodel.ext.asyncio.session import AsyncSession

from common.clock import utc_now
from common.requests import Answerers
from common.requests_liens import AdresseLien, ContactCodeDeLien, ContactLien
from orientation.liens import service
from orientation.liens.domain import cle_de
from orientation.settings import OrientationSettings


def answerers(settings: OrientationSettings) -> Answerers:
    """The answers, which need this hub's address and its key."""
    cle = cle_de(settings.signing_key.get_secret_value())

    async def lien(session: AsyncSession, demande: ContactLien) -> AdresseLien:
        return await service.adresse_du_lien(session, demande.lien_id, settings.public_url, utc_now())

    async def code(session: AsyncSession, demande: ContactCodeDeLien) -> AdresseLien:
        return await service.adresse_du_code(session, demande.lien_id, settings.public_url, cle, utc_now())

    return {ContactLien: lien, ContactCodeDeLien: code}
