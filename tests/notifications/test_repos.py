"""A receiver that asks to be left alone is, as a whole and for as long as it asks, up to a day."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from tests.notifications.banc import Client, Receiver, an_orientation, delivering, hear, received, rows, settled
from tests.notifications.test_livraisons import PARTENAIRE, subscribe
from tests.notifications.test_suivi import Days

from common.database import Database
from notifications.livraisons.domain import Forme, Regles, suivre
from notifications.livraisons.places import NEW
from notifications.webhooks.domain import Reponse

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
REGLES = Regles(plan=(5,) * 9)
HOUR = timedelta(hours=1)
HALF = timedelta(seconds=2)
EVENTS = 10


def in_seconds(until: datetime) -> str:
    """Said when two seconds are left."""
    return "2"


def as_a_date(until: datetime) -> str:
    """To the second, as HTTP has it."""
    return format_datetime(until, usegmt=True)


async def tell(database: Database, events: int) -> None:
    await hear(database, *(received(an_orientation(partenaire_id=PARTENAIRE)) for _ in range(events)))


async def test_retry_after_is_honoured(client: Client, notifications_db: Database, receiver: Receiver) -> None:
    """A receiver that asks for a second gets it, though the schedule says less."""

    async def busy(_: web.Request, count: int) -> web.StreamResponse:
        return web.Response(status=503, headers={"Retry-After": "1"}) if count == 1 else web.Response()

    await subscribe(client, receiver.url)
    receiver.answer = busy
    await hear(notifications_db, received(an_orientation(partenaire_id=PARTENAIRE)))
    async with delivering(notifications_db):
        await settled(notifications_db)
    first, second = receiver.hits
    assert (second.at - first.at).total_seconds() >= 1


@pytest.mark.parametrize("form", [in_seconds, as_a_date])
@pytest.mark.parametrize("status", [429, 503])
async def test_all_that_waits_for_an_endpoint_waits_as_long_as_it_asks(
    client: Client, notifications_db: Database, receiver: Receiver, status: int, form: Callable[[datetime], str]
) -> None:
    """Those under way together are refused, nothing follows until the time has come, and then all arrive."""
    until = datetime.max.replace(tzinfo=UTC)

    async def busy(_: web.Request, count: int) -> web.StreamResponse:
        nonlocal until
        now = datetime.now(UTC)
        if count == 1:
            until = now.replace(microsecond=0) + 2 * HALF
        return web.Response(status=status, headers={"Retry-After": form(until)}) if now < until - HALF else web.Response()

    receiver.answer = busy
    await subscribe(client, receiver.url)
    await tell(notifications_db, EVENTS)
    async with delivering(notifications_db):
        found = await settled(notifications_db)
    refused = [hit for hit in receiver.hits if hit.at < until - HALF]
    assert 1 <= len(refused) <= NEW
    after = receiver.hits[len(refused)].at
    assert after >= (until if form is as_a_date else refused[0].at + HALF)
    assert {row["etat"] for row in found} == {"livree"}
    assert len(receiver.hits) == len(refused) + EVENTS
    (webhook,) = await rows(notifications_db, "SELECT echecs, coupe_jusqu_a FROM webhooks")
    assert tuple(webhook.values()) == (0, None)


async def test_with_another_status_it_is_the_delivery_that_waits(
    client: Client, notifications_db: Database, receiver: Receiver
) -> None:
    async def one_is_wrong(_: web.Request, count: int) -> web.StreamResponse:
        return web.Response(status=500, headers={"Retry-After": "3600"}) if count == 1 else web.Response()

    receiver.answer = one_is_wrong
    await subscribe(client, receiver.url)
    await tell(notifications_db, EVENTS)
    async with delivering(notifications_db):
        await receiver.got(EVENTS)
        await asyncio.sleep(0.3)
    later = "SELECT due_at > now() + interval '50 minutes' AS later FROM livraisons WHERE etat = 'en_attente'"
    assert [row["later"] for row in await rows(notifications_db, later)] == [True]


async def test_nobody_is_put_off_for_more_than_a_day(client: Client, notifications_db: Database, receiver: Receiver) -> None:
    async def away(_: web.Request, __: int) -> web.StreamResponse:
        return web.Response(status=503, headers={"Retry-After": "9999999"})

    receiver.answer = away
    await subscribe(client, receiver.url)
    await tell(notifications_db, 2)
    days = Days(notifications_db)
    start = days.now
    await days.until(start + timedelta(hours=23))
    assert len(receiver.hits) == 2
    await tell(notifications_db, 2)
    await days.until(start + timedelta(hours=23, minutes=59))
    assert len(receiver.hits) == 2
    receiver.answer = None
    await days.until(start + timedelta(hours=24, minutes=1))
    assert len(receiver.hits) == 6
    assert {row["etat"] for row in await rows(notifications_db, "SELECT etat FROM livraisons")} == {"livree"}


def test_what_was_under_way_takes_back_no_rest() -> None:
    """It arrives, or fails with less patience; more patience counts."""
    resting = suivre(Forme(), NOW, 0.5, REGLES, livree=False, repos=HOUR).forme
    assert (resting.echecs, resting.coupe_jusqu_a) == (1, NOW + HOUR)
    soon = NOW + timedelta(seconds=1)
    assert suivre(resting, soon, 0.5, REGLES, livree=True).forme == Forme(coupe_jusqu_a=NOW + HOUR)
    for repos, until in ((timedelta(), NOW + HOUR), (timedelta(seconds=9), NOW + HOUR), (2 * HOUR, soon + 2 * HOUR)):
        after = suivre(resting, soon, 0.5, REGLES, livree=False, repos=repos).forme
        assert (after.echecs, after.coupe_jusqu_a) == (1, until)
    assert suivre(resting, NOW + HOUR, 0.5, REGLES, livree=True).forme == Forme()


def test_an_answer_closes_a_circuit_that_failures_cut() -> None:
    cut = Forme(echecs=REGLES.seuil, depuis=NOW, coupe_jusqu_a=NOW + HOUR)
    assert suivre(cut, NOW, 0.5, REGLES, livree=True).forme == Forme()


@given(st.integers(0, 9), st.timedeltas(timedelta(), timedelta(days=400)), st.sampled_from([429, 503, 500, 404, 302]))
def test_a_rest_is_at_least_what_is_asked_and_at_most_a_day(echecs: int, apres: timedelta, statut: int) -> None:
    """Only where the status says that it is the endpoint that needs it; a pause for failures is not shortened by it."""
    repos = Reponse(statut, apres=apres).repos
    assert repos == (min(apres, timedelta(days=1)) if statut in (429, 503) else timedelta())
    before = Forme(echecs=echecs, depuis=NOW if echecs else None)
    with_rest, without = (suivre(before, NOW, 0.5, REGLES, livree=False, repos=one).forme for one in (repos, timedelta()))
    ends = [one.coupe_jusqu_a or NOW for one in (with_rest, without)]
    assert ends[0] == max(ends[1], NOW + repos)
