"""Signing in through the real pages, when something cuts the way short."""

import httpx2

from relais.hub import Hub
from relais.journey.directory import DEMO, Directory


def test_a_way_back_that_is_taken_twice_asks_to_begin_again(hub: Hub) -> None:
    person = Directory.load(DEMO, hub.layout.data).national()
    with httpx2.Client(base_url=hub.url, timeout=20, trust_env=False) as browser:
        page = browser.get("/orientation/connexion", params={"suite": "/orientation/"}).headers["location"]
        attempt = dict(browser.cookies)
        back = browser.post(page, data={"sub": person.sub}).headers["location"]
        first = browser.get(back)
        assert (first.status_code, first.headers["location"]) == (303, "/orientation/")
        # The provider gives nothing for a code that it has taken already, and that is no fault of the hub.
        browser.cookies.update(attempt)
        again = browser.get(back)
        assert again.status_code == 401
        assert "/orientation/connexion" in again.text
