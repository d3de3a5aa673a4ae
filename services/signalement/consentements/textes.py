"""What an association reads before it answers. A text that was ever shown is never changed: it gets a new version."""

import hashlib
from collections.abc import Iterable

from common.codes import Categorie, Finalite
from common.typographie import typo

VERSION = "2026-11"
"""The version in use for new requests."""

TEXTES: dict[str, dict[Finalite, str]] = {
    "2026-11": {
        Finalite.orientation: (
            "J’accepte que cet organisme, {destinataire}, consulte dans Relais les informations suivantes sur mon "
            "association : {categories}. Le but est d’étudier notre demande et de proposer un appui. "
            "Rien d’autre ne lui est montré, et chaque consultation est inscrite dans un journal que je peux lire. "
            "Mon accord vaut douze mois. Je peux le retirer à tout moment, aussi simplement que je le donne : "
            "dès cet instant, cet organisme ne peut plus rien consulter. "
            "Si je refuse, mon association reste accompagnée et d’autres appuis lui seront proposés."
        ),
        Finalite.diagnostic: (
            "J’accepte que les membres de la cellule régionale ({destinataire}) prennent connaissance, dans Relais, "
            "des informations suivantes sur mon association : {categories}. "
            "Le but est de chercher ensemble une sortie de crise à partir de notre diagnostic partagé. "
            "Le diagnostic n’est montré qu’une fois validé par l’association, et chaque consultation est inscrite "
            "dans un journal que je peux lire. "
            "Mon accord vaut douze mois. Je peux le retirer à tout moment, aussi simplement que je le donne : "
            "dès cet instant, plus personne d’autre que la personne qui m’accompagne ne peut le consulter. "
            "Si je refuse, mon association reste accompagnée."
        ),
    }
}


def texte_of(version: str, finalite: Finalite, destinataire: str, categories: Iterable[Categorie]) -> str:
    """The text as it is shown to this association. Raises KeyError on an unknown version."""
    names = [categorie.libelle[0].lower() + categorie.libelle[1:] for categorie in categories]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} et {names[-1]}"
    return typo(TEXTES[version][finalite].format(destinataire=destinataire, categories=listed))


def empreinte_of(texte: str) -> str:
    """SHA-256 of the text, in hexadecimal: proves later what was read."""
    return hashlib.sha256(texte.encode()).hexdigest()
