"""A language made of the source: each sentence in brackets, its letters accented, a third longer. Never committed.

The catalogue is made of what Babel finds in templates and in Python, and of the labels of all closed lists.
"""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from jinja2.ext import babel_extract

from common.codes import Code

RACINE = Path(__file__).parents[2]
LANGUE = "fr_XA"
FONCTIONS: dict[str, Any] = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2), "pluriel": (2, 3)}
# Pages, and mails in both their forms.
MODELES = (".html", ".mjml", ".txt")
OPTIONS = {"trimmed": "true", "silent": "false", "newstyle_gettext": "true"}
# What stays as it is: tags, entities, places for values, escaped signs, line ends.
_INTACT = re.compile(r"<[^>]*>|&\w+;|&#\w+;|%\(\w+\)s|\{\w*\}|%%|%\{\w+\}|\n")
_ACCENTS = str.maketrans(
    "abcdefghijklmnoprstuvwyzABCDEFGHIJKLMNOPRSTUVWYZqxQX",
    "ȧƀƈḓḗƒɠħīĵķŀḿƞǿƥřşŧŭṽẇẏẑȦƁƇḒḖƑƓĦĪĴĶĿḾȠǾƤŘŞŦŬṼẆẎẐɋẋɊẊ",
)
_ECRIT = re.compile(r"\|\s*pluriel\(\"([^\"]+)\"\)")


def pseudo(texte: str) -> str:
    """A sentence in that language: « [!!Ḓḗƥǿşḗř ŧŧŧ!!] »."""
    parts, fin = [], 0
    for intact in _INTACT.finditer(texte):
        parts += [_accentuer(texte[fin : intact.start()]), intact.group()]
        fin = intact.end()
    longueur = -(-len(_INTACT.sub("", texte)) * 3 // 10)
    # In words, as a longer language has them: a line may break between two of them.
    rallonge = "".join(" ŧŧŧŧŧ"[n % 6] for n in range(longueur))
    return f"[!!{''.join([*parts, _accentuer(texte[fin:])])}{rallonge}!!]"


def _accentuer(texte: str) -> str:
    return texte.translate(_ACCENTS)


def extraits() -> Iterator[tuple[str, ...]]:
    """Every sentence that is marked, with its plural where it has one."""
    modeles = [*RACINE.glob("libs/**/templates/**/*.*"), *RACINE.glob("services/*/*/templates/**/*.*")]
    for fichier in sorted(un for un in modeles if un.suffix in MODELES):
        source = fichier.read_bytes()
        yield from _textes(babel_extract(io.BytesIO(source), list(FONCTIONS), (), dict(OPTIONS)))
        for mot in _ECRIT.findall(source.decode()):
            yield from ((mot,), (f"{mot}s",))
    for dossier in ("libs/common", "services"):
        for fichier in sorted((RACINE / dossier).rglob("*.py")):
            with fichier.open("rb") as code:
                yield from _textes(extract_python(code, FONCTIONS, (), {"encoding": "utf-8"}))
    for codes in _listes(Code):
        yield from ((code._libelle,) for code in codes if code._libelle)


def _textes(trouves: Any) -> Iterator[tuple[str, ...]]:
    for _ligne, fonction, messages, _commentaires in trouves:
        textes = tuple(m for m in (messages if isinstance(messages, tuple | list) else (messages,)) if isinstance(m, str) and m)
        if fonction == "pluriel":
            # Without its plural the noun takes an s; each is a sentence of its own.
            yield from ((mot,) for mot in (textes if len(textes) > 1 else (*textes, *(f"{m}s" for m in textes))))
        elif fonction == "ngettext" and len(textes) == 2:
            yield textes
        else:
            yield from ((texte,) for texte in textes)


def _listes(base: type[Code]) -> Iterator[type[Code]]:
    for liste in base.__subclasses__():
        yield liste
        yield from _listes(liste)


def ecrire(locales: Path) -> Path:
    """Write the catalogue below this folder, where `common.traduction` looks for it."""
    catalogue = Catalog(locale="fr")
    for textes in extraits():
        if len(textes) == 2:
            catalogue.add(textes, tuple(map(pseudo, textes)))
        elif textes[0] not in catalogue:
            catalogue.add(textes[0], pseudo(textes[0]))
    fichier = locales / LANGUE / "LC_MESSAGES" / "relais.mo"
    fichier.parent.mkdir(parents=True)
    with fichier.open("wb") as sortie:
        write_mo(sortie, catalogue)
    return fichier
