"""The common look in a real browser: every macro, at both widths, with and without JavaScript."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser import LARGEURS, ORDINATEUR, TELEPHONE, surveillee, verifier_page

IMAGES = Path(__file__).parents[2] / "test-results" / "look"
PAGES = {"maquette": "/maquette/", "anonyme": "/maquette/?anonyme", "confirmation": "/maquette/vide"}


@pytest.mark.parametrize("largeur", LARGEURS)
@pytest.mark.parametrize("nom", PAGES)
def test_page_is_accessible_and_fits(navigateur: Browser, origine: str, nom: str, largeur: int) -> None:
    with surveillee(navigateur, origine, largeur) as page:
        page.goto(origine + PAGES[nom])
        verifier_page(page)
        page.screenshot(path=IMAGES / f"{nom}-{largeur}.png", full_page=True)


@pytest.mark.parametrize("largeur", LARGEURS)
def test_form_comes_back_with_its_errors_and_what_was_typed(navigateur: Browser, origine: str, largeur: int) -> None:
    with surveillee(navigateur, origine, largeur) as page:
        page.goto(f"{origine}/maquette/")
        page.get_by_label("Numéro SIREN").fill("8123")
        page.get_by_label("Que se passe-t-il").fill("Première ligne\nDeuxième ligne")
        page.get_by_label("Jour", exact=True).fill("31")
        page.get_by_label("Mois", exact=True).fill("2")
        page.get_by_label("Année", exact=True).fill("2026")
        page.get_by_role("button", name="Continuer").click()
        expect(page).to_have_title(re.compile("^Erreur"))
        resume = page.get_by_role("alert").filter(has_text="à corriger")
        expect(resume).to_contain_text("Numéro SIREN\u00a0: saisissez au moins 9 caractères.")
        expect(resume).to_contain_text("Date de rupture\u00a0: saisissez une date qui existe")
        expect(page.get_by_label("Numéro SIREN")).to_have_value("8123")
        expect(page.get_by_label("Que se passe-t-il")).to_have_value("Première ligne\nDeuxième ligne")
        resume.get_by_role("link", name="date qui existe").click()
        expect(page.get_by_label("Jour", exact=True)).to_be_focused()
        verifier_page(page)
        page.screenshot(path=IMAGES / f"erreurs-{largeur}.png", full_page=True)


@pytest.mark.parametrize("numero", [404, 503])
def test_error_page_says_what_to_do(navigateur: Browser, origine: str, numero: int) -> None:
    with surveillee(navigateur, origine, TELEPHONE) as page:
        page.goto(f"{origine}/maquette/erreur/{numero}")
        expect(page.get_by_text("7f3a91c4")).to_be_visible()
        expect(page.get_by_role("link", name="Revenir à l’accueil")).to_be_visible()
        verifier_page(page)
        page.screenshot(path=IMAGES / f"erreur-{numero}.png")


def test_phone_menu_opens_without_javascript(navigateur: Browser, origine: str) -> None:
    with surveillee(navigateur, origine, TELEPHONE, java_script_enabled=False) as page:
        page.goto(f"{origine}/maquette/")
        lien = page.get_by_role("link", name="Chiffres")
        expect(lien).to_be_hidden()
        page.get_by_text("Menu", exact=True).click()
        expect(lien).to_be_visible()
        page.screenshot(path=IMAGES / "menu.png")


@pytest.mark.parametrize("javascript", [True, False])
def test_further_question_appears_with_its_answer(navigateur: Browser, origine: str, javascript: bool) -> None:
    with surveillee(navigateur, origine, TELEPHONE, java_script_enabled=javascript) as page:
        page.goto(f"{origine}/maquette/")
        raison = page.get_by_label("Pour quelle raison")
        expect(raison).to_be_hidden()
        page.get_by_label("Une autre personne").check()
        expect(raison).to_be_visible()


def test_print_keeps_the_matter_and_drops_the_controls(navigateur: Browser, origine: str) -> None:
    with surveillee(navigateur, origine, ORDINATEUR) as page:
        page.goto(f"{origine}/maquette/")
        page.emulate_media(media="print")
        expect(page.get_by_role("navigation")).to_have_count(0)
        expect(page.get_by_role("search")).to_have_count(0)
        expect(page.get_by_role("button")).to_have_count(0)
        expect(page.get_by_text("Diagnostic partagé")).to_be_visible()


def test_keyboard_reaches_the_content_first_and_shows_where_it_is(navigateur: Browser, origine: str) -> None:
    with surveillee(navigateur, origine, ORDINATEUR) as page:
        page.goto(f"{origine}/maquette/vide")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
        page.screenshot(path=IMAGES / "clavier.png")
        for _ in range(9):
            page.keyboard.press("Tab")
            assert _montre_le_focus(page), page.evaluate("document.activeElement.outerHTML")
        page.goto(f"{origine}/maquette/vide")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("#contenu")).to_be_focused()
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="Oui, retirer mon accord")).to_be_focused()


def _montre_le_focus(page: Page) -> bool:
    """Whether the focused element, its label or its card has a solid outline of at least two pixels."""
    visible = page.evaluate(
        """() => { const e = document.activeElement;
        return [e, e.closest('article'), e.nextElementSibling].filter(Boolean).some(n => [null, '::before'].some(p => {
          const s = getComputedStyle(n, p); return s.outlineStyle === 'solid' && parseFloat(s.outlineWidth) >= 2; })) }"""
    )
    return bool(visible)
