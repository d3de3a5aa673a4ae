"""`python -m tests.bench.listes`: how long lists, searches and dashboards take with 100,000 open referrals and as many closed.

Through the whole hub, one request after the other, each for a partner and for the animateur of the biggest region.
"""

import re
import tempfile
import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from statistics import quantiles
from uuid import UUID

import asyncpg
import httpx2
import uvloop
from rich.console import Console
from rich.table import Table

from common.actor import Actor, Role
from common.clock import utc_now
from relais.demo import directory
from relais.hub import Hub
from relais.ports import free_port
from tests.bench.remplir import Paire, remplir
from tests.people import WITHOUT_LIMITS, member, signed_in

OUVERTES, CLOSES, DUES = 100_000, 100_000, 50
CHAUFFE, MESURES = 5, 100
# A fifth of all referrals is in this region.
REGION, POIDS = "ile-de-france", 3
SWEEP = "SELECT id FROM orientations WHERE prochaine_at <= $1 ORDER BY prochaine_at LIMIT 100 FOR UPDATE SKIP LOCKED"
AVANCER = """
    UPDATE orientations SET prochaine_at = $1::timestamptz
    WHERE id IN (SELECT id FROM orientations WHERE prochaine_at > $1 LIMIT $2)
"""
QUI = {
    "partner": member(f"france-active-{REGION}", Role.agent),
    "animateur": member(f"cellule-{REGION}", Role.animateur),
    "national": member("cellule-nationale", Role.national),
}


def paires() -> list[Paire]:
    """Every partner, département and dispositif of the demo directory, the biggest region more often."""
    trouvees = []
    for organisation in directory():
        if not organisation["type"].startswith("cellule"):
            poids = POIDS if organisation["code"].endswith(REGION) else 1
            for departement in organisation["departements"]:
                for dispositif in organisation["dispositifs"]:
                    trouvees += [Paire(UUID(organisation["id"]), dispositif, departement)] * poids
    return trouvees


def adresses(references: list[str]) -> dict[str, Iterator[str]]:
    """What is asked, by name; searches never ask the same twice in a row."""
    debuts = cycle(reference[:longueur] for reference in references for longueur in (4, 5, 6, 11))
    return {
        "inbox": cycle(["/orientation/orientations"]),
        "late, page 2": cycle(["SUIVANTE"]),
        "search": (f"/orientation/orientations?etat=toutes&recherche={debut}" for debut in debuts),
        "dashboard": cycle(["/orientation/tableau"]),
        "dashboard (API)": cycle(["/orientation/api/v1/tableau"]),
    }


def mesurer(client: httpx2.Client, adresse: Iterator[str]) -> tuple[float, float, int]:
    """p50 and p95 in milliseconds, and the size of the last answer, 0 when it is refused."""
    durees, taille = [], 0
    for i in range(CHAUFFE + MESURES):
        url = next(adresse)
        if url == "SUIVANTE":
            premiere = client.get("/orientation/orientations?etat=a_moi")
            suite = re.search(r'href="(/orientation/orientations\?[^"]*apres=[^"]*)"', premiere.text)
            url = suite[1].replace("&amp;", "&") if suite else "/orientation/orientations"
        begun = time.perf_counter()
        answer = client.get(url, headers={"Accept": "text/html"})
        if i >= CHAUFFE:
            durees.append((time.perf_counter() - begun) * 1000)
        if answer.status_code != 200:
            return 0, 0, 0
        taille = len(answer.content)
    coupes = quantiles(durees, n=100)
    return coupes[49], coupes[94], taille


async def garnir(hub: Hub) -> tuple[list[str], int, int, str]:
    """Fill the database; some references, how many referrals each actor sees, and what the sweep read."""
    url = hub.database_url("orientation").replace("+asyncpg", "")
    connection = await asyncpg.connect(url)
    now = utc_now()
    await remplir(connection, paires(), now, ouvertes=OUVERTES, closes=CLOSES)
    references = await connection.fetch("SELECT reference FROM dossiers TABLESAMPLE SYSTEM (1) LIMIT 200")
    partner, animateur = QUI["partner"], QUI["animateur"]
    du_partenaire = await connection.fetchval(
        "SELECT count(*) FROM orientations WHERE partenaire_id = $1", partner.organisation_id
    )
    du_territoire = await connection.fetchval(
        "SELECT count(*) FROM orientations WHERE departement = ANY($1)", sorted(animateur.departements)
    )
    async with connection.transaction():
        await connection.execute(AVANCER, now, DUES)
        plan = await connection.fetch(f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) {SWEEP}", now)
        # Undone, so that the hub's own sweep has nothing to do while we measure.
        await connection.execute("UPDATE orientations SET prochaine_at = $1 + interval '1 day' WHERE prochaine_at <= $1", now)
    await connection.execute("VACUUM ANALYZE orientations")
    await connection.close()
    return [row[0] for row in references], du_partenaire, du_territoire, "\n".join(row[0] for row in plan)


def main() -> None:
    """Fill, measure and print."""
    console = Console(width=120)
    with (
        tempfile.TemporaryDirectory(prefix="relais-bench-") as folder,
        Hub(Path(folder), free_port(folder), environment=WITHOUT_LIMITS) as hub,
    ):
        begun = time.perf_counter()
        references, du_partenaire, du_territoire, plan = uvloop.run(garnir(hub))
        console.print(f"{OUVERTES:,} open and {CLOSES:,} closed referrals in {time.perf_counter() - begun:.0f} s.")
        console.print(f"The partner has {du_partenaire:,} of them, the animateur's territory {du_territoire:,}.")
        table = Table("who", "what", "p50 ms", "p95 ms", "bytes")
        for qui, actor in QUI.items():
            mesurer_acteur(hub, qui, actor, references, table)
        console.print(table)
        console.print(f"The sweep, with {DUES} referrals due:\n{plan}")


def mesurer_acteur(hub: Hub, qui: str, actor: Actor, references: list[str], table: Table) -> None:
    """A line for each thing that this actor asks."""
    with signed_in(hub, actor) as client:
        for quoi, adresse in adresses(references).items():
            p50, p95, taille = mesurer(client, adresse)
            table.add_row(qui, quoi, *((f"{p50:.1f}", f"{p95:.1f}", str(taille)) if taille else ("refused", "", "")))


if __name__ == "__main__":
    main()
