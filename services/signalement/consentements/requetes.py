"""Requests of other services that this capability answers."""

from sqlmodel.ext.asyncio.session import AsyncSession

from common.clock import utc_now
from common.requests import (
    Accords,
    Answerers,
    ConsentementPermis,
    ConsentementsPermis,
    Divulgation,
    DossierDivulguer,
    Fetch,
    Permis,
    Reading,
)
from signalement.consentements import porte, store


async def answer_divulguer(session: AsyncSession, demande: DossierDivulguer) -> Divulgation:
    """Open a case for a recipient."""
    return await porte.divulguer(session, demande, utc_now)


async def answer_permis(session: AsyncSession, demande: ConsentementPermis) -> Permis:
    """Let the asker disclose something of its own about a case."""
    return await porte.permettre(session, demande, utc_now)


async def answer_permis_ensemble(fetch: Fetch, demande: ConsentementsPermis) -> Accords:
    """Say which of these an active consent covers at this moment: a withdrawal that has committed is seen."""
    asked = [(one.dossier_id, one.destinataire_id, one.finalite) for one in demande.demandes]
    return Accords(accordes=tuple(await store.active(fetch, asked, utc_now())))


ANSWERERS: Answerers = {
    DossierDivulguer: answer_divulguer,
    ConsentementPermis: answer_permis,
    ConsentementsPermis: Reading(answer_permis_ensemble),
}
