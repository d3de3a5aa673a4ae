"""The current catalogue, kept in each process and read again as soon as anything was published.

One small query says whether what is kept still holds. As long as nothing was published at all, the files serve.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from common.errors import Introuvable
from common.traduction import LANGUE, _
from orientation.dispositifs import store
from orientation.dispositifs.conversion import dispositif_de
from orientation.dispositifs.domain import Dispositif
from orientation.dispositifs.format import Document, Fiche
from orientation.dispositifs.lecture import catalogue_des_fichiers

# A process serves one database; tests have several, one after the other.
GARDES = 4
# The token of a database in which nothing was published.
FICHIERS = UUID(int=0)


@dataclass(frozen=True, slots=True, eq=False)
class Courant:
    """What is published now. `dispositifs` are in the order of their codes."""

    documents: Mapping[str, Document]
    fiches: Mapping[str, Fiche]
    dispositifs: Mapping[str, Dispositif]

    def fiche(self, code: str) -> Fiche:
        """The file of a dispositif. Raises Introuvable."""
        if code not in self.fiches:
            raise Introuvable(_("Aucun dispositif n’a ce code."))
        return self.fiches[code]

    def version(self, code: str) -> int | None:
        """The version that is published, None for a code that the catalogue does not know."""
        return self.dispositifs[code].version if code in self.dispositifs else None


# What rules say is in one language: each that is spoken has a catalogue of its own.
_gardes: OrderedDict[tuple[UUID, str], Courant] = OrderedDict()


async def courant(session: AsyncSession) -> Courant:
    """The catalogue as it is published at this moment."""
    jeton = await store.jeton(session) or FICHIERS
    cle = (jeton, LANGUE.get())
    if jeton == FICHIERS:
        _gardes[cle] = des_fichiers()
    elif cle not in _gardes:
        _gardes[cle] = await _lire(session)
        while len(_gardes) > GARDES:
            _gardes.popitem(last=False)
    _gardes.move_to_end(cle)
    return _gardes[cle]


async def _lire(session: AsyncSession) -> Courant:
    rows = await store.newest(session)
    documents = await store.sources(session)
    fiches = {code: Fiche.model_validate(row.contenu) for code, row in rows.items()}
    dispositifs = {code: dispositif_de(fiche, rows[code].version, documents) for code, fiche in fiches.items()}
    return Courant(documents, fiches, dispositifs)


def des_fichiers() -> Courant:
    """The files that are delivered, as first versions."""
    return _des_fichiers(LANGUE.get())


@cache
def _des_fichiers(langue: str) -> Courant:
    """Each language has its own: the one that is spoken is part of what is asked."""
    catalogue = catalogue_des_fichiers()
    return Courant(catalogue.documents, catalogue.fiches, {d.code: d for d in catalogue.dispositifs()})


def libelle_dispositif(code: str) -> str:
    """What people call a dispositif, as far as this process has read; its code when the catalogue does not know it."""
    connu = next(reversed(_gardes.values())) if _gardes else des_fichiers()
    return connu.fiches[code].libelle if code in connu.fiches else code
