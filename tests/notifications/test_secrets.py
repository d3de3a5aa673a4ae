"""The secrets of endpoints: shown once, sealed at rest, and changed without losing a message."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook as Verifier
from structlog.testing import capture_logs
from tests.notifications.banc import (
    COFFRE,
    COFFRE_KEY,
    Client,
    Receiver,
    an_orientation,
    delivering,
    hear,
    member,
    received,
    rows,
    settled,
)
from tests.notifications.test_livraisons import PARTENAIRE, subscribe

from common.actor import Role
from common.clock import utc_now
from common.coffre import Coffre, new_coffre_key
from common.database import Database
from notifications.webhooks.domain import CHEVAUCHEMENT, RotationEnCours, Secrets, tourner
from notifications.webhooks.rotation import sealing

BASE = "/notifications/api/v1/webhooks"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@given(st.lists(st.tuples(st.booleans(), st.timedeltas(timedelta(), timedelta(days=3))), max_size=12))
def test_a_receiver_has_a_day_to_change(moves: list[tuple[bool, timedelta]]) -> None:
    """For any sequence of changes: the newest always signs, and one replaced in the ordinary way does for 24 hours more."""
    secrets, now = Secrets("s0"), NOW
    for number, (immediat, later) in enumerate(moves, 1):
        now += later
        held = secrets.valables(now)
        try:
            after = tourner(secrets, f"s{number}", now, immediat=immediat)
        except RotationEnCours:
            assert not immediat
            assert len(held) == 2
            continue
        assert after.valables(now) == ([f"s{number}"] if immediat else [f"s{number}", held[0]])
        assert after.valables(now + CHEVAUCHEMENT) == [f"s{number}"]
        if not immediat:
            assert held[0] in after.valables(now + CHEVAUCHEMENT - timedelta(seconds=1))
        secrets = after


async def change(client: Client, webhook: str, **body: Any) -> Any:
    """Ask for a new secret as the manager."""
    async with client(member(Role.manager, organisation=PARTENAIRE)) as http:
        return await http.post(f"{BASE}/{webhook}/secret", json=body)


async def test_both_secrets_sign_for_a_day(client: Client, notifications_db: Database, receiver: Receiver) -> None:
    """Verified by the official library with either; then with the new one only; a third must wait or be immediate."""
    webhook, old = await subscribe(client, receiver.url)
    answer = (await change(client, webhook)).json()
    new = answer["secret"]
    until = datetime.fromisoformat(answer["ancien_jusqu_a"])
    assert timedelta(hours=23, minutes=59) < until - utc_now() <= timedelta(hours=24)
    await hear(notifications_db, received(an_orientation(partenaire_id=PARTENAIRE)))
    async with delivering(notifications_db):
        await settled(notifications_db)
    assert receiver.verified(old) == receiver.verified(new)
    refused = await change(client, webhook)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:relais:erreur:rotation-en-cours")
    leaked = (await change(client, webhook, immediat=True)).json()
    assert leaked["ancien_jusqu_a"] is None
    await hear(notifications_db, received(an_orientation(partenaire_id=PARTENAIRE)))
    async with delivering(notifications_db):
        await receiver.got(2)
        await settled(notifications_db)
    last = receiver.hits[-1]
    assert Verifier(leaked["secret"]).verify(last.body, last.headers)
    assert len(last.headers["webhook-signature"].split(" ")) == 1
    entries = await rows(notifications_db, "SELECT action FROM audit_entries ORDER BY at")
    assert [entry["action"] for entry in entries] == ["webhook.creer", "webhook.secret_changer", "webhook.secret_changer"]


async def test_no_table_holds_a_secret_in_clear(client: Client, notifications_db: Database) -> None:
    """Not the endpoints, the kept answers of idempotent requests, the outbox nor the audit entries."""
    keyed = {"Idempotency-Key": "une-cle-bien-a-moi"}
    async with client(member(Role.manager, organisation=PARTENAIRE)) as http:
        body = {"url": "https://si.example/relais", "types": ["orientation.*"]}
        made = [(await http.post(BASE, json=body, headers=keyed)).json() for _ in range(2)]
        changes = [
            (
                await http.post(f"{BASE}/{made[0]['webhook_id']}/secret", json={}, headers={"Idempotency-Key": "une-autre-cle"})
            ).json()
            for _ in range(2)
        ]
    assert made[0] == made[1]
    assert changes[0] == changes[1]
    names = await rows(notifications_db, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    assert {"webhooks", "idempotence", "outbox"} <= {row["tablename"] for row in names}
    for row in names:
        content = str(await rows(notifications_db, f"SELECT * FROM {row['tablename']}"))
        for secret in (made[0]["secret"], changes[0]["secret"]):
            assert secret not in content
            assert secret.removeprefix("whsec_") not in content


async def test_secrets_of_before_are_sealed_and_a_new_key_takes_over(
    client: Client, notifications_db: Database, receiver: Receiver
) -> None:
    """A round seals what a former release left in clear, renews what an older key sealed, and forgets what signs no more."""
    webhook, secret = await subscribe(client, receiver.url)
    kept = json.dumps({"webhook_id": webhook, "secret": secret})
    async with notifications_db.transaction() as session:
        connection = await session.connection()
        await connection.exec_driver_sql(
            f"UPDATE webhooks SET secret = '{secret}', secret_precedent = '{secret}',"
            " precedent_jusqu_a = now() - interval '1 s'"
        )
        await connection.exec_driver_sql(
            f"INSERT INTO idempotence (actor_id, cle, empreinte, status, body) VALUES ('a', 'cle', 'e', 201, '{kept}')"
        )
    await sealing(COFFRE)(notifications_db, utc_now)
    (row,) = await rows(notifications_db, "SELECT secret, secret_precedent FROM webhooks")
    assert (COFFRE.ouvrir(row["secret"]), row["secret_precedent"]) == (secret, None)
    (answer,) = await rows(notifications_db, "SELECT body FROM idempotence")
    assert COFFRE.ouvrir(answer["body"]) == kept
    newer = Coffre(f"{new_coffre_key()} {COFFRE_KEY}")
    await sealing(newer)(notifications_db, utc_now)
    (row,) = await rows(notifications_db, "SELECT secret FROM webhooks")
    assert newer.renouveler(row["secret"]) == row["secret"]
    async with notifications_db.transaction() as session:
        connection = await session.connection()
        await connection.exec_driver_sql(f"UPDATE webhooks SET secret = '{COFFRE.sceller(secret)}'")
    await hear(notifications_db, received(an_orientation(partenaire_id=PARTENAIRE)))
    async with delivering(notifications_db):
        await settled(notifications_db)
    assert receiver.verified(secret)


@pytest.mark.parametrize("quand", ["24h", "immediat"])
async def test_the_secret_is_changed_on_a_page(client: Client, notifications_db: Database, quand: str) -> None:
    """Explained first, shown once, never again; a choice that is missing is asked for."""
    webhook, old = await subscribe(client, "https://si.example/relais")
    page = f"/notifications/webhooks/{webhook}"
    async with client(member(Role.manager, organisation=PARTENAIRE)) as http:
        assert f'href="{page}/secret"' in (await http.get(page)).text
        assert "Que devient le secret actuel" in (await http.get(f"{page}/secret")).text
        assert (await http.post(f"{page}/secret", data={})).status_code == 422
        done = await http.post(f"{page}/secret", data={"quand": quand})
        (row,) = await rows(notifications_db, "SELECT secret FROM webhooks")
        new = COFFRE.ouvrir(row["secret"])
        assert new != old
        assert new in done.text
        assert ("L’ancien reste valable" in done.text) is (quand == "24h")
        assert new not in (await http.get(page)).text
        if quand == "24h":
            again = await http.post(f"{page}/secret", data={"quand": "24h"})
            assert again.status_code == 422
            assert "encore valable" in again.text


async def test_a_secret_whose_key_is_gone_is_told_and_replaced(
    client: Client, notifications_db: Database, receiver: Receiver
) -> None:
    """Each delivery ends as a failure with its reason, other endpoints go on, and a new secret takes over at once."""
    webhook, lost = await subscribe(client, receiver.url)
    other, kept = await subscribe(client, receiver.url + "/autre")
    gone, newer = Coffre(new_coffre_key()), Coffre(f"{new_coffre_key()} {COFFRE_KEY}")
    async with notifications_db.transaction() as session:
        connection = await session.connection()
        await connection.exec_driver_sql(f"UPDATE webhooks SET secret = '{gone.sceller(lost)}' WHERE webhook_id = '{webhook}'")
    event = received(an_orientation(partenaire_id=PARTENAIRE))
    await hear(notifications_db, event)
    async with delivering(notifications_db, plan=(0.02, 0.02)):
        found = {str(row["webhook_id"]): row for row in await settled(notifications_db)}
    assert (found[webhook]["etat"], found[webhook]["echec"], found[webhook]["tentatives"]) == (
        "abandonnee",
        "secret_illisible",
        3,
    )
    assert found[other]["etat"] == "livree"
    assert receiver.verified(kept)[0]["id"] == str(event.id)
    assert len(receiver.hits) == 1
    tries = await rows(notifications_db, "SELECT echec FROM tentatives WHERE echec IS NOT NULL")
    assert [row["echec"] for row in tries] == ["secret_illisible"] * 3
    seal = sealing(newer)
    with capture_logs() as logs:
        await seal(notifications_db, utc_now)
        await seal(notifications_db, utc_now)
    assert [line["webhook_id"] for line in logs if line["event"] == "webhooks.secret_unreadable"] == [webhook]
    sealed = {str(row["webhook_id"]): row["secret"] for row in await rows(notifications_db, "SELECT * FROM webhooks")}
    assert newer.renouveler(sealed[other]) == sealed[other]
    assert gone.ouvrir(sealed[webhook]) == lost
    page = f"/notifications/webhooks/{webhook}"
    async with client(member(Role.manager, organisation=PARTENAIRE)) as http:
        shown = (await http.get(page)).text
        assert "Le secret de ce webhook ne peut plus être lu" in shown
        assert "renouvelez-le" in (await http.get(f"{page}/livraisons/{event.id}")).text
        changed = (await http.post(f"{BASE}/{webhook}/secret", json={})).json()
        assert changed["ancien_jusqu_a"] is None
        assert "ne peut plus être lu" not in (await http.get(page)).text.split("Livraisons</h2>")[0]
        await http.post(f"{BASE}/{webhook}/livraisons/{event.id}/rejouer")
    async with delivering(notifications_db):
        await receiver.got(2)
        await settled(notifications_db)
    last = receiver.hits[-1]
    assert Verifier(changed["secret"]).verify(last.body, last.headers)


async def test_an_answer_that_nobody_can_read_any_more_is_a_conflict(client: Client, notifications_db: Database) -> None:
    """Its key of sealing is gone: the caller learns that the request was done, and nothing is done twice."""
    keyed, body = {"Idempotency-Key": "une-cle-bien-a-moi"}, {"url": "https://si.example/relais", "types": ["orientation.*"]}
    async with client(member(Role.manager, organisation=PARTENAIRE)) as http:
        assert (await http.post(BASE, json=body, headers=keyed)).status_code == 201
        async with notifications_db.transaction() as session:
            connection = await session.connection()
            other = Coffre(new_coffre_key()).sceller("{}")
            await connection.exec_driver_sql(f"UPDATE idempotence SET body = '{other}'")
        again = await http.post(BASE, json=body, headers=keyed)
        assert (again.status_code, again.json()["type"]) == (409, "urn:relais:erreur:reponse-perdue")
        assert len((await http.get(BASE)).json()["elements"]) == 1
