"""The cellule service on real PostgreSQL and NATS, people who sign in to it, and events that it hears."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient
from nats.aio.client import Client
from nats.aio.msg import Msg
from pydantic import SecretStr
from tests.sessions import OWNERS, AsyncBrowser

from cellule.app import create
from cellule.settings import CelluleSettings
from cellule.worker import HANDLERS
from common import bus
from common.actor import Actor, Role
from common.clock import new_id, utc_now
from common.codes import BandeBudget, Droit, Famille, Horizon, Indicateur, Origine, TypePartenaire
from common.database import Database
from common.events import Event, Received
from common.events.audit import ENTREES
from common.events.orientation import PartenairePublie
from common.events.signalement import SignalementDepose
from common.requests import ConsentementPermis
from common.settings import Mode
from relais.nats import NatsServer

PUBLIC_URL = "http://127.0.0.1:8000"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

CELLULE = UUID(int=0xCE11)
MEMBRE = UUID(int=0x3E3B)
AILLEURS = UUID(int=0xA111)
DOSSIER = UUID(int=0xD055)
AUTRE_DOSSIER = UUID(int=0xD056)

ANIMATRICE = Actor("animatrice", frozenset({Role.animateur}), CELLULE, frozenset({"31", "34"}), nom_affiche="Ana")
COLLEGUE = Actor("collegue", frozenset({Role.animateur}), AILLEURS, frozenset({"59"}))
DIRIGEANTE = Actor("dirigeante", frozenset({Role.dirigeant}), dossier_id=DOSSIER, droits=frozenset(Droit))
AUTRE_DIRIGEANTE = Actor("autre", frozenset({Role.dirigeant}), dossier_id=AUTRE_DOSSIER)
AGENT = Actor("agent", frozenset({Role.agent}), MEMBRE)
GERANTE = Actor("gerante", frozenset({Role.manager}), MEMBRE)
AGENT_AILLEURS = Actor("agent-ailleurs", frozenset({Role.agent}), AILLEURS)
NATIONALE = Actor("nationale", frozenset({Role.national}))
AUDITRICE = Actor("auditrice", frozenset({Role.auditeur}))
MACHINE = Actor("machine", frozenset({Role.machine}), MEMBRE)
TOUS = (
    ANIMATRICE,
    COLLEGUE,
    DIRIGEANTE,
    AUTRE_DIRIGEANTE,
    AGENT,
    GERANTE,
    AGENT_AILLEURS,
    NATIONALE,
    AUDITRICE,
    MACHINE,
)


def recu(event: Event, sequence: int = 1, at: datetime = NOW) -> Received[Any]:
    """An event as it comes from the bus."""
    return Received(id=new_id(), event=event, sequence=sequence, time=at)


async def entendre(database: Database, *evenements: Received[Any]) -> None:
    """Have the worker's handlers hear these, in this order."""
    async with database.transaction() as session:
        for evenement in evenements:
            await HANDLERS[type(evenement.event)](session, evenement)


def depose(dossier_id: UUID = DOSSIER, departement: str = "31", region: str = "76", emplois: int = 8) -> SignalementDepose:
    """A case that opened."""
    return SignalementDepose(
        dossier_id=dossier_id,
        reference=f"REL-2026-{dossier_id.int % 10_000:04d}",
        origine=Origine.self,
        departement=departement,
        region=region,
        indicateurs=(Indicateur.rupture_tresorerie,),
        horizon=Horizon.moins_3,
        emplois=emplois,
        budget=BandeBudget.inconnu,
    )


def publie(
    partenaire_id: UUID, *departements: str, actif: bool = True, libelle: str = "Conseil associatif"
) -> PartenairePublie:
    """A partner of the directory."""
    return PartenairePublie(
        partenaire_id=partenaire_id,
        code=f"p-{partenaire_id.int % 1000}",
        libelle=libelle,
        type_partenaire=TypePartenaire.conseil,
        famille=Famille.relais_expert,
        departements=departements,
        dispositifs=("trajectoire",),
        actif=actif,
    )


