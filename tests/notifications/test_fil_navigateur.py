"""The feed, the preferences and the table of rules in a real browser: axe, width, French typography, without JavaScript too."""

import re

import pytest
from playwright.sync_api import Browser, expect
from tests.browser import LARGEURS, TELEPHONE, surveillee
from tests.emptying import empty
from tests.notifications.banc import an_orientation, make_settings, member, received
from tests.notifications.poste import hear
from tests.notifications.site import Site, entrer, montrer, sans_script
from tests.notifications.test_fil import CELLULE, PARTENAIRE, agent, cellule, depose

from common.actor import Role
from common.events import orientation as o
from notifications.preferences.jetons import lien_de_desinscription
from notifications.regles.domain import Genre

FIL = "/notifications/fil"


async def une_semaine(site: Site) -> None:
    """Some news for an agent and an animateur."""
    told = [an_orientation(partenaire_id=PARTENAIRE, emetteur_id=CELLULE) for _ in range(3)]
    known = [received(depose(one.dossier_id, f"R-7F3K{n}")) for n, one in enumerate(told)]
    late = told[0].model_copy(update={"horloge": "repondre"}).model_dump()
    more = [o.OrientationRelancee(**late), o.OrientationAcceptee(**told[1].model_dump() | {"etat": "acceptee"})]
    await hear(site.database, received(cellule()), *known, *map(received, [*told, *more]))


@pytest.mark.parametrize(("largeur", "javascript"), [*((largeur, True) for largeur in LARGEURS), (TELEPHONE, False)])
def test_the_feed_is_read(site: Site, navigateur: Browser, largeur: int, javascript: bool) -> None:
    site.faire(empty(site.database))
    site.faire(une_semaine(site))
    check = montrer if javascript else sans_script
    with surveillee(navigateur, site.origine, largeur, java_script_enabled=javascript) as page:
        entrer(page, site, agent())
        page.goto(f"{site.origine}{FIL}")
        expect(page.locator(".relais-fil__ligne--nouvelle")).to_have_count(4)
        check(page, "fil")
        page.get_by_role("button", name=re.compile("^Marquer comme lu")).last.click()
        expect(page.locator(".relais-fil__ligne--nouvelle")).to_have_count(3)
        page.get_by_label("Sujet").select_option(label=Genre.rappels.libelle)
        page.get_by_role("button", name="Filtrer").click()
        expect(page.locator(".relais-fil__ligne--nouvelle")).to_have_count(1)
        check(page, "fil-filtre")
        page.get_by_role("button", name="Marquer cette sélection comme lue").click()
        expect(page.locator(".relais-fil__ligne")).to_have_count(1)
        expect(page.locator(".relais-fil__ligne--nouvelle")).to_have_count(0)
        expect(page.get_by_role("button", name="Marquer cette sélection comme lue")).to_have_count(0)
        page.get_by_role("link", name="Tout afficher").click()
        page.get_by_role("button", name="Tout marquer comme lu").click()
        page.get_by_text("Tout est lu").wait_for()
        page.get_by_role("link", name="Choisir mes courriels").click()
        page.get_by_label(Genre.nouvelles.libelle).uncheck()
        check(page, "preferences")
        page.get_by_role("button", name="Enregistrer").click()
        page.get_by_text("Votre choix est enregistré").wait_for()
        page.get_by_role("link", name="Qui est prévenu de quoi").click()
        check(page, "regles")


@pytest.mark.parametrize("largeur", LARGEURS)
def test_refusing_by_the_link_of_a_mail(site: Site, navigateur: Browser, largeur: int) -> None:
    site.faire(empty(site.database))
    link = lien_de_desinscription(
        make_settings(site.database, public_url=site.origine), agent().id, [Genre.rappels, Genre.a_traiter]
    )
    with surveillee(navigateur, site.origine, largeur) as page:
        page.goto(link)
        montrer(page, "desinscription")
        page.get_by_role("button", name="Ne plus les recevoir").click()
        page.get_by_role("heading", name="Vous ne recevrez plus ces courriels").wait_for()
        montrer(page, "desinscription-faite")
        entrer(page, site, agent())
        page.goto(f"{site.origine}/notifications/preferences")
        expect(page.get_by_label(Genre.rappels.libelle)).not_to_be_checked()
        page.goto(f"{site.origine}{FIL}")
        page.get_by_text("Rien pour l’instant").wait_for()
        montrer(page, "fil-vide")


def test_an_animateur_has_a_feed_of_its_own(site: Site, navigateur: Browser) -> None:
    site.faire(empty(site.database))
    site.faire(une_semaine(site))
    with surveillee(navigateur, site.origine, TELEPHONE) as page:
        entrer(page, site, member(Role.animateur, organisation=CELLULE))
        page.goto(f"{site.origine}{FIL}")
        page.get_by_role("heading", name="Une orientation est acceptée").wait_for()
        montrer(page, "fil-animateur")


def test_the_bell_moves_by_itself_and_after_a_cut(site: Site, navigateur: Browser) -> None:
    """What happens shows without reloading, in the page that is open; what happened while the line was cut, afterwards."""
    site.faire(empty(site.database))
    site.faire(une_semaine(site))
    with surveillee(navigateur, site.origine, TELEPHONE) as page:
        entrer(page, site, agent())
        page.goto(f"{site.origine}/notifications/regles")
        bell = page.get_by_role("link", name=re.compile("^Fil \\d"))
        expect(bell).to_have_text(re.compile("4 non lus"))
        montrer(page, "cloche")
        page.evaluate("window.theSamePage = true")
        site.faire(hear(site.database, received(an_orientation(partenaire_id=PARTENAIRE))))
        expect(bell).to_have_text(re.compile("5 non lus"))
        page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        site.faire(hear(site.database, received(an_orientation(partenaire_id=PARTENAIRE))))
        page.wait_for_timeout(1000)
        expect(bell).to_have_text(re.compile("5 non lus"))
        page.evaluate("Object.defineProperty(document, 'hidden', {value: false, configurable: true})")
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(bell).to_have_text(re.compile("6 non lus"))
        page.context.set_offline(True)
        site.couper()
        site.faire(hear(site.database, received(an_orientation(partenaire_id=PARTENAIRE))))
        page.wait_for_timeout(1000)
        expect(bell).to_have_text(re.compile("6 non lus"))
        page.context.set_offline(False)
        expect(bell).to_have_text(re.compile("7 non lus"), timeout=30_000)
        assert page.evaluate("window.theSamePage")
        bell.click()
        page.get_by_role("button", name="Tout marquer comme lu").click()
        expect(page.locator(".relais-cloche__compte")).to_have_count(0)
