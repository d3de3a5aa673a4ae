"""The catalogue written: one form for each content, so that its digest says whether anything changed."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from orientation.dispositifs.format import NON_PRECISE, Document, Fiche, Modele

SCHEMA = "dispositif.schema.json"
ENTETE = f"# yaml-language-server: $schema=../{SCHEMA}\n"
LARGEUR = 120


def contenu_de(partie: Modele) -> dict[str, Any]:
    """The content as plain data, without what is empty; the same content always gives the same data."""
    contenu: dict[str, Any] = {}
    for nom, champ in type(partie).model_fields.items():
        valeur = getattr(partie, nom)
        # What must be there is written even when the source does not say it.
        if champ.is_required() or valeur not in (None, (), champ.default):
            contenu[nom] = _simple(valeur)
    return contenu


def _simple(valeur: Any) -> Any:
    if isinstance(valeur, Modele):
        return contenu_de(valeur)
    if isinstance(valeur, tuple):
        return [_simple(element) for element in valeur]
    if valeur is None:
        return NON_PRECISE
    if isinstance(valeur, float) and valeur.is_integer():
        return int(valeur)
    return valeur if isinstance(valeur, bool | int | float) else str(valeur)


def empreinte(fiche: Fiche) -> str:
    """SHA-256 of the content: two files that say the same have the same."""
    texte = json.dumps(contenu_de(fiche), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(texte.encode()).hexdigest()


class _Plume(yaml.SafeDumper):
    """Writes yes and no in French, indents lists, and keeps what is short and flat on one line."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Lists are indented under their key."""
        super().increase_indent(flow, False)

    def represent_sequence(self, tag: str, sequence: Any, flow_style: bool | None = None) -> yaml.SequenceNode:
        """On one line when its elements are words."""
        return super().represent_sequence(tag, sequence, _courte(sequence))

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> yaml.MappingNode:
        """On one line when its values are words, except a fact: its passage is read on a line of its own."""
        return super().represent_mapping(tag, mapping, "passage" not in mapping and _courte(mapping.values()))


def _courte(valeurs: Iterable[Any]) -> bool:
    elements = list(valeurs)
    return all(not isinstance(v, dict | list) for v in elements) and sum(len(str(v)) + 4 for v in elements) <= LARGEUR - 40


_Plume.add_representer(bool, lambda plume, valeur: plume.represent_scalar("tag:yaml.org,2002:str", "oui" if valeur else "non"))


def yaml_de(fiche: Fiche) -> str:
    """A dispositif's file."""
    return ENTETE + _ecrire(contenu_de(fiche))


def yaml_des_sources(documents: Mapping[str, Document]) -> str:
    """The file of sources."""
    return _ecrire({cle: contenu_de(document) for cle, document in sorted(documents.items())})


def _ecrire(donnees: Any) -> str:
    return yaml.dump(donnees, Dumper=_Plume, allow_unicode=True, sort_keys=False, width=LARGEUR, default_flow_style=False)
