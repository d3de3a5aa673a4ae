"""The manager's pages in a real browser, on a telephone and a screen: axe, width, French typography."""

from uuid import UUID

import pytest
from aiohttp import web
from playwright.sync_api import Browser
from tests.browser import LARGEURS, ORDINATEUR, TELEPHONE, surveillee
from tests.emptying import empty
from tests.notifications.banc import Receiver, an_orientation, delivering, hear, member, received, receiving, settled
from tests.notifications.site import Site, entrer, montrer, sans_script

from common.actor import Role
from common.clock import new_id
from common.coffre import Coffre, new_coffre_key
from common.events.orientation import OrientationAcceptee, OrientationRecue


@pytest.mark.parametrize("largeur", LARGEURS)
def test_an_endpoint_is_made_and_its_secret_changed(site: Site, navigateur: Browser, largeur: int) -> None:
    manager = member(Role.manager, organisation=new_id())
    with surveillee(navigateur, site.origine, largeur) as page:
        entrer(page, site, manager)
        page.goto(f"{site.origine}/notifications/webhooks")
        page.get_by_role("link", name="Créer un webhook").click()
        page.get_by_label("Adresse de votre système").fill("http://127.0.0.1:9/relais")
        page.get_by_label("Description").fill("Production")
        page.get_by_role("button", name="Créer le webhook").click()
        premier = page.get_by_label("Secret de signature").input_value()
        montrer(page, "webhook-cree")
        page.get_by_role("link", name="J’ai copié le secret").click()
        page.locator("a[href$='/secret']").click()
        montrer(page, "webhook-changement")
        page.get_by_role("button", name="Changer le secret").click()
        assert page.get_by_label("Secret de signature").input_value() != premier
        page.get_by_text("L’ancien reste valable").wait_for()


async def failures_then_success(site: Site, partenaire: UUID, receiver: Receiver) -> None:
    """Some deliveries fail, some arrive."""
    receiver.answer = lambda _, count: _answer(500 if count % 3 == 0 else 204)
    await hear(site.database, *(received(an_orientation(partenaire_id=partenaire)) for _ in range(8)))
    async with delivering(site.database, plan=()):
        await settled(site.database)


async def replayed(site: Site, receiver: Receiver) -> None:
    receiver.answer = None
    async with delivering(site.database, plan=()):
        await settled(site.database)


async def _answer(status: int) -> web.StreamResponse:
    return web.Response(status=status, text="base indisponible")


@pytest.mark.parametrize(("largeur", "javascript"), [(TELEPHONE, True), (ORDINATEUR, True), (TELEPHONE, False)])
def test_from_creation_to_replay(site: Site, navigateur: Browser, largeur: int, javascript: bool) -> None:
    partenaire = new_id()
    site.faire(empty(site.database))
    listening = receiving()
    receiver = site.faire(listening.__aenter__())
    with surveillee(navigateur, site.origine, largeur, java_script_enabled=javascript) as page:
        check = montrer if javascript else sans_script
        entrer(page, site, member(Role.manager, organisation=partenaire))
        page.goto(f"{site.origine}/notifications/webhooks/nouveau")
        page.get_by_label("Adresse de votre système").fill(receiver.url)
        page.get_by_label("Description").fill("Production")
        page.get_by_text("Réglages : filtres, ordre et débit").click()
        page.get_by_label("Seulement ces départements").fill("34, 999")
        page.get_by_label("Garder l’ordre des événements").check()
        page.get_by_role("button", name="Créer le webhook").click()
        page.get_by_text("Donnez des numéros de département").first.wait_for()
        check(page, "webhook-erreur")
        page.get_by_label("Seulement ces départements").fill("34, 30")
        page.get_by_role("button", name="Créer le webhook").click()
        page.get_by_role("link", name="J’ai copié le secret").click()
        site.faire(failures_then_success(site, partenaire, receiver))
        page.reload()
        check(page, "webhook-journal")
        page.get_by_label("État").select_option("abandonnee")
        page.get_by_role("button", name="Filtrer").click()
        page.get_by_role("link", name="Une orientation vous est envoyée").first.click()
        page.get_by_text("base indisponible").first.wait_for()
        check(page, "webhook-livraison")
        page.get_by_role("link", name="Production").click()
        page.get_by_role("link", name="Rejouer des livraisons").click()
        check(page, "webhook-rejeu")
        for partie, valeur in (("Jour", "1"), ("Mois", "1"), ("Année", "2026")):
            page.get_by_role("group", name="À partir de quel jour").get_by_label(partie, exact=True).fill(valeur)
        page.get_by_role("button", name="Rejouer").click()
        page.get_by_text("Rejeu en cours").wait_for()
        check(page, "webhook-rejeu-en-cours")
        site.faire(replayed(site, receiver))
        page.reload()
        page.get_by_text("Dernier rejeu").wait_for()
        page.get_by_role("button", name="Envoyer un message d’essai").click()
        page.get_by_role("heading", name="Message d’essai").wait_for()
        page.get_by_role("link", name="Production").click()
        page.get_by_role("button", name="Mettre en pause").click()
        page.get_by_text("Ce webhook est en pause.").wait_for()
        check(page, "webhook-en-pause")
    site.faire(listening.__aexit__(None, None, None))


