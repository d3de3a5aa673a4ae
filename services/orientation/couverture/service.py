"""Bringing the catalogue, the directory, the places and the absences together into the matrix of a territory."""

from collections import defaultdict
from datetime import datetime
from functools import cache

from sqlmodel.ext.asyncio.session import AsyncSession

from orientation.couverture import domain, store
from orientation.couverture.domain import Case, CaseRegionale, Cle
from orientation.dispositifs.lecture import catalogue_des_fichiers
from orientation.fiches.service import disponibilites
from orientation.partenaires import store as annuaire


@cache
def catalogue(departement: str) -> dict[Cle, frozenset[str]]:
    """The dispositifs of the catalogue by need and level that exist in a département."""
    return domain.par_cle(catalogue_des_fichiers().dispositifs(), departement)


async def de_region(session: AsyncSession, departements: tuple[str, ...]) -> dict[Cle, CaseRegionale]:
    """The matrix of a région's départements."""
    return domain.regionale({d: catalogue(d) for d in departements}, await store.portes(session))


async def de_departement(session: AsyncSession, departement: str, now: datetime) -> dict[Cle, Case]:
    """The matrix of a département: who is there, and who has places left and is not away."""
    libres = await disponibilites(session, departement, now)
    presents, disponibles = defaultdict(set), defaultdict(set)
    for partenaire in await annuaire.of_departement(session, departement):
        for code in partenaire.dispositifs:
            presents[code].add(partenaire.libelle)
            if libres.rang(partenaire.id, code) == 0:
                disponibles[code].add(partenaire.libelle)
    return domain.locale(catalogue(departement), presents, disponibles)
