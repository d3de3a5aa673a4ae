"""The hub's own pipeline: its real workers, fed by the code that its services run.

`record` commits a referral and an event that no mail follows from, through the outbox: what the bare pipeline does.
`send` is the whole use case: permit from the ledger of another service, locks, state table, deadlines, audit entries, then
the event.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
from nats.aio.client import Client

from common import outbox, writes
from common.actor import Actor, Role
from common.clock import new_id, utc_now
from common.codes import Categorie, EtatConsentement, EtatDossier, EtatOrientation, Finalite, ModeConsentement, Origine
from common.database import Database
from common.events.orientation import OrientationRecue
from orientation.dossiers.models import ConsentementRow, DossierRow
from orientation.orientations import engagement
from orientation.orientations.domain import Action
from orientation.orientations.models import OrientationRow
from relais.demo import directory
from relais.hub import Hub
from signalement.consentements.models import Consentement
from signalement.signalements.models import Dossier
from tests.people import session_token
from tests.sessions import COOKIE

DEPARTEMENT, REGION, DISPOSITIF = "34", "76", "trajectoire"
PARTNER = next(organisation for organisation in directory() if organisation["code"] == "france-active-occitanie")
CELL = next(organisation for organisation in directory() if organisation["code"] == "cellule-occitanie")
CATEGORIES = (Categorie.identite, Categorie.contact)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A referral that only waits to be sent."""

    orientation_id: UUID
    dossier_id: UUID


class HubPipeline:
    """The pipeline of a running hub. `prepared` feeds `send`, one referral each."""

    def __init__(self, hub: Hub, nats: Client) -> None:
        self.nats = nats
        self.hub = hub
        self.orientation = self._database("orientation", 20)
        self.signalement = self._database("signalement", 5)
        self.animateur = Actor("bench", frozenset({Role.animateur}), UUID(CELL["id"]), frozenset({DEPARTEMENT}))
        self.prepared: Iterator[Prepared] = iter(())

    def _database(self, name: str, pool: int) -> Database:
        return Database(self.hub.service_environment(name)["RELAIS_DATABASE_URL"], service=name, pool=pool, systeme=True)

    async def close(self) -> None:
        """Give the connections back."""
        await self.orientation.close()
        await self.signalement.close()

    async def register(self, url: str) -> None:
        """Have the partner's webhooks sent to `url`, as its manager would."""
        manager = Actor("bench-manager", frozenset({Role.manager}), UUID(PARTNER["id"]))
        token = session_token(self.hub, manager)
        async with httpx2.AsyncClient(base_url=self.hub.url, cookies={COOKIE: token}) as client:
            body = {"url": url, "types": ["orientation.envoyee", "orientation.recue"]}
            answer = await client.post("/notifications/api/v1/webhooks", json=body, headers={"Origin": self.hub.url})
            answer.raise_for_status()

    async def prepare(self, count: int) -> None:
        """Put cases, given consents and prepared referrals where the services keep them."""
        prepared = [Prepared(new_id(), new_id()) for _ in range(count)]
        now = utc_now()
        ids = [new_id() for _ in prepared]
        async with self.signalement.transaction() as session:
            session.add_all(_dossier(one, now) for one in prepared)
            await session.flush()
            session.add_all(_consent(one, consent_id, now) for one, consent_id in zip(prepared, ids, strict=True))
        async with self.orientation.transaction() as session:
            for one, consent_id in zip(prepared, ids, strict=True):
                session.add(DossierRow(id=one.dossier_id, departement=DEPARTEMENT, etat=EtatDossier.qualifie))
                session.add(_heard(one, consent_id, now))
            await session.flush()
            session.add_all(OrientationRow(**_referral(one, now)) for one in prepared)
        self.prepared = iter(prepared)

    async def record(self) -> str:
        """Commit one referral and one event of it."""
        one = next(self.prepared)
        event = OrientationRecue(
            orientation_id=one.orientation_id,
            dossier_id=one.dossier_id,
            partenaire_id=UUID(PARTNER["id"]),
            emetteur_id=UUID(CELL["id"]),
            dispositif=DISPOSITIF,
            etat=EtatOrientation.recue,
        )
        async with self.orientation.transaction() as session:
            writes.insert_values(session, OrientationRow, **_referral(one, utc_now()) | {"id": new_id()})
            outbox.record(session, event, sequence=2, now=utc_now())
        return str(one.orientation_id)

    async def send(self) -> str:
        """Commit the sending of one referral by the service's use case."""
        one = next(self.prepared)
        async with self.orientation.transaction() as session:
            await engagement.engager(session, self.nats, self.animateur, one.orientation_id, Action.envoyer, utc_now())
        return str(one.orientation_id)


def _dossier(one: Prepared, now: datetime) -> Dossier:
    return Dossier(
        id=one.dossier_id,
        reference=f"B-{one.dossier_id.hex[-9:]}",
        origine=Origine.self,
        etat=EtatDossier.qualifie,
        departement=DEPARTEMENT,
        region=REGION,
        indicateurs=[],
        depose_le=now,
        version=2,
    )


def _consent(one: Prepared, consent_id: UUID, now: datetime) -> Consentement:
    return Consentement(
        id=consent_id,
        dossier_id=one.dossier_id,
        destinataire_id=UUID(PARTNER["id"]),
        finalite=Finalite.orientation,
        categories=list(CATEGORIES),
        etat=EtatConsentement.donne,
        texte="",
        texte_version="1",
        texte_empreinte="",
        mode=ModeConsentement.en_ligne,
        demande_le=now,
        repondu_le=now,
        expire_le=now + timedelta(days=365),
        version=2,
    )


def _heard(one: Prepared, consent_id: UUID, now: datetime) -> ConsentementRow:
    return ConsentementRow(
        id=consent_id,
        dossier_id=one.dossier_id,
        destinataire_id=UUID(PARTNER["id"]),
        finalite=Finalite.orientation,
        categories=list(CATEGORIES),
        etat=EtatConsentement.donne,
        expire_le=now + timedelta(days=365),
        sequence=2,
    )


def _referral(one: Prepared, now: datetime) -> dict[str, Any]:
    return {
        "id": one.orientation_id,
        "dossier_id": one.dossier_id,
        "partenaire_id": UUID(PARTNER["id"]),
        "emetteur_id": UUID(CELL["id"]),
        "dispositif": DISPOSITIF,
        "departement": DEPARTEMENT,
        "jours": 5,
        "categories": list(CATEGORIES),
        "etat": EtatOrientation.brouillon,
        "accord": EtatConsentement.donne,
        "creee_at": now,
        "modifiee_at": now,
    }
