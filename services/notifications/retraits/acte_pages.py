"""The page of the mailed link: a partner without an account takes note. It shows the case's reference and nothing else."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from common.actor import Actor
from common.clock import utc_now
from common.database import Transaction
from common.errors import Introuvable
from common.web import render
from notifications.retraits import listes_store, service
from notifications.retraits.domain import EtatRetrait
from notifications.retraits.jetons import CHEMIN, lien_clos, lire_jeton

router = APIRouter(prefix="/retraits/acte", include_in_schema=False)

# Longer than any of ours.
Jeton = Annotated[str, Path(max_length=400)]


async def par_le_lien(request: Request, jeton: Jeton) -> Actor:
    """Who acts by the link; from here on the transaction of the request is its own. Raises LienPerime."""
    actor = request.state.actor = lire_jeton(request.app.state.coffre, jeton, utc_now())
    return actor


Porteur = Annotated[Actor, Depends(par_le_lien)]


@router.get("/{jeton}")
async def acte(request: Request, jeton: Jeton, actor: Porteur, session: Transaction) -> HTMLResponse:
    """For whoever has the link: what must be done, and whether it was noted. Programs that follow links change nothing."""
    try:
        row, reference = await listes_store.find(session, actor, UUID(actor.id))
    except Introuvable as inconnu:
        raise lien_clos() from inconnu
    # Whoever reads has not signed in: the header says so.
    request.state.actor = None
    pris = row.etat == EtatRetrait.confirme
    return render(request, "retrait_acte.html", {"row": row, "reference": reference, "ici": f"{CHEMIN}/{jeton}", "pris": pris})


@router.post("/{jeton}")
async def prendre_acte(jeton: Jeton, actor: Porteur, session: Transaction) -> RedirectResponse:
    """For whoever has the link: take note, once. Raises Introuvable, RienRecu."""
    await service.prendre_acte(session, actor, UUID(actor.id), utc_now())
    return RedirectResponse(f"{CHEMIN}/{jeton}", 303)
