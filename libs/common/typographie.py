"""French typography: the no-break spaces and apostrophes that a keyboard does not have.

`typo` is for a text given at run time. The extension does the same once, when a template is compiled, so that authors type
ordinary spaces and apostrophes; a text marked for translation keeps its source form, which is the key of the catalogue.
"""

import re
from collections.abc import Iterator

from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from markupsafe import Markup

from common.traduction import LANGUE, SOURCE

INSECABLE = "\u00a0"
FINE = "\u202f"

_MARQUES = re.compile(r"<[^>]*>|&#?\w+;")
_DEBUT_DE_BALISE = re.compile(r"<[^>]*$")
_FINES = re.compile(r"(?<=[\w»)%€…]) *([;!?]+)(?=\s|$|[»),])")
_DEUX_POINTS = re.compile(r"(?<=[\w»)%€…]) *:(?=\s|$)")
_EN_TETE = re.compile(r"^ +(?=[;:!?»])")
_OUVRANT = re.compile(r"«[ \u00a0\u202f]*")
_FERMANT = re.compile(r"[ \u00a0\u202f]*»")
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")


def typo(texte: str) -> str:
    """French spacing: a no-break space before ; : ! ? » and after «. Markup keeps its tags and entities untouched.

    Where another language is spoken, the text stays as it is.
    """
    if LANGUE.get() != SOURCE:
        return texte
    if not isinstance(texte, Markup):
        return _espacer(texte)
    return Markup(_hors_marques(str(texte)))  # noqa: S704 - the same markup, only spaces were changed.


class Typographie(Extension):
    """Sets the literal text of templates in French typography, tags and their attributes left alone."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """The tokens of a template, those of literal text corrected. A tag may span several of them."""
        balise_ouverte = traduction = False
        precedent = ""
        for token in stream:
            if precedent == "block_begin" and token.value in ("trans", "endtrans"):
                traduction = token.value == "trans"
            precedent = token.type
            if token.type != "data" or traduction:
                yield token
                continue
            avant, texte = _fin_de_balise(token.value) if balise_ouverte else ("", token.value)
            reste = _DEBUT_DE_BALISE.search(texte)
            apres = reste.group() if reste else ""
            corps = texte[: len(texte) - len(apres)]
            balise_ouverte = bool(apres) or (balise_ouverte and not avant.endswith(">"))
            yield Token(token.lineno, "data", avant + _hors_marques(corps, apostrophes=True) + apres)


def _fin_de_balise(texte: str) -> tuple[str, str]:
    """What is left of an open tag, and what follows it."""
    avant, fermante, apres = texte.partition(">")
    return avant + fermante, apres


def _hors_marques(brut: str, apostrophes: bool = False) -> str:
    morceaux, fin = [], 0
    for marque in _MARQUES.finditer(brut):
        morceaux += [_corriger(brut[fin : marque.start()], apostrophes), marque.group()]
        fin = marque.end()
    return "".join([*morceaux, _corriger(brut[fin:], apostrophes)])


def _corriger(texte: str, apostrophes: bool) -> str:
    return _espacer(_APOSTROPHE.sub("’", texte) if apostrophes else texte)


def _espacer(texte: str) -> str:
    texte = _EN_TETE.sub(INSECABLE, texte)
    texte = _FINES.sub(rf"{FINE}\1", texte)
    texte = _DEUX_POINTS.sub(f"{INSECABLE}:", texte)
    return _FERMANT.sub(f"{INSECABLE}»", _OUVRANT.sub(f"«{INSECABLE}", texte))
