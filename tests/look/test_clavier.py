"""Forms and confirmations by keyboard alone: everything is reached, in the order in which it is read, and is seen to be."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser import LARGEURS, ORDINATEUR, surveillee

# What may be reached inside the page's matter, in the order of the document; of a group of radios, one.
A_ATTEINDRE = """() => { const vus = new Set(); return [...document.querySelectorAll(
    '#contenu :is(a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"])')]
    .filter(e => e.checkVisibility({ visibilityProperty: true }) && !e.disabled)
    .filter(e => { if (e.type !== 'radio') return true; if (vus.has(e.name)) return false; vus.add(e.name); return true; })
    .map(e => { e.dataset.rang ??= String(Math.random()); return e.dataset.rang; }); }"""
ICI = """() => { const e = document.activeElement; const b = e.getBoundingClientRect();
    const vu = [e, e.closest('article'), e.nextElementSibling, e.closest('.govuk-file-upload')].filter(Boolean)
        .some(n => [null, '::before'].some(p => { const s = getComputedStyle(n, p);
            return (s.outlineStyle === 'solid' && parseFloat(s.outlineWidth) >= 2) || s.boxShadow.includes('0px 0px 0px'); }));
    return { rang: e.dataset.rang ?? '', dedans: !!e.closest('#contenu'), haut: b.top + scrollY, bas: b.bottom + scrollY,
        nom: e.outerHTML.slice(0, 80), vu }; }"""


def parcourir(page: Page, touche: str = "Tab") -> Sequence[dict[str, Any]]:
    """What has the focus, one after the other, within the matter, until it leaves."""
    lieux: list[dict[str, Any]] = []
    for _ in range(200):
        page.keyboard.press(touche)
        ici = page.evaluate(ICI)
        if not ici["dedans"]:
            return lieux
        lieux.append(ici)
    raise AssertionError("the focus never leaves: somebody with a keyboard is caught")


@pytest.mark.parametrize("largeur", LARGEURS)
@pytest.mark.parametrize("adresse", ["/maquette/", "/maquette/vide"])
def test_everything_is_reached_in_the_order_of_reading(navigateur: Browser, origine: str, adresse: str, largeur: int) -> None:
    with surveillee(navigateur, origine, largeur, reduced_motion="reduce") as page:
        page.goto(origine + adresse)
        assert page.locator("[tabindex]:not([tabindex='0'], [tabindex='-1'])").count() == 0
        attendus = page.evaluate(A_ATTEINDRE)
        page.locator("#contenu").focus()
        lieux = parcourir(page)
        assert [lieu["rang"] for lieu in lieux] == attendus
        assert len(attendus) == len(set(attendus)) >= 2
        for lieu in lieux:
            assert lieu["vu"], f"nobody sees that the focus is on {lieu['nom']}"
        # In the form, which has one column, nothing is above what came before it.
        rangs = set(page.evaluate(A_ATTEINDRE.replace("#contenu ", "#contenu form[method=post] ")))
        du_formulaire = [lieu for lieu in lieux if lieu["rang"] in rangs]
        assert len(du_formulaire) >= 1
        for avant, apres in pairwise(du_formulaire):
            assert apres["bas"] > avant["haut"], f"{apres['nom']} is above {avant['nom']}"


def test_going_back_is_the_same_way(navigateur: Browser, origine: str) -> None:
    with surveillee(navigateur, origine, ORDINATEUR, reduced_motion="reduce") as page:
        page.goto(f"{origine}/maquette/vide")
        attendus = page.evaluate(A_ATTEINDRE)
        page.locator("#contenu").focus()
        aller = [lieu["rang"] for lieu in parcourir(page)]
        retour = [lieu["rang"] for lieu in parcourir(page, "Shift+Tab")]
        assert aller == attendus
        assert retour == attendus[::-1]


def test_a_confirmation_does_not_begin_on_its_danger(navigateur: Browser, origine: str) -> None:
    """Whoever presses Enter at once has confirmed nothing; the way back is one Tab after the danger."""
    with surveillee(navigateur, origine, ORDINATEUR) as page:
        page.goto(f"{origine}/maquette/vide")
        expect(page.get_by_role("button", name="Oui, retirer mon accord")).not_to_be_focused()
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"{origine}/maquette/vide")
        page.locator("#contenu").focus()
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="Oui, retirer mon accord")).to_be_focused()
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Non, revenir")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"{origine}/maquette/")


@pytest.mark.parametrize("javascript", [True, False])
def test_errors_come_first_and_lead_to_their_fields(navigateur: Browser, origine: str, javascript: bool) -> None:
    with surveillee(navigateur, origine, ORDINATEUR, java_script_enabled=javascript, reduced_motion="reduce") as page:
        page.goto(f"{origine}/maquette/")
        page.get_by_role("button", name="Continuer").focus()
        page.keyboard.press("Enter")
        resume = page.locator(".govuk-error-summary")
        resume.wait_for()
        # The page of all pieces has a banner too, which takes the focus from the summary: see the tests of the search.
        page.locator("#contenu").focus()
        page.keyboard.press("Tab")
        premier = resume.get_by_role("link").first
        expect(premier).to_be_focused()
        cible = (premier.get_attribute("href") or "#").removeprefix("#")
        page.keyboard.press("Enter")
        if javascript:
            expect(page.locator(f"[id='{cible}']")).to_be_focused()
        else:
            assert page.url.endswith(f"#{cible}")


def test_the_menu_of_a_phone_opens_and_closes_by_keyboard(navigateur: Browser, origine: str) -> None:
    with surveillee(navigateur, origine, LARGEURS[0], java_script_enabled=False) as page:
        page.goto(f"{origine}/maquette/vide")
        menu = page.locator("summary.relais-menu__bouton")
        menu.focus()
        page.keyboard.press("Enter")
        champ = page.get_by_role("searchbox")
        expect(champ).to_be_visible()
        page.keyboard.press("Tab")
        expect(champ).to_be_focused()
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="Chercher")).to_be_focused()
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Ce qui m’attend").locator("visible=true")).to_be_focused()
        menu.focus()
        page.keyboard.press("Space")
        expect(champ).to_be_hidden()
