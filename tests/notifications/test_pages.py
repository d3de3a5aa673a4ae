"""The manager's pages."""

import re

from aiohttp import web
from tests.notifications.banc import COFFRE, Client, Receiver, an_orientation, delivering, hear, member, received, rows, settled

from common.actor import Role
from common.clock import new_id
from common.database import Database

PAGES = "/notifications/webhooks"


async def test_from_creation_to_deletion(client: Client, notifications_db: Database, receiver: Receiver) -> None:
    """Empty list, form, secret shown once, log with its failure, replay, confirmation, deletion."""
    partner = new_id()
    async with client(member(Role.manager, organisation=partner)) as http:
        assert "Aucun webhook pour l’instant" in (await http.get(PAGES)).text
        assert "Adresse de votre système" in (await http.get(f"{PAGES}/nouveau")).text
        created = await http.post(
            f"{PAGES}/nouveau", data={"url": receiver.url, "types": ["orientation.*"], "description": "Production"}
        )
        assert created.status_code == 201
        secret = re.search(r"whsec_[\w+/=]+", created.text)
        assert secret
        (webhook,) = await rows(notifications_db, "SELECT webhook_id, secret FROM webhooks")
        assert COFFRE.ouvrir(webhook["secret"]) == secret.group()
        page = f"{PAGES}/{webhook['webhook_id']}"
        assert "Rien à livrer encore" in (await http.get(page)).text

        event = received(an_orientation(partenaire_id=partner))
        await hear(notifications_db, event)
        receiver.answer = lambda _, __: _status(500)
        async with delivering(notifications_db, plan=()):
            await settled(notifications_db)
            log = await http.get(page)
            assert "Abandonnée" in log.text
            assert "Réponse en erreur (500)" in log.text
            assert secret.group() not in log.text
            assert "En difficulté" in (await http.get(PAGES)).text
            receiver.answer = None
            assert (await http.post(f"{page}/livraisons/{event.id}/rejouer")).headers["location"] == page
            await settled(notifications_db)
        assert "Livrée" in (await http.get(page)).text
        assert "1\u00a0réussie" in (await http.get(PAGES)).text

        assert "Supprimer ce webhook" in (await http.get(f"{page}/supprimer")).text
        assert (await http.post(f"{page}/supprimer")).headers["location"] == PAGES
        assert (await http.get(page)).status_code == 404


async def _status(status: int) -> web.StreamResponse:
    return web.Response(status=status)


async def test_a_mistake_keeps_what_was_typed(client: Client) -> None:
    """The error is at its field, the rest is still there."""
    async with client(member(Role.manager, organisation=new_id())) as http:
        answer = await http.post(
            f"{PAGES}/nouveau", data={"url": "https://10.0.0.1/x", "types": ["consentement.*"], "description": "Essais"}
        )
        assert answer.status_code == 422
        assert "Il reste des points à corriger" in answer.text
        assert "n’est pas joignable depuis Internet" in answer.text
        assert 'value="https://10.0.0.1/x"' in answer.text
        assert 'value="Essais"' in answer.text
        assert re.search(r'value="consentement\.\*"[^>]*checked', answer.text)
        empty = await http.post(f"{PAGES}/nouveau", data={"description": "x"})
        assert "Choisissez au moins un type d’événement" in empty.text
