"""Every page in a real browser, on a phone and on a desk: accessible, in French, without a surprise; and without a script."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx2
import pytest
from playwright.sync_api import Browser, FilePayload, Page

from common.actor import Actor
from tests.browser import LARGEURS, surveillee, verifier_page
from tests.signalement import fabrique as f
from tests.signalement.site import Site, entrer


def adresses(site: Site) -> list[tuple[Actor | None, str, int]]:
    """Every page that a link leads to, who sees it, and its status."""
    me, espace = f.dirigeant(site.dossier_id), "/espace"
    dossier = f"/dossiers/{site.dossier_id}"
    steps = ("vous", "association", "situation", "contact")
    return [
        (None, "/", 200),
        (None, "/confidentialite", 200),
        (None, "/accessibilite", 200),
        *((None, f"/signaler/{step}", 200) for step in steps),
        (None, "/signaler/mis-de-cote", 200),
        (None, "/signaler/reprendre", 200),
        (None, f"/signaler/reprendre/{'x' * 43}", 200),
        (None, f"{espace}/acces", 200),
        (None, f"{espace}/acces/{site.adresse.lien[-36:]}", 200),
        (f.ANIMATEUR, "/dossiers", 200),
        (f.ANIMATEUR, "/dossiers?etat=clos", 200),
        (f.ANIMATEUR, "/recherche", 200),
        (f.AUTRE_ANIMATEUR, "/dossiers", 200),
        (f.ANIMATEUR, dossier, 200),
        (f.ANIMATEUR, f"{dossier}/cloture", 200),
        (f.ANIMATEUR, f"{dossier}/premier-echange", 200),
        (f.AGENT, dossier, 403),
        (me, espace, 200),
        (me, f"{espace}/personnes", 200),
        (me, f"{espace}/documents", 200),
        (me, f"{espace}/messages", 200),
        (f.ANIMATEUR, f"{dossier}/messages", 200),
        (me, f"{espace}/documents/{site.document_id}/supprimer", 200),
        (me, f"{espace}/personnes/inviter", 200),
        (me, f"{espace}/personnes/{site.personne_id}", 200),
        (me, f"{espace}/personnes/{site.personne_id}/retirer", 200),
        (f.ANIMATEUR, f"{dossier}/personnes/{site.personne_id}/adresse", 200),
        (f.ANIMATEUR, "/recuperations", 200),
        (f.AUTRE_ANIMATEUR, "/recuperations", 200),
        (f.ANIMATEUR, f"/recuperations/{site.recuperation_id}", 200),
        (me, f"{espace}/consentements/{site.accord_id}", 200),
        (me, f"{espace}/consentements/{site.demande_id}", 200),
        (me, f"{espace}/consentements/{site.accord_id}/retirer", 200),
    ]


@pytest.mark.parametrize("largeur", LARGEURS)
def test_every_page_holds_the_rules_of_all_pages(site: Site, navigateur: Browser, largeur: int) -> None:
    for actor, path, status in adresses(site):
        with surveillee(navigateur, site.origine, largeur) as page:
            entrer(page, site, actor)
            answer = page.goto(f"{site.origine}/signalement{path}")
            assert answer is not None
            assert answer.status == status, path
            verifier_page(page)


def nouveau(site: Site) -> UUID:
    """A case that was just filed, of an association that may have been signalled before."""
    filed = httpx2.post(f"{site.origine}/signalement/api/v1/signalements", json=f.depot(), trust_env=False)
    assert filed.status_code == 201, filed.text
    return UUID(filed.json()["dossier_id"])


def convenir(page: Page, dossier: str) -> None:
    """Note a talk to come, in the form that is empty first."""
    page.goto(f"{dossier}/premier-echange")
    quand = datetime.now(UTC) + timedelta(days=30)
    for champ, valeur in (("jour", quand.day), ("mois", quand.month), ("annee", quand.year)):
        page.locator(f"#jour-{champ}").fill(str(valeur))
    page.locator("#heure").fill("14h30")
    page.locator("main form button").first.click()


@pytest.mark.parametrize("largeur", LARGEURS)
def test_the_first_talk_is_noted_and_read(site: Site, navigateur: Browser, largeur: int) -> None:
    neuf = nouveau(site)
    dossier = f"{site.origine}/signalement/dossiers/{neuf}"
    with surveillee(navigateur, site.origine, largeur) as page:
        entrer(page, site, f.ANIMATEUR)
        page.goto(f"{site.origine}/signalement/dossiers?etat=depose")
        assert page.get_by_text("Peut-être déjà signalée").count()
        verifier_page(page)
        page.goto(f"{dossier}/premier-echange")
        page.get_by_role("button", name="Noter cet échange").click()
        assert page.locator(".govuk-error-summary").count() == 1
        verifier_page(page)
        convenir(page, dossier)
        assert "14\u00a0h\u00a030" in page.locator("main").inner_text()
        verifier_page(page)
    with surveillee(navigateur, site.origine, largeur) as page:
        entrer(page, site, f.dirigeant(neuf))
        page.goto(f"{site.origine}/signalement/espace")
        assert "Soyez disponible" in page.locator("main").inner_text()
        verifier_page(page)


@pytest.mark.parametrize("largeur", LARGEURS)
def test_the_form_is_filled_without_a_script(site: Site, navigateur: Browser, largeur: int) -> None:
    with surveillee(navigateur, site.origine, largeur, java_script_enabled=False) as page:
        page.goto(f"{site.origine}/signalement/")
        page.get_by_role("link", name="Commencer").click()
        page.get_by_role("button", name="Continuer").click()
        assert page.get_by_role("heading", name="Il reste des points à corriger").is_visible()
        page.get_by_label("Pour une association qui m’inquiète").check()
        page.get_by_role("group", name="Vous signalez").locator("#tiers_nom").fill("Ana Roux")
        page.locator("#tiers_courriel").fill("ana@roux.example")
        page.locator("#tiers_motif").fill("Bénévole depuis dix ans.")
        page.get_by_role("button", name="Continuer").click()
        page.get_by_label("Nom de l’association").fill("Café des Possibles")
        page.get_by_label("Code postal").fill("34000")
        page.get_by_label("Commune").fill("Montpellier")
        page.get_by_role("button", name="Continuer").click()
        page.get_by_label("Déficit récurrent").check()
        page.get_by_label("Racontez en quelques phrases").fill("Deux déficits de suite.")
        page.get_by_role("button", name="Continuer").click()
        for label, value in (("Prénom", "Maëlle"), ("Nom", "Ferrand"), ("Fonction", "présidente")):
            page.get_by_label(label, exact=True).fill(value)
        page.get_by_label("Adresse de courriel").fill("m.ferrand@cafe.example")
        page.get_by_label("Téléphone").fill("04 99 00 12 34")
        page.get_by_role("button", name="Continuer").click()
        assert page.get_by_text("Café des Possibles").is_visible()
        page.get_by_role("button", name="Envoyer le signalement").click()
        assert re.search(r"R-\w{4}-\w{4}", page.locator("main").inner_text())
        assert "R-" not in page.url


@pytest.mark.parametrize("script", [True, False])
def test_a_consent_is_given_and_withdrawn_in_as_many_clicks(site: Site, navigateur: Browser, script: bool) -> None:
    with surveillee(navigateur, site.origine, 390, java_script_enabled=script) as page:
        entrer(page, site, f.dirigeant(site.autre_dossier_id))
        page.goto(f"{site.origine}/signalement/espace")
        page.get_by_role("link", name="Lire et répondre").first.click()
        shown = page.locator("main").inner_text()
        assert "Voici exactement ce qui serait montré" in shown
        for value in ("Le Fournil solidaire", "34000", "Montpellier"):
            assert value in shown
        assert "Téléphone" not in shown
        page.get_by_role("button", name="Je donne mon accord").click()
        assert "Votre accord est enregistré" in page.locator("main").inner_text()
        page.get_by_role("link", name="Retirer cet accord").first.click()
        assert "ne peut plus rien consulter" in page.locator("main").inner_text()
        page.get_by_role("button", name="Retirer mon accord").click()
        assert "Votre accord est retiré" in page.locator("main").inner_text()
        if script:
            verifier_page(page)


def test_a_dirigeant_comes_in_by_the_code_and_withdraws(site: Site, navigateur: Browser) -> None:
    with surveillee(navigateur, site.origine, 390) as page:
        page.goto(f"{site.origine}/signalement/espace/acces/{site.adresse.lien[-36:]}")
        page.get_by_label("Code à huit chiffres").fill(site.adresse.code or "")
        page.get_by_role("button", name="Ouvrir mon espace").click()
        assert page.get_by_role("heading", name="Les Jardins de l’Étang").is_visible()
        assert "Ana Roux" in page.locator("main").inner_text()
        page.get_by_role("link", name="Lire et répondre").first.click()
        page.get_by_role("button", name="Je refuse").click()
        assert "Votre refus est enregistré" in page.locator("main").inner_text()
        page.get_by_role("link", name="Retirer cet accord").click()
        page.get_by_role("button", name="Retirer mon accord").click()
        assert "Votre accord est retiré" in page.locator("main").inner_text()
        verifier_page(page)


@pytest.mark.parametrize("script", [True, False])
def test_a_document_is_added_opened_removed_and_taken_back(site: Site, navigateur: Browser, script: bool) -> None:
    with surveillee(navigateur, site.origine, 390, java_script_enabled=script) as page:
        entrer(page, site, f.dirigeant(site.dossier_id))
        page.goto(f"{site.origine}/signalement/espace")
        page.get_by_role("link", name="Ajouter ou relire des documents").click()
        nom = f"budget-{script}.csv"
        wrong: FilePayload = {"name": nom, "mimeType": "text/csv", "buffer": b"<script>alert(1)</script>"}
        page.get_by_label("Fichier").set_input_files(wrong)
        page.get_by_role("button", name="Ajouter ce document").click()
        assert "pas d’un type accepté" in page.locator("main").inner_text()
        right: FilePayload = {**wrong, "buffer": b"poste;montant\nloyer;1200\n"}
        page.get_by_label("Fichier").set_input_files(right)
        page.get_by_role("button", name="Ajouter ce document").click()
        assert "Le document est ajouté" in page.locator("main").inner_text()
        with page.expect_download() as opened:
            page.get_by_role("link", name=nom, exact=True).click()
        assert opened.value.suggested_filename == nom
        page.get_by_role("link", name=f"Supprimer {nom}").click()
        page.get_by_role("button", name="Supprimer ce document").click()
        page.get_by_role("button", name="Rétablir").first.click()
        assert "Le document est rétabli" in page.locator("main").inner_text()
        if script:
            verifier_page(page)


def test_a_mistake_in_each_form_is_told_accessibly(site: Site, navigateur: Browser) -> None:
    for actor, path, button in (
        (None, "/signaler/vous", "Continuer"),
        (None, "/signaler/situation", "Continuer"),
        (None, "/espace/acces", "M’envoyer un lien"),
        (None, "/signaler/reprendre", "M’envoyer un lien"),
        (f.ANIMATEUR, f"/dossiers/{site.dossier_id}/cloture", "Clore le dossier"),
        (f.dirigeant(site.dossier_id), "/espace/personnes/inviter", "Envoyer l’invitation"),
        (f.ANIMATEUR, f"/dossiers/{site.dossier_id}/personnes/{site.personne_id}/adresse", "Proposer cette adresse"),
    ):
        with surveillee(navigateur, site.origine, 390) as page:
            entrer(page, site, actor)
            page.goto(f"{site.origine}/signalement{path}")
            page.get_by_role("button", name=button).click()
            assert page.get_by_role("heading", name="Il reste des points à corriger").is_visible()
            verifier_page(page)
