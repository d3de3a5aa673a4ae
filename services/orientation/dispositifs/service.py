"""Publishing: from files, where a version made in the portal is never overwritten, and from a draft."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from common import audit, outbox
from common.actor import SYSTEM, Actor
from common.clock import Clock
from common.database import Database
from common.events.orientation import DispositifPublie
from common.logs import get_logger
from common.worker import Sweep
from orientation.dispositifs import store
from orientation.dispositifs.ecriture import contenu_de, empreinte, yaml_de
from orientation.dispositifs.format import Fiche
from orientation.dispositifs.lecture import Catalogue, catalogue_des_fichiers
from orientation.dispositifs.models import DispositifRow, Origine

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Bilan:
    """What came of loading files: codes that were published, and those put forward as drafts beside the portal's version."""

    publies: tuple[str, ...]
    proposes: tuple[str, ...]


async def charger_catalogue(session: AsyncSession, catalogue: Catalogue, now: datetime) -> Bilan:
    """Bring what is published to the files, except where the portal has published since: there a draft is put forward.

    Loading the same files again does nothing. See docs/decisions/0015.
    """
    await store.verrouiller(session)
    connus = await store.newest(session)
    nouvelles: list[DispositifRow] = []
    proposes: list[str] = []
    for code, fiche in sorted(catalogue.fiches.items()):
        connu = connus.get(code)
        if connu is None or (connu.origine == Origine.fichier and connu.empreinte != empreinte(fiche)):
            nouvelles.append(nouvelle(fiche, connu, SYSTEM, Origine.fichier, now))
        elif connu.origine == Origine.portail and await _proposer(session, fiche, connu, now):
            proposes.append(code)
    if await store.sources(session) != dict(catalogue.documents):
        await store.prendre_sources(session, catalogue.documents)
        await store.publier(session, nouvelles)
    elif nouvelles:
        await store.publier(session, nouvelles)
    await annoncer(session, nouvelles, SYSTEM, now)
    return Bilan(tuple(row.code for row in nouvelles), tuple(proposes))


async def _proposer(session: AsyncSession, fiche: Fiche, connu: DispositifRow, now: datetime) -> bool:
    """Put a file forward as a draft, unless its content was published once, is put forward already, or somebody writes one."""
    if empreinte(fiche) in await store.empreintes(session, fiche.code):
        return False
    brouillon = await store.brouillon_de(session, fiche.code)
    texte = yaml_de(fiche)
    if brouillon and (brouillon.modifie_par != SYSTEM.id or brouillon.texte == texte):
        return False
    version = brouillon.version if brouillon else 0
    await store.enregistrer(session, fiche.code, texte, depuis=connu.version, version=version, par=SYSTEM.id, now=now)
    await audit.write(session, "orientation", SYSTEM, "dispositif.proposer", fiche.code, now=now)
    return True


def nouvelle(fiche: Fiche, connu: DispositifRow | None, actor: Actor, origine: Origine, now: datetime) -> DispositifRow:
    """The version that follows the one that is known."""
    return DispositifRow(
        code=fiche.code,
        version=connu.version + 1 if connu else 1,
        contenu=contenu_de(fiche),
        empreinte=empreinte(fiche),
        origine=origine.value,
        publie_par=actor.id,
        publie_at=now,
    )


async def annoncer(session: AsyncSession, rows: Iterable[DispositifRow], actor: Actor, now: datetime) -> None:
    """Say on the bus and in the log that these versions were published."""
    for row in rows:
        event = DispositifPublie(code=row.code, libelle=row.contenu["libelle"], numero=row.version)
        outbox.record(session, event, sequence=row.version, now=now)
        await audit.write(session, "orientation", actor, "dispositif.publier", f"{row.code}@{row.version}", now=now)


async def publier_les_fichiers(database: Database, clock: Clock) -> None:
    """Load the files that are delivered: the worker does it when it starts, and now and then."""
    async with database.transaction() as session:
        bilan = await charger_catalogue(session, catalogue_des_fichiers(), clock())
    if bilan.publies or bilan.proposes:
        log.info("catalogue.loaded", published=len(bilan.publies), proposed=len(bilan.proposes))


CATALOGUE = Sweep("catalogue", 600, publier_les_fichiers)
