"""Use cases of the form: keep what was typed, send it once, forget it."""

import secrets
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor
from signalement.depot import etapes, store
from signalement.depot.domain import KEPT, hash_of
from signalement.depot.models import Brouillon
from signalement.signalements import service as signalements
from signalement.signalements import store as dossiers
from signalement.signalements.models import Dossier

CONFIRMATION_KEPT = timedelta(hours=1)


def new_key() -> str:
    """The key of a browser's form, 256 bits, kept in its cookie alone."""
    return secrets.token_urlsafe(32)


async def en_cours(session: AsyncSession, key: str | None, now: datetime) -> Brouillon | None:
    """The form in progress of this browser; None before the first step and after it was sent."""
    brouillon = await store.lock(session, hash_of(key), now) if key else None
    return brouillon if brouillon and brouillon.dossier_id is None else None


async def commencer(session: AsyncSession, etape: str, saisies: etapes.Saisies, now: datetime) -> str:
    """Begin a form with what was typed in a step. Returns its key, for this browser's cookie; kept for a week."""
    key = new_key()
    session.add(Brouillon(cle=hash_of(key), saisies={etape: saisies}, expire_le=now + KEPT))
    await session.flush()
    return key


def garder(brouillon: Brouillon, etape: str, saisies: etapes.Saisies, now: datetime) -> None:
    """Keep what was typed in a step, for another week at least."""
    brouillon.saisies = brouillon.saisies | {etape: saisies}
    brouillon.expire_le = max(brouillon.expire_le, now + KEPT)


async def envoyer(session: AsyncSession, actor: Actor | None, brouillon: Brouillon, now: datetime) -> Dossier:
    """File what was typed. Of the form only the way to its confirmation is kept, for an hour."""
    dossier = await signalements.deposer(session, actor, etapes.depot_of(brouillon.saisies), now)
    brouillon.saisies = {}
    brouillon.courriel = None
    brouillon.dossier_id = dossier.id
    brouillon.expire_le = now + CONFIRMATION_KEPT
    return dossier


async def depose(session: AsyncSession, key: str | None, now: datetime) -> Dossier | None:
    """The case that this browser has just opened, to confirm it."""
    brouillon = await store.lock(session, hash_of(key), now) if key else None
    if brouillon is None or brouillon.dossier_id is None:
        return None
    return await dossiers.for_the_hub(session, brouillon.dossier_id)


async def oublier(session: AsyncSession, key: str | None) -> None:
    """Forget what was typed."""
    if key:
        await store.forget(session, hash_of(key))
