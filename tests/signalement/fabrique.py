"""Ready-made actors, filings and events for the tests of signalement."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from pydantic import SecretStr

from common.actor import Actor, Role
from common.clock import new_id
from common.codes import Categorie, Droit, EtatConsentement, Famille, Finalite, TypePartenaire
from common.database import Database
from common.events import Received
from common.events.orientation import PartenairePublie
from common.settings import Mode
from signalement.consentements.models import Consentement
from signalement.projections.handlers import on_partenaire
from signalement.settings import SignalementSettings
from signalement.signalements import service
from signalement.signalements.models import Dossier
from signalement.signalements.schemas import Depot

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ADRESSE = "http://127.0.0.1:8000"

CELLULE = UUID("00000000-0000-4000-8000-000000000001")
PARTENAIRE = UUID("00000000-0000-4000-8000-000000000002")
ANIMATEUR = Actor("animateur-76", frozenset({Role.animateur}), CELLULE, frozenset({"34", "30", "48"}), nom_affiche="Animatrice")
AUTRE_ANIMATEUR = Actor("animateur-44", frozenset({Role.animateur}), uuid4(), frozenset({"67", "68"}))
AGENT = Actor("agent-1", frozenset({Role.agent}), PARTENAIRE)
NATIONAL = Actor("national-1", frozenset({Role.national}), uuid4())


def dirigeant(dossier_id: UUID) -> Actor:
    """The dirigeant of that case."""
    return Actor(f"dirigeant:{dossier_id}", frozenset({Role.dirigeant}), dossier_id=dossier_id, droits=frozenset(Droit))


def settings(database_url: str) -> SignalementSettings:
    """The settings of a process of signalement in a test."""
    return SignalementSettings(
        mode=Mode.development,
        public_url=ADRESSE,
        database_url=SecretStr(database_url),
        nats_user="signalement",
        nats_password=SecretStr("unused"),
        oidc_issuer=f"{ADRESSE}/idp",
        signing_key=SecretStr("r-signing-key-of-signalement-in-tests"),
    )


def depot(**changes: Any) -> dict[str, Any]:
    """A filing as the API takes it; `association` and `contact` are completed, not replaced."""
    association = {
        "nom": "Les Jardins de l’Étang",
        "siren": "732829320",
        "siret": "73282932000074",
        "rna": "W341234567",
        "departement": "34",
        "code_postal": "34000",
        "commune": "Montpellier",
    } | changes.pop("association", {})
    contact = {
        "nom": "Ferrand",
        "prenom": "Maëlle",
        "fonction": "présidente",
        "courriel": "contact@jardins.example",
        "telephone": "04 99 00 12 34",
    } | changes.pop("contact", {})
    return {
        "origine": "self",
        "association": association,
        "contact": contact,
        "etp": 6.5,
        "budget": 320_000,
        "mois_avant_rupture": 4,
        "indicateurs": ["deficit_recurrent", "rupture_tresorerie"],
        "besoin": "La subvention de fonctionnement baisse de moitié.",
    } | changes


async def deposer(database: Database, now: datetime = NOW, **changes: Any) -> Dossier:
    """A case filed in that database."""
    async with database.transaction() as session:
        return await service.deposer(session, None, Depot.model_validate(depot(**changes)), now)


async def publier(
    database: Database,
    partenaire_id: UUID = PARTENAIRE,
    libelle: str = "France Active Occitanie",
    type_partenaire: TypePartenaire = TypePartenaire.france_active,
    departements: tuple[str, ...] = ("34", "30"),
    sequence: int = 1,
) -> None:
    """An organisation of the directory, heard."""
    event = PartenairePublie(
        partenaire_id=partenaire_id,
        code="code",
        libelle=libelle,
        type_partenaire=type_partenaire,
        famille=Famille.relais_expert,
        departements=departements,
        dispositifs=(),
        actif=True,
    )
    async with database.transaction() as session:
        await on_partenaire(session, Received(new_id(), event, sequence, NOW))


async def publier_cellule(database: Database) -> None:
    """The regional cell of Occitanie, heard."""
    await publier(database, CELLULE, "Cellule Occitanie", TypePartenaire.cellule, ("34", "30", "48"))


def donne(dossier_id: UUID, expire_le: datetime, *, now: datetime = NOW, **changes: Any) -> Consentement:
    """A consent given to the partner, as a row to be added."""
    values: dict[str, Any] = {
        "id": new_id(),
        "dossier_id": dossier_id,
        "destinataire_id": PARTENAIRE,
        "finalite": Finalite.orientation,
        "categories": [str(Categorie.identite), str(Categorie.contact)],
        "etat": EtatConsentement.donne,
        "texte": "Texte montré",
        "texte_version": "2026-11",
        "texte_empreinte": "0" * 64,
        "mode": "en_ligne",
        "demande_le": now,
        "repondu_le": now,
        "expire_le": expire_le,
        "version": 1,
    }
    return Consentement(**values | changes)
