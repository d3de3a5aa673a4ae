"""The limits of the API, for people and for systems."""

from tests.notifications.banc import Client, member

from common.actor import Role
from common.clock import new_id
from common.limites import LimitesApi


async def test_people_and_systems_have_limits_of_their_own(client: Client) -> None:
    """Whatever the answer, it says how much is left; a refusal says how long to wait; pages are free."""
    manager, path = member(Role.manager, organisation=new_id()), "/notifications/api/v1/webhooks"
    async with client(manager) as http:
        http._transport.app.state.limites_api = LimitesApi(personne=3, machine=5)  # type: ignore[attr-defined]
        answers = [await http.get(path), await http.post(path, json={}), await http.get(f"{path}/rien/livraisons")]
        refused = await http.get(path)
        page = await http.get("/notifications/webhooks")
    assert [answer.status_code for answer in answers] == [200, 422, 422]
    assert [answer.headers["ratelimit"].split(";")[1] for answer in answers] == ["r=2", "r=1", "r=0"]
    assert all(answer.headers["ratelimit-policy"] == '"personne";q=3;w=60' for answer in [*answers, refused])
    assert refused.status_code == 429
    assert refused.json()["type"] == "urn:relais:erreur:trop-de-demandes"
    assert 1 <= int(refused.headers["retry-after"]) == refused.json()["attendre_secondes"] <= 20
    assert page.status_code == 200
    assert "ratelimit" not in page.headers
    async with client(member(Role.machine, organisation=new_id())) as system:
        assert (await system.get(path)).headers["ratelimit-policy"] == '"machine";q=5;w=60'
