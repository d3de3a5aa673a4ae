"""Values planted in every free field of a case are looked for in all that people and systems are told, and in every log."""

import asyncio
import email
import email.policy
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import UUID

import httpx2
import pytest
from icalendar import Calendar

from common.actor import Actor, Role
from relais.hub import Hub
from tests.access.world import eventually
from tests.journeys.planted import OWN, PARTNER, VALUES, diagnosed, filed, in_the_space, invited, mistaken, referred
from tests.journeys.systems import Systems, listening
from tests.journeys.test_nothing_leaks import found, on_the_bus
from tests.people import dirigeant, member, signed_in

pytestmark = pytest.mark.timeout(600)


@dataclass(frozen=True)
class Left:
    """What was left: texts by place, the ICS feeds' secrets, and where everything planted really is."""

    places: dict[str, str]
    secrets: dict[str, str]
    stored: str


def feed(hub: Hub, actor: Actor) -> tuple[str, str]:
    """The secret of this member's calendar, and what an agenda reads there."""
    sub = "SELECT id FROM membres WHERE sub = "
    membre_id = hub.cluster.execute(f"{sub} '{actor.id}'", "relais_orientation").strip()
    page = signed_in(hub, replace(actor, id=membre_id)).post("/orientation/mon-agenda").raise_for_status().text
    address = re.findall(r'value="([^"]+/calendriers/[^"]+)"', page)[0]
    answer = httpx2.get(address, timeout=30).raise_for_status()
    assert Calendar.from_ical(answer.content).walk("VEVENT")
    return address.rpartition("/")[2].removesuffix(".ics"), re.sub(r"\r?\n[ \t]", "", answer.text)


def bell(hub: Hub, actor: Actor) -> str:
    """The first message of the bell's stream, with its headers."""
    with signed_in(hub, actor).stream("GET", "/notifications/fil/flux") as answer:
        text = str(answer.headers)
        for line in answer.iter_lines():
            text += f"\n{line}"
            if "non lu" in line or "cloche" in line:
                return text
    return text


def mails(hub: Hub, since: float = 0.0) -> Iterator[str]:
    """Every mail since that moment as it was written: its headers save to whom it goes, and all its parts."""
    for folder in ("new", "cur"):
        for path in (hub.layout.mail / folder).iterdir():
            if path.stat().st_mtime < since:
                continue
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            # The inbox adds the envelope's recipient, who is the one that the mail names.
            assert message["X-Relais-Recipients"] == message["To"]
            headers = [f"{name}: {value}" for name, value in message.items() if name not in ("To", "X-Relais-Recipients")]
            yield "\n".join([*headers, *(part.get_content() for part in message.walk() if not part.is_multipart())])


def table(hub: Hub, database: str) -> str:
    """Every row of every table of a database."""
    names = hub.cluster.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", database).split()
    return "\n".join(hub.cluster.execute(f'SELECT t::text FROM "{name}" t', database) for name in names)


@pytest.fixture(scope="module")
def left(hub: Hub) -> Left:
    """Live the whole case, then collect all that can be read afterwards."""
    people = {
        "agent": member(PARTNER, Role.agent),
        "manager": member(PARTNER, Role.manager),
        "animateur": member("cellule-occitanie", Role.animateur),
    }
    animateur, began = signed_in(hub, people["animateur"]), time.time()
    with listening() as systems:
        _subscribe(hub, systems)
        dossier_id = filed(hub)
        animateur.post(
            f"/signalement/api/v1/dossiers/{dossier_id}/qualification", json={"niveau": "faire_face"}
        ).raise_for_status()
        space = signed_in(hub, dirigeant(UUID(dossier_id)))
        in_the_space(space, animateur, dossier_id)
        consent_id = referred(hub, animateur, space, dossier_id)
        diagnosed(animateur, space, dossier_id)
        mistaken(hub, animateur, dossier_id)
        invited(hub)
        calendars = {who: feed(hub, people[who]) for who in ("agent", "animateur")}
        space.post(f"/signalement/api/v1/consentements/{consent_id}/retirer").raise_for_status()
        eventually(lambda: systems.of(PARTNER, "consentement.retire", dossier_id), 60)
        _summaries(hub)
        places = {f"calendar of {who}": text for who, (_, text) in calendars.items()}
        for who, actor in people.items():
            client = signed_in(hub, actor)
            for page in ("fil", "retraits", "preferences"):
                answer = client.get(f"/notifications/{page}", headers={"Accept": "text/html"}).raise_for_status()
                places[f"{page} of {who}"] = f"{answer.headers}\n{answer.text}"
            places[f"bell of {who}"] = bell(hub, actor)
        places["webhooks"] = "\n".join(systems.raw)
    secrets = {f"calendar of {who}": secret for who, (secret, _) in calendars.items()} | _followed(hub, began)
    places |= {f"stream {name}": text for name, text in asyncio.run(on_the_bus(hub)).items()}
    places |= {f"log {path.name}": path.read_text(errors="replace") for path in hub.layout.logs.iterdir() if path.is_file()}
    places |= {f"mail {n}": text for n, text in enumerate(mails(hub))}
    places["tables of notifications"] = table(hub, "relais_notifications")
    stored = "".join(table(hub, f"relais_{service}") for service in ("signalement", "orientation", "cellule", "notifications"))
    return Left(places, secrets, stored)


