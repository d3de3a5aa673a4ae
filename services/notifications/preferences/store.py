"""Every statement on the kinds of mail that members refuse."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from notifications.regles.domain import Genre

REFUSES = text("SELECT membre_id, genre FROM desinscriptions WHERE membre_id = ANY(CAST(:membres AS varchar[]))")
REFUSER = text("""
    INSERT INTO desinscriptions (membre_id, genre, le) SELECT :membre, genre, CAST(:now AS timestamptz)
    FROM unnest(CAST(:genres AS varchar[])) AS g(genre) ON CONFLICT DO NOTHING
""")
ACCEPTER = text("DELETE FROM desinscriptions WHERE membre_id = :membre AND NOT genre = ANY(CAST(:genres AS varchar[]))")


async def refuses(session: AsyncSession, membres: Iterable[str]) -> dict[str, frozenset[Genre]]:
    """What each of these members refuses; those who refuse nothing are not there."""
    found: dict[str, frozenset[Genre]] = {}
    for row in await session.execute(REFUSES, {"membres": list(membres)}):
        found[row.membre_id] = found.get(row.membre_id, frozenset()) | {Genre(row.genre)}
    return found


async def refuser(session: AsyncSession, membre: str, genres: Iterable[Genre], now: datetime) -> None:
    """This member refuses these kinds, besides those that it refuses already."""
    await session.execute(REFUSER, {"membre": membre, "genres": [genre.value for genre in genres], "now": now})


async def choisir(session: AsyncSession, membre: str, refuses: Iterable[Genre], now: datetime) -> None:
    """This member refuses these kinds and no other."""
    genres = list(refuses)
    await session.execute(ACCEPTER, {"membre": membre, "genres": [genre.value for genre in genres]})
    await refuser(session, membre, genres, now)
