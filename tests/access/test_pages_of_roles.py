"""Every page that the routes name, as each role that may read it, in Chromium: axe finds nothing, at both widths, and each
form is gone through by keyboard, in the order of reading, with the focus seen.

The pages are those of the case that `world` makes, so that lists, forms and confirmations have something in them. Forms are
then sent empty, for what they say of it. Other states are looked at where they are made: see the browser tests of each service.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from common.actor import Actor, Role
from common.clock import new_id
from relais.hub import Hub
from signalement.depot.etapes import ETAPES
from tests.access.routes import Route, routes
from tests.access.world import World
from tests.browser import LARGEURS, TELEPHONE, chromium, surveillee, verifier_page
from tests.clavier import verifier_clavier
from tests.people import member, session_token
from tests.sessions import COOKIE

pytestmark = pytest.mark.timeout(1200)

# Files, streams and what machines ask: no pages.
NOT_PAGES = re.compile(r"/openapi\.json|/__\w+__|\.ics|\.csv|\.xlsx|/flux|/documents/\{document_id\}")
PAGES = [route for route in routes() if route.method == "GET" and not route.is_api and not NOT_PAGES.search(route.path)]
# What a page may load: of this host alone, no script or style within it, and pictures of the style sheet.
OWN = ["'none'", "'self'", "'self' data:"]
OPEN_HELP = """() => [...document.querySelectorAll('#contenu details')].map(d => { d.open = true;
  return [...d.children].filter(e => e.tagName !== 'SUMMARY').map(e => e.innerText).join(''); })"""
HEIGHT = 844
# Where nobody is shown a page: they lead to the provider, or to a page of this list.
LEADS_ON = {"/orientation/connexion"}


def people(world: World) -> dict[str, Actor | None]:
    """One of each role that has pages, and nobody."""
    national, auditeur = (member("cellule-nationale", role) for role in (Role.national, Role.auditeur))
    administrateur = Actor(str(new_id()), frozenset({Role.administrateur}), national.organisation_id)
    more = {"national": national, "auditeur": auditeur, "administrateur": administrateur, "nobody": None}
    return world.insiders | more


ROLES = ("animateur", "editeur", "agent", "manager", "dirigeant", "national", "auditeur", "administrateur", "nobody")


@pytest.fixture(scope="module")
def navigateur() -> Iterator[Browser]:
    with chromium() as ouvert:
        yield ouvert


@contextmanager
def seen_by(navigateur: Browser, hub: Hub, actor: Actor | None, largeur: int = TELEPHONE) -> Iterator[Page]:
    """A page in which this person is signed in, and that tolerates no surprise."""
    cookies: list[Any] = [{"name": COOKIE, "value": session_token(hub, actor), "url": hub.url}] if actor else []
    with surveillee(navigateur, hub.url, largeur) as page:
        page.context.add_cookies(cookies)
        yield page


def addresses(role: str, world: World) -> Iterator[str]:
    """The pages of this role, with what is in their place in the world."""
    actor = people(world)[role]
    for route in PAGES:
        if actor is None:
            if route.roles is None and route.path not in LEADS_ON:
                yield from _filled(route, world)
        # The editor is an animateur too: only what is its own is looked at again.
        elif route.roles and actor.roles & route.roles and (role != "editeur" or Role.animateur not in route.roles):
            yield from _filled(route, world)


def _filled(route: Route, world: World) -> Iterator[str]:
    query = f"?dossier={world.ids['dossier_id']}" if route.path.endswith("/orientations/nouvelle") else ""
    for address in _addresses_of(route, world):
        yield address + query


def _addresses_of(route: Route, world: World) -> list[str]:
    return [route.filled(world.every_id | {"etape": etape}) for etape in (ETAPES if "{etape}" in route.path else ("",))]


def test_the_roles_have_pages(world: World) -> None:
    assert len(PAGES) > 100
    assert set(ROLES) == set(people(world))
    looked_at = {page.partition("?")[0] for role in ROLES for page in addresses(role, world)}
    assert looked_at >= {address for route in PAGES if route.path not in LEADS_ON for address in _addresses_of(route, world)}


# The first pages of a role are looked at whatever is in them, for its header and its menu.
FIRST = 3


@pytest.fixture(scope="module")
def matters() -> set[str]:
    """What was looked at already: the matter of pages, without what is drawn for each answer."""
    return set()


def matter(page: Page) -> str:
    """The title and the matter of a page, by which it is known again."""
    return page.title() + re.sub(r'name="csrf" value="[^"]*"', "", page.locator("#contenu").inner_html())


@pytest.mark.parametrize("role", ROLES)
def test_axe_finds_nothing_on_any_page(role: str, hub: Hub, world: World, navigateur: Browser, matters: set[str]) -> None:
    """What several roles read in the same words is looked at for one of them."""
    seen, wrong = 0, []
    with seen_by(navigateur, hub, people(world)[role], LARGEURS[0]) as page:
        for address in addresses(role, world):
            page.set_viewport_size({"width": LARGEURS[0], "height": HEIGHT})
            answer = page.goto(hub.url + address)
            assert answer is not None
            seen += 1
            if urlsplit(page.url).path.startswith("/idp/"):
                continue  # Led to the provider, whose pages are its own.
            assert "text/html" in answer.headers["content-type"], address
            assert answer.status < 500, f"{role}: {address} answered {answer.status}"
            policy = answer.headers["content-security-policy"]
            assert sorted(set(re.findall(r"[a-z-]+-src ([^;]+)", policy))) == OWN, f"{address}: {policy}"
            known = matter(page)
            if seen > FIRST and known in matters:
                continue
            matters.add(known)
            wrong += faults(page, f"{address} at {LARGEURS[0]}")
            page.set_viewport_size({"width": LARGEURS[1], "height": HEIGHT})
            # Help that opens on demand is looked at too.
            assert all(len(text) > 20 for text in page.evaluate(OPEN_HELP)), f"{role}: {address} has help that says nothing"
            wrong += faults(page, f"{address} at {LARGEURS[1]}")
            if page.locator("#contenu form").count():
                wrong += faults(page, f"{address} by keyboard", verifier_clavier)
    assert not wrong, "\n\n".join(wrong)
    assert seen > 2, role


def faults(page: Page, where: str, check: Callable[[Page], object] = verifier_page) -> list[str]:
    """What a page does not hold of all that every page must: told together, since a run of all pages takes minutes."""
    try:
        check(page)
    except AssertionError as fault:
        return [f"{where}: {str(fault)[:900]}"]
    return []


# The first form of the page that has fields of its own, emptied; what is chosen from a list stays chosen.
SEND_EMPTY = """() => {
  const own = form => [...form.querySelectorAll('input:not([type=hidden]), textarea, select')].filter(e => e.checkVisibility());
  const form = [...document.querySelectorAll('#contenu form[method=post]')].find(form => own(form).length);
  if (!form) return false;
  for (const e of own(form)) {
    if (['radio', 'checkbox'].includes(e.type)) e.checked = false; else if (e.tagName !== 'SELECT') e.value = '';
  }
  form.noValidate = true;
  setTimeout(() => form.requestSubmit(), 50);
  return true;
}"""


@pytest.mark.parametrize("role", ["nobody", "dirigeant", "manager", "agent", "animateur"])
def test_a_form_that_was_sent_empty_says_what_is_missing(role: str, hub: Hub, world: World, navigateur: Browser) -> None:
    refused, wrong = 0, []
    with seen_by(navigateur, hub, people(world)[role]) as page:
        for address in list(addresses(role, world)):
            page.goto(hub.url + address)
            with page.expect_event("framenavigated") if page.evaluate(SEND_EMPTY) else nullcontext():
                pass
            page.wait_for_load_state("load")
            if page.locator(".govuk-error-summary").count():
                assert page.title().startswith("Erreur"), f"{role}: {address}: {page.title()}"
                assert page.evaluate("document.activeElement.matches('.govuk-error-summary')"), f"{role}: {address}: the focus"
                wrong += faults(page, f"{address}, sent empty")
                wrong += faults(page, f"{address}, sent empty, by keyboard", verifier_clavier)
                refused += 1
    assert not wrong, "\n\n".join(wrong)
    assert refused >= 2, role
