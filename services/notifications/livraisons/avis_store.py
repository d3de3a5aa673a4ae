"""The notices about endpoints that wait to be told."""

from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

TAKE = text("""
    WITH a_dire AS (
        SELECT webhook_id, avis FROM webhooks WHERE avis IS NOT NULL ORDER BY webhook_id LIMIT 200 FOR NO KEY UPDATE SKIP LOCKED
    )
    UPDATE webhooks w SET avis = NULL FROM a_dire WHERE w.webhook_id = a_dire.webhook_id
    RETURNING w.webhook_id, w.partenaire_id, a_dire.avis
""")


async def take(session: AsyncSession) -> list[tuple[UUID, UUID, str]]:
    """Each endpoint of which something is to be told, with its partner and what; they are told by whoever took them."""
    return [(row.webhook_id, row.partenaire_id, row.avis) for row in await session.execute(TAKE)]
