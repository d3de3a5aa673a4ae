"""What a page says outside of the brackets of the pseudo-language, and what of it is no sentence: data, dates, the brand."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from playwright.sync_api import Page

from common.database import Database
from common.territoires import collectivites, departements, regions
from tests.conftest import owner_url
from tests.sessions import now

TEXTES = """() => {
  const apart = '[translate=no], body [lang]', dits = [], vu = e => e.checkVisibility ? e.checkVisibility() : true;
  const marche = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let n = marche.currentNode; n; n = marche.nextNode()) {
    if (n.nodeType === 3) {
      // With scripts, what stands in noscript is one text, tags and all.
      const dit = n.parentElement.matches('noscript') ? n.data.replace(/<[^>]*>/g, ' ') : n.data;
      if (!n.parentElement.closest('script, style, textarea, ' + apart)) dits.push(dit);
      continue;
    }
    if (n.closest(apart)) continue;
    for (const nom of ['aria-label', 'title', 'alt', 'placeholder']) if (n.hasAttribute(nom)) dits.push(n.getAttribute(nom));
    if (n.matches('input[type=submit], input[type=button]')) dits.push(n.value);
  }
  return dits.join('\\u0001');
}"""
_CROCHETS = re.compile(r"\[!!(?:(?!\[!!|!!\]).)*!!\]", re.DOTALL)
# Dates and amounts are the formats' own; a reference, an id or an address is nobody's language.
_FORMATS = re.compile(
    r"\b(?:[Ll]undi|[Mm]ardi|[Mm]ercredi|[Jj]eudi|[Vv]endredi|[Ss]amedi|[Dd]imanche"
    r"|janvier|février|mars|avril|mai|juin|juillet|août|septembre"
    r"|octobre|novembre|décembre|janv|févr|juil|sept|oct|nov|déc|1er|R-[0-9A-Z]{4}-[0-9A-Z]{4}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{8,})\b|\d\s?h\s?\d\d|\bRelais\b|\S+@\S+|https?://\S+"
)
_CODE = re.compile(r"[a-z0-9_.:/-]*|.{0,2}")
_MOT = re.compile(r"[^\W\d_]{2,}")


def restes(page: Page, donnees: Iterable[str]) -> list[str]:
    """The words of a page that are neither translated nor data."""
    return mots(str(page.evaluate(TEXTES)), donnees)


def mots(dit: str, donnees: Iterable[str]) -> list[str]:
    """The words of texts, each ended by U+0001, that are neither translated nor data."""
    dit = dit.replace("\u00a0", " ").replace("\u202f", " ")
    while (moins := _CROCHETS.sub(" ", dit)) != dit:
        dit = moins
    for donnee in sorted(filter(None, set(donnees)), key=len, reverse=True):
        dit = dit.replace(donnee, " ")
    return [mot for morceau in dit.split("\u0001") for mot in _MOT.findall(_FORMATS.sub(" ", morceau))]


def donnees(url: str, *, codes: bool = False) -> set[str]:
    """Every text that the database of a service holds, and the names of territories: what people typed is not translated.

    With `codes`, those too that are one word in small letters, for a page that shows them as they are.
    """
    found: set[str] = now(_textes(url, codes))
    return found | {one.nom for one in (*departements(), *collectivites())} | {one.nom for one in regions()}


async def _textes(url: str, codes: bool) -> set[str]:
    database = Database(owner_url(url), service="any")
    connection = await database.connect()
    tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    found: set[str] = set()
    for (table,) in tables:
        for row in await connection.fetch(f'SELECT to_jsonb(t) FROM "{table}" t LIMIT 3000'):
            found |= set(feuilles(json.loads(row[0]), codes))
    await connection.close()
    await database.close()
    return found


def feuilles(valeur: Any, codes: bool = False) -> Iterator[str]:
    if isinstance(valeur, str):
        ligne = valeur.replace("\u00a0", " ").replace("\u202f", " ")
        # Neither a code nor a text of two letters: it would hide what is not translated.
        yield from () if _CODE.fullmatch(ligne) and not (codes and ligne) else (ligne, *ligne.splitlines())
    elif isinstance(valeur, dict | list):
        for element in valeur.values() if isinstance(valeur, dict) else valeur:
            yield from feuilles(element, codes)
