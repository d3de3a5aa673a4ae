"""`make screenshots`: each main page of each role at two widths, on a real hub, into docs/images/ecrans/, and docs/ecrans.md.

Dates, hours and references are replaced in the page by ones that never change (`figer.js`), so that a picture changes with its
page. What still may: how many days late something is around holidays, and the order of what the journey did at the same moment.
"""

import asyncio
import base64
import tempfile
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from playwright.sync_api import Browser, Page

from common.actor import Actor, Role
from common.clock import utc_now
from relais.hub import Hub
from relais.ports import free_port
from tests.access.world import World, build
from tests.bench.listes import paires
from tests.bench.remplir import remplir
from tests.browser import LARGEURS, ORDINATEUR, TELEPHONE, chromium
from tests.people import WITHOUT_LIMITS, member, organisation
from tests.tour import seen_by, travel

DOCS = Path(__file__).parents[1] / "docs"
ECRANS = DOCS / "images" / "ecrans"
# What a picture shows of a long page, in pixels of the screen.
HAUTEUR = {ORDINATEUR: 1500, TELEPHONE: 1700}
QUALITE = 0.6
# How wide it stands in the index.
MONTREE = {ORDINATEUR: 480, TELEPHONE: 160}


FIGER = (Path(__file__).parent / "figer.js").read_text()
# The browser itself writes WebP, a fifth of the same picture as PNG.
EN_WEBP = """async ([png, qualite]) => {
  const image = new Image(); image.src = 'data:image/png;base64,' + png; await image.decode();
  const toile = document.createElement('canvas'); toile.width = image.width; toile.height = image.height;
  toile.getContext('2d').drawImage(image, 0, 0); return toile.toDataURL('image/webp', qualite).split(',')[1]; }"""


@dataclass(frozen=True, slots=True)
class Ecran:
    """A page to photograph: under which name, with which words."""

    nom: str
    titre: str
    adresse: str


def ecrans(world: World) -> dict[str, tuple[Actor | None, list[Ecran]]]:
    """The main pages of each role, in the order in which one meets them."""
    cas = world.ids["dossier_id"]
    dossier, orientation = f"/signalement/dossiers/{cas}", f"/orientation/orientations/{world.ids['orientation_id']}"
    agent, manager, animateur = (world.insiders[qui] for qui in ("agent", "manager", "animateur"))
    return {
        "Everybody": (
            None,
            [
                Ecran("accueil", "The home page", "/signalement/"),
                Ecran("signaler", "Filing, first step", "/signalement/signaler"),
                Ecran("simulateur", "Which support for my association?", "/orientation/simulateur"),
                Ecran("dispositifs", "The catalogue", "/orientation/dispositifs"),
                Ecran("annuaire", "The directory", "/orientation/annuaire"),
                Ecran("connexion", "Access to one's space", "/signalement/espace/acces"),
                Ecran("accessibilite", "The accessibility statement", "/signalement/accessibilite"),
            ],
        ),
        "Dirigeant": (
            world.insiders["dirigeant"],
            [
                Ecran("espace", "The association's space", "/signalement/espace"),
                Ecran("documents", "Its documents", "/signalement/espace/documents"),
                Ecran("messages", "Its messages", "/signalement/espace/messages"),
                Ecran("personnes", "Its people", "/signalement/espace/personnes"),
            ],
        ),
        "Partner": (
            agent,
            [
                Ecran("partenaire-aujourd-hui", "What awaits me today", "/orientation/aujourd-hui"),
                Ecran("partenaire-orientations", "Its referrals", "/orientation/orientations"),
                Ecran("partenaire-orientation", "A referral", orientation),
                Ecran("partenaire-rendez-vous", "Appointments", f"{orientation}/rendez-vous"),
                Ecran("partenaire-tableau", "Its dashboard", "/orientation/tableau"),
                Ecran("partenaire-recherche", "Looking for a referral", "/orientation/recherche"),
                Ecran("fil", "What has changed", "/notifications/fil"),
            ],
        ),
        "Partner, manager": (
            manager,
            [
                Ecran("organisation", "The organisation's own sheet", "/orientation/mon-organisation"),
                Ecran("equipe", "Its team", f"/orientation/equipes/{world.ids['organisation']}"),
                Ecran("webhooks", "Its webhooks", "/notifications/webhooks"),
            ],
        ),
        "Animateur": (
            animateur,
            [
                Ecran("animateur-aujourd-hui", "What awaits me today", "/orientation/aujourd-hui"),
                Ecran("dossiers", "The cases of the territory", "/signalement/dossiers"),
                Ecran("dossier", "A case", dossier),
                Ecran("appuis", "What fits the facts of a case", f"/orientation/orientations/nouvelle?dossier={cas}"),
                Ecran("avancement", "How far the cases are, by stage", "/orientation/avancement"),
                Ecran("animateur-orientations", "Its referrals", "/orientation/orientations"),
                Ecran("animateur-orientation", "A referral", orientation),
                Ecran("animateur-tableau", "The cell's dashboard", "/orientation/tableau"),
                Ecran("animateur-recherche", "Looking for a case", "/signalement/recherche"),
                Ecran("couverture", "What the territory lacks", "/orientation/couverture/detail"),
            ],
        ),
        "National cell and auditor": (
            member("cellule-nationale", Role.national),
            [Ecran("chiffres", "The national figures", "/cellule/chiffres")],
        ),
    }


