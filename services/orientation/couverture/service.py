"""Bringing the catalogue, the directory, the places and the absences together into the matrix of a territory."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from common.territoires import departements_of, regions
from orientation.couverture import domain, store
from orientation.couverture.domain import Case, CaseNationale, CaseRegionale, Cle
from orientation.dispositifs.courant import courant
from orientation.dispositifs.domain import Besoin, Dispositif
from orientation.fiches.service import disponibilites
from orientation.partenaires import store as annuaire


async def de_region(session: AsyncSession, departements: tuple[str, ...]) -> dict[Cle, CaseRegionale]:
    """The matrix of a région's départements."""
    return _regionale((await courant(session)).dispositifs.values(), departements, await store.portes(session))


async def de_france(session: AsyncSession) -> dict[str, dict[Besoin | None, CaseNationale]]:
    """A line for each région, by its code: the state of each need."""
    dispositifs, portes = (await courant(session)).dispositifs.values(), await store.portes(session)
    return {r.code: domain.nationale(_regionale(dispositifs, departements_of(r.code), portes)) for r in regions()}


def _regionale(
    dispositifs: Collection[Dispositif], departements: Iterable[str], portes: Mapping[str, Collection[str]]
) -> dict[Cle, CaseRegionale]:
    catalogues, projets = (
        {d: domain.par_cle(dispositifs, d, en_projet=en_projet) for d in departements} for en_projet in (False, True)
    )
    return domain.regionale(catalogues, portes, projets)


async def de_departement(session: AsyncSession, departement: str, now: datetime) -> dict[Cle, Case]:
    """The matrix of a département: who is there, and who has places left and is not away."""
    libres = await disponibilites(session, departement, now)
    presents, disponibles = defaultdict(set), defaultdict(set)
    for partenaire in await annuaire.of_departement(session, departement):
        for code in partenaire.dispositifs:
            presents[code].add(partenaire.libelle)
            if libres.rang(partenaire.id, code) == 0:
                disponibles[code].add(partenaire.libelle)
    dispositifs = (await courant(session)).dispositifs.values()
    catalogue, projets = (domain.par_cle(dispositifs, departement, en_projet=en_projet) for en_projet in (False, True))
    return domain.locale(catalogue, presents, disponibles, projets)
