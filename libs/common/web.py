"""Pages: the template environment of a service and the one way to render.

A template may use any name it is given and no other (StrictUndefined). The govuk-frontend macros rely on missing keys
being false, so they alone run in a lenient environment behind ours.
"""

import hashlib
import importlib.util
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypedDict

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, PrefixLoader, StrictUndefined, Template
from markupsafe import Markup

from common.filtres import FILTRES
from common.traduction import LANGUE, SOURCE, _, catalogue, etiquette
from common.typographie import Typographie, typo

COMMON = Path(__file__).parent
STATIC = COMMON / "static"
_GOVUK = "govuk_frontend_jinja"


class Lien(TypedDict):
    """An entry of the navigation."""

    texte: str
    href: str


class _Strict(Environment):
    """Our environment: strict, except that govuk-frontend's macros come from the lenient one in `composants`."""

    composants: Environment

    def get_template(
        self, name: str | Template, parent: str | None = None, globals: MutableMapping[str, Any] | None = None
    ) -> Template:
        """The template of that name, from the lenient environment when it is one of govuk-frontend's."""
        if isinstance(name, str) and name.startswith(f"{_GOVUK}/"):
            return self.composants.get_template(name, parent, globals)
        return super().get_template(name, parent, globals)


@cache
def templates(service_dir: Path | None = None, langue: str = SOURCE) -> Environment:
    """The environment of the service in that folder: its capabilities' templates, ours, then govuk-frontend's.

    Raises ValueError when two folders hold a template of the same name, since one would silently hide the other.
    """
    dossiers = [*sorted(service_dir.glob("*/templates")), *service_dir.glob("templates")] if service_dir else []
    dossiers.append(COMMON / "templates")
    _refuser_doublons(dossiers)
    options: dict[str, Any] = {"autoescape": True, "trim_blocks": True, "lstrip_blocks": True}
    env = _Strict(
        loader=ChoiceLoader([FileSystemLoader(dossier) for dossier in dossiers]),
        undefined=StrictUndefined,
        **options,
    )
    env.composants = Environment(loader=PrefixLoader({_GOVUK: PackageLoader(_GOVUK)}), **options)  # noqa: S701 - in options.
    traduire(env, langue)
    env.globals["langue"] = etiquette(langue)
    env.filters.update(FILTRES)
    # For sentences that Python marked: not the templates' own `_`, which takes what it gives for markup.
    env.filters["traduit"] = _
    env.globals.update(FILTRES)
    env.globals["options"] = _options
    return env


def traduire(env: Environment, langue: str) -> None:
    """Have this environment's templates say their sentences in that language; French ones in French typography."""
    env.add_extension("jinja2.ext.i18n")
    if langue == SOURCE:
        env.add_extension(Typographie)
    env.policies["ext.i18n.trimmed"] = True
    # A sentence may have tags in it, which end words.
    forme: Callable[[str], str] = (lambda texte: str(typo(Markup(texte)))) if langue == SOURCE else str  # noqa: S704 - ours.
    env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda texte: forme(catalogue(langue).gettext(texte) if texte else texte),
        lambda un, plusieurs, n: forme(catalogue(langue).ngettext(un, plusieurs, n)),
        newstyle=True,
    )


def _options(choix: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    """Choices written as (value, label[, hint[, conditional html]]) in the form that govuk-frontend's macros read."""
    items = []
    for valeur, libelle, *reste in choix:
        aide, condition = (*reste, "", "")[:2]
        items.append(
            {"value": str(valeur), "text": typo(_(libelle))}
            | ({"hint": {"text": typo(_(aide))}} if aide else {})
            | ({"conditional": {"html": condition}} if condition else {})
        )
    return items


def _refuser_doublons(dossiers: Sequence[Path]) -> None:
    vus: dict[str, Path] = {}
    for dossier in dossiers:
        for fichier in sorted(dossier.rglob("*.html")):
            nom = fichier.relative_to(dossier).as_posix()
            if nom in vus:
                raise ValueError(f"template {nom} is in both {vus[nom]} and {dossier}: give one of them another name")
            vus[nom] = dossier


@cache
def _dossier_du_service(service: str) -> Path | None:
    """Where the service's package lies; None for a name that is no package (a tool, a test), which has only our templates."""
    spec = importlib.util.find_spec(service)
    return Path(spec.origin).parent if spec and spec.origin else None


@cache
def _empreinte(chemin: str) -> str:
    return hashlib.sha256((STATIC / chemin).read_bytes()).hexdigest()[:12]


def static_url(service: str, chemin: str) -> str:
    """The address of one of our static files under that service, changing with its content. Raises FileNotFoundError."""
    return f"/{service}/static/{chemin}?v={_empreinte(chemin)}"


def render(request: Request, name: str, context: Mapping[str, Any] | None = None, status: int = 200) -> HTMLResponse:
    """The page `name` of the service that the request is for.

    Every page is given, besides its own context: `request`, `acteur` (or None), `service`, `static(path)`, `navigation`
    and `csrf` (the token for forms, empty when nobody has a session). `navigation` is the context's, or else what
    `app.state.navigation(actor)` answers.
    """
    etat = request.app.state
    entrees = (context or {}).get("navigation")
    if entrees is None:
        acteur = getattr(request.state, "actor", None)
        entrees = etat.navigation(acteur) if hasattr(etat, "navigation") else ()
    marquees = _marquer_page(entrees, request.url.path)
    return HTMLResponse(fragment(request, name, {**(context or {}), "navigation": marquees}), status_code=status)


def fragment(request: Request, name: str, context: Mapping[str, Any], langue: str | None = None) -> str:
    """The HTML of a template that is part of a page, with the same names as `render` gives save `navigation`.

    In the language of the instance, unless another one is named.
    """
    service: str = request.app.state.service
    return (
        templates(_dossier_du_service(service), langue or LANGUE.get())
        .get_template(name)
        .render(
            {
                "request": request,
                "acteur": getattr(request.state, "actor", None),
                "service": service,
                "csrf": getattr(request.state, "csrf", ""),
                "static": lambda chemin: static_url(service, chemin),
                **context,
            }
        )
    )


def _marquer_page(entrees: Sequence[Lien], chemin: str) -> list[dict[str, Any]]:
    """The entries with `actif` on the most specific one whose address begins the current path."""
    candidats = [e["href"] for e in entrees if chemin == e["href"] or chemin.startswith(e["href"].rstrip("/") + "/")]
    actif = max(candidats, key=len, default=None)
    return [{**entree, "actif": entree["href"] == actif} for entree in entrees]
