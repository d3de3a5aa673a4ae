"""The whole directory as a file, however long it is: memory stays the same.

Organisations are read a few hundred at a time, each time in a transaction of its own: a slow reader holds no connection.
"""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Iterable
from typing import Any

from common.database import Database
from orientation.donnees import inclusion, store, tableau
from orientation.donnees.store import Organisation

LOT = 500
MORCEAU = 64 * 1024
# Those that are left out are told one by one as far as that, then as a number.
ECARTEES_MAX = 1000

Lots = AsyncIterator[list[Organisation]]


async def ouvrir(database: Database, departement: str | None, taille: int = LOT) -> Lots:
    """The published organisations by their code.

    The first of them are read before it returns: a database that is away is an error, and not a file cut short.
    """

    async def lire(apres: str) -> list[Organisation]:
        async with database.transaction() as session:
            return await store.lot(session, departement, apres, taille)

    premier = await lire("")

    async def lots() -> Lots:
        lot = premier
        yield lot
        while len(lot) == taille:
            lot = await lire(lot[-1].partenaire.code)
            yield lot

    return lots()


async def en_csv(lots: Lots) -> AsyncIterator[bytes]:
    """The table: nobody is left out."""
    debut = True
    async for lot in lots:
        # Writing takes processor time without await: elsewhere than on the event loop.
        yield await asyncio.to_thread(tableau.ecrire, lot, debut=debut)
        debut = False


async def en_inclusion(lots: Lots, url: str) -> AsyncIterator[bytes]:
    """A data·inclusion document, then `ecartees`: who is in neither list and why, and `nombre_ecartees`.

    The services, which come after all structures, wait in a file that has no name and goes away by itself.
    """
    ecartees: list[dict[str, Any]] = []
    nombre, virgule = 0, 1
    with tempfile.TemporaryFile() as services:
        yield b'{"structures":['
        async for lot in lots:
            lu = await asyncio.to_thread(inclusion.ecrire, lot, url)
            structures = _elements(lu["structures"])
            yield structures[virgule:]
            virgule = 0 if structures else virgule
            services.write(_elements(lu["services"]))
            ecartees += lu["ecartees"][: ECARTEES_MAX - len(ecartees)]
            nombre += len(lu["ecartees"])
        yield b'],"services":['
        services.seek(1)
        while morceau := services.read(MORCEAU):
            yield morceau
    yield b'],"ecartees":[' + _elements(ecartees)[1:] + f'],"nombre_ecartees":{nombre}}}'.encode()


def _elements(valeurs: Iterable[dict[str, Any]]) -> bytes:
    """Elements of a list, with a comma before each: the first is for the caller to take away."""
    return "".join("," + json.dumps(v, ensure_ascii=False, separators=(",", ":")) for v in valeurs).encode()
