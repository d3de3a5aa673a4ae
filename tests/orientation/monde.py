"""A small world for these tests: a directory of invented organisations, people, and a ledger that answers over NATS."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import httpx2
from fastapi import FastAPI
from nats.aio.client import Client
from nats.aio.msg import Msg

from common.actor import Actor, Role
from common.clock import new_id, utc_now
from common.codes import BandeBudget, Categorie, Finalite, Horizon, Indicateur, Niveau, Origine
from common.database import Database
from common.events import Event, Received
from common.events.signalement import ConsentementDonne, ConsentementRetire, SignalementDepose, SignalementQualifie
from orientation.dossiers.handlers import HANDLERS
from tests.sessions import COOKIE, OWNERS

ORIGINE = "http://127.0.0.1:8000"
ISSUER = f"{ORIGINE}/idp"
SIGNING_KEY = "r-signing-key-of-orientation-in-tests"
ESPACE = UUID("00000000-0000-5000-8000-00000000beef")
CATEGORIES = (Categorie.identite, Categorie.situation)


def ident(nom: str) -> UUID:
    return uuid5(ESPACE, nom)


def organisation(code: str, genre: str, departements: list[str], dispositifs: list[str], roles: list[str]) -> dict[str, Any]:
    return {
        "code": code,
        "id": str(ident(code)),
        "nom": f"Organisation {code}",
        "famille": "appui_tissu_associatif",
        "type": genre,
        "departements": departements,
        "dispositifs": dispositifs,
        "delai_jours_ouvres": 5,
        "membres": [
            {
                "sub": f"{code}-{role}",
                "nom": "Martin",
                "prenom": role.title(),
                "courriel": f"{role}@{code}.example",
                "roles": [role],
            }
            for role in roles
        ],
        "clients": [{"client_id": f"si-{code}"}] if genre not in ("cellule", "cellule_nationale") else [],
    }


ANNUAIRE = [
    organisation("fonds", "france_active", ["30", "34"], ["trajectoire"], ["manager", "agent"]),
    organisation("appui", "dla", ["30", "34", "67"], ["dla"], ["manager", "agent"]),
    organisation("cellule-sud", "cellule", ["30", "34"], [], ["animateur"]),
    organisation("cellule-est", "cellule", ["67"], [], ["animateur"]),
    organisation("nationale", "cellule_nationale", ["30", "34", "67"], [], ["national", "auditeur"]),
]


def personne(role: Role, code: str | None, departements: tuple[str, ...] = (), dossier_id: UUID | None = None) -> Actor:
    return Actor(
        id=str(ident(f"{code}-{role}")),
        roles=frozenset({role}),
        organisation_id=ident(code) if code else None,
        departements=frozenset(departements),
        dossier_id=dossier_id,
        nom_affiche="Camille Martin",
    )


ANIMATEUR = personne(Role.animateur, "cellule-sud", ("30", "34"))
ANIMATEUR_EST = personne(Role.animateur, "cellule-est", ("67",))
AGENT = personne(Role.agent, "fonds")
MANAGER = personne(Role.manager, "fonds")
MACHINE = personne(Role.machine, "fonds")
AGENT_APPUI = personne(Role.agent, "appui")
NATIONAL = personne(Role.national, "nationale")
AUDITEUR = personne(Role.auditeur, "nationale")
DIRIGEANT = personne(Role.dirigeant, None, dossier_id=ident("dossier"))


@dataclass
class Registre:
    """Answers as signalement would: a permit or the content for a consent that is there, a named refusal otherwise."""

    nats: Client
    accords: dict[tuple[str, str], UUID] = field(default_factory=dict)
    questions: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    contenu: dict[str, Any] = field(default_factory=lambda: {"identite": {"nom": "Les Amis du Pont Rouge"}})
    faits: dict[str, Any] | None = None
    subscription: Any = None

    async def ouvrir(self) -> None:
        self.subscription = await self.nats.subscribe("relais.requete.signalement.*.*", cb=self.repondre)
        await self.nats.flush()

    async def se_taire(self) -> None:
        await self.subscription.unsubscribe()
        await self.nats.flush()

    async def repondre(self, msg: Msg) -> None:
        nom = msg.subject.split(".")[3]
        question = json.loads(msg.data)
        self.questions.append((nom, question))
        accord = self.accords.get((question["dossier_id"], question.get("destinataire_id", "")))
        reponse: dict[str, Any]
        if nom == "dossier_faits":
            reponse = {"reponse": self.faits} if self.faits else {"refus": "interdit"}
        elif accord is None:
            reponse = {"refus": "consentement-manquant"}
        elif nom == "consentement_permis":
            fin = utc_now() + timedelta(seconds=2)
            reponse = {"reponse": {"permis_id": str(new_id()), "consentement_id": str(accord), "expire_le": fin.isoformat()}}
        else:
            reponse = {"reponse": {"consentement_id": str(accord), "reference": "REL-2026-0001", **self.contenu}}
        await msg.respond(json.dumps(reponse).encode())


async def entendre(database: Database, event: Event, sequence: int, at: datetime | None = None) -> None:
    """Let the service hear an event, in a transaction of its own."""
    received = Received(new_id(), event, sequence, at or utc_now())
    async with database.transaction() as session:
        await HANDLERS[type(event)](session, received)


def depose(dossier_id: UUID, departement: str = "34", reference: str = "REL-2026-0001") -> SignalementDepose:
    return SignalementDepose(
        dossier_id=dossier_id,
        reference=reference,
        origine=Origine.self,
        departement=departement,
        region="76",
        indicateurs=(Indicateur.rupture_tresorerie,),
        horizon=Horizon.de_3_a_6,
        emplois=12,
        budget=BandeBudget.de_200k_a_500k,
    )


def qualifie(dossier_id: UUID) -> SignalementQualifie:
    return SignalementQualifie(
        dossier_id=dossier_id,
        niveau=Niveau.faire_face,
        horizon=Horizon.de_3_a_6,
        indicateurs=(Indicateur.rupture_tresorerie,),
    )


def donne(accord: UUID, dossier_id: UUID, partenaire: str = "fonds", **plus: Any) -> ConsentementDonne:
    valeurs = {"categories": CATEGORIES, "expire_le": datetime(2099, 1, 1, tzinfo=UTC)} | plus
    return ConsentementDonne(
        consentement_id=accord,
        dossier_id=dossier_id,
        destinataire_id=ident(partenaire),
        finalite=Finalite.orientation,
        **valeurs,
    )


def retire(accord: UUID, dossier_id: UUID, partenaire: str = "fonds") -> ConsentementRetire:
    return ConsentementRetire(
        consentement_id=accord,
        dossier_id=dossier_id,
        destinataire_id=ident(partenaire),
        finalite=Finalite.orientation,
        categories=CATEGORIES,
    )


@dataclass
class Hub:
    """The application on real servers, with a browser-like client."""

    app: FastAPI
    database: Database
    client: httpx2.AsyncClient
    registre: Registre
    origine: str = ORIGINE

    def cookie(self, actor: Actor | None) -> dict[str, str]:
        if actor is None:
            return {}
        return {"Cookie": f"{COOKIE}={OWNERS.jeton(actor).cookie}", "Origin": self.origine}

    async def get(self, actor: Actor | None, path: str, **plus: Any) -> httpx2.Response:
        headers = self.cookie(actor) | plus.pop("headers", {})
        return await self.client.get(f"/orientation{path}", headers=headers, **plus)

    async def post(self, actor: Actor | None, path: str, body: Any = None, **plus: Any) -> httpx2.Response:
        headers = self.cookie(actor) | plus.pop("headers", {})
        return await self.client.post(f"/orientation{path}", json=body, headers=headers, **plus)

    async def dossier(self, departement: str = "34", reference: str = "REL-2026-0001") -> UUID:
        """A qualified case."""
        dossier_id = new_id()
        await entendre(self.database, depose(dossier_id, departement, reference), 1)
        await entendre(self.database, qualifie(dossier_id), 2)
        return dossier_id

    async def accorder(self, dossier_id: UUID, partenaire: str = "fonds", *, entendu: bool = True) -> UUID:
        """The association agrees; `entendu` says whether the event has come through already."""
        accord = new_id()
        self.registre.accords[(str(dossier_id), str(ident(partenaire)))] = accord
        if entendu:
            await entendre(self.database, donne(accord, dossier_id, partenaire), 2)
        return accord

    async def brouillon(self, dossier_id: UUID | None = None, partenaire: str = "fonds", **plus: Any) -> str:
        """A referral that was prepared."""
        corps = {
            "dossier_id": str(dossier_id or await self.dossier()),
            "partenaire_id": str(ident(partenaire)),
            "dispositif": "trajectoire" if partenaire == "fonds" else "dla",
            "categories": [c.value for c in CATEGORIES],
        }
        answer = await self.post(ANIMATEUR, "/api/v1/orientations", corps | plus)
        assert answer.status_code == 201, answer.text
        orientation_id: str = answer.json()["orientation_id"]
        return orientation_id

    async def envoyee(self, dossier_id: UUID | None = None, partenaire: str = "fonds") -> str:
        """A referral that was sent."""
        dossier_id = dossier_id or await self.dossier()
        await self.accorder(dossier_id, partenaire)
        orientation_id = await self.brouillon(dossier_id, partenaire)
        await self.agir(ANIMATEUR, orientation_id, "envoyer")
        return orientation_id

    async def agir(self, actor: Actor, orientation_id: str, action: str, attendu: int = 200, **corps: Any) -> Any:
        answer = await self.post(actor, f"/api/v1/orientations/{orientation_id}/actions/{action}", corps)
        assert answer.status_code == attendu, answer.text
        return answer.json()
