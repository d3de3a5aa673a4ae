"""The pages of notifications and the mails in the pseudo-language; each browser page is one person's visit."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest
from aiohttp import web
from playwright.sync_api import Browser, Page

from common.actor import Actor, Role
from common.clock import new_id, utc_now
from notifications.preferences.jetons import lien_de_desinscription
from notifications.regles.domain import Genre, refusables
from notifications.retraits.jetons import lien_d_acte
from notifications.retraits.service import insister
from tests.browser import TELEPHONE, surveillee, verifier_largeur
from tests.conftest import service_url
from tests.emptying import empty
from tests.langue.lecture import donnees, restes
from tests.langue.pages import verifier
from tests.notifications import banc
from tests.notifications.banc import (
    PUBLIC_URL,
    an_orientation,
    delivering,
    make_settings,
    member,
    received,
    receiving,
    rows,
    settled,
)
from tests.notifications.poste import hear
from tests.notifications.site import Site, entrer, serving
from tests.notifications.test_fil import CELLULE, PARTENAIRE, agent, depose
from tests.notifications.test_fil_navigateur import une_semaine
from tests.notifications.test_retraits import RYTHME, retire, taken_back

NOTIFICATIONS = "/notifications"
WEBHOOKS = f"{NOTIFICATIONS}/webhooks"
# What is typed into the forms, and said again by the pages.
SAISI = {"Production", "http://127.0.0.1:9/relais"}

Voir = Callable[[str], None]


@pytest.fixture(scope="module")
def site(pseudo_langue: str, database_urls: dict[str, str]) -> Iterator[Site]:
    with serving(database_urls["notifications"], pseudo_langue) as lieu:
        yield lieu


@contextmanager
def visite(navigateur: Browser, site: Site, actor: Actor | None) -> Iterator[tuple[Page, Voir]]:
    """A telephone in somebody's hands, and what looks at the page that it shows, or at the one of that address."""
    with surveillee(navigateur, site.origine, TELEPHONE) as page:
        if actor:
            entrer(page, site, actor)

        def voir(path: str) -> None:
            if path.startswith("/"):
                page.goto(f"{site.origine}{path}")
            # What was typed is in the database by then.
            verifier(page, donnees(service_url(site.database)) | SAISI, path, actor)

        yield page, voir


def test_the_feed_and_what_is_wanted_by_mail(site: Site, navigateur: Browser) -> None:
    site.faire(empty(site.database))
    me, settings = agent(), make_settings(site.database, public_url=site.origine)
    with visite(navigateur, site, me) as (page, voir):
        voir("/notifications/fil")
        site.faire(une_semaine(site))
        for path in ("fil", "fil?non_lus=true", "fil?reference=R-0", "preferences", "preferences?fait=enregistre", "regles"):
            voir(f"{NOTIFICATIONS}/{path}")
        page.goto(f"{site.origine}{NOTIFICATIONS}/preferences")
        page.locator("input[type=checkbox]").first.evaluate("box => box.value = 'rien'")
        page.locator("main form button").click()
        assert page.locator(".govuk-error-summary").count() == 1
        voir("preferences refused")
        page.goto(f"{site.origine}{NOTIFICATIONS}/fil")
        page.locator(".relais-fil__tete button").click()
        page.locator(".relais-cloche__lien").wait_for()
        voir("all is read")
    with visite(navigateur, site, member(Role.animateur, organisation=CELLULE)) as (page, voir):
        voir(f"{NOTIFICATIONS}/fil")
        page.locator(".relais-cloche__compte").wait_for()
        voir("the bell counts")
    with visite(navigateur, site, None) as (page, voir):
        for genres in ([Genre.rappels], [Genre.rappels, Genre.a_traiter], refusables()):
            voir(lien_de_desinscription(settings, me.id, genres).removeprefix(site.origine))
            page.locator("main form button").click()
            voir("refused by a link")
        voir(f"{NOTIFICATIONS}/desinscription/rien")


