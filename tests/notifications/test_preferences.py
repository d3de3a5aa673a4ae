"""What a member refuses, by the link of a mail or signed in."""

from tests.notifications.banc import COFFRE, Client, an_orientation, received, rows, settled
from tests.notifications.poste import MEMBERS, Inbox, Owners, hear, member_id, posting
from tests.notifications.test_fil import PARTENAIRE, agent, nouvelles

from common.actor import Role
from common.database import Database
from common.events import orientation as o
from notifications.regles.domain import Genre
from relais.nats import NatsServer


async def test_one_click_without_signing_in(
    client: Client, notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int], owners: Owners
) -> None:
    """A mail program's POST is enough; a program that only follows links changes nothing; the next mail does not leave."""
    box, port = inbox
    owners.roles = dict.fromkeys(MEMBERS, (Role.agent,))
    await hear(notifications_db, received(an_orientation()))
    async with posting(notifications_db, nats_server, port):
        await settled(notifications_db, table="courriels")
    (link,) = {str(mail["List-Unsubscribe"])[1:-1] for address, mail in box.mails if address == MEMBERS[0]}
    path = link.removeprefix("http://127.0.0.1:8000")
    assert not {str(member_id(MEMBERS[0])), MEMBERS[0]} & set(link.split("/"))
    async with client(None) as http:
        assert "Ce qui attend une action" in (await http.get(path)).text
        assert await rows(notifications_db, "SELECT * FROM desinscriptions") == []
        # Not a browser: it does not say where it comes from.
        del http.headers["Origin"]
        answer = await http.post(path, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert (await http.post(path[:-8] + "AAAAAAA=")).status_code == 404
    (row,) = await rows(notifications_db, "SELECT membre_id, genre FROM desinscriptions")
    assert row == {"membre_id": str(member_id(MEMBERS[0])), "genre": "a_traiter"}
    box.mails.clear()
    legal = an_orientation(o.OrientationRetiree, etat="retiree")
    await hear(notifications_db, received(an_orientation()), received(legal))
    async with posting(notifications_db, nats_server, port):
        await settled(notifications_db, table="courriels")
    assert sorted(address for address, _ in box.mails) == sorted([*MEMBERS, MEMBERS[1]])


async def test_one_click_refuses_the_kinds_of_the_mail_and_no_other(
    client: Client, notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int], owners: Owners
) -> None:
    """Of a mail that tells of two."""
    box, port = inbox
    owners.members, owners.roles = MEMBERS[:1], {MEMBERS[0]: (Role.agent,)}
    told = [an_orientation(kind, partenaire_id=PARTENAIRE) for kind in (o.OrientationEnvoyee, o.OrientationRelancee)]
    await hear(notifications_db, *map(received, told))
    async with posting(notifications_db, nats_server, port):
        await settled(notifications_db, table="courriels")
    ((_, mail),) = box.mails
    assert mail["Subject"] == nouvelles(2)
    path = str(mail["List-Unsubscribe"])[1:-1].removeprefix("http://127.0.0.1:8000")
    async with client(None) as http:
        page = (await http.get(path)).text
        assert [genre.libelle in page for genre in (Genre.a_traiter, Genre.rappels, Genre.nouvelles)] == [True, True, False]
        assert "Tous les courriels" not in page
        assert "Les rappels et les retards" in (await http.post(path, data={"List-Unsubscribe": "One-Click"})).text
    found = {row["genre"] for row in await rows(notifications_db, "SELECT genre FROM desinscriptions")}
    assert found == {"a_traiter", "rappels"}


async def test_preferences_are_ones_own(client: Client, notifications_db: Database) -> None:
    path = "/notifications/preferences"
    async with client(agent()) as http:
        wanted = {"genres": [genre.value for genre in Genre if genre not in (Genre.nouvelles, Genre.obligatoire)]}
        assert (await http.post(path, data=wanted)).status_code == 303
        found = await rows(notifications_db, "SELECT membre_id, genre FROM desinscriptions")
        assert found == [{"membre_id": agent().id, "genre": "nouvelles"}]
        await http.post(path, data={"genres": [*wanted["genres"], "nouvelles"]})
        assert await rows(notifications_db, "SELECT * FROM desinscriptions") == []
        assert (await http.post(path, data={"genres": "inconnu"})).status_code == 422
    async with client(None) as http:
        assert (await http.get(path, headers={"Accept": "text/html"})).headers["location"].startswith("/orientation/connexion")


async def test_the_link_of_everything_refuses_all_that_may_be(client: Client, notifications_db: Database) -> None:
    """As the mails of an older release carry it, that told of several kinds."""
    path = f"/notifications/desinscription/{COFFRE.sceller('desinscription:tout:somebody')}"
    async with client(None) as http:
        assert "Tous les courriels de Relais" in (await http.get(path)).text
        assert (await http.post(path)).status_code == 200
    found = {row["genre"] for row in await rows(notifications_db, "SELECT genre FROM desinscriptions")}
    assert found == {genre.value for genre in Genre} - {"obligatoire"}
