"""The API of the catalogue: public, and exported as the very files that it may be loaded from."""

import io
import zipfile
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from common.codes import Niveau
from common.database import Transaction
from orientation.dispositifs import selection, store
from orientation.dispositifs.courant import courant
from orientation.dispositifs.domain import Besoin
from orientation.dispositifs.ecriture import empreinte, yaml_de, yaml_des_sources
from orientation.dispositifs.format import Fiche
from orientation.dispositifs.lecture import SOURCES
from orientation.dispositifs.schemas import FicheDispositif, ListeDispositifs, VersionDispositif, detail, resume
from orientation.problemes import refus

router = APIRouter(prefix="/api/v1/dispositifs", tags=["dispositifs"])

CodeDispositif = Annotated[str, Path(max_length=40, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
YAML = "application/yaml"
# The same catalogue gives the same bytes: the archive bears no date of its own.
SANS_DATE = (1980, 1, 1, 0, 0, 0)


@router.get("", summary="Parcourir le catalogue des dispositifs", responses=refus(422))
async def lister_dispositifs(
    session: Transaction,
    besoin: Besoin | None = None,
    niveau: Niveau | None = None,
    departement: Annotated[str | None, Query(pattern="^[0-9AB]{2,3}$")] = None,
    apres: Annotated[str, Query(max_length=40, pattern="^[a-z0-9-]*$")] = "",
    limite: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ListeDispositifs:
    """For everybody. What a source does not specify is kept: it may fit, and its empty fields say so."""
    catalogue = await courant(session)
    choix = selection.Choix(besoin=besoin, niveau=niveau, departement=departement)
    retenus = [d for d in selection.retenir(catalogue, choix) if d.fiche.code > apres]
    elements = [resume(d.fiche, d.version) for d in retenus[:limite]]
    return ListeDispositifs(elements=elements, suivant=elements[-1].code if len(retenus) > limite else None)


@router.get("/export.zip", summary="Exporter tout le catalogue", response_class=Response)
async def exporter_dispositifs(session: Transaction) -> Response:
    """For everybody: one YAML file for each dispositif, and the sources; loading them again changes nothing."""
    catalogue = await courant(session)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as fichiers:
        fichiers.writestr(zipfile.ZipInfo(SOURCES, SANS_DATE), yaml_des_sources(catalogue.documents))
        for code, fiche in sorted(catalogue.fiches.items()):
            fichiers.writestr(zipfile.ZipInfo(f"{code}.yaml", SANS_DATE), yaml_de(fiche))
    return _fichier(archive.getvalue(), "application/zip", "catalogue-relais.zip")


@router.get("/{code}.yaml", summary="Exporter un dispositif", response_class=Response, responses=refus(404, 422))
async def exporter_dispositif(code: CodeDispositif, session: Transaction) -> Response:
    """For everybody: the file of its current version."""
    return _fichier(yaml_de((await courant(session)).fiche(code)).encode(), YAML, f"{code}.yaml")


@router.get("/{code}", summary="Lire un dispositif", responses=refus(404, 422))
async def lire_dispositif(
    code: CodeDispositif, session: Transaction, version: Annotated[int | None, Query(ge=1, le=1_000_000)] = None
) -> FicheDispositif:
    """For everybody: every fact with its source, the criteria as they are worded. Without `version`, the current one."""
    catalogue = await courant(session)
    if version is None or version == catalogue.version(code):
        fiche, numero = catalogue.fiche(code), catalogue.version(code) or 1
    else:
        row = await store.find(session, code, version)
        fiche, numero = Fiche.model_validate(row.contenu), row.version
    versions = [
        VersionDispositif(version=row.version, empreinte=row.empreinte, origine=row.origine, publie_at=row.publie_at)
        for row in await store.versions(session, code)
    ]
    return detail(fiche, numero, empreinte(fiche), catalogue.documents, versions)


def _fichier(contenu: bytes, media: str, nom: str) -> Response:
    return Response(contenu, media_type=media, headers={"Content-Disposition": f'attachment; filename="{nom}"'})