def test_withdrawn_consents(site: Site, navigateur: Browser) -> None:
    site.faire(empty(site.database))
    with visite(navigateur, site, agent()) as (page, voir):
        voir(f"{NOTIFICATIONS}/retraits")
        dit, lu = site.faire(_retires(site))
        voir(f"{NOTIFICATIONS}/retraits")
        page.locator(".relais-fil__ligne form button").first.click()
        voir("taken note of")
    with visite(navigateur, site, Actor("animatrice", frozenset({Role.animateur}), CELLULE, frozenset({"34"}))) as (page, voir):
        voir(f"{NOTIFICATIONS}/retraits")
        voir(f"{NOTIFICATIONS}/retraits/{dit}/prise-d-acte-orale")
        page.locator("main form button").click()
        voir("written down")
    with visite(navigateur, site, agent()) as (_, voir):
        voir(f"{NOTIFICATIONS}/retraits")
    with visite(navigateur, site, None) as (page, voir):
        lien = lien_d_acte(make_settings(site.database), lu, PARTENAIRE, utc_now()).removeprefix(PUBLIC_URL)
        voir(lien)
        page.locator("main form button").click()
        voir("taken note of by the link")
        voir(f"{lien[:-12]}")


async def _retires(site: Site) -> list[UUID]:
    """Three consents that were taken back, of which nobody took note in time; the last two."""
    await une_semaine(site)
    accords = []
    for number in range(3):
        one = an_orientation(partenaire_id=PARTENAIRE, emetteur_id=CELLULE)
        accord = retire(one.dossier_id)
        await hear(site.database, received(depose(one.dossier_id, f"R-8F3K{number}")), received(one))
        await hear(site.database, received(accord), received(taken_back(one), 2))
        accords.append(accord.consentement_id)
    await insister(RYTHME)(site.database, lambda: utc_now() + timedelta(days=5))
    # What waits the longest is shown first, and taken note of by its recipient.
    return accords[1:]


def test_webhooks(site: Site, navigateur: Browser) -> None:
    site.faire(empty(site.database))
    partenaire = new_id()
    listening = receiving()
    receiver = site.faire(listening.__aenter__())
    with visite(navigateur, site, member(Role.manager, organisation=partenaire)) as (page, voir):
        voir(WEBHOOKS)
        voir(f"{WEBHOOKS}/nouveau")
        for champ, valeur in (
            ("url", ""),
            ("url", "https://10.0.0.1/x"),
            ("departements", "999"),
            ("debit", "0"),
        ):
            page.goto(f"{site.origine}{WEBHOOKS}/nouveau")
            page.locator("[name=url]").fill("http://127.0.0.1:9/relais")
            page.locator("main details").evaluate("one => one.open = true")
            page.locator(f"[name={champ}]").fill(valeur)
            page.locator("main form button").click()
            assert page.locator(".govuk-error-summary").count() == 1
            voir(f"{champ}: {valeur}")
        page.goto(f"{site.origine}{WEBHOOKS}/nouveau")
        page.locator("[name=url]").fill(receiver.url)
        page.locator("[name=description]").fill("Production")
        page.locator("main details").evaluate("one => one.open = true")
        page.locator("[name=departements]").fill("34, 30")
        page.locator("[name=dispositifs]").fill("dla")
        page.locator("[name=debit]").fill("600")
        page.locator("[name=ordonne]").check()
        page.locator("main form button").click()
        page.locator("#secret").evaluate("one => one.value = ''")
        voir("made")
        one = page.locator("main p > a.govuk-button").get_attribute("href") or ""
        _essayer(page, voir, site, one, receiver, partenaire)
        _rejouer(page, voir, site, one)
        _changer(page, voir, site, one)
    with visite(navigateur, site, member(Role.dirigeant)) as (_, voir):
        voir(WEBHOOKS)
    site.faire(listening.__aexit__(None, None, None))


