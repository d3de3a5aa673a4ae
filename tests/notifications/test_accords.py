"""Consent is checked when a delivery about a case starts, by the real ledger over the real bus, on retry and replay too."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from tests.notifications.banc import Client, Receiver, an_orientation, delivering, hear, member, received, rows, settled
from tests.notifications.poste import nats_settings
from tests.notifications.test_livraisons import PARTENAIRE, subscribe

from common import bus
from common.actor import Role
from common.clock import new_id, utc_now
from common.codes import Categorie, EtatConsentement, EtatDossier, Finalite, ModeConsentement, Origine
from common.database import Database
from common.desk import Desk
from common.events.orientation import OrientationRetiree
from common.events.signalement import ConsentementRetire
from common.requests import AccordDemande
from notifications.livraisons.permis import DUREE, Permettre, permettre_par_nats
from relais.nats import NatsServer
from signalement.consentements.models import Consentement
from signalement.consentements.requetes import ANSWERERS
from signalement.signalements.models import Dossier


async def a_consent(database: Database, dossier_id: UUID, **more: Any) -> UUID:
    """A consent in the ledger, given for a year unless said otherwise."""
    now = utc_now()
    values = {"etat": EtatConsentement.donne, "finalite": Finalite.orientation, **more}
    if values["etat"] is EtatConsentement.donne:
        values = {"expire_le": now + timedelta(days=365), "mode": ModeConsentement.en_ligne} | values
    async with database.transaction() as session:
        session.add(
            Dossier(
                id=dossier_id,
                reference=f"R-{dossier_id.hex[-9:]}",
                origine=Origine.self,
                etat=EtatDossier.qualifie,
                departement="34",
                region="76",
                indicateurs=[],
                depose_le=now,
                version=2,
            )
        )
        await session.flush()
        consent = Consentement(
            id=new_id(),
            dossier_id=dossier_id,
            destinataire_id=PARTENAIRE,
            categories=[Categorie.identite],
            texte="",
            texte_version="1",
            texte_empreinte="",
            demande_le=now,
            repondu_le=now,
            version=2,
            **values,
        )
        session.add(consent)
        return consent.id


async def withdraw(database: Database) -> None:
    """Every consent is withdrawn."""
    async with database.transaction() as session:
        connection = await session.connection()
        await connection.exec_driver_sql("UPDATE consentements SET etat = 'retire', fini_le = now()")


@pytest.fixture
async def ledger(signalement_db: Database, notifications_db: Database, nats_server: NatsServer) -> AsyncIterator[Permettre]:
    """The ledger of signalement answering on the bus; asked as notifications."""
    owner = await bus.connect(nats_settings(notifications_db, nats_server, "signalement"), name="test-signalement")
    asker = await bus.connect(nats_settings(notifications_db, nats_server), name="test-notifications")
    await Desk("signalement", owner, signalement_db, ANSWERERS).open()
    await owner.flush()
    yield permettre_par_nats(asker)
    await owner.close()
    await asker.close()


def event(dossier_id: UUID, kind: Any = None, **more: Any) -> Any:
    return received(an_orientation(*([kind] if kind else []), partenaire_id=PARTENAIRE, dossier_id=dossier_id, **more))


async def test_only_an_active_consent_of_this_case_recipient_and_purpose_counts(
    signalement_db: Database, ledger: Permettre
) -> None:
    given, expired, diagnostic, refused, nobody = (new_id() for _ in range(5))
    await a_consent(signalement_db, given)
    await a_consent(signalement_db, expired, expire_le=utc_now() - timedelta(seconds=1))
    await a_consent(signalement_db, diagnostic, finalite=Finalite.diagnostic)
    await a_consent(signalement_db, refused, etat=EtatConsentement.refuse)
    asked = [
        AccordDemande(dossier_id=dossier_id, destinataire_id=partner, finalite=Finalite.orientation)
        for dossier_id, partner in [
            (nobody, PARTENAIRE),
            (given, PARTENAIRE),
            (given, new_id()),
            (expired, PARTENAIRE),
            (diagnostic, PARTENAIRE),
            (refused, PARTENAIRE),
        ]
    ]
    assert await ledger(asked) == [False, True, False, False, False, False]


async def test_nothing_starts_after_a_withdrawal_but_its_notice(
    client: Client, notifications_db: Database, signalement_db: Database, receiver: Receiver, ledger: Permettre
) -> None:
    """The first try was allowed and failed; then the consent is withdrawn: neither the retry nor a replay nor another event."""
    dossier_id = new_id()
    consent = await a_consent(signalement_db, dossier_id)
    webhook, _ = await subscribe(client, receiver.url, "orientation.*", "consentement.*")

    async def refuse(_: web.Request, count: int) -> web.StreamResponse:
        return web.Response(status=500 if count == 1 else 200)

    receiver.answer = refuse
    first = event(dossier_id)
    await hear(notifications_db, first)
    async with delivering(notifications_db, plan=(1.0,) * 9, permettre=ledger) as dispatch:
        await receiver.got(1)
        await withdraw(signalement_db)
        withdrawn = ConsentementRetire(
            consentement_id=consent,
            dossier_id=dossier_id,
            destinataire_id=PARTENAIRE,
            finalite=Finalite.orientation,
            categories=(Categorie.identite,),
        )
        taken_back = event(dossier_id, OrientationRetiree, etat="retiree", motif="consentement_retire")
        await hear(notifications_db, event(dossier_id), received(withdrawn), taken_back)
        dispatch.wake.set()
        found = await settled(notifications_db)
        assert [(row["type"], row["etat"], row["echec"], row["tentatives"]) for row in found] == [
            ("orientation.envoyee", "abandonnee", "accord", 1),
            ("orientation.envoyee", "abandonnee", "accord", 0),
            ("consentement.retire", "livree", None, 1),
            ("orientation.retiree", "livree", None, 1),
        ]
        replay = f"/notifications/api/v1/webhooks/{webhook}/livraisons/{first.id}/rejouer"
        async with client(member(Role.manager, organisation=PARTENAIRE)) as http:
            assert (await http.post(replay)).status_code == 200
        dispatch.wake.set()
        assert (await settled(notifications_db))[0]["echec"] == "accord"
    assert len(receiver.hits) == 3
    tries = await rows(notifications_db, "SELECT statut FROM tentatives ORDER BY le")
    assert [row["statut"] for row in tries] == [500, 200, 200]


async def test_while_the_ledger_is_silent_nothing_about_a_case_starts(
    client: Client, notifications_db: Database, signalement_db: Database, receiver: Receiver, ledger: Permettre
) -> None:
    """It waits without counting a try, and goes once the ledger answers; a notice does not wait."""
    dossier_id = new_id()
    await a_consent(signalement_db, dossier_id)
    await subscribe(client, receiver.url)
    silent = True

    async def sometimes(demandes: Any) -> Any:
        return None if silent else await ledger(demandes)

    taken_back = event(dossier_id, OrientationRetiree, etat="retiree")
    await hear(notifications_db, event(dossier_id), taken_back)
    async with delivering(notifications_db, permettre=sometimes):
        await receiver.got(1)
        await asyncio.sleep(0.3)
        waiting, notice = await rows(
            notifications_db, "SELECT etat, tentatives, due_at > now() AS later FROM livraisons ORDER BY seq"
        )
        assert (waiting["etat"], waiting["tentatives"], waiting["later"]) == ("en_attente", 0, True)
        assert notice["etat"] == "livree"
        silent = False
        found = await settled(notifications_db)
    assert [(row["etat"], row["tentatives"]) for row in found] == [("livree", 1), ("livree", 1)]
    assert len(receiver.hits) == 2


class Late(AbstractResolver):
    """Every name is this machine; that is known once `say` is set."""

    def __init__(self) -> None:
        self.asked, self.say, self.times = asyncio.Event(), asyncio.Event(), 0

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:
        self.times += 1
        self.asked.set()
        await self.say.wait()
        here, flags = "127.0.0.1", socket.AI_NUMERICHOST
        return [ResolveResult(hostname=host, host=here, port=port, family=socket.AF_INET, proto=0, flags=flags)]

    async def close(self) -> None:
        pass


@pytest.mark.parametrize(
    ("withdrawn", "etat", "echec", "tentatives"), [(True, "abandonnee", "accord", 0), (False, "livree", None, 1)]
)
async def test_a_connection_that_comes_late_is_not_spoken_on_with_an_old_permit(
    client: Client,
    notifications_db: Database,
    signalement_db: Database,
    receiver: Receiver,
    ledger: Permettre,
    withdrawn: bool,
    etat: str,
    echec: str | None,
    tentatives: int,
) -> None:
    """Two seconds after the first answer the ledger is asked again, in the same try: what it says then counts."""
    dossier_id, resolver, questions = new_id(), Late(), 0
    await a_consent(signalement_db, dossier_id)
    await subscribe(client, receiver.url.replace("127.0.0.1", "localhost"))

    async def counted(demandes: Any) -> Any:
        nonlocal questions
        questions += 1
        return await ledger(demandes)

    await hear(notifications_db, event(dossier_id))
    async with delivering(notifications_db, permettre=counted, resolver=resolver):
        await asyncio.wait_for(resolver.asked.wait(), 5)
        if withdrawn:
            await withdraw(signalement_db)
        await asyncio.sleep(DUREE.total_seconds())
        assert questions == 1
        resolver.say.set()
        (row,) = await settled(notifications_db)
        # The connection that was not spoken on is good for what comes next.
        await hear(notifications_db, event(dossier_id, OrientationRetiree, etat="retiree"))
        await receiver.got(1 + tentatives)
    assert (row["etat"], row["echec"], row["tentatives"]) == (etat, echec, tentatives)
    assert (questions, resolver.times) == (2, 1)
    assert [json.loads(hit.body)["type"] for hit in receiver.hits] == ["orientation.envoyee"] * tentatives + [
        "orientation.retiree"
    ]


async def test_a_ledger_that_is_silent_when_the_connection_comes_lets_nothing_out(
    client: Client, notifications_db: Database, receiver: Receiver
) -> None:
    """The delivery waits and counts no try."""
    resolver, answers = Late(), [[True], None]

    async def once(_: Any) -> Any:
        return answers.pop(0) if answers else None

    await subscribe(client, receiver.url.replace("127.0.0.1", "localhost"))
    await hear(notifications_db, event(new_id()))
    async with delivering(notifications_db, permettre=once, resolver=resolver):
        await asyncio.wait_for(resolver.asked.wait(), 5)
        await asyncio.sleep(DUREE.total_seconds())
        resolver.say.set()
        async with asyncio.timeout(5):
            while answers or (await rows(notifications_db, "SELECT porteur FROM livraisons"))[0]["porteur"]:
                await asyncio.sleep(0.02)
    (row,) = await rows(notifications_db, "SELECT etat, tentatives, due_at > now() AS later FROM livraisons")
    assert tuple(row.values()) == ("en_attente", 0, True)
    assert receiver.hits == []
