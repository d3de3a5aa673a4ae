"""Requests of other services that this capability answers."""

from sqlmodel.ext.asyncio.session import AsyncSession

from common.clock import utc_now
from common.requests import Answerers, ConsentementPermis, Divulgation, DossierDivulguer, Permis
from signalement.consentements import porte


async def answer_divulguer(session: AsyncSession, demande: DossierDivulguer) -> Divulgation:
    """Open a case for a recipient."""
    return await porte.divulguer(session, demande, utc_now)


async def answer_permis(session: AsyncSession, demande: ConsentementPermis) -> Permis:
    """Let the asker disclose something of its own about a case."""
    return await porte.permettre(session, demande, utc_now)


ANSWERERS: Answerers = {DossierDivulguer: answer_divulguer, ConsentementPermis: answer_permis}