def _essayer(page: Page, voir: Voir, site: Site, one: str, receiver: banc.Receiver, partenaire: UUID) -> None:
    """An endpoint before and after its first deliveries, and what is found of them."""
    voir(one)
    voir(f"{one}/direct")
    page.goto(f"{site.origine}{one}")
    page.locator(f"form[action='{one}/essai'] button").click()
    voir("not tried yet")
    site.faire(_deliver(site, receiver, partenaire))
    for path in ("", "?etat=abandonnee", "?etat=livree&evenement=essai", f"?objet={new_id()}", "/direct"):
        voir(f"{one}{path}")
    voir(WEBHOOKS)
    page.goto(f"{site.origine}{one}?etat=abandonnee")
    page.locator("main table a").first.click()
    voir("a delivery that failed")
    page.goto(f"{site.origine}{one}?etat=livree")
    page.locator("main table a").first.click()
    voir("a delivery that arrived")


async def _deliver(site: Site, receiver: banc.Receiver, partenaire: UUID) -> None:
    """Some deliveries fail, some arrive."""
    receiver.answer = _one_of_three_fails
    await rows(site.database, "UPDATE webhooks SET departements = '{}', dispositifs = '{}', debit = NULL, ordonne = false")
    await banc.hear(site.database, *(received(an_orientation(partenaire_id=partenaire)) for _ in range(6)))
    async with delivering(site.database, plan=()):
        await settled(site.database, seconds=40)


async def _one_of_three_fails(_: web.Request, count: int) -> web.StreamResponse:
    return web.Response(status=500 if count % 3 == 0 else 204)


def _rejouer(page: Page, voir: Voir, site: Site, one: str) -> None:
    """The form of a replay and its errors, a replay under way, and one that is over."""
    voir(f"{one}/rejeu")
    page.locator("main form button").click()
    voir("no first day")
    _jours(page, "2026", "2020")
    voir("the end is before the beginning")
    _jours(page, "2020", "")
    voir("under way")
    page.goto(f"{site.origine}{one}/rejeu")
    _jours(page, "2020", "")
    voir("another one is under way")
    site.faire(_redeliver(site))
    voir(one)


def _jours(page: Page, depuis: str, jusqu_a: str) -> None:
    for nom, annee in (("depuis", depuis), ("jusqu_a", jusqu_a)):
        for partie, valeur in (("jour", "1"), ("mois", "1"), ("annee", annee)):
            page.locator(f"[name={nom}-{partie}]").fill(valeur if annee else "")
    page.locator("main form button").click()


async def _redeliver(site: Site) -> None:
    async with delivering(site.database, plan=()):
        await settled(site.database, seconds=40)


def _changer(page: Page, voir: Voir, site: Site, one: str) -> None:
    """A changed secret, a pause, a cut, an end; what can't be done then; the page that asks before all is deleted."""
    voir(f"{one}/modifier")
    for _ in range(2):
        voir(f"{one}/secret")
        page.locator("main form button").click()
        page.locator("#secret").evaluate_all("found => found.forEach(one => one.value = '')")
        voir("changed for in a day, then refused")
    page.locator("[value=immediat]").check()
    page.locator("main form button").click()
    page.locator("#secret").evaluate("one => one.value = ''")
    voir("changed at once")
    for etat in ("coupe_jusqu_a = now() + interval '1 hour'", "etat = 'en_pause'", "etat = 'desactive', desactive_le = now()"):
        site.faire(rows(site.database, f"UPDATE webhooks SET {etat}"))
        for path in (WEBHOOKS, one, f"{one}/direct"):
            voir(path)
    page.goto(f"{site.origine}{one}/rejeu")
    _jours(page, "2020", "")
    voir("nothing is replayed to what is disabled")
    voir(f"{one}/supprimer")
    voir(f"{one}/livraisons/{new_id()}")


def test_developers(site: Site, navigateur: Browser) -> None:
    """The page in the language of the instance; the one in English says that it is, and has nothing else around it."""
    with visite(navigateur, site, None) as (page, voir):
        voir(f"{NOTIFICATIONS}/developpeurs")
        voir(f"{NOTIFICATIONS}/nulle-part")
        page.goto(f"{site.origine}{NOTIFICATIONS}/developpeurs?lang=en")
        assert not restes(page, {"Developers"})
        assert page.locator("[lang=en] h1").inner_text() == "Connect your system"
        verifier_largeur(page)
