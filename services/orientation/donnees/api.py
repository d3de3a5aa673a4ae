"""The directory as open data, for everybody: organisations, never a person."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from common.database import Transaction
from orientation.donnees import inclusion, store, tableau
from orientation.problemes import refus

router = APIRouter(prefix="/api/v1/annuaire", tags=["annuaire"])

Departement = Annotated[str | None, Query(pattern="^[0-9AB]{2,3}$")]
CACHE = {"Cache-Control": "public, max-age=300"}


class DataInclusion(BaseModel):
    """Both lists of data·inclusion v1; its schema says what their elements hold."""

    structures: list[dict[str, Any]]
    services: list[dict[str, Any]]


@router.get("/data-inclusion", summary="Exporter l’annuaire au format data·inclusion v1", responses=refus(422))
async def exporter_data_inclusion(
    request: Request, response: Response, session: Transaction, departement: Departement = None
) -> DataInclusion:
    """For everybody: structures and services, of one département (Insee's code) or of all."""
    response.headers.update(CACHE)
    organisations = await store.organisations(session, departement)
    return DataInclusion(**inclusion.ecrire(organisations, request.app.state.settings.public_url))


@router.get(
    "/csv",
    summary="Exporter l’annuaire en CSV",
    response_class=Response,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}, **refus(422)},
)
async def exporter_csv(session: Transaction, departement: Departement = None) -> Response:
    """For everybody: one organisation a line, for spreadsheets (UTF-8 with a mark, semicolons)."""
    contenu = tableau.ecrire(await store.organisations(session, departement))
    headers = CACHE | {"Content-Disposition": 'attachment; filename="annuaire.csv"'}
    return Response(contenu, media_type="text/csv; charset=utf-8", headers=headers)