def entree(service: str, action: str, at: datetime = NOW, **plus: Any) -> Received[Any]:
    """An entry of some service's log."""
    valeurs: dict[str, Any] = {
        "entree_id": new_id(),
        "acteur_id": "membre-1",
        "acteur_role": Role.agent,
        "organisation_id": MEMBRE,
        "action": action,
        "objet_id": str(new_id()),
        "dossier_id": DOSSIER,
        "finalite": None,
        "consentement_id": None,
        "at": at,
    }
    return recu(ENTREES[service](**valeurs | plus), 0, at)


def monde() -> tuple[Received[Any], ...]:
    """One case of Haute-Garonne, one of Nord, and a partner in each."""
    return (
        recu(depose()),
        recu(depose(AUTRE_DOSSIER, "59", "32")),
        recu(publie(MEMBRE, "31", "09", libelle="Point d’appui de Toulouse")),
        recu(publie(AILLEURS, "59")),
    )


@dataclass
class Signalement:
    """Answers permits in signalement's place, as its own user of the bus; `reponse` says what."""

    client: Client
    questions: list[ConsentementPermis] = field(default_factory=list)
    reponse: str = "permis"

    async def ouvrir(self) -> None:
        """Begin to answer."""
        await self.client.subscribe("relais.requete.signalement.*.*", cb=self._repondre)
        await self.client.flush()

    async def _repondre(self, msg: Msg) -> None:
        self.questions.append(ConsentementPermis.model_validate_json(msg.data))
        if self.reponse == "silence":
            return
        if self.reponse in ("permis", "tardif"):
            delai = 2 if self.reponse == "permis" else -0.1
            permis = {
                "permis_id": str(new_id()),
                "consentement_id": str(UUID(int=0xC0)),
                "expire_le": (utc_now() + timedelta(seconds=delai)).isoformat(),
            }
            await msg.respond(json.dumps({"reponse": permis}).encode())
        else:
            await msg.respond(json.dumps({"refus": self.reponse}).encode())


@pytest.fixture
async def bus_connections(nats_server: NatsServer) -> AsyncIterator[Callable[[str], Any]]:
    """Connects to the bus as a service."""
    async with AsyncExitStack() as stack:

        async def connect(user: str) -> Client:
            client = await bus.connect(settings_for(user, nats_server), name=f"test-{user}")
            stack.push_async_callback(client.close)
            return client

        yield connect


def settings_for(
    user: str, nats_server: NatsServer, database_url: str = "postgresql+asyncpg://", public_url: str = PUBLIC_URL
) -> CelluleSettings:
    """The settings of a process in a test."""
    return CelluleSettings(
        mode=Mode.development,
        public_url=public_url,
        database_url=SecretStr(database_url),
        nats_url=nats_server.url,
        nats_user=user,
        nats_password=SecretStr(nats_server.passwords[user]),
        oidc_issuer=f"{public_url}/idp",
    )


@pytest.fixture
async def signalement(bus_connections: Callable[[str], Any]) -> Signalement:
    """Signalement's place on the bus."""
    service = Signalement(await bus_connections("signalement"))
    await service.ouvrir()
    return service


@pytest.fixture
async def app(
    cellule_db: Database, database_urls: dict[str, str], nats_server: NatsServer, bus_connections: Callable[[str], Any]
) -> AsyncIterator[FastAPI]:
    """The application, with one case of Haute-Garonne, one of Nord and two partners known."""
    app = OWNERS.install(create(settings_for("cellule", nats_server, database_urls["cellule"])))
    app.state.nats = await bus_connections("cellule")
    await entendre(cellule_db, *monde())
    yield app
    await app.state.database.close()


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[Callable[[Actor | None], AsyncClient]]:
    """A client of that person, or of nobody."""
    async with AsyncExitStack() as stack:
        clients: dict[str, AsyncClient] = {}

        def of(actor: Actor | None) -> AsyncClient:
            key = actor.id if actor else ""
            if key not in clients:
                clients[key] = AsyncBrowser(
                    transport=ASGITransport(app, raise_app_exceptions=False),
                    base_url=PUBLIC_URL,
                    headers={"Origin": PUBLIC_URL},
                    cookies=OWNERS.cookies(actor),
                )
                stack.push_async_callback(clients[key].aclose)
            return clients[key]

        yield of
