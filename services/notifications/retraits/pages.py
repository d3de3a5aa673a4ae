"""The page of withdrawn consents: a recipient takes note, an animateur sees who has not and writes down what it was told."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from common.actor import Actor, Role
from common.auth import allow
from common.clock import utc_now
from common.database import Transaction
from common.web import render
from notifications.retraits import listes_store, service
from notifications.retraits.domain import EtatRetrait, Position

router = APIRouter(prefix="/retraits", include_in_schema=False)

Membre = Annotated[Actor, Depends(allow(Role.agent, Role.manager, Role.animateur))]
Animateur = Annotated[Actor, Depends(allow(Role.animateur))]
RETRAITS = "/notifications/retraits"
PAR_PAGE = 50


@router.get("")
async def retraits(
    request: Request,
    session: Transaction,
    actor: Membre,
    fait: Annotated[str, Query(max_length=20)] = "",
    apres: Annotated[str, Query(max_length=80)] = "",
) -> HTMLResponse:
    """What waits first, the longest first; then the rest, the newest first. A place that is none is ignored."""
    place = _place(apres)
    found = await listes_store.liste(session, actor, PAR_PAGE + 1, place)
    suite = ""
    if len(found) > PAR_PAGE:
        row = found[PAR_PAGE - 1][0]
        derniere = Position(row.retire_le, row.consentement_id, row.etat == EtatRetrait.a_confirmer)
        suite = f"{RETRAITS}?apres={derniere}"
    context = {
        "lignes": found[:PAR_PAGE],
        "etats": EtatRetrait,
        "moi": actor.organisation_id,
        "animateur": actor.has(Role.animateur),
        "fait": fait,
        "suite": suite,
        "debut": RETRAITS if place else "",
    }
    return render(request, "retraits.html", context)


@router.post("/{consentement_id}/prise-d-acte")
async def prendre_acte(session: Transaction, actor: Membre, consentement_id: UUID) -> RedirectResponse:
    """Take note. Raises Introuvable, RienRecu."""
    await service.prendre_acte(session, actor, consentement_id, utc_now())
    return RedirectResponse(f"{RETRAITS}?fait=confirme", 303)


@router.get("/{consentement_id}/prise-d-acte-orale")
async def confirmer_oral(request: Request, session: Transaction, actor: Animateur, consentement_id: UUID) -> HTMLResponse:
    """What it means to write down that the recipient has taken note, before it is done. Raises Introuvable."""
    row, reference = await listes_store.find_ici(session, actor, consentement_id)
    return render(request, "retrait_oral.html", {"row": row, "reference": reference})


@router.post("/{consentement_id}/prise-d-acte-orale")
async def prendre_acte_oral(session: Transaction, actor: Animateur, consentement_id: UUID) -> RedirectResponse:
    """Write down that the recipient, who was called, has taken note. Raises Introuvable."""
    await service.prendre_acte_oral(session, actor, consentement_id, utc_now())
    return RedirectResponse(f"{RETRAITS}?fait=oral", 303)


def _place(texte: str) -> Position | None:
    try:
        return Position.lue(texte) if texte else None
    except ValueError:
        return None
