"""Helpers for tests in a real browser: Chromium, a page that tolerates no surprise, axe, and French typography.

A `surveillee` page fails its test on any request to another host, on a console error (a broken Content-Security-Policy is
one) and on an exception in a script. A page that is itself answered with an error status is not a surprise: tests look at it.
"""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

TELEPHONE = 390
ORDINATEUR = 1280
LARGEURS = (TELEPHONE, ORDINATEUR)
CHROMIUM = "chromium-headless-shell"
REGLES_AXE = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice", "RGAAv4"]
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
)
_ESPACE_FAUTIVE = re.compile(r"\S* [;:!?»]|« \S*|\w'\w\S*")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without the windows that nobody would see. Raises RuntimeError, with how to install it."""
    chemin = shutil.which(CHROMIUM)
    if chemin is None:
        raise RuntimeError(f"Chromium is missing: apt-get install -y {CHROMIUM}")
    with sync_playwright() as playwright:
        navigateur = playwright.chromium.launch(executable_path=chemin, args=list(ARGUMENTS))
        try:
            yield navigateur
        finally:
            navigateur.close()


@contextmanager
def surveillee(navigateur: Browser, origine: str, largeur: int = ORDINATEUR, **options: Any) -> Iterator[Page]:
    """A fresh page on `origine` (scheme://host:port) whose surprises fail the test when it is left.

    `options` are Playwright's for a context (java_script_enabled, storage_state, reduced_motion…).
    """
    hauteur = 844 if largeur == TELEPHONE else 800
    contexte = navigateur.new_context(viewport={"width": largeur, "height": hauteur}, locale="fr-FR", **options)
    surprises: list[str] = []
    page = contexte.new_page()
    visitees: set[str] = set()
    page.on("request", lambda r: visitees.add(r.url) if r.is_navigation_request() else None)
    page.on("console", lambda m: surprises.append(f"console: {m.text}") if _fautif(m, visitees) else None)
    page.on("pageerror", lambda e: surprises.append(f"exception: {e}"))
    page.on("request", lambda r: surprises.append(f"other host: {r.url}") if _dehors(r.url, origine) else None)
    try:
        yield page
    finally:
        contexte.close()
    assert not surprises, "\n".join(surprises)


CLOCHE = "/notifications/fil/flux"


def _fautif(message: ConsoleMessage, visitees: set[str]) -> bool:
    """Whether it is an error, other than Chromium's remark that the visited page itself has an error status.

    The bell's stream is another service's, which is not there when one is tested alone.
    """
    url = message.location["url"]
    attendu = message.text.startswith("Failed to load resource") and (url in visitees or CLOCHE in url)
    return message.type == "error" and not attendu


def _dehors(url: str, origine: str) -> bool:
    return urlsplit(url).netloc != urlsplit(origine).netloc and not url.startswith(("data:", "blob:", "about:"))


def verifier_accessibilite(page: Page) -> None:
    """Fail with axe's report when it finds anything against WCAG 2.2 AA, the RGAA or its own good practice."""
    options = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": REGLES_AXE}}
    # The script is long to read for a browser: once for each page that was loaded.
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    trouve = page.evaluate("options => axe.run(options).then(({ violations }) => ({ violations }))", options)
    resultat = AxeResults(trouve)
    assert resultat.violations_count == 0, resultat.generate_report()


def verifier_largeur(page: Page) -> None:
    """Fail when the page scrolls sideways, naming what sticks out."""
    fautifs = page.evaluate(
        """() => document.documentElement.scrollWidth <= document.documentElement.clientWidth ? [] :
        [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
        .map(e => e.outerHTML.slice(0, 120))"""
    )
    assert not fautifs, f"wider than the screen: {fautifs}"


def verifier_typographie(page: Page) -> None:
    """Fail on an ordinary space before ; : ! ? », after «, or on a typewriter apostrophe in the visible text."""
    texte = page.locator("body").inner_text()
    fautes = _ESPACE_FAUTIVE.findall(texte)
    assert not fautes, f"typography: {fautes}"


def verifier_page(page: Page) -> None:
    """All that every page must hold: axe, no sideways scrolling, French typography."""
    verifier_accessibilite(page)
    verifier_largeur(page)
    verifier_typographie(page)
