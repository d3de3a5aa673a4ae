"""A cell and the withdrawals of its territory: it writes down what a recipient said. And how all of them are listed."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Browser, expect
from tests.browser import LARGEURS, surveillee
from tests.emptying import empty
from tests.notifications.banc import Client, an_orientation, member, received, rows
from tests.notifications.poste import hear
from tests.notifications.site import Site, entrer, montrer
from tests.notifications.test_fil import CELLULE, PARTENAIRE, agent, cellule, depose
from tests.notifications.test_retraits import API, RETRAITS, RYTHME, retire

from common.actor import Actor, Role
from common.clock import new_id
from common.database import Database
from notifications.retraits.service import insister

ANIMATEUR = Actor("animatrice", frozenset({Role.animateur}), CELLULE, frozenset({"34"}))
AILLEURS = Actor("animateur-67", frozenset({Role.animateur}), new_id(), frozenset({"67"}))
HTML = {"Accept": "text/html"}
LE = datetime(2026, 3, 2, 9, tzinfo=UTC)


async def waiting(database: Database, *destinataires: UUID) -> list[UUID]:
    """A withdrawal in the territory of the cell that each of these is to take note of; their ids."""
    ids = []
    await hear(database, received(cellule()))
    for number, destinataire in enumerate(destinataires or (PARTENAIRE,)):
        sent = an_orientation(partenaire_id=destinataire)
        accord = retire(sent.dossier_id, destinataire)
        known = received(depose(sent.dossier_id, f"R-7F3K{number}"))
        await hear(database, known, received(sent), received(accord))
        ids.append(accord.consentement_id)
    return ids


async def test_a_recipient_that_was_called_is_reminded_no_more(client: Client, notifications_db: Database) -> None:
    """By the page, with a step before, and by the API; twice changes nothing; the log names the animateur."""
    by_page, by_api = await waiting(notifications_db, PARTENAIRE, new_id())
    async with client(ANIMATEUR) as http:
        ask = f"{RETRAITS}/{by_page}/prise-d-acte-orale"
        assert ask in (await http.get(RETRAITS, headers=HTML)).text
        before = (await http.get(ask, headers=HTML)).text
        assert "R-7F3K0" in before
        assert "cela ne se défait pas" in before
        assert await _states(notifications_db) == {by_page: ("a_confirmer", None), by_api: ("a_confirmer", None)}
        for _ in range(2):
            done = await http.post(ask, headers=HTML)
            assert (done.status_code, done.headers["location"]) == (303, f"{RETRAITS}?fait=oral")
        assert str(by_page) not in (await http.get(RETRAITS, headers=HTML)).text
        answer = (await http.post(f"{API}/{by_api}/prise-d-acte-orale")).raise_for_status().json()
        assert (answer["etat"], answer["oral"], answer["echeance"]) == ("confirme", True, None)
        assert (await http.post(f"{API}/{by_api}/prise-d-acte-orale")).raise_for_status().json() == answer
        assert (await http.get(ask, headers=HTML)).status_code == 404
    assert await _states(notifications_db) == dict.fromkeys((by_page, by_api), ("confirme", ANIMATEUR.id))
    log = await rows(notifications_db, "SELECT * FROM audit_entries WHERE action LIKE 'retrait.%' ORDER BY at")
    assert [(one["action"], one["acteur_id"], one["acteur_role"], one["objet_id"]) for one in log] == [
        ("retrait.prendre_acte_oral", ANIMATEUR.id, "animateur", str(accord)) for accord in (by_page, by_api)
    ]
    told = await rows(notifications_db, "SELECT count(*) FROM courriels")
    await insister(RYTHME)(notifications_db, lambda: datetime.now(UTC) + timedelta(days=90))
    assert await rows(notifications_db, "SELECT count(*) FROM courriels") == told
    async with client(agent()) as http:
        assert "pris acte de vive voix" in (await http.get(RETRAITS, headers=HTML)).text
        (one,) = (await http.get(API)).json()["elements"]
        assert (one["etat"], one["oral"]) == ("confirme", True)


async def test_nobody_else_writes_it_down(client: Client, notifications_db: Database) -> None:
    """Another territory or role, the recipient, the cell for itself, nobody; nor where the recipient has done so."""
    theirs, own, done = await waiting(notifications_db, PARTENAIRE, CELLULE, PARTENAIRE)
    async with client(agent()) as http:
        (await http.post(f"{API}/{done}/prise-d-acte")).raise_for_status()
    before = await _states(notifications_db)
    machine = member(Role.machine, organisation=PARTENAIRE)
    manager = member(Role.manager, organisation=CELLULE)
    refused: dict[int, list[tuple[Actor | None, UUID]]] = {
        401: [(None, theirs)],
        403: [(who, theirs) for who in (agent(), machine, manager, member(Role.national), member(Role.dirigeant))],
        404: [(AILLEURS, theirs), (ANIMATEUR, own), (ANIMATEUR, done), (ANIMATEUR, new_id())],
    }
    for status, tries in refused.items():
        for who, accord in tries:
            async with client(who) as http:
                for method, path in (("GET", RETRAITS), ("POST", RETRAITS), ("POST", API)):
                    answer = await http.request(method, f"{path}/{accord}/prise-d-acte-orale")
                    assert answer.status_code == status, (method, path, who)
    assert await _states(notifications_db) == before


async def _states(database: Database) -> dict[UUID, tuple[str, str | None]]:
    found = await rows(database, "SELECT consentement_id, etat, confirme_par FROM retraits")
    return {row["consentement_id"]: (row["etat"], row["confirme_par"]) for row in found}


def _ids(page: str, known: list[UUID]) -> list[UUID]:
    """Which of these a page shows, in its order, by the references of their cases."""
    places = {accord: page.find(f"Dossier R-{number:04}<") for number, accord in enumerate(known)}
    return sorted((accord for accord, place in places.items() if place >= 0), key=lambda accord: places[accord])


async def _many(database: Database, count: int) -> list[UUID]:
    """So many withdrawals of one recipient, a quarter of which waits; seven at each moment. In the order of their age."""
    found = []
    for number in range(count):
        accord, dossier, waits = UUID(int=1000 + number), UUID(int=9000 + number), number % 4 == 0
        etat = "'a_confirmer', now(), NULL" if waits else "'confirme', NULL, now()"
        moment = LE + timedelta(days=number // 7)
        await rows(
            database,
            f"INSERT INTO territoires (dossier_id, departement, reference) VALUES ('{dossier}', '34', 'R-{number:04}')",
        )
        await rows(
            database,
            "INSERT INTO retraits (consentement_id, dossier_id, destinataire_id, retire_le, etapes, etat, due_at, confirme_le) "
            f"VALUES ('{accord}', '{dossier}', '{PARTENAIRE}', '{moment.isoformat()}', 0, {etat})",
        )
        found.append(accord)
    return found


async def test_what_waits_comes_first_and_nothing_falls_off(client: Client, notifications_db: Database) -> None:
    """Three pages: the longest wait first, then the newest; a place that is none is the beginning."""
    known = await _many(notifications_db, 120)
    expected = known[::4] + [accord for number, accord in reversed(list(enumerate(known))) if number % 4]
    seen: list[UUID] = []
    async with client(agent()) as http:
        path: str | None = RETRAITS
        pages = []
        while path:
            text = (await http.get(path, headers=HTML)).text
            pages.append(len(found := _ids(text, known)))
            seen += found
            after = text.partition(f'href="{RETRAITS}?apres=')[2].partition('"')[0]
            path = f"{RETRAITS}?apres={after}" if after else None
            assert ("Revenir au début" in text) == (len(pages) > 1)
        for nothing in ("x", "1_2_3", "1_99999999999999999999_" + "0" * 32):
            assert _ids((await http.get(f"{RETRAITS}?apres={nothing}", headers=HTML)).text, known) == expected[:50]
    assert pages == [50, 50, 20]
    assert seen == expected


@pytest.mark.parametrize("cursor", ["apres", "avant"])
async def test_the_api_walks_through_all_that_share_a_moment(client: Client, notifications_db: Database, cursor: str) -> None:
    """Also for a client that gives `suivant` back as `avant`, as it once had to, or a moment of its own."""
    known = await _many(notifications_db, 30)
    seen: list[str] = []
    async with client(agent()) as http:
        query: dict[str, str | int] = {"limite": 4}
        while True:
            page = (await http.get(API, params=query)).raise_for_status().json()
            seen += [one["consentement_id"] for one in page["elements"]]
            if page["suivant"] is None:
                break
            query = {"limite": 4, cursor: page["suivant"]}
        assert seen == [str(accord) for accord in reversed(known)]
        before = (await http.get(API, params={"avant": (LE + timedelta(days=1)).isoformat()})).json()["elements"]
        assert [one["consentement_id"] for one in before] == [str(accord) for accord in reversed(known[:7])]
        for bad in ("x", "1_2_3", "0001-01-01T00:00:00+14:00"):
            assert (await http.get(API, params={cursor: bad})).status_code == 422


@pytest.mark.parametrize("largeur", LARGEURS)
def test_writing_it_down_in_a_browser(site: Site, navigateur: Browser, largeur: int) -> None:
    site.faire(empty(site.database))
    site.faire(waiting(site.database, PARTENAIRE, CELLULE))
    with surveillee(navigateur, site.origine, largeur) as page:
        entrer(page, site, ANIMATEUR)
        page.goto(f"{site.origine}{RETRAITS}")
        montrer(page, "retraits-cellule")
        page.get_by_role("link", name="Le destinataire en a pris acte de vive voix").focus()
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Le destinataire en a pris acte de vive voix").wait_for()
        montrer(page, "retrait-oral")
        page.get_by_role("button", name="Oui, il en a pris acte").click()
        page.get_by_text("C’est noté, à votre nom").wait_for()
        expect(page.get_by_role("link", name="Le destinataire en a pris acte de vive voix")).to_have_count(0)
        montrer(page, "retraits-cellule-note")