async def lost_received_missed(site: Site, partenaire: UUID, receiver: Receiver) -> None:
    """A message arrives; then the endpoint says that it is gone, and misses one; then the key of its secret is lost."""
    await hear(site.database, received(an_orientation(partenaire_id=partenaire)))
    async with delivering(site.database, plan=()):
        await settled(site.database)
        receiver.answer = lambda _, __: _answer(410)
        await hear(site.database, received(an_orientation(OrientationRecue, partenaire_id=partenaire, etat="recue")))
        await settled(site.database)
    await hear(site.database, received(an_orientation(OrientationAcceptee, partenaire_id=partenaire, etat="acceptee")))
    async with site.database.transaction() as session:
        connection = await session.connection()
        scelle = Coffre(new_coffre_key()).sceller("whsec_perdu")
        await connection.exec_driver_sql(f"UPDATE webhooks SET secret = '{scelle}'")


@pytest.mark.parametrize("largeur", LARGEURS)
def test_what_was_missed_lost_or_received(site: Site, navigateur: Browser, largeur: int) -> None:
    """Each page says what to do, and does it by the keyboard."""
    partenaire = new_id()
    site.faire(empty(site.database))
    listening = receiving()
    receiver = site.faire(listening.__aenter__())
    with surveillee(navigateur, site.origine, largeur) as page:
        entrer(page, site, member(Role.manager, organisation=partenaire))
        page.goto(f"{site.origine}/notifications/webhooks/nouveau")
        page.get_by_label("Adresse de votre système").fill(receiver.url)
        page.get_by_label("Description").fill("Production")
        page.get_by_role("button", name="Créer le webhook").click()
        page.get_by_role("link", name="J’ai copié le secret").click()
        site.faire(lost_received_missed(site, partenaire, receiver))
        page.reload()
        page.get_by_text("Le secret de ce webhook ne peut plus être lu.").wait_for()
        montrer(page, "webhook-secret-illisible")
        page.get_by_role("link", name="Une orientation a été acceptée").click()
        page.get_by_text("le webhook était désactivé").wait_for()
        montrer(page, "webhook-livraison-manquee")
        page.go_back()
        page.get_by_role("link", name="Changez le secret").press("Enter")
        page.get_by_role("button", name="Changer le secret").wait_for()
        page.get_by_role("link", name="Production").click()
        page.get_by_role("button", name="Réactiver").press("Enter")
        page.get_by_role("link", name="Une orientation vous est envoyée").click()
        page.get_by_role("button", name="Envoyer de nouveau").wait_for()
        montrer(page, "webhook-livraison-recue")
        page.get_by_role("button", name="Envoyer de nouveau").press("Enter")
        page.get_by_role("heading", name="Production").wait_for()
        assert page.get_by_text("En attente", exact=True).count() >= 1
    site.faire(listening.__aexit__(None, None, None))
