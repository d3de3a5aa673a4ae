"""What the journeys of roles share: people in browsers of their own, who sign in as people do, by a provider or by a mail."""

import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
from playwright.sync_api import Browser, Page

from common.actor import Role
from relais.hub import Hub
from relais.journey.mailbox import ACCESS, ADDRESS, CODE
from relais.journey.people import path_of
from tests.browser import surveillee
from tests.people import organisation

MAIL_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Scene:
    """A hub, a browser, and how it is looked at. `nom` is a word that no other scene has, for addresses and names."""

    hub: Hub
    navigateur: Browser
    largeur: int
    script: bool
    nom: str = field(default_factory=lambda: secrets.token_hex(4))

    @contextmanager
    def browser(self) -> Iterator[Page]:
        """A browser that nobody has used."""
        with surveillee(self.navigateur, self.hub.url, self.largeur, java_script_enabled=self.script) as page:
            yield page

    @contextmanager
    def member(self, code: str, role: Role) -> Iterator[Page]:
        """Somebody of an organisation, who chooses the account at the identity provider."""
        sub = next(one["sub"] for one in organisation(code)["membres"] if role in one["roles"])
        with self.browser() as page:
            page.goto(f"{self.hub.url}/orientation/connexion")
            page.locator(f"button[value='{sub}']").click()
            page.wait_for_url(re.compile(r"^[^?]*/(orientation|cellule|signalement)/[^?]*$"))
            assert "/connexion" not in page.url
            yield page

    @contextmanager
    def by_mail(self, courriel: str) -> Iterator[Page]:
        """Somebody of an association, who opens the link of a mail and types its code."""
        path, code = self.mailed(courriel)
        with self.browser() as page:
            page.goto(self.hub.url + path)
            page.get_by_label("Code à huit chiffres").fill(code)
            page.get_by_role("button", name="Ouvrir mon espace").click()
            page.get_by_role("heading", name="Ce qui est attendu de vous").wait_for()
            yield page

    def mailed(self, courriel: str) -> tuple[str, str]:
        """The path and the code of the newest mail that opens the association's space to this address."""
        deadline = time.monotonic() + MAIL_SECONDS
        while True:
            mails: list[dict[str, Any]] = httpx2.get(
                f"{self.hub.url}/courriels/api/messages", params={"to": courriel}, trust_env=False
            ).json()
            for mail in mails:
                path = path_of(ADDRESS.findall(mail["text"]), f"{ACCESS}/")
                code = CODE.search(ADDRESS.sub("", mail["text"]))
                if path and code:
                    return path, "".join(code.groups())
            assert time.monotonic() < deadline, f"no mail with a link and a code for {courriel}"
            time.sleep(0.3)


def reload_until(page: Page, what: str) -> None:
    """Come back to the page until it says this: what another service heard takes a moment."""
    deadline = time.monotonic() + MAIL_SECONDS
    while what not in lu(page):
        assert time.monotonic() < deadline, f"{page.url} never says « {what} »"
        time.sleep(0.5)
        page.reload()


def lu(page: Page) -> str:
    """What the page says, with ordinary spaces."""
    return re.sub(r"[\u00a0\u202f]", " ", page.locator("main").inner_text())
