"""What happens to referrals by itself: the association changes its mind, time passes. None of it commits."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import SYSTEM, Actor
from common.codes import Categorie, EtatConsentement
from orientation.orientations import domain, store
from orientation.orientations.domain import Action, Cote, a_faire, decide
from orientation.orientations.models import OrientationRow
from orientation.orientations.service import appliquer


async def retirer_sans_consentement(session: AsyncSession, dossier_id: UUID, partenaire_id: UUID, now: datetime) -> None:
    """Take back the open referrals that no consent covers any more."""
    for row in await store.lock_uncovered(session, dossier_id, partenaire_id, now):
        decision = decide(row.valeur(), Action.retirer, Cote.systeme, now)
        await appliquer(session, row, decision, Action.retirer, SYSTEM, now)


async def entendre_accord(
    session: AsyncSession,
    dossier_id: UUID,
    partenaire_id: UUID,
    accord: EtatConsentement,
    categories: Sequence[Categorie],
    now: datetime,
) -> None:
    """The association answered about these categories: the drafts that share nothing else know what is next for them."""
    for row, couverte in await store.lock_brouillons(session, dossier_id, partenaire_id, now):
        nouveau = EtatConsentement.donne if couverte else accord
        concerne = couverte or (accord is not EtatConsentement.donne and set(row.categories) <= set(categories))
        if concerne and nouveau != row.accord:
            row.entendre(domain.entendre_accord(row.valeur(), nouveau, now))


async def passer_le_temps(session: AsyncSession, row: OrientationRow, actor: Actor, now: datetime) -> None:
    """Take the next step that time asks of a referral that is held: a reminder, an escalation or its expiry."""
    avant = row.valeur()
    action = a_faire(avant, now)
    if action:
        await appliquer(session, row, decide(avant, action, Cote.systeme, now), action, actor, now)
