"""Who holds a claim, as a lock of PostgreSQL: when a process dies, its connection and its lock die with it."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg

# The first half of our advisory locks' keys; the second is the number of the process that claims.
LOCK_CLASS = 4_801

# Shared: a process comes back at once though PostgreSQL has not noticed yet that its last connection is dead.
HOLD = "SELECT pg_advisory_lock_shared($1, $2)"
# A lost claim only means that a receiver is told again under the same id, so nobody waits for the disk here.
QUICK = "SET synchronous_commit = off"

KEEP = """
    UPDATE {table} SET porteur = $1, bail = $2
    WHERE seq = ANY($3::bigint[]) AND etat = 'en_attente' AND (porteur IS NULL OR porteur = $1)
"""

LIVING = f"""
    SELECT objid::bigint FROM pg_locks
    WHERE locktype = 'advisory' AND classid = {LOCK_CLASS} AND objsubid = 2 AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""  # noqa: S608 - a constant.
"""The numbers of the processes that live; for the claims' tables to join."""


async def hold(connection: asyncpg.Connection, holder: int) -> None:
    """Show, for as long as this connection lives, that the process `holder` lives."""
    await connection.execute(QUICK)
    await connection.execute(HOLD, LOCK_CLASS, holder)


async def keep(connection: asyncpg.Connection, table: str, holder: int, seqs: Sequence[int], until: datetime) -> None:
    """Claim these rows of a table again, but those that have ended or that another holds."""
    await connection.execute(KEEP.format(table=table), holder, until, seqs)
