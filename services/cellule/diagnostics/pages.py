"""The pages of the shared diagnostic: reading it, and seeing how it came to be."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from cellule.diagnostics import service
from cellule.diagnostics.api import Animateur, Auteur, Lecteur, Permission
from cellule.diagnostics.differences import comparer
from cellule.diagnostics.domain import AUTEURS, Section
from cellule.diagnostics.presentation import contexte
from cellule.diagnostics.service import textes
from common.actor import Role
from common.clock import utc_now
from common.codes import EtatDiagnostic
from common.database import Transaction
from common.web import render

router = APIRouter(prefix="/diagnostics", include_in_schema=False)
PAR_PAGE = 20


@router.get("")
async def liste(
    request: Request,
    session: Transaction,
    actor: Lecteur,
    dossier_id: UUID | None = None,
    apres: UUID | None = None,
) -> HTMLResponse:
    """The diagnostics that the reader may know of; an animateur opens one from a case's."""
    page, suivant = await service.lister(session, actor, dossier_id=dossier_id, apres=apres, limite=PAR_PAGE)
    en_cours = any(row.etat != EtatDiagnostic.partage for row, _ in page)
    return render(
        request,
        "diagnostics.html",
        {
            "elements": [(row, reference, EtatDiagnostic(row.etat)) for row, reference in page],
            "suivant": suivant,
            "dossier_id": dossier_id,
            "peut_ouvrir": bool(dossier_id and actor.has(Role.animateur) and not en_cours),
            "lecteur": actor,
        },
    )


@router.post("")
async def ouvrir(session: Transaction, actor: Animateur, dossier_id: Annotated[UUID, Form()]) -> RedirectResponse:
    """Open a diagnostic, and begin to write it."""
    diagnostic = await service.ouvrir(session, actor, dossier_id, utc_now())
    return RedirectResponse(f"/cellule/diagnostics/{diagnostic.id}/redaction", 303)


@router.get("/{diagnostic_id}")
async def lire(
    request: Request, diagnostic_id: UUID, session: Transaction, actor: Lecteur, demander: Permission
) -> HTMLResponse:
    """The document. Its authors also see where it stands; members of the cell come in by the door."""
    lecture = await service.lire(session, actor, diagnostic_id, demander, utc_now)
    nom = "diagnostic.html" if lecture.par in AUTEURS else "diagnostic_membre.html"
    return render(request, nom, contexte(lecture))


@router.get("/{diagnostic_id}/versions")
async def versions(
    request: Request,
    diagnostic_id: UUID,
    session: Transaction,
    actor: Auteur,
    numero: Annotated[int | None, Query(ge=1, le=2_000_000_000)] = None,
) -> HTMLResponse:
    """All versions, and what one of them (by default the last) changed."""
    lecture, toutes = await service.versions(session, actor, diagnostic_id, utc_now())
    par_numero = {version.numero: version for version in toutes}
    vue = par_numero.get(numero or lecture.charge.etat.numero)
    avant, apres = textes(par_numero.get(vue.numero - 1) if vue else None), textes(vue)
    differences: list[tuple[Section, Any]] = [
        (section, comparer(avant[section], apres[section])) for section in Section if avant[section] != apres[section]
    ]
    return render(
        request, "diagnostic_versions.html", contexte(lecture) | {"toutes": toutes, "vue": vue, "differences": differences}
    )
