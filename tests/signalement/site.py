"""A running service with one case far along its path, for tests in a real browser; `conftest` lends it and the browser."""

import io
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import uvicorn
from playwright.sync_api import Browser, Page

from common.actor import Actor
from common.clock import new_id, utc_now
from common.codes import Categorie, Droit, EtatDiagnostic, EtatOrientation, Motif, Niveau
from common.codes_echanges import CauseRetour, GenreDestinataire
from common.database import Database
from common.events import Event, Received
from common.events import cellule as c
from common.events import orientation as o
from common.events.joignabilite import JoignabiliteChangee
from common.requests import AdresseDirigeant, ContactDirigeant
from signalement.app import create
from signalement.consentements import porte
from signalement.consentements import service as consentements
from signalement.consentements import store as ledger
from signalement.documents import service as documents
from signalement.espace import requetes
from signalement.personnes import service as personnes
from signalement.personnes.schemas import Invitation
from signalement.recuperations import service as recuperations
from signalement.recuperations.schemas import Proposition
from signalement.signalements import service as signalements
from signalement.signalements.domain import Qualifier
from signalement.worker import HANDLERS
from tests.browser import chromium
from tests.conftest import owner_url
from tests.emptying import empty
from tests.sessions import COOKIE, OWNERS, now
from tests.signalement import fabrique as f
from tests.signalement.outils import evenements
from tests.signalement.test_porte import demande


@dataclass
class Site:
    """A running service with one case far along its path."""

    origine: str
    database_url: str
    dossier_id: UUID
    accord_id: UUID
    demande_id: UUID
    autre_dossier_id: UUID
    personne_id: UUID
    recuperation_id: UUID
    document_id: UUID
    adresse: AdresseDirigeant


async def hear(database: Database, event: Event, sequence: int = 1) -> None:
    async with database.transaction() as session:
        await HANDLERS[type(event)](session, Received(new_id(), event, sequence, utc_now()))


async def prepare(database: Database, dossier_id: UUID, partenaire_id: UUID, *categories: Categorie) -> None:
    """A referral in preparation, for which the association is asked."""
    facts: dict[str, Any] = {"orientation_id": uuid4(), "dossier_id": dossier_id, "emetteur_id": f.CELLULE, "dispositif": "dla"}
    event = o.OrientationProposee(
        **facts, partenaire_id=partenaire_id, etat=EtatOrientation.brouillon, categories=categories, due_at=None
    )
    await hear(database, event)


