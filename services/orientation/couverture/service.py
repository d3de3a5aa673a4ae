"""Bringing the catalogue, the directory, the places and the absences together into the matrix of a territory."""

from collections import defaultdict
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from orientation.couverture import domain, store
from orientation.couverture.domain import Case, CaseRegionale, Cle
from orientation.dispositifs.courant import courant
from orientation.fiches.service import disponibilites
from orientation.partenaires import store as annuaire


async def de_region(session: AsyncSession, departements: tuple[str, ...]) -> dict[Cle, CaseRegionale]:
    """The matrix of a région's départements."""
    dispositifs = (await courant(session)).dispositifs.values()
    catalogues = {d: domain.par_cle(dispositifs, d) for d in departements}
    return domain.regionale(catalogues, await store.portes(session))


async def de_departement(session: AsyncSession, departement: str, now: datetime) -> dict[Cle, Case]:
    """The matrix of a département: who is there, and who has places left and is not away."""
    libres = await disponibilites(session, departement, now)
    presents, disponibles = defaultdict(set), defaultdict(set)
    for partenaire in await annuaire.of_departement(session, departement):
        for code in partenaire.dispositifs:
            presents[code].add(partenaire.libelle)
            if libres.rang(partenaire.id, code) == 0:
                disponibles[code].add(partenaire.libelle)
    catalogue = domain.par_cle((await courant(session)).dispositifs.values(), departement)
    return domain.locale(catalogue, presents, disponibles)
