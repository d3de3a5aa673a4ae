"""The API of endpoints: who may do what, and what it never says."""

from typing import Any

import pytest
from tests.notifications.banc import Client, an_orientation, hear, member, received, rows

from common.actor import Actor, Role
from common.clock import new_id
from common.database import Database
from notifications.webhooks.domain import FAMILLES, TYPES

MINE, OTHER = new_id(), new_id()
BASE = "/notifications/api/v1/webhooks"
BODY = {"url": "https://si.partenaire.example/relais", "types": ["orientation.*"], "description": "Production"}


async def create(client: Client, actor: Actor | None = None, **more: Any) -> Any:
    """Create an endpoint as a manager of `MINE`; the answer's body."""
    async with client(actor or member(Role.manager, organisation=MINE)) as http:
        answer = await http.post(BASE, json=BODY | more)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_the_secret_is_shown_once(client: Client) -> None:
    """At creation only; neither the list nor the log has it."""
    created = await create(client)
    assert created["secret"].startswith("whsec_")
    async with client(member(Role.machine, organisation=MINE)) as http:
        listed = await http.get(BASE)
        log = await http.get(f"{BASE}/{created['webhook_id']}/livraisons")
    assert [one["webhook_id"] for one in listed.json()["elements"]] == [created["webhook_id"]]
    assert listed.json()["elements"][0]["sante"]["en_attente"] == 0
    assert "secret" not in listed.text + log.text


async def test_a_repeated_creation_has_one_effect(client: Client) -> None:
    """Idempotency-Key: the same answer, one endpoint."""
    async with client(manager := member(Role.manager, organisation=MINE)) as http:
        first, second = [await http.post(BASE, json=BODY, headers={"Idempotency-Key": "une-cle-bien-a-moi"}) for _ in range(2)]
        assert first.json() == second.json()
        assert len((await http.get(BASE)).json()["elements"]) == 1
    assert manager.organisation_id == MINE


ASKED: dict[tuple[str, str], Any] = {
    ("POST", ""): BODY,
    ("PUT", "/{id}"): BODY,
    ("PUT", "/{id}/etat"): {"etat": "en_pause"},
    ("POST", "/{id}/secret"): {"immediat": True},
    ("POST", "/{id}/rejeux"): {"depuis": "2020-01-01T00:00:00Z"},
}
ROUTES = [
    ("POST", ""),
    ("GET", ""),
    ("DELETE", "/{id}"),
    ("PUT", "/{id}"),
    ("PUT", "/{id}/etat"),
    ("POST", "/{id}/essai"),
    ("POST", "/{id}/rejeux"),
    ("GET", "/{id}/rejeux/{event}"),
    ("GET", "/{id}/livraisons/{event}"),
    ("PAGE", "/{id}/modifier"),
    ("PAGE", "/{id}/rejeu"),
    ("PAGE", "/{id}/livraisons/{event}"),
    ("FORM", "/{id}/modifier"),
    ("FORM", "/{id}/etat"),
    ("FORM", "/{id}/essai"),
    ("FORM", "/{id}/rejeu"),
    ("POST", "/{id}/secret"),
    ("GET", "/{id}/livraisons"),
    ("POST", "/{id}/livraisons/{event}/rejouer"),
    ("PAGE", ""),
    ("PAGE", "/nouveau"),
    ("PAGE", "/{id}"),
    ("PAGE", "/{id}/secret"),
    ("PAGE", "/{id}/supprimer"),
    ("FORM", "/nouveau"),
    ("FORM", "/{id}/secret"),
    ("FORM", "/{id}/supprimer"),
    ("FORM", "/{id}/livraisons/{event}/rejouer"),
]


