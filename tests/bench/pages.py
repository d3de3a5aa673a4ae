"""`python -m tests.bench.pages`: what each main page of each role costs in a hub with 20,000 cases.

Time and size through the whole hub and its proxy, one request after the other; SQL statements in a second application of the
same service on the same database, which counts what it sends. Who has the session is asked of its owner, which is not counted.
"""

import asyncio
import logging
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from statistics import quantiles
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import structlog
import uvloop
from rich.console import Console
from rich.table import Table
from sqlalchemy import event

from common.actor import Actor, Role
from common.clock import utc_now
from relais.hub import Hub
from relais.ports import free_port
from tests.bench.dossiers import remplir_dossiers
from tests.bench.listes import QUI, REGION, paires
from tests.bench.remplir import remplir
from tests.people import WITHOUT_LIMITS, dirigeant, member, session_token, signed_in
from tests.sessions import COOKIE, AsyncBrowser

OUVERTES, CLOSES = 12_000, 8_000
CHAUFFE, MESURES = 5, 60
MS_MAX, KO_MAX, SQL_MAX = 150, 100, 10


@dataclass(frozen=True, slots=True)
class Page:
    """A page of somebody; `recherche` is what is posted to it, if anything is."""

    qui: str
    actor: Actor
    adresse: str
    recherche: str = ""

    @property
    def service(self) -> str:
        """The service that answers."""
        return self.adresse.split("/")[1]

    @property
    def envoi(self) -> dict[str, Any]:
        """How it is asked for."""
        if self.recherche:
            return {"method": "POST", "url": self.adresse, "data": {"recherche": self.recherche}}
        return {"method": "GET", "url": self.adresse}


@dataclass(frozen=True, slots=True)
class Cas:
    """A case of the animateur's territory, with a referral of the partner's."""

    dossier_id: UUID
    orientation_id: UUID
    reference: str
    siren: str


def pages(cas: Cas) -> list[Page]:
    """The main pages of each role."""
    animateur, agent, manager = QUI["animateur"], QUI["partner"], member(f"france-active-{REGION}", Role.manager)
    national, auditeur = member("cellule-nationale", Role.national), member("cellule-nationale", Role.auditeur)
    dossier, orientation = f"/signalement/dossiers/{cas.dossier_id}", f"/orientation/orientations/{cas.orientation_id}"
    orientations, tableau = "/orientation/orientations", "/orientation/tableau"
    return [
        Page("animateur", animateur, "/orientation/aujourd-hui"),
        Page("animateur", animateur, "/signalement/dossiers"),
        Page("animateur", animateur, "/signalement/dossiers?etat=depose"),
        Page("animateur", animateur, dossier),
        Page("animateur", animateur, "/orientation/avancement"),
        Page("animateur", animateur, "/orientation/avancement/liste?phase=orientes&page=3"),
        Page("animateur", animateur, orientations),
        Page("animateur", animateur, orientation),
        Page("animateur", animateur, f"{orientations}/nouvelle?dossier={cas.dossier_id}"),
        Page("animateur", animateur, tableau),
        Page("animateur", animateur, "/signalement/recherche", "jardins"),
        Page("animateur", animateur, "/signalement/recherche", cas.siren),
        Page("animateur", animateur, "/orientation/recherche", cas.reference),
        Page("agent", agent, "/orientation/aujourd-hui"),
        Page("agent", agent, orientations),
        Page("agent", agent, orientation),
        Page("agent", agent, tableau),
        Page("agent", agent, "/orientation/recherche", cas.reference),
        Page("manager", manager, "/orientation/mon-organisation"),
        Page("manager", manager, "/notifications/fil"),
        Page("dirigeant", dirigeant(cas.dossier_id), "/signalement/espace"),
        Page("national", national, "/cellule/chiffres"),
        Page("auditeur", auditeur, "/cellule/journal"),
    ]


