"""The pages in a real browser, on a telephone and a screen: axe, no sideways scrolling, French typography."""

import asyncio
import json
import os
import socket
import threading
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
import uvicorn
from joserfc.jwk import KeySet, OKPKey
from playwright.sync_api import Browser, Page
from pydantic import SecretStr, TypeAdapter

from common import bus
from common.actor import Actor
from common.clock import utc_now
from common.database import Database
from common.sessions import SessionSigner, cookie_name
from common.settings import Mode
from orientation.app import create
from orientation.partenaires.service import Partenaire, charger
from orientation.settings import OrientationSettings
from relais.nats import NatsServer
from tests.browser import LARGEURS, chromium, surveillee, verifier_page
from tests.conftest import empty
from tests.orientation.monde import AGENT, ANIMATEUR, ANNUAIRE, Hub, Registre
from tests.orientation.test_pages import reculer

CONTENU = {
    "identite": {"nom": "Les Amis du Pont Rouge", "siren": "732829320", "rna": None, "departement": "34", "commune": "Lodève"},
    "situation": {
        "indicateurs": ["rupture_tresorerie"],
        "mois_avant_rupture": 4,
        "niveau": "faire_face",
        "besoin": "Un relais.",
    },
    "finances": {"budget": 480000, "etp": 12.5, "mois_avant_rupture": 4},
}


