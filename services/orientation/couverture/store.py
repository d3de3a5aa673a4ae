"""The statement of the coverage: where each dispositif is carried. Public, as the directory is."""

from collections import defaultdict

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

PORTES = text("""
    SELECT DISTINCT dispositif, departement
    FROM partenaires, unnest(dispositifs) dispositif, unnest(departements) departement
    WHERE actif AND type NOT IN ('cellule', 'cellule_nationale')
""")


async def portes(session: AsyncSession) -> dict[str, set[str]]:
    """The départements where each dispositif is carried by an active partner."""
    carte: dict[str, set[str]] = defaultdict(set)
    for dispositif, departement in (await session.execute(PORTES)).all():
        carte[dispositif].add(departement)
    return carte