def _followed(hub: Hub, since: float) -> dict[str, str]:
    """The keys in the links of these mails; of each kind one is opened, as its reader does: to refuse mails, to join a team."""
    keys: dict[str, str] = {}
    for text in mails(hub, since):
        for kind, key in re.findall(r"/(desinscription|orientation/invitation)/([\w=-]{40,})", text):
            if not any(what.startswith(kind) for what in keys):
                path = f"/notifications/{kind}/{key}" if kind == "desinscription" else f"/{kind}/{key}"
                assert httpx2.get(f"{hub.url}{path}", timeout=30, trust_env=False).status_code in (200, 303)
            keys[f"{kind} {len(keys)}"] = key
    return keys


def _subscribe(hub: Hub, systems: Systems) -> None:
    hook = {"url": f"{systems.url}/{PARTNER}", "types": ["orientation.*", "rendez_vous.*", "transfert.*", "consentement.*"]}
    hook |= {"description": OWN["description of a webhook"]}
    answer = signed_in(hub, member(PARTNER, Role.manager)).post("/notifications/api/v1/webhooks", json=hook)
    systems.secrets[PARTNER] = answer.raise_for_status().json()["secret"]


def _summaries(hub: Hub) -> None:
    """Let the morning come: what waits for a summary leaves together, and all mails are gone."""
    waiting = "SELECT count(*) FROM courriels WHERE etat = 'en_attente'"
    # What is being sent is left alone: waiting for it would make the worker wait for us, each for the other.
    idle = "SELECT seq FROM courriels WHERE etat = 'en_attente' FOR UPDATE SKIP LOCKED"
    deadline = time.monotonic() + 120
    while hub.cluster.execute(waiting, "relais_notifications").strip() != "0":
        assert time.monotonic() < deadline, "some mails never left"
        hub.cluster.execute(f"UPDATE courriels SET due_at = now() WHERE seq IN ({idle})", "relais_notifications")
        time.sleep(2)


def test_the_search_itself_finds(left: Left) -> None:
    assert set(VALUES) - found(VALUES, left.stored) - {"content of the document"} == set()
    for who in ("agent", "manager", "animateur"):
        assert "Dossier R-" in left.places[f"fil of {who}"]
        assert re.search(r"\d", left.places[f"bell of {who}"])
    assert "rendez_vous.annule" in left.places["webhooks"]
    assert "webhook-signature" in left.places["webhooks"].lower()
    for who in ("agent", "animateur"):
        assert "STATUS:CANCELLED" in left.places[f"calendar of {who}"]
        assert left.places[f"calendar of {who}"].count("BEGIN:VEVENT") >= 3
    together = [text for place, text in left.places.items() if place.startswith("mail ") and "nouvelles" in text]
    assert together, "no summary was sent"
    for service in ("signalement", "orientation", "cellule", "notifications"):
        assert '"event": "request"' in left.places[f"log {service}-api.log"]
    assert '"route": "/calendriers/{jeton}.ics"' in left.places["log orientation-api.log"]
    assert {"log front.log", "log postgres.log", "log nats.log"} <= set(left.places)
    assert {"stream SIGNALEMENT", "stream ORIENTATION", "stream CELLULE", "stream AUDIT"} <= set(left.places)


def test_nothing_planted_is_told_to_anybody_nor_logged(left: Left) -> None:
    assert {place: what for place, text in left.places.items() if (what := found(VALUES, text))} == {}


def test_what_a_manager_writes_for_itself_stays_its_own(left: Left) -> None:
    elsewhere = {place: text for place, text in left.places.items() if place != "tables of notifications"}
    assert {place: what for place, text in elsewhere.items() if (what := found(OWN, text))} == {}


def test_the_keys_in_addresses_are_nowhere(left: Left) -> None:
    """Of a calendar and of a team's invitation only hashes are kept; what refuses mails is sealed in its address alone."""
    kinds = {what.partition(" ")[0] for what in left.secrets}
    assert kinds == {"calendar", "desinscription", "orientation/invitation"}
    assert all(len(secret) >= 43 for secret in left.secrets.values())
    assert found(left.secrets, left.stored) == set()
    elsewhere = {place: text for place, text in left.places.items() if not place.startswith("mail ")}
    assert {place: what for place, text in elsewhere.items() if (what := found(left.secrets, text))} == {}
