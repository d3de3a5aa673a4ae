"""The lists to take away, for people: the same referrals as the page with the same filter, as CSV or as a workbook."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse
from sqlmodel.ext.asyncio.session import AsyncSession

from common import audit
from common.actor import Actor
from common.clock import utc_now
from common.database import Transaction
from common.errors import DonneeInvalide
from common.filtres import nombre
from common.traduction import _
from orientation.listes import export, store
from orientation.listes.domain import tranches
from orientation.listes.filtres import Demande, cote_de
from orientation.listes.pages import Partie

router = APIRouter(prefix="/orientations", tags=["pages"], include_in_schema=False)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Filtres = Annotated[Demande, Query()]


@router.get("/export.csv")
async def export_csv(request: Request, actor: Partie, session: Transaction, demande: Filtres) -> StreamingResponse:
    """For both sides. The audit entry is committed before the first line leaves."""
    lots = await _lots(request, session, actor, demande)
    return _fichier(export.en_csv(lots), "text/csv; charset=utf-8", "csv")


@router.get("/export.xlsx")
async def export_xlsx(request: Request, actor: Partie, session: Transaction, demande: Filtres) -> StreamingResponse:
    """For both sides, dates as dates and numbers as numbers."""
    lots = await _lots(request, session, actor, demande)
    return _fichier(export.morceaux(await export.en_xlsx(lots)), XLSX, "xlsx")


async def _lots(request: Request, session: AsyncSession, actor: Actor, demande: Demande) -> export.Lots:
    """The rows to give, once the export is recorded. Raises DonneeInvalide for more than a spreadsheet is good for."""
    cote, now = cote_de(actor), utc_now()
    filtre = demande.filtre(actor, cote, now)
    ordre = tranches(cote, now, filtre.etats)
    if await store.compter(session, actor, ordre, filtre, now, export.LIGNES_MAX) > export.LIGNES_MAX:
        raise DonneeInvalide(
            _("Précisez les filtres : un export compte {n} lignes au plus.").format(n=nombre(export.LIGNES_MAX))
        )
    await audit.write(session, "orientation", actor, "orientations.exporter", actor.organisation_id or actor.id, now=now)
    return export.lots(request.app.state.database, actor, ordre, filtre, now)


def _fichier(contenu: export.Flux, genre: str, suffixe: str) -> StreamingResponse:
    nom = f"orientations-{utc_now():%Y-%m-%d}.{suffixe}"
    return StreamingResponse(contenu, media_type=genre, headers={"Content-Disposition": f'attachment; filename="{nom}"'})
