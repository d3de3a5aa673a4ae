"""The referrals in the order in which they were last written, up to what no transaction can change any more.

Each row bears the number of the transaction that last wrote it (a trigger sees to it). Numbers are given at a transaction's
first writing and not at its commit: a reader that went as far as the newest row would miss what commits later under a
smaller number. It therefore reads what is older than the oldest transaction that runs, and nobody waits for anybody.
"""

from collections.abc import Sequence

from sqlalchemy import text, tuple_
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor
from orientation.changements.domain import Curseur
from orientation.orientations.models import OrientationRow
from orientation.orientations.store import Vue, vues

O = OrientationRow  # noqa: E741 - the table that all of this file is about.
HORIZON = text("SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint)")


async def horizon(session: AsyncSession) -> int:
    """The number of the oldest transaction that runs: read it before what it bounds."""
    return int((await session.execute(HORIZON)).scalar_one())


async def changements(session: AsyncSession, actor: Actor, apres: Curseur, horizon: int, limite: int) -> Sequence[Vue]:
    """What this actor sees of the referrals written after that place and before the horizon, in that order."""
    place = tuple_(col(O.ecriture), col(O.id))
    query = vues(actor).where(place > tuple_(apres.ecriture, apres.id), col(O.ecriture) < horizon)
    return [Vue(*row) for row in (await session.execute(query.order_by(col(O.ecriture), col(O.id)).limit(limite))).all()]
