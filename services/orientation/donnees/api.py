"""The directory as open data, for everybody: organisations, never a person."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from orientation.donnees import flux
from orientation.problemes import refus

router = APIRouter(prefix="/api/v1/annuaire", tags=["annuaire"])

Departement = Annotated[str | None, Query(pattern="^[0-9AB]{2,3}$")]
CACHE = {"Cache-Control": "public, max-age=300"}


class Ecartee(BaseModel):
    """An organisation that the format has no room for, as one whose name has less than three letters."""

    id: str
    raisons: list[str]


class DataInclusion(BaseModel):
    """Both lists of data·inclusion v1, whose schema says what their elements hold; then who is in neither, and why.

    `ecartees` has the first thousand of them, `nombre_ecartees` counts all. The CSV leaves nobody out.
    """

    structures: list[dict[str, Any]]
    services: list[dict[str, Any]]
    ecartees: list[Ecartee]
    nombre_ecartees: int


@router.get(
    "/data-inclusion",
    summary="Exporter l’annuaire au format data·inclusion v1",
    response_class=Response,
    responses={200: {"model": DataInclusion}, **refus(422)},
)
async def exporter_data_inclusion(request: Request, departement: Departement = None) -> StreamingResponse:
    """For everybody: structures and services, of one département (Insee's code) or of all."""
    etat = request.app.state
    lots = await flux.ouvrir(etat.database, departement)
    return StreamingResponse(flux.en_inclusion(lots, etat.settings.public_url), media_type="application/json", headers=CACHE)


@router.get(
    "/csv",
    summary="Exporter l’annuaire en CSV",
    response_class=Response,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}, **refus(422)},
)
async def exporter_csv(request: Request, departement: Departement = None) -> StreamingResponse:
    """For everybody: one organisation a line, for spreadsheets (UTF-8 with a mark, semicolons)."""
    lots = await flux.ouvrir(request.app.state.database, departement)
    headers = CACHE | {"Content-Disposition": 'attachment; filename="annuaire.csv"'}
    return StreamingResponse(flux.en_csv(lots), media_type="text/csv; charset=utf-8", headers=headers)
