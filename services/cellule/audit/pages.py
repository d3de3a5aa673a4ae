"""The page of the journal, for the auditor."""

from collections.abc import Sequence
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from cellule.audit import service
from cellule.audit.api import Auditeur, Service
from cellule.audit.models import EntreeRow
from cellule.audit.store import Filtre
from common.clock import utc_now
from common.database import Transaction
from common.errors import DonneeInvalide
from common.formulaires import analyser
from common.traduction import N_
from common.web import render

router = APIRouter(prefix="/journal", include_in_schema=False)
PAR_PAGE = 50
SERVICES = [
    ("signalement", N_("Signalement")),
    ("orientation", N_("Orientation")),
    ("cellule", N_("Cellule")),
    ("notifications", N_("Notifications")),
]


class Choix(BaseModel):
    """The filter, as its form sends it."""

    depuis: date | None = Field(default=None, title=N_("Du"))
    jusque: date | None = Field(default=None, title=N_("Au"))
    service: Service | None = Field(default=None, title=N_("Service"))
    action: str | None = Field(default=None, title=N_("Action"), max_length=60)
    organisation_id: UUID | None = Field(default=None, title=N_("Organisation"))
    dossier_id: UUID | None = Field(default=None, title=N_("Dossier"))
    apres: UUID | None = None


@router.get("")
async def page(request: Request, session: Transaction, actor: Auditeur) -> HTMLResponse:
    """Entries, the latest first. A wrong filter shows its error and no entry."""
    f = analyser(Choix, request.query_params)
    entrees: Sequence[EntreeRow] = ()
    suivant: UUID | None = None
    if f.objet is not None:
        valeurs = f.objet.model_dump(exclude={"apres"})
        try:
            entrees, suivant = await service.consulter(
                session, actor, Filtre(**valeurs), apres=f.objet.apres, limite=PAR_PAGE, now=utc_now()
            )
        except DonneeInvalide as refus:
            f = f.avec_erreur(refus.champ or "", refus.remede)
    filtres = {nom: valeur for nom, valeur in request.query_params.items() if valeur and nom in Choix.model_fields}
    return render(
        request,
        "journal.html",
        {
            "f": f,
            "elements": entrees,
            "suite": f"/cellule/journal?{urlencode(filtres | {'apres': str(suivant)})}" if suivant else "",
            "services": SERVICES,
        },
        status=422 if f.erreurs else 200,
    )
