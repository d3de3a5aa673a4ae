"""What the console of an endpoint shows: its last deliveries, and which of them changed since it was last read."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, text
from sqlmodel.ext.asyncio.session import AsyncSession

from notifications.webhooks.models import Livraison, Webhook

DERNIERES = 50
CLE = "webhook:"
XID = 2**32

# What was running while we read may be committed later under a smaller number than what we saw: the next reading begins there.
HORIZON = text("SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint)")
# Each row bears the number of the transaction that last wrote it. Numbers go round, therefore the ages are compared.
CHANGED = text("""
    SELECT * FROM (
        SELECT l.*, l.xmin AS ecrite FROM livraisons l WHERE webhook_id = :webhook_id ORDER BY seq DESC LIMIT :dernieres
    ) l
    WHERE CAST(:depuis AS text) IS NULL OR age(ecrite) <= age(CAST(CAST(:depuis AS text) AS xid))
    ORDER BY seq DESC
""")


def cle(webhook_id: UUID) -> str:
    """Under which an endpoint's news are announced."""
    return f"{CLE}{webhook_id}"


async def horizon(session: AsyncSession) -> int:
    """From where a later reading has to begin, so that it misses nothing: read it before what it is for."""
    return int((await session.execute(HORIZON)).scalar_one())


async def changed(session: AsyncSession, webhook: Webhook, depuis: int | None) -> Sequence[Livraison]:
    """Those of the last deliveries that were written since that horizon, or all of them; the newest first."""
    since = str(depuis % XID) if depuis is not None else None
    query = CHANGED.bindparams(webhook_id=webhook.webhook_id, depuis=since, dernieres=DERNIERES)
    return (await session.execute(select(Livraison).from_statement(query))).scalars().all()