async def peupler(hub: Hub) -> None:
    """Referrals of the territory in all states, as a cell has them after a year: the same ones each time."""
    siennes = [p for p in paires() if p.departement in organisation("cellule-occitanie")["departements"]]
    connection = await asyncpg.connect(hub.database_url("orientation").replace("+asyncpg", ""))
    await remplir(connection, siennes, utc_now(), ouvertes=90, closes=110)
    await connection.close()


def photographier(page: Page, encodeur: Page, ecran: Ecran, largeur: int) -> None:
    """One picture, written only when it differs from the one that is there."""
    answer = page.goto(ecran.adresse)
    assert answer is not None
    assert answer.status == 200, f"{ecran.adresse} answered {answer.status}"
    page.evaluate("document.fonts.ready")
    page.evaluate(FIGER)
    haut = min(page.evaluate("document.documentElement.scrollHeight"), HAUTEUR[largeur])
    clip = {"x": 0, "y": 0, "width": largeur, "height": haut}
    png = page.screenshot(full_page=True, clip=clip, animations="disabled")  # type: ignore[arg-type]
    webp = base64.b64decode(encodeur.evaluate(EN_WEBP, [base64.b64encode(png).decode(), QUALITE]))
    fichier = ECRANS / f"{ecran.nom}-{largeur}.webp"
    if not fichier.exists() or fichier.read_bytes() != webp:
        fichier.write_bytes(webp)


def index(tous: dict[str, tuple[Actor | None, list[Ecran]]]) -> str:
    """The page that shows them by role."""
    lignes = [
        "# Screens, by role",
        "",
        "`make screenshots` takes them in Chromium on a hub with the demo data and a short journey, at 1280 and 390 pixels,",
        "and writes this page. Dates, hours and references are replaced by fixed ones; what else may change from one run to",
        "the next is in `tests/ecrans.py`. People and associations are invented.",
    ]
    for role, (_, pages) in tous.items():
        lignes += ["", f"## {role}", "", "| page | at 1280 pixels | at 390 pixels |", "|---|---|---|"]
        for ecran in pages:
            images = (
                f'<img src="images/ecrans/{ecran.nom}-{largeur}.webp" alt="{ecran.titre}" width="{MONTREE[largeur]}">'
                for largeur in (ORDINATEUR, TELEPHONE)
            )
            lignes.append(f"| {ecran.titre} | {' | '.join(images)} |")
    return "\n".join(lignes) + "\n"


def prendre(browser: Browser, hub: Hub, tous: dict[str, tuple[Actor | None, list[Ecran]]]) -> None:
    """All of them."""
    encodeur = browser.new_page()
    for acteur, pages in tous.values():
        for largeur in LARGEURS:
            with seen_by(browser, hub, acteur, largeur) as page:
                for ecran in pages:
                    photographier(page, encodeur, ecran, largeur)


def main() -> None:
    """Photograph everything, and leave nothing of pages that are no more."""
    ECRANS.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="relais-ecrans-") as folder,
        Hub(Path(folder), free_port(folder), environment=WITHOUT_LIMITS) as hub,
    ):
        travel(hub)
        tous = ecrans(build(hub))
        asyncio.run(peupler(hub))
        with chromium() as browser:
            prendre(browser, hub, tous)
    voulus = {f"{ecran.nom}-{largeur}.webp" for _, pages in tous.values() for ecran in pages for largeur in LARGEURS}
    for fichier in ECRANS.iterdir():
        if fichier.name not in voulus:
            fichier.unlink()
    (DOCS / "ecrans.md").write_text(index(tous))


if __name__ == "__main__":
    main()
