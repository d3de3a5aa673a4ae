"""The console of an endpoint: what happens shows at once, to its own organisation and without a secret."""

import asyncio
import re
from uuid import UUID

import pytest
from aiohttp import web
from tests.notifications.banc import PUBLIC_URL, Receiver, an_orientation, delivering, hear, member, received, rows
from tests.notifications.servi import Lecteur, Servi, servir

from common import flux
from common.actor import Actor, Role
from common.clock import new_id
from common.database import Database
from notifications.livraisons.handlers import handlers


async def a_webhook(servi: Servi, actor: Actor, url: str) -> tuple[str, str]:
    """The page of a new endpoint, and its secret."""
    async with servi.client(actor) as http:
        asked = {"url": url, "types": ["orientation.*"]}
        made = (await http.post("/notifications/api/v1/webhooks", json=asked)).raise_for_status().json()
    return f"/notifications/webhooks/{made['webhook_id']}", made["secret"]


async def test_a_message_shows_at_once_and_its_answer_too(notifications_db: Database, receiver: Receiver) -> None:
    manager = member(Role.manager, organisation=new_id())
    async with servir(notifications_db) as servi, delivering(notifications_db):
        page, secret = await a_webhook(servi, manager, receiver.url)
        async with servi.client(manager) as http:
            shown = (await http.get(f"{page}/direct")).text
            adresse = re.search(r'data-flux="([^"]+/direct/[^"]+)"', shown)
            assert adresse
            async with http.stream("GET", adresse[1]) as reponse:
                lecteur = Lecteur(reponse)
                await lecteur_pret(servi)
                essai = await http.post(f"{page}/direct/essai")
                assert (essai.status_code, essai.headers["location"]) == (303, f"{page}/direct")
                message = await lecteur.jusqu_a("Livrée")
            assert "Message d’essai" in message.data
            assert "HTTP 200" in message.data
            reloaded = (await http.get(f"{page}/direct")).text
    assert "Livrée" in reloaded
    for text in (message.data, reloaded):
        assert secret not in text
        assert "whsec_" not in text
        assert receiver.hits[0].headers["webhook-signature"] not in text


async def lecteur_pret(servi: Servi) -> None:
    """Wait until the process listens."""
    async with asyncio.timeout(5):
        while not servi.app.state.veille.attentes:
            await asyncio.sleep(0.01)


async def test_nothing_is_lost_between_two_readings(notifications_db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A delivery whose transaction began before a reading and ended after it is in the next one."""
    monkeypatch.setattr(flux, "HEARTBEAT_SECONDS", 0.2)
    partner = new_id()
    manager = member(Role.manager, organisation=partner)
    async with servir(notifications_db) as servi:
        page, _ = await a_webhook(servi, manager, "http://127.0.0.1:9/relais")
        early, late = (received(an_orientation(partenaire_id=partner)) for _ in range(2))
        async with servi.client(manager) as http:
            async with notifications_db.transaction() as slow:
                await handlers(PUBLIC_URL)[type(early.event)](slow, early)
                await hear(notifications_db, late)
                async with http.stream("GET", f"{page}/direct/flux") as reponse:
                    first = await Lecteur(reponse).suivant()
                assert first is not None
                assert str(late.id) in first.data
                assert str(early.id) not in first.data
            async with http.stream("GET", f"{page}/direct/flux", headers={"Last-Event-ID": first.id}) as reponse:
                second = await Lecteur(reponse).suivant()
                assert second is not None
                assert str(early.id) in second.data
            async with http.stream("GET", f"{page}/direct/flux", headers={"Last-Event-ID": second.id}) as reponse:
                lecteur = Lecteur(reponse)
                await lecteur_pret(servi)
                third = received(an_orientation(partenaire_id=partner))
                await hear(notifications_db, third)
                message = await lecteur.jusqu_a(str(third.id))
    assert str(late.id) not in message.data


async def test_what_fails_says_why(notifications_db: Database, receiver: Receiver) -> None:
    partner = new_id()
    manager = member(Role.manager, organisation=partner)

    async def failing(_: web.Request, __: int) -> web.StreamResponse:
        return web.Response(status=503)

    receiver.answer = failing
    async with servir(notifications_db) as servi, delivering(notifications_db, plan=()):
        page, _ = await a_webhook(servi, manager, receiver.url)
        async with servi.client(manager) as http, http.stream("GET", f"{page}/direct/flux") as reponse:
            lecteur = Lecteur(reponse)
            await hear(notifications_db, received(an_orientation(partenaire_id=partner)))
            message = await lecteur.jusqu_a("Abandonnée")
    assert "HTTP 503" in message.data
    assert "Réponse en erreur" in message.data


async def test_only_its_own_organisation_sees_it(notifications_db: Database) -> None:
    manager = member(Role.manager, organisation=new_id())
    async with servir(notifications_db) as servi:
        page, _ = await a_webhook(servi, manager, "http://127.0.0.1:9/relais")
        for actor, status in (
            (None, 401),
            (member(Role.agent, organisation=manager.organisation_id), 403),
            (member(Role.animateur), 403),
            (member(Role.dirigeant), 403),
            (member(Role.manager, organisation=new_id()), 404),
        ):
            async with servi.client(actor) as http:
                for path in ("direct", "direct/flux"):
                    answer = await http.get(f"{page}/{path}", headers={"Accept": "application/json"})
                    assert answer.status_code == status, (actor, path)
        (kept,) = await rows(notifications_db, "SELECT webhook_id FROM webhooks")
        assert kept["webhook_id"] == UUID(page.rsplit("/", 1)[1])


async def test_an_endpoint_that_is_deleted_ends_its_stream(notifications_db: Database) -> None:
    manager = member(Role.manager, organisation=new_id())
    async with servir(notifications_db) as servi:
        page, _ = await a_webhook(servi, manager, "http://127.0.0.1:9/relais")
        async with servi.client(manager) as http, http.stream("GET", f"{page}/direct/flux") as reponse:
            lecteur = Lecteur(reponse)
            await lecteur_pret(servi)
            assert (await http.post(f"{page}/supprimer")).status_code == 303
            fin = await lecteur.suivant(20)
    assert fin is not None
    assert fin.event == "fin"
