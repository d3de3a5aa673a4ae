"""The pages in a real browser at both widths, on the real application, PostgreSQL and NATS."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser import LARGEURS, ORDINATEUR, TELEPHONE, chromium, surveillee, verifier_page
from tests.cellule.conftest import AGENT, ANIMATRICE, AUDITRICE, DIRIGEANTE, DOSSIER, NATIONALE
from tests.cellule.site import Site, site

from relais.nats import NatsServer

IMAGES = Path(__file__).parents[2] / "test-results" / "cellule"


@pytest.fixture(scope="module")
def lieu(database_urls: dict[str, str], nats_server: NatsServer) -> Iterator[Site]:
    with site(database_urls["cellule"], nats_server) as ouvert:
        yield ouvert


@pytest.fixture(scope="module")
def navigateur() -> Iterator[Browser]:
    # Not for the whole session: as long as it runs, no asyncio test can run in this thread.
    with chromium() as ouvert:
        yield ouvert


def photo(page: Page, nom: str, largeur: int) -> None:
    verifier_page(page)
    page.screenshot(path=IMAGES / f"{nom}-{largeur}.png", full_page=True)


@pytest.mark.parametrize("largeur", LARGEURS)
def test_figures(navigateur: Browser, lieu: Site, largeur: int) -> None:
    with surveillee(navigateur, lieu.origine, largeur, storage_state=lieu.session(NATIONALE)) as page:
        page.goto(f"{lieu.origine}/cellule/chiffres")
        expect(page.get_by_text("Dossiers déposés", exact=True)).to_be_visible()
        dessin = page.get_by_role("img", name="Dossiers déposés par mois")
        expect(dessin).to_have_count(1)
        expect(dessin).to_be_visible()
        photo(page, "chiffres", largeur)
        page.get_by_text("Les mêmes chiffres en tableau").click()
        expect(page.get_by_role("table", name="Dossiers déposés par mois")).to_contain_text("janv.")
        page.get_by_label("Région", exact=True).select_option("76")
        page.get_by_role("button", name="Filtrer").click()
        expect(page.get_by_text("Occitanie").first).to_be_visible()
        assert "region=76" in page.url
        verifier_page(page)


def test_figures_print_on_paper(navigateur: Browser, lieu: Site) -> None:
    with surveillee(navigateur, lieu.origine, ORDINATEUR, storage_state=lieu.session(NATIONALE)) as page:
        page.goto(f"{lieu.origine}/cellule/chiffres")
        page.emulate_media(media="print")
        expect(page.get_by_role("button", name="Filtrer")).to_be_hidden()
        expect(page.get_by_role("img", name="Dossiers déposés par mois")).to_have_count(1)
        page.pdf(path=IMAGES / "chiffres.pdf", format="A4")


def test_an_animateur_sees_its_own_territory_and_an_empty_period_says_so(navigateur: Browser, lieu: Site) -> None:
    with surveillee(navigateur, lieu.origine, TELEPHONE, storage_state=lieu.session(ANIMATRICE)) as page:
        page.goto(f"{lieu.origine}/cellule/chiffres")
        expect(page.get_by_label("Région", exact=True)).to_have_count(0)
        expect(page.get_by_text("Grand Est")).to_have_count(0)
        page.goto(f"{lieu.origine}/cellule/chiffres?depuis=1999-01-01&jusque=1999-12-31")
        expect(page.get_by_role("heading", name="Aucun dossier pour ce choix")).to_be_visible()
        photo(page, "chiffres-vides", TELEPHONE)
        page.goto(f"{lieu.origine}/cellule/chiffres?depuis=2026-02-01&jusque=2026-01-01")
        expect(page.get_by_role("alert").first).to_contain_text("précède son début")


@pytest.mark.parametrize("largeur", LARGEURS)
def test_writing_and_validating_a_diagnostic(navigateur: Browser, lieu: Site, largeur: int) -> None:
    with surveillee(navigateur, lieu.origine, largeur, storage_state=lieu.session(ANIMATRICE)) as page:
        page.goto(f"{lieu.origine}/cellule/diagnostics?dossier_id={DOSSIER}")
        if page.get_by_role("button", name="Ouvrir un diagnostic").count():
            photo(page, "liste", largeur)
            page.get_by_role("button", name="Ouvrir un diagnostic").click()
        else:
            page.get_by_role("link", name="REL-2026").first.click()
            page.get_by_role("link", name="Modifier").click()
        redaction = page.url
        champ = page.get_by_label("Gouvernance")
        champ.fill("Un bureau de trois personnes.\nUne présidence à pourvoir.")
        page.get_by_label("Situation financière").fill(f"Écran de {largeur} pixels.")
        page.get_by_role("button", name="Enregistrer cette version").click()
        expect(page.get_by_text("Une présidence à pourvoir.")).to_be_visible()
        photo(page, "diagnostic", largeur)

        page.goto(redaction)
        photo(page, "redaction", largeur)
        with surveillee(navigateur, lieu.origine, largeur, storage_state=lieu.session(DIRIGEANTE)) as autre:
            autre.goto(redaction)
            autre.get_by_label("Gouvernance").fill("Un bureau de quatre personnes.\nUne présidence à pourvoir.")
            autre.get_by_role("button", name="Enregistrer cette version").click()
            autre.get_by_role("link", name="Relire et valider").click()
            expect(autre.get_by_role("heading", name="Ce que vous validez")).to_be_visible()
            photo(autre, "validation", largeur)
            autre.get_by_role("button", name="Je valide cette version").click()
            expect(autre.get_by_text("Validée par l’association")).to_be_visible()

        page.get_by_label("Gouvernance").fill("Mon texte à moi.")
        page.get_by_role("button", name="Enregistrer cette version").click()
        expect(page.get_by_role("alert").first).to_contain_text("pendant que vous écriviez")
        expect(page.get_by_label("Gouvernance")).to_have_value("Mon texte à moi.")
        photo(page, "redaction-depassee", largeur)

        page.goto(redaction.replace("redaction", "versions"))
        expect(page.locator("ins")).to_have_text("quatre")
        expect(page.locator("del")).to_have_text("trois")
        photo(page, "versions", largeur)

        page.goto(redaction.replace("redaction", "validation"))
        page.get_by_role("button", name="Je valide cette version").click()
        page.get_by_role("link", name="Partager avec la cellule").click()
        expect(page.get_by_role("heading", name="Partager ce diagnostic")).to_be_visible()
        photo(page, "partage", largeur)
        page.get_by_role("button", name="Oui, le partager").click()
        expect(page.get_by_text("Partagé avec la cellule", exact=True)).to_be_visible()
        photo(page, "partage-fait", largeur)


@pytest.mark.parametrize("largeur", LARGEURS)
def test_a_member_reads_through_the_door(navigateur: Browser, lieu: Site, largeur: int) -> None:
    with surveillee(navigateur, lieu.origine, largeur, storage_state=lieu.session(AGENT)) as page:
        page.goto(f"{lieu.origine}/cellule/diagnostics/{lieu.partage}")
        expect(page.get_by_text("avec l’accord de l’association")).to_be_visible()
        expect(page.get_by_role("link", name="Modifier")).to_have_count(0)
        photo(page, "membre", largeur)


@pytest.mark.parametrize("largeur", LARGEURS)
def test_journal(navigateur: Browser, lieu: Site, largeur: int) -> None:
    with surveillee(navigateur, lieu.origine, largeur, storage_state=lieu.session(AUDITRICE)) as page:
        page.goto(f"{lieu.origine}/cellule/journal")
        photo(page, "journal", largeur)
        page.get_by_label("Organisation", exact=True).fill("pas-un-identifiant")
        page.get_by_role("button", name="Filtrer").click()
        expect(page.get_by_label("Organisation", exact=True)).to_have_value("pas-un-identifiant")
        expect(page.get_by_role("alert").first).to_be_visible()
        verifier_page(page)
