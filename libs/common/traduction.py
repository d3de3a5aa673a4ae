"""What Python says to people, in the language of this instance (`RELAIS_LANGUE`).

French is the source: what is written is the key of the catalogue, and what no catalogue has is shown as it is written.
A sentence in a function is `_("…")`; one in a constant is `N_("…")`, marked only, and translated where it is shown.
"""

import gettext
from contextvars import ContextVar
from functools import cache
from pathlib import Path

DOMAINE = "relais"
SOURCE = "fr"
LOCALES = Path(__file__).parent / "locale"
LANGUE: ContextVar[str] = ContextVar("langue", default=SOURCE)
"""The language in which what is going on is told; each request's is its instance's."""


def etiquette(langue: str) -> str:
    """A language as pages and mails name it (BCP 47): with a hyphen where gettext has an underscore."""
    return langue.replace("_", "-")


@cache
def _catalogue(locales: Path, langue: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAINE, locales, [langue], fallback=True)


def catalogue(langue: str) -> gettext.NullTranslations:
    """The sentences of that language; without a file, those that are written."""
    return _catalogue(LOCALES, langue)


def _(texte: str) -> str:
    """This sentence in the language of what is going on. Put values in afterwards: `_("… {jour}").format(jour=…)`."""
    # The empty key is the catalogue's own description.
    return catalogue(LANGUE.get()).gettext(texte) if texte else texte


def ngettext(un: str, plusieurs: str, n: int) -> str:
    """The same for a sentence with a count."""
    return catalogue(LANGUE.get()).ngettext(un, plusieurs, n)


def N_(texte: str) -> str:
    """This sentence as it is, marked for the catalogue: it is translated where it is shown."""
    return texte
