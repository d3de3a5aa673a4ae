"""Who may reach what, from the routes themselves, as Markdown, HTML and JSON: `python -m tests.access.matrice`.

What the columns say of others' rows is what `test_crossing.py` and `test_database_alone.py` try out, route by route.
"""

import json
from html import escape
from pathlib import Path
from typing import Any

from common.actor import Role
from common.streams import SERVICES
from tests.access.before import ASKED_WITHIN, OPEN
from tests.access.routes import Route, routes

DOCS = Path(__file__).parents[2] / "docs"
PLACE, PAGE, DATA = DOCS / "acces.md", DOCS / "acces.html", DOCS / "acces.json"

ROLES = {
    role: role.value
    for role in (
        *(Role.dirigeant, Role.lien, Role.agent, Role.manager, Role.machine, Role.animateur),
        *(Role.catalogue, Role.national, Role.auditeur, Role.administrateur),
    )
}
# Within what each role reaches a row that an address names.
BORNES = {
    Role.dirigeant: "dossier",
    Role.lien: "orientation",
    Role.agent: "organisation",
    Role.manager: "organisation",
    Role.machine: "organisation",
    Role.animateur: "territoire",
}
LETTRES = {"dossier": "D", "orientation": "L", "organisation": "O", "territoire": "T", "soi": "S", "tout": "●", "": ""}
LEGENDE = (
    ("●", "answers this role: the address names nothing of anybody's, or it is the role's office to see all"),
    ("O", "answers for what is its organisation's; 403 or 404 for another's"),
    ("T", "answers for what is in its territory; 403 or 404 elsewhere"),
    ("D", "answers for the case of its association; 403 or 404 for another's"),
    ("L", "answers for the one referral that its link opens; 403 or 404 for any other"),
    ("S", "answers each for its own sessions"),
    ("", "403, and for nobody at all 401 or the way to sign in"),
)


def borne(route: Route, role: Role) -> str:
    """Within what this role is answered there: empty where it never is."""
    if route.roles is None or role not in route.roles:
        return ""
    if route.roles == frozenset(Role):
        return "soi"
    return BORNES.get(role, "tout") if route.identifiers else "tout"


def ligne(route: Route) -> dict[str, Any]:
    """A route as the JSON file has it: what each role gets there that is not refused altogether."""
    bornes = {nom: ou for role, nom in ROLES.items() if (ou := borne(route, role))}
    return {
        "methode": route.method,
        "chemin": route.path,
        "identifiants": list(route.identifiers),
        "avant_connexion": OPEN.get(route.name) or ASKED_WITHIN.get(route.name),
        "roles": {
            nom: {
                "borne": ou,
                "autre organisation": "refus" if ou in ("dossier", "orientation", "organisation", "soi") else "réponse",
                "autre territoire": "refus" if ou in ("dossier", "orientation", "territoire", "soi") else "réponse",
            }
            for nom, ou in bornes.items()
        },
    }


def cellules(route: Route) -> list[str]:
    """What a table shows of a route, by role."""
    if route.roles is None:
        return ["●" if route.name in OPEN else "○"] * len(ROLES)
    return [LETTRES[borne(route, role)] for role in ROLES]


def _par_service() -> list[tuple[str, list[Route]]]:
    found = sorted(routes(), key=lambda route: (route.path, route.method))
    return [(service, [route for route in found if route.path.split("/")[1] == service]) for service in SERVICES]


def document() -> str:
    """The Markdown file."""
    parts = [INTRODUCTION, *(f"- {lettre or '(empty)'}: {dit}." for lettre, dit in LEGENDE), FIN_DE_LEGENDE]
    tete = "| | route | " + " | ".join(ROLES.values()) + " |\n|---|---|" + ":-:|" * len(ROLES)
    for service, siennes in _par_service():
        lignes = [f"| {route.method} | `{route.path}` | " + " | ".join(cellules(route)) + " |" for route in siennes]
        parts += [f"\n## {service}\n", tete, *lignes]
    parts += ["\n## Before anybody has signed in\n", "| route | why |", "|---|---|"]
    parts += [f"| `{nom}` | {dit} |" for nom, dit in sorted((OPEN | ASKED_WITHIN).items())]
    return "\n".join(parts) + "\n"


def page() -> str:
    """The HTML file: one table a service, readable without a script or another file."""
    parts = []
    for service, siennes in _par_service():
        tete = "".join(f'<th scope="col">{escape(nom)}</th>' for nom in ("", "route", *ROLES.values()))
        lignes = [
            f'<tr><td>{route.method}</td><th scope="row"><code>{escape(route.path)}</code></th>'
            + "".join(f"<td>{cellule}</td>" for cellule in cellules(route))
            + "</tr>"
            for route in siennes
        ]
        parts.append(f"<h2>{service}</h2>\n<table><tr>{tete}</tr>\n" + "\n".join(lignes) + "\n</table>")
    legende = "".join(f"<dt>{lettre or 'empty'}</dt><dd>{escape(dit)}</dd>" for lettre, dit in LEGENDE)
    return PAGE_HTML.format(legende=legende, tables="\n".join(parts))


def donnees() -> str:
    """The JSON file."""
    lignes = [json.dumps(ligne(route), ensure_ascii=False) for _, siennes in _par_service() for route in siennes]
    return "[\n" + ",\n".join(lignes) + "\n]\n"


INTRODUCTION = """# Who reaches what

<!-- Made by `python -m tests.access.matrice` from the routes; a test holds it up to date. -->

Every route of the four services, read from the applications. The same for a program: [acces.json](acces.json); to print:
[acces.html](acces.html). `tests/access` tries it out: as every stranger, as the same role elsewhere,
and with the database's lock alone.
"""
FIN_DE_LEGENDE = "- ○: asks by itself who comes; nothing for nobody at all."
PAGE_HTML = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Relais: who reaches what</title>
<style>
body{{font:14px/1.5 sans-serif;margin:2em}} table{{border-collapse:collapse}} td,th{{border:1px solid #888;padding:.2em .5em}}
td{{text-align:center}} th[scope=row]{{text-align:left;font-weight:normal}} dt{{float:left;width:3em}}
</style></head>
<body><h1>Who reaches what</h1><dl>{legende}</dl>
{tables}
</body></html>
"""

if __name__ == "__main__":
    for place, made in ((PLACE, document), (PAGE, page), (DATA, donnees)):
        place.write_text(made())