async def garnir(hub: Hub) -> Cas:
    """The same 20,000 cases in both services that know cases, each with a referral."""
    urls = {service: hub.database_url(service).replace("+asyncpg", "") for service in ("orientation", "signalement")}
    orientation, signalement = [await asyncpg.connect(url) for url in urls.values()]
    await remplir(orientation, paires(), utc_now(), ouvertes=OUVERTES, closes=CLOSES)
    cas = await orientation.fetchrow(
        "SELECT o.dossier_id, o.id, d.reference FROM orientations o JOIN dossiers d ON d.id = o.dossier_id"
        " WHERE o.partenaire_id = $1 AND o.departement = ANY($2) AND o.etat = 'acceptee' ORDER BY o.id LIMIT 1",
        QUI["partner"].organisation_id,
        sorted(QUI["animateur"].departements),
    )
    await remplir_dossiers(signalement, await orientation.fetch("SELECT id, reference, departement FROM dossiers"), utc_now())
    siren = await signalement.fetchval("SELECT siren FROM associations WHERE dossier_id = $1", cas["dossier_id"])
    await orientation.close()
    await signalement.close()
    return Cas(cas["dossier_id"], cas["id"], cas["reference"], siren)


def mesurer(client: httpx2.Client, page: Page) -> tuple[float, float]:
    """The 95th percentile in milliseconds, and the kilobytes over the wire, uncompressed. Raises RuntimeError."""
    durees, octets = [], 0
    for i in range(CHAUFFE + MESURES):
        begun = time.perf_counter()
        answer = client.request(**page.envoi, headers={"Accept": "text/html"})
        if i >= CHAUFFE:
            durees.append((time.perf_counter() - begun) * 1000)
        octets = answer.num_bytes_downloaded
        if answer.status_code != 200:
            raise RuntimeError(f"{page.adresse} answered {answer.status_code} to {page.qui}")
    return quantiles(durees, n=100)[94], octets / 1000


@contextmanager
def environment_of(hub: Hub, service: str) -> Iterator[None]:
    """The settings of that service, as its own process has them."""
    before = dict(os.environ)
    os.environ.update(hub.service_environment(service))
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


async def compter(hub: Hub, page: Page) -> int:
    """The SQL statements that one request costs the service that answers it."""
    with environment_of(hub, page.service):
        settings = getattr(import_module(f"{page.service}.settings"), f"{page.service.capitalize()}Settings").load()
    app = import_module(f"{page.service}.app").create(settings)
    vus: list[str] = []
    cookie = await asyncio.to_thread(session_token, hub, page.actor)
    async with app.router.lifespan_context(app):
        while not app.state.nats.is_connected:
            await asyncio.sleep(0.01)
        transport = httpx2.ASGITransport(app)
        headers = {"Origin": hub.url, "Accept": "text/html"}
        async with AsyncBrowser(transport=transport, base_url=hub.url, cookies={COOKIE: cookie}, headers=headers) as client:
            await client.request(**page.envoi)
            engine = app.state.database.engine.sync_engine
            event.listen(engine, "before_cursor_execute", lambda *a: vus.append(a[2]))
            answer = await client.request(**page.envoi)
            if answer.status_code != 200:
                raise RuntimeError(f"{page.adresse} answered {answer.status_code} to {page.qui}")
    return len(vus)


def main() -> None:
    """Fill, measure and print."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    console = Console(width=120)
    with (
        tempfile.TemporaryDirectory(prefix="relais-bench-") as folder,
        Hub(Path(folder), free_port(folder), environment=WITHOUT_LIMITS) as hub,
    ):
        cas = uvloop.run(garnir(hub))
        table = Table("who", "page", f"p95 ms (< {MS_MAX})", f"kB (< {KO_MAX})", f"SQL (< {SQL_MAX})")
        for page in pages(cas):
            with signed_in(hub, page.actor) as client:
                ms, ko = mesurer(client, page)
            sql = asyncio.run(compter(hub, page))
            nom = page.adresse.replace(str(cas.dossier_id), "{id}").replace(str(cas.orientation_id), "{id}")
            trop = [valeur >= borne for valeur, borne in ((ms, MS_MAX), (ko, KO_MAX), (sql, SQL_MAX))]
            valeurs = (f"{ms:.0f}", f"{ko:.1f}", str(sql))
            mots = [texte + (" !" if depasse else "") for texte, depasse in zip(valeurs, trop, strict=True)]
            table.add_row(page.qui, nom + (" (search)" if page.recherche else ""), *mots)
        console.print(f"{OUVERTES + CLOSES:,} cases, {MESURES} requests for each page, load {os.getloadavg()[0]:.1f}.")
        console.print(table)


if __name__ == "__main__":
    main()
