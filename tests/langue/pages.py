"""What every page holds in the pseudo-language."""

from playwright.sync_api import Page

from common.actor import Actor
from common.traduction import etiquette
from tests.browser import verifier_largeur
from tests.langue.lecture import restes
from tests.langue.pseudo import LANGUE


def verifier(page: Page, said: set[str], path: str, actor: Actor | None = None, *, titre: bool = True) -> None:
    """Nothing in French but data, and nothing that sticks out. Without `titre` the page has data for a title."""
    assert f'lang="{etiquette(LANGUE)}"' in page.content(), path
    assert not titre or "[!!" in page.title(), path
    left = restes(page, {*said, actor.nom_affiche} if actor else said)
    assert not left, f"{path}: {left}"
    verifier_largeur(page)
