"""Every page in a real browser, on a phone and on a desk: accessible, in French, without a surprise; and without a script."""

import asyncio
import io
import re
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import uvicorn
from playwright.sync_api import Browser, FilePayload, Page

from common.actor import Actor
from common.clock import new_id, utc_now
from common.codes import Categorie, Droit, EtatDiagnostic, EtatOrientation, Motif, Niveau
from common.database import Database
from common.events import Event, Received
from common.events import cellule as c
from common.events import orientation as o
from common.requests import AdresseDirigeant, ContactDirigeant
from signalement.app import create
from signalement.consentements import porte
from signalement.consentements import service as consentements
from signalement.consentements import store as ledger
from signalement.documents import service as documents
from signalement.espace import requetes
from signalement.personnes import service as personnes
from signalement.personnes.schemas import Invitation
from signalement.recuperations import service as recuperations
from signalement.recuperations.schemas import Proposition
from signalement.signalements import service as signalements
from signalement.signalements.domain import Qualifier
from signalement.worker import HANDLERS
from tests.browser import LARGEURS, chromium, surveillee, verifier_page
from tests.conftest import empty, owner_url
from tests.sessions import COOKIE, OWNERS
from tests.signalement import fabrique as f
from tests.signalement.outils import evenements
from tests.signalement.test_porte import demande


@dataclass
class Site:
    """A running service with one case far along its path."""

    origine: str
    database_url: str
    dossier_id: UUID
    accord_id: UUID
    personne_id: UUID
    recuperation_id: UUID
    document_id: UUID
    adresse: AdresseDirigeant


async def hear(database: Database, event: Event, sequence: int = 1) -> None:
    async with database.transaction() as session:
        await HANDLERS[type(event)](session, Received(new_id(), event, sequence, utc_now()))


async def peupler(url: str) -> tuple[UUID, UUID, UUID, UUID, UUID, AdresseDirigeant]:
    """One case with everything on it, and a few others for the list."""
    database = Database(owner_url(url), service="signalement")
    await empty(database)
    await f.publier(database)
    await f.publier_cellule(database)
    autre = uuid4()
    await f.publier(database, autre, "Dispositif local d’accompagnement de l’Hérault")
    qui = {"nom": "Ana Roux", "courriel": "a.roux@cdc.example", "organisation": "Communauté de communes du Lodévois"}
    dossier = await f.deposer(database, now=utc_now() - timedelta(days=9), origine="partenaire", declarant=qui)
    for number, nom in enumerate(("Le Fournil solidaire", "Cirque en herbe", "Les Jardins de l’Etang")):
        numbers = {"siren": None, "siret": None, "rna": None}
        mois = (11, None, 0)[number]
        await f.deposer(database, now=utc_now(), mois_avant_rupture=mois, association=numbers | {"nom": nom})
    async with database.transaction() as session:
        action = Qualifier(Niveau.faire_face, note="Rappeler après le conseil d’administration.")
        await signalements.qualifier(session, f.ANIMATEUR, dossier.id, action, utc_now())
    referrals = [(f.PARTENAIRE, EtatOrientation.recue, None), (autre, EtatOrientation.declinee, Motif.sans_capacite)]
    for partenaire_id, etat, motif in [*referrals, (autre, EtatOrientation.brouillon, None)]:
        facts: dict[str, Any] = {
            "orientation_id": uuid4(),
            "dossier_id": dossier.id,
            "partenaire_id": partenaire_id,
            "emetteur_id": f.CELLULE,
            "dispositif": "dla",
            "due_at": utc_now() + timedelta(days=3),
        }
        categories = (Categorie.identite, Categorie.contact)
        await hear(database, o.OrientationProposee(**facts, etat=EtatOrientation.brouillon, categories=categories))
        if etat is not EtatOrientation.brouillon:
            await hear(database, o.OrientationRecue(**facts, etat=etat, motif=motif), 2)
    ouvert = c.DiagnosticOuvert(diagnostic_id=uuid4(), dossier_id=dossier.id, etat=EtatDiagnostic.ouvert, numero=0)
    await hear(database, ouvert)
    me = f.dirigeant(dossier.id)
    async with database.transaction() as session:
        mine = await ledger.of_dossier(session, dossier.id)
        accord = next(row for row in mine if row.destinataire_id == f.PARTENAIRE)
        await consentements.repondre(session, me, accord.id, "donner", utc_now, accord.texte_version)
    async with database.transaction() as session:
        await porte.divulguer(session, demande(dossier), utc_now)
        await signalements.lire(session, f.ANIMATEUR, dossier.id, utc_now())
    invitation = Invitation(
        prenom="Idriss", nom="Benali", fonction="trésorier", courriel="i.benali@jardins.example", droits=[Droit.lire]
    )
    async with database.transaction() as session:
        invitee = await personnes.inviter(session, me, invitation, utc_now())
        file = b"%PDF-1.7"
        document = await documents.ajouter(session, me, io.BytesIO(file), "Comptes annuels 2025.pdf", len(file), utc_now())
        lost = Proposition.model_validate({"courriel": "nouvelle@jardins.example", "verification": "rappel"})
        change = await recuperations.proposer(session, f.ANIMATEUR, dossier.id, invitee.id, lost, utc_now())
    envoi = (await evenements(database, "demande"))[0]
    async with database.transaction() as session:
        answer = requetes.answerers(f.settings(url))[ContactDirigeant]
        adresse = await answer(session, ContactDirigeant(envoi_id=envoi.envoi_id, dossier_id=dossier.id))
    await database.close()
    assert isinstance(adresse, AdresseDirigeant)
    return dossier.id, accord.id, invitee.id, change.id, document.id, adresse


