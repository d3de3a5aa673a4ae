"""Choosing in the catalogue: by what is sought, how deep the difficulty is, and where."""

from collections.abc import Iterable
from dataclasses import dataclass

from common.codes import Niveau
from orientation.dispositifs.courant import Courant
from orientation.dispositifs.domain import Besoin, Dispositif
from orientation.dispositifs.format import Fiche


@dataclass(frozen=True, slots=True)
class Choix:
    """What the catalogue is narrowed to."""

    besoin: Besoin | None = None
    niveau: Niveau | None = None
    departement: str | None = None


@dataclass(frozen=True, slots=True)
class Retenu:
    """A dispositif that fits; `a_verifier` names what its source does not specify, and which was asked for."""

    fiche: Fiche
    version: int
    a_verifier: tuple[str, ...]


def retenir(catalogue: Courant, choix: Choix) -> list[Retenu]:
    """What fits, by code. What a source leaves open is kept, and said so: only what it says otherwise is left out."""
    retenus = []
    for code, dispositif in sorted(catalogue.dispositifs.items()):
        ouverts = _ouverts(dispositif, choix)
        if ouverts is not None:
            retenus.append(Retenu(catalogue.fiches[code], dispositif.version, ouverts))
    return retenus


def _ouverts(dispositif: Dispositif, choix: Choix) -> tuple[str, ...] | None:
    """What is left open of what was asked, None as soon as something is otherwise."""
    demandes: tuple[tuple[str, str | None, Iterable[str] | None], ...] = (
        ("besoin", choix.besoin, dispositif.besoins or None),
        ("niveau", choix.niveau, dispositif.niveaux.valeur),
        ("territoire", choix.departement, dispositif.territoires.valeur),
    )
    ouverts = []
    for nom, voulu, connus in demandes:
        if voulu is None:
            continue
        if connus is None:
            ouverts.append(nom)
        elif voulu not in connus:
            return None
    return tuple(ouverts)
