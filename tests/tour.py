"""Photographs the tour of the README on a real hub: `python -m tests.tour` writes docs/images/*.png.

A hub of its own, the demo, a short journey so that the screens have something to show, then one page after the other.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page

from common.actor import Actor, Role
from common.sessions import cookie_name
from relais.hub import Hub
from relais.ports import free_port
from tests.access.world import build
from tests.browser import ORDINATEUR, TELEPHONE, chromium
from tests.orientation.eligibilite.test_navigateur import REPONSES, repondre
from tests.people import member, session_token

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
ANIMATEUR = member("cellule-occitanie", Role.animateur)


@contextmanager
def seen_by(browser: Browser, hub: Hub, actor: Actor | None, width: int = ORDINATEUR) -> Iterator[Page]:
    """A page in which this actor is signed in."""
    height = 844 if width == TELEPHONE else 860
    context = browser.new_context(viewport={"width": width, "height": height}, locale="fr-FR", base_url=hub.url)
    if actor is not None:
        context.add_cookies([{"name": cookie_name(secure=False), "value": session_token(hub, actor), "url": hub.url}])
    try:
        yield context.new_page()
    finally:
        context.close()


def photograph(page: Page, address: str, name: str) -> None:
    """One screen, as one first sees it."""
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 200, f"{address} answered {answer.status}"
    page.wait_for_load_state("load")
    page.screenshot(path=IMAGES / f"{name}.png")


def simulate(page: Page) -> None:
    """The simulator, answered as an association with four months of cash left would, to its end."""
    page.goto("/orientation/simulateur")
    while page.locator("input[name=question]").count():
        repondre(page, **REPONSES)
    page.screenshot(path=IMAGES / "simulateur.png")


def travel(hub: Hub) -> None:
    """A journey of a dozen associations."""
    relais = Path(sys.executable).with_name("relais")
    input_file = str(ROOT / "tests" / "data" / "journey-12.jsonl")
    subprocess.run([str(relais), "journey", input_file, "--url", hub.url, "--data", str(hub.layout.data)], check=True)


def main() -> None:
    """Photograph everything."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="relais-tour-") as folder, Hub(Path(folder), free_port(folder)) as hub:
        travel(hub)
        world = build(hub)
        with chromium() as browser:
            with seen_by(browser, hub, None) as page:
                photograph(page, "/signalement/", "accueil")
                photograph(page, "/signalement/signaler", "signaler")
                photograph(page, "/courriels/", "courriels")
                simulate(page)
            with seen_by(browser, hub, None, TELEPHONE) as page:
                photograph(page, "/signalement/signaler", "signaler-telephone")
            with seen_by(browser, hub, ANIMATEUR) as page:
                photograph(page, "/signalement/dossiers", "dossiers")
                photograph(page, f"/signalement/dossiers/{world.ids['dossier_id']}", "dossier")
                photograph(page, "/orientation/tableau", "tableau")
            with seen_by(browser, hub, world.insiders["agent"]) as page:
                photograph(page, "/orientation/orientations", "orientations")
                photograph(page, f"/orientation/orientations/{world.ids['orientation_id']}", "orientation")
            with seen_by(browser, hub, world.insiders["dirigeant"], TELEPHONE) as page:
                photograph(page, "/signalement/espace", "espace-telephone")
            with seen_by(browser, hub, member("cellule-nationale", Role.national)) as page:
                photograph(page, "/cellule/chiffres", "chiffres")


if __name__ == "__main__":
    main()