@pytest.fixture(scope="module")
def site(database_urls: dict[str, str]) -> Iterator[Site]:
    """The service on a free port; its sessions and forms know that address."""
    url = database_urls["signalement"]
    peuple = asyncio.run(peupler(url))
    prise = socket.create_server(("127.0.0.1", 0))
    origine = f"http://127.0.0.1:{prise.getsockname()[1]}"
    settings = f.settings(url).model_copy(update={"public_url": origine})
    serveur = uvicorn.Server(uvicorn.Config(OWNERS.install(create(settings)), log_level="warning"))
    fil = threading.Thread(target=serveur.run, args=([prise],))
    fil.start()
    while not serveur.started:
        time.sleep(0.01)
    yield Site(origine, url, *peuple)
    serveur.should_exit = True
    fil.join()


@pytest.fixture(scope="module")
def navigateur() -> Iterator[Browser]:
    with chromium() as ouvert:
        yield ouvert


def entrer(page: Page, site: Site, actor: Actor | None) -> None:
    """Sign that person in."""
    if actor is not None:
        page.context.add_cookies([{"name": COOKIE, "value": OWNERS.jeton(actor).cookie, "url": site.origine}])


def adresses(site: Site) -> list[tuple[Actor | None, str, int]]:
    """Every page that a link leads to, who sees it, and its status."""
    me, espace = f.dirigeant(site.dossier_id), "/espace"
    dossier = f"/dossiers/{site.dossier_id}"
    steps = ("vous", "association", "situation", "contact")
    return [
        (None, "/", 200),
        (None, "/confidentialite", 200),
        *((None, f"/signaler/{step}", 200) for step in steps),
        (None, f"{espace}/acces", 200),
        (None, f"{espace}/acces/{site.adresse.lien[-36:]}", 200),
        (f.ANIMATEUR, "/dossiers", 200),
        (f.ANIMATEUR, "/dossiers?etat=clos", 200),
        (f.ANIMATEUR, "/recherche", 200),
        (f.AUTRE_ANIMATEUR, "/dossiers", 200),
        (f.ANIMATEUR, dossier, 200),
        (f.ANIMATEUR, f"{dossier}/cloture", 200),
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


def test_a_dirigeant_comes_in_by_the_code_and_withdraws(site: Site, navigateur: Browser) -> None:
    with surveillee(navigateur, site.origine, 390) as page:
        page.goto(f"{site.origine}/signalement/espace/acces/{site.adresse.lien[-36:]}")
        page.get_by_label("Code à huit chiffres").fill(site.adresse.code or "")
        page.get_by_role("button", name="Ouvrir mon espace").click()
        assert page.get_by_role("heading", name="Les Jardins de l’Étang").is_visible()
        assert "Ana Roux" in page.locator("main").inner_text()
        page.get_by_role("button", name="Je refuse").first.click()
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
