"""What a refused caller is told beside the reason: where the referral stands, its version, and what it may do now."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor
from common.errors import Conflit
from orientation.orientations import service, store
from orientation.orientations.domain import possibles


@asynccontextmanager
async def situer(session: AsyncSession, actor: Actor, orientation_id: UUID, now: datetime) -> AsyncIterator[None]:
    """Add `etat`, `version` and `permis` to any conflict about this referral (409, 412); what it says itself stays."""
    try:
        yield
    except Conflit as conflit:
        row = (await store.find(session, actor, orientation_id)).orientation
        orientation = row.valeur()
        permis = [a.value for cote in sorted(service.cotes(actor, row)) for a in possibles(orientation, cote, now)]
        conflit.details = {"etat": orientation.etat.value, "version": row.version, "permis": permis} | conflit.details
        raise