async def peupler(url: str) -> tuple[Any, ...]:
    """One case with everything on it, and a few others for the list."""
    database = Database(owner_url(url), service="signalement")
    await empty(database)
    await f.publier(database)
    await f.publier_cellule(database)
    autre = uuid4()
    await f.publier(database, autre, "Dispositif local d’accompagnement de l’Hérault")
    dla = o.DispositifPublie(code="dla", libelle="Dispositif local d’accompagnement (DLA)", numero=1)
    await hear(database, dla)
    qui = {"nom": "Ana Roux", "courriel": "a.roux@cdc.example", "organisation": "Communauté de communes du Lodévois"}
    dossier = await f.deposer(database, now=utc_now() - timedelta(days=9), origine="partenaire", declarant=qui)
    first: UUID | None = None
    for number, nom in enumerate(("Le Fournil solidaire", "Cirque en herbe", "Les Jardins de l’Etang")):
        numbers = {"siren": None, "siret": None, "rna": None}
        mois = (11, None, 0)[number]
        other = await f.deposer(database, now=utc_now(), mois_avant_rupture=mois, association=numbers | {"nom": nom})
        # Asked twice, since each of two visits gives and withdraws.
        for recipient in (f.PARTENAIRE, autre) if number == 0 else ():
            await prepare(database, other.id, recipient, Categorie.identite)
        first = first or other.id
    async with database.transaction() as session:
        action = Qualifier(Niveau.faire_face, note="Rappeler après le conseil d’administration.")
        await signalements.qualifier(session, f.ANIMATEUR, dossier.id, action, utc_now())
    referrals = [(f.PARTENAIRE, EtatOrientation.recue, None), (autre, EtatOrientation.declinee, Motif.sans_capacite)]
    for partenaire_id, etat, motif in [*referrals, (autre, EtatOrientation.brouillon, None)]:
        facts: dict[str, Any] = {
            "orientation_id": uuid4(),
            "dossier_id": dossier.id,
            "partenaire_id": partenaire_id,
            "emetteur_id": f.CELLULE,
            "dispositif": "dla",
            "due_at": utc_now() - timedelta(days=3),
        }
        categories = (Categorie.identite, Categorie.contact)
        await hear(database, o.OrientationProposee(**facts, etat=EtatOrientation.brouillon, categories=categories))
        if etat is not EtatOrientation.brouillon:
            await hear(database, o.OrientationRecue(**facts, etat=etat, motif=motif), 2)
    ouvert = c.DiagnosticOuvert(diagnostic_id=uuid4(), dossier_id=dossier.id, etat=EtatDiagnostic.ouvert, numero=0)
    await hear(database, ouvert)
    me = f.dirigeant(dossier.id)
    async with database.transaction() as session:
        mine = await ledger.of_dossier(session, dossier.id)
        accord = next(row for row in mine if row.destinataire_id == f.PARTENAIRE)
        open_ = next(row for row in mine if row.destinataire_id == autre)
        await consentements.repondre(session, me, accord.id, "donner", utc_now, accord.texte_version)
    async with database.transaction() as session:
        await porte.divulguer(session, demande(dossier), utc_now)
        await signalements.lire(session, f.ANIMATEUR, dossier.id, utc_now())
    invitation = Invitation(
        prenom="Idriss", nom="Benali", fonction="trésorier", courriel="i.benali@jardins.example", droits=[Droit.lire]
    )
    async with database.transaction() as session:
        invitee = await personnes.inviter(session, me, invitation, utc_now())
        file = b"%PDF-1.7"
        document = await documents.ajouter(session, me, io.BytesIO(file), "Comptes annuels 2025.pdf", len(file), utc_now())
        lost = Proposition.model_validate({"courriel": "nouvelle@jardins.example", "verification": "rappel"})
        change = await recuperations.proposer(session, f.ANIMATEUR, dossier.id, invitee.id, lost, utc_now())
    silence = JoignabiliteChangee(
        personne_id=invitee.id,
        genre=GenreDestinataire.correspondant,
        joint=False,
        depuis=utc_now(),
        cause=CauseRetour.boite_pleine,
    )
    await hear(database, silence)
    envoi = (await evenements(database, "demande"))[0]
    async with database.transaction() as session:
        answer = requetes.answerers(f.settings(url))[ContactDirigeant]
        adresse = await answer(session, ContactDirigeant(envoi_id=envoi.envoi_id, dossier_id=dossier.id))
    await database.close()
    assert isinstance(adresse, AdresseDirigeant)
    return dossier.id, accord.id, open_.id, first, invitee.id, change.id, document.id, adresse


@contextmanager
def serving(url: str, langue: str = "fr") -> Iterator[Site]:
    """The service on a free port; its sessions and forms know that address."""
    peuple = now(peupler(url))
    prise = socket.create_server(("127.0.0.1", 0))
    origine = f"http://127.0.0.1:{prise.getsockname()[1]}"
    settings = f.settings(url).model_copy(update={"public_url": origine, "langue": langue})
    serveur = uvicorn.Server(uvicorn.Config(OWNERS.install(create(settings)), log_level="warning"))
    fil = threading.Thread(target=serveur.run, args=([prise],))
    fil.start()
    while not serveur.started:
        time.sleep(0.01)
    yield Site(origine, url, *peuple)
    serveur.should_exit = True
    fil.join()


@pytest.fixture(scope="module")
def site(database_urls: dict[str, str]) -> Iterator[Site]:
    """The service, with one case far along its path."""
    with serving(database_urls["signalement"]) as running:
        yield running


@pytest.fixture(scope="module")
def navigateur() -> Iterator[Browser]:
    with chromium() as ouvert:
        yield ouvert


def entrer(page: Page, site: Site, actor: Actor | None) -> None:
    """Sign that person in."""
    if actor is not None:
        page.context.add_cookies([{"name": COOKIE, "value": OWNERS.jeton(actor).cookie, "url": site.origine}])
