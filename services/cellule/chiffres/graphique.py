"""The one drawn chart: cases a month, from Vega-Lite to SVG on the server.

The SVG stands inside the page, so that it takes the page's own font and nothing is loaded from elsewhere. It has no
style attribute and no script, which the Content-Security-Policy would refuse.
"""

import asyncio
import json
import re
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from typing import Any

import vl_convert
from markupsafe import Markup

from cellule.chiffres.service import Compte
from common.filtres import nombre
from common.traduction import _

POLICE = "Atkinson Hyperlegible Next"
ENCRE, DOUCE, PETROLE, FILET = "#20262c", "#565e66", "#135d63", "#e0dbd0"
MOIS_MAX = 18
OUVRANTE = re.compile(r"^<svg [^>]*>")
# The library describes each mark in English; the whole has one title and one description in French instead.
ROLES = re.compile(r' (?:role|aria-[a-z]+)="[^"]*"')
MOIS = ("janv.", "févr.", "mars", "avril", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")

# For each place on the page: width of the drawing, whether its bars stand, size of the text.
LARGE = (980, True, 15)
ETROIT = (330, False, 16)


def nom_du_mois(code: str) -> str:
    """« mars 2026 » for 2026-03."""
    annee, mois = code.split("-")
    return f"{MOIS[int(mois) - 1]}\u00a0{annee}"


def dessin(mois: Sequence[Compte], forme: tuple[int, bool, int]) -> dict[str, Any]:
    """The chart as Vega-Lite: a bar a month with its number; a withheld number has no bar and says so."""
    largeur, debout, corps = forme
    valeurs = [{"mois": nom_du_mois(m.code or ""), "n": m.n or 0, "texte": "< 5" if m.n is None else nombre(m.n)} for m in mois]
    le_long: dict[str, Any] = {"field": "mois", "type": "ordinal", "sort": None, "title": None, "scale": {"paddingInner": 0.3}}
    le_long["axis"] = {"labelAngle": 0, "domainColor": FILET, "ticks": False, "labelPadding": 8, "labelLimit": 200}
    haut = {"field": "n", "type": "quantitative", "axis": None, "scale": {"domainMin": 0, "nice": True}}
    x, y = (le_long, haut) if debout else (haut, le_long)
    place: dict[str, Any] = {"dy": -corps * 0.6, "baseline": "bottom"} if debout else {"dx": 8, "align": "left"}
    epaisseur = min(72, largeur / len(valeurs) * 0.7) if debout else corps * 1.4
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": largeur if debout else largeur - 130,
        "height": 240 if debout else {"step": corps * 2},
        "data": {"values": valeurs},
        "encoding": {"x": x, "y": y},
        "layer": [
            {"mark": {"type": "bar", "color": PETROLE, "size": epaisseur}},
            {"mark": {"type": "text", "color": ENCRE, "fontWeight": 600, **place}, "encoding": {"text": {"field": "texte"}}},
        ],
        "config": {
            "aria": False,
            "font": POLICE,
            "background": None,
            "view": {"stroke": None},
            "axis": {"labelFontSize": corps, "labelColor": DOUCE},
            "text": {"fontSize": corps},
        },
    }


@lru_cache(maxsize=128)
def _svg(spec: str) -> str:
    # No address is allowed: the data is in the drawing itself.
    svg: str = vl_convert.vegalite_to_svg(spec, vl_version="6.4", allowed_base_urls=[])
    return svg


def habiller(svg: str, nom: str, titre: str, description: str) -> Markup:
    """The SVG with a title and a description that a screen reader says, in place of the library's own attributes."""
    ouvrante = OUVRANTE.match(svg)
    taille = re.search(r'width="([\d.]+)" height="([\d.]+)"', ouvrante.group()) if ouvrante else None
    if ouvrante is None or taille is None:
        raise ValueError("the drawing is no SVG of a known size")
    largeur, hauteur = taille.groups()
    tete = (
        f'<svg viewBox="0 0 {largeur} {hauteur}" width="{largeur}" height="{hauteur}" role="img" '
        f'aria-labelledby="{nom}-titre {nom}-description"><title id="{nom}-titre">{escape(titre)}</title>'
        f'<desc id="{nom}-description">{escape(description)}</desc>'
    )
    return Markup(tete + ROLES.sub("", svg[ouvrante.end() :]))  # noqa: S704 - drawn by us from numbers and names of months.


async def graphiques(mois: Sequence[Compte], titre: str) -> dict[str, Markup]:
    """The chart of the last `MOIS_MAX` months for a wide and for a narrow screen; empty without a month."""
    recents = mois[-MOIS_MAX:]
    if not recents:
        return {}
    description = ", ".join(
        f"{nom_du_mois(m.code or '')}\u00a0: {_('moins de 5') if m.n is None else nombre(m.n)}" for m in recents
    )
    rendus = {}
    for nom, forme in (("large", LARGE), ("etroit", ETROIT)):
        # The drawing takes processor time in a library without await: elsewhere than on the event loop.
        svg = await asyncio.to_thread(_svg, json.dumps(dessin(recents, forme), sort_keys=True))
        rendus[nom] = habiller(svg, f"graphique-{nom}", titre, description)
    return rendus