@pytest.mark.parametrize(("method", "path"), ROUTES, ids=lambda value: value)
async def test_who_may(client: Client, notifications_db: Database, method: str, path: str) -> None:
    """Nobody 401; other roles 403; another partner's manager 404 and without effect; pages are not for machines."""
    created = await create(client)
    event = received(an_orientation(partenaire_id=MINE))
    await hear(notifications_db, event)
    base = BASE if method not in ("PAGE", "FORM") else "/notifications/webhooks"
    address = base + path.format(id=created["webhook_id"], event=event.id)
    verb = {"PAGE": "GET", "FORM": "POST"}.get(method, method)
    before = await rows(notifications_db, "SELECT * FROM livraisons, webhooks")

    async def status(actor: Actor | None) -> int:
        async with client(actor) as http:
            return (await http.request(verb, address, json=ASKED.get((method, path)))).status_code

    assert await status(None) == 401
    refused = [Role.agent, Role.animateur, Role.national, Role.auditeur, Role.dirigeant]
    for role in [*refused, Role.machine] if method in ("PAGE", "FORM") else refused:
        assert await status(member(role, organisation=MINE)) == 403, role
    if "{id}" in path:
        assert await status(member(Role.manager, organisation=OTHER)) == 404
    assert await rows(notifications_db, "SELECT * FROM livraisons, webhooks") == before
    if (method, path) == ("POST", ""):
        assert await status(member(Role.manager)) == 403


async def test_the_log_goes_on_from_a_cursor(client: Client, notifications_db: Database) -> None:
    """Pages follow each other, the newest first, without gap or repeat."""
    created = await create(client)
    events = [received(an_orientation(partenaire_id=MINE)) for _ in range(5)]
    await hear(notifications_db, *events)
    seen, apres = [], None
    async with client(member(Role.manager, organisation=MINE)) as http:
        for _ in range(3):
            query = {"limite": 2} | ({"apres": apres} if apres else {})
            page = (await http.get(f"{BASE}/{created['webhook_id']}/livraisons", params=query)).json()
            seen += [one["livraison_id"] for one in page["elements"]]
            apres = page["suivant"]
    assert seen == [str(event.id) for event in reversed(events)]
    assert apres is None


@pytest.mark.parametrize(
    ("body", "champ"),
    [
        ({"url": "http://169.254.169.254/"}, "url"),
        ({"url": "https://user:pw@si.example/"}, "url"),
        ({"types": ["orientation.proposee"]}, "types"),
        ({"types": []}, "types"),
    ],
)
async def test_a_bad_request_says_which_field(client: Client, body: dict[str, Any], champ: str) -> None:
    """422 with the field and a remedy, never the value."""
    async with client(member(Role.manager, organisation=MINE)) as http:
        answer = await http.post(BASE, json=BODY | body)
    assert (answer.status_code, answer.json()["champ"]) == (422, champ)
    assert "169.254" not in answer.text


async def test_everything_can_be_asked_for_by_name(client: Client) -> None:
    """All the types and all the families at once."""
    types = sorted({*TYPES, *FAMILLES})
    created = await create(client, types=types)
    async with client(member(Role.manager, organisation=MINE)) as http:
        (found,) = (await http.get(BASE)).json()["elements"]
    assert (found["webhook_id"], found["types"]) == (created["webhook_id"], types)


async def test_there_is_a_limit(client: Client) -> None:
    """Twenty endpoints a partner."""
    for _ in range(20):
        await create(client)
    async with client(member(Role.manager, organisation=MINE)) as http:
        answer = await http.post(BASE, json=BODY)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:relais:erreur:trop-de-webhooks")


async def test_changes_are_audited(client: Client, notifications_db: Database) -> None:
    """Creation and deletion, with the actor and without content; the log goes with the endpoint."""
    created = await create(client)
    await hear(notifications_db, received(an_orientation(partenaire_id=MINE)))
    async with client(member(Role.manager, organisation=MINE)) as http:
        assert (await http.delete(f"{BASE}/{created['webhook_id']}")).status_code == 204
    entries = await rows(notifications_db, "SELECT action, objet_id FROM audit_entries ORDER BY at")
    assert [entry["action"] for entry in entries] == ["webhook.creer", "webhook.supprimer"]
    assert {entry["objet_id"] for entry in entries} == {created["webhook_id"]}
    assert await rows(notifications_db, "SELECT seq FROM livraisons") == []
