"""Every statement that forgets, some rows at a time; each gives the ids of what it touched."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

LOT = 500

# For each: what is forgotten of rows that are older than :avant.
OUBLIS = {
    "invitation.oublier": text("""
        UPDATE invitations SET courriel = '', liens = '{}', version = version + 1 WHERE id IN (
            SELECT id FROM invitations WHERE courriel <> '' AND expire_at < :avant
            ORDER BY expire_at LIMIT :lot FOR UPDATE SKIP LOCKED
        ) RETURNING id
    """),
    "adhesion.oublier": text("""
        UPDATE adhesions SET nom = '', courriel = '' WHERE id IN (
            SELECT id FROM adhesions WHERE etat = 'en_attente' AND (nom <> '' OR courriel <> '') AND demandee_at < :avant
            ORDER BY demandee_at LIMIT :lot FOR UPDATE SKIP LOCKED
        ) RETURNING id
    """),
    "membre.oublier": text("""
        UPDATE membres SET courriel = '', retire_at = NULL WHERE id IN (
            SELECT id FROM membres WHERE NOT actif AND retire_at < :avant ORDER BY retire_at LIMIT :lot FOR UPDATE SKIP LOCKED
        ) RETURNING id
    """),
    "compte.oublier": text("""
        DELETE FROM comptes_changes WHERE id IN (
            SELECT id FROM comptes_changes WHERE etat <> 'confirme' AND demande_at < :avant
            ORDER BY demande_at LIMIT :lot FOR UPDATE SKIP LOCKED
        ) RETURNING id
    """),
}


async def oublier(session: AsyncSession, quoi: str, avant: datetime) -> list[UUID]:
    """Forget up to `LOT` of these that are older than that."""
    return list((await session.execute(OUBLIS[quoi], {"avant": avant, "lot": LOT})).scalars())