@dataclass
class Site:
    """The service on a real port, with the loop that serves it."""

    origine: str
    hub: Hub
    loop: asyncio.AbstractEventLoop

    def faire(self, travail: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(travail, self.loop).result(60)


@pytest.fixture(scope="module")
def site(database_urls: dict[str, str], nats_server: NatsServer, keys: dict[str, OKPKey]) -> Iterator[Site]:
    prise = socket.create_server(("127.0.0.1", 0))
    origine = f"http://127.0.0.1:{prise.getsockname()[1]}"
    settings = OrientationSettings(
        mode=Mode.development,
        public_url=origine,
        database_url=SecretStr(database_urls["orientation"]),
        nats_url=nats_server.url,
        nats_user="orientation",
        nats_password=SecretStr(nats_server.passwords["orientation"]),
        oidc_issuer=f"{origine}/idp",
        oidc_client_id="relais",
        oidc_client_secret=SecretStr("r-client"),
        session_public_keys=json.dumps(KeySet(list(keys.values())).as_dict(private=False)),
        session_private_key=SecretStr(json.dumps(keys["orientation"].as_dict(private=True))),
    )
    loop = asyncio.new_event_loop()
    fil = threading.Thread(target=loop.run_forever)
    fil.start()
    serveur: list[uvicorn.Server] = []
    taches: list[asyncio.Task[None]] = []

    async def ouvrir() -> Hub:
        database = Database(database_urls["orientation"], service="orientation")
        await empty(database)
        async with database.transaction() as session:
            await charger(session, TypeAdapter(list[Partenaire]).validate_python(ANNUAIRE), settings.oidc_issuer, utc_now())
        changes = {"nats_user": "signalement", "nats_password": SecretStr(nats_server.passwords["signalement"])}
        registre = Registre(await bus.connect(settings.model_copy(update=changes), name="test-registre"), contenu=CONTENU)
        await registre.ouvrir()
        app = create(settings)
        serveur.append(uvicorn.Server(uvicorn.Config(app, log_level="warning")))
        service = asyncio.get_running_loop().create_task(serveur[0].serve([prise]))
        while not (serveur[0].started and app.state.nats.is_connected):
            await asyncio.sleep(0.01)
        signers = {name: SessionSigner(json.dumps(key.as_dict(private=True))) for name, key in keys.items()}
        taches.append(service)
        return Hub(app, database, httpx2.AsyncClient(base_url=origine), registre, signers, origine)

    async def fermer(hub: Hub) -> None:
        serveur[0].should_exit = True
        await taches[0]
        await hub.client.aclose()
        await hub.registre.nats.close()
        await hub.database.close()

    hub = asyncio.run_coroutine_threadsafe(ouvrir(), loop).result(60)
    lieu = Site(origine, hub, loop)
    yield lieu
    lieu.faire(fermer(hub))
    loop.call_soon_threadsafe(loop.stop)
    fil.join()
    loop.close()


@pytest.fixture(scope="module")
def navigateur() -> Iterator[Browser]:
    with chromium() as ouvert:
        yield ouvert


def entrer(page: Page, site: Site, actor: Actor) -> None:
    session = site.hub.signers["orientation"].sign(actor, utc_now())
    page.context.add_cookies([{"name": cookie_name(secure=False), "value": session, "url": site.origine}])


async def monde(hub: Hub) -> dict[str, str]:
    """A list with something of everything."""
    ids = {}
    for nom, reference in (("calme", "R-7F3K-9QX8"), ("retard", "R-2M4T-6WZA"), ("question", "R-9C8D-1EFG")):
        ids[nom] = await hub.envoyee(await hub.dossier(reference=reference))
    await hub.agir(AGENT, ids["question"], "recevoir")
    await hub.agir(AGENT, ids["question"], "complement-demander", texte="Quel est le dernier bilan arrêté ?")
    await reculer(hub, ids["retard"])
    dossier_id = await hub.dossier(reference="R-5HJK-3LMN")
    ids |= {"dossier": str(dossier_id), "brouillon": await hub.brouillon(dossier_id)}
    return ids


def montrer(page: Page, nom: str) -> None:
    """Check the page; with CAPTURES set, keep its picture there, to be looked at."""
    verifier_page(page)
    if dossier := os.environ.get("CAPTURES"):
        page.screenshot(path=f"{dossier}/{nom}-{page.viewport_size['width']}.png", full_page=True)  # type: ignore[index]


@pytest.mark.parametrize("largeur", LARGEURS)
def test_the_partners_pages(site: Site, navigateur: Browser, largeur: int) -> None:
    ids = site.faire(monde(site.hub))
    with surveillee(navigateur, site.origine, largeur) as page:
        entrer(page, site, AGENT)
        page.goto(f"{site.origine}/orientation/orientations")
        montrer(page, "partenaire-liste")
        page.goto(f"{site.origine}/orientation/orientations/{ids['calme']}")
        montrer(page, "partenaire-orientation")
        page.get_by_role("button", name="Ouvrir le dossier").click()
        page.get_by_text("Les Amis du Pont Rouge").wait_for()
        montrer(page, "partenaire-ouverte")
        page.goto(f"{site.origine}/orientation/orientations/{ids['calme']}")
        page.get_by_text("Décliner", exact=True).first.click()
        page.locator("form[action$='/decliner'] button").click()
        page.get_by_text("Choisissez un motif de la liste.").first.wait_for()
        montrer(page, "partenaire-sans-motif")
        page.get_by_label("Pas de capacité d’accueil actuellement").check()
        page.locator("form[action$='/decliner'] button").click()
        page.get_by_text("Votre réponse est enregistrée.").wait_for()
        montrer(page, "partenaire-declinee")


@pytest.mark.parametrize("largeur", LARGEURS)
def test_the_animateurs_pages(site: Site, navigateur: Browser, largeur: int) -> None:
    ids = site.faire(monde(site.hub))
    with surveillee(navigateur, site.origine, largeur) as page:
        entrer(page, site, ANIMATEUR)
        page.goto(f"{site.origine}/orientation/orientations")
        montrer(page, "animateur-liste")
        for nom in ("retard", "question", "brouillon"):
            page.goto(f"{site.origine}/orientation/orientations/{ids[nom]}")
            montrer(page, f"animateur-{nom}")
        page.goto(f"{site.origine}/orientation/orientations/nouvelle?dossier={ids['dossier']}")
        montrer(page, "animateur-nouvelle")
        page.get_by_role("button", name="Relire avant de demander l’accord").click()
        page.get_by_text("Choisissez l’appui à proposer.").first.wait_for()
        montrer(page, "animateur-nouvelle-erreurs")
        page.get_by_label("Dispositif local d’accompagnement (DLA)").check()
        page.get_by_label("Identité de l’association").check()
        page.get_by_role("button", name="Relire avant de demander l’accord").click()
        page.get_by_role("heading", name="Relire l’orientation").wait_for()
        montrer(page, "animateur-apercu")
        page.get_by_role("button", name="Demander l’accord de l’association").click()
        page.get_by_text("L’association n’a pas encore répondu.").wait_for()


@pytest.mark.parametrize("largeur", LARGEURS)
def test_the_public_pages(site: Site, navigateur: Browser, largeur: int) -> None:
    with surveillee(navigateur, site.origine, largeur) as page:
        for chemin, nom in (
            ("annuaire?departement=34", "annuaire"),
            ("annuaire", "annuaire-vide"),
            ("connexion/retour?code=x&state=y", "connexion-echec"),
            ("deconnexion", "deconnecte"),
        ):
            page.goto(f"{site.origine}/orientation/{chemin}")
            montrer(page, nom)
