"""Pages of the thread, one for each side."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor, Role
from common.auth import allow
from common.clock import utc_now
from common.codes import EtatDossier
from common.database import Transaction
from common.errors import Introuvable
from common.formulaires import Formulaire, analyser, vierge
from common.limites import par_adresse
from common.territoires import fuseau
from common.traduction import N_
from common.web import render
from signalement.espace.entree import ESPACE, Dirigeant
from signalement.messages import domain, service
from signalement.messages.schemas import Ecrit

router = APIRouter(include_in_schema=False)

Animateur = Annotated[Actor, Depends(allow(Role.animateur))]
MESSAGES = {"texte.missing": N_("Écrivez votre message.")}


@router.get("/espace/messages")
async def lire(request: Request, session: Transaction, actor: Dirigeant, avant: UUID | None = None) -> Response:
    """The thread, to the association."""
    return await _page(request, session, actor, _own(actor), vierge({"attend_reponse": True}), avant=avant)


@router.post("/espace/messages", dependencies=[Depends(par_adresse(120))])
async def ecrire(request: Request, session: Transaction, actor: Dirigeant) -> Response:
    """Write to the cell."""
    return await _write(request, session, actor, _own(actor), f"{ESPACE}/messages")


@router.get("/dossiers/{dossier_id}/messages")
async def consulter(
    dossier_id: UUID, request: Request, session: Transaction, actor: Animateur, avant: UUID | None = None
) -> Response:
    """The thread, to the animateur in charge."""
    return await _page(request, session, actor, dossier_id, vierge({"attend_reponse": True}), avant=avant)


@router.post("/dossiers/{dossier_id}/messages")
async def repondre(dossier_id: UUID, request: Request, session: Transaction, actor: Animateur) -> Response:
    """Write to the association."""
    return await _write(request, session, actor, dossier_id, f"/signalement/dossiers/{dossier_id}/messages")


def _own(actor: Actor) -> UUID:
    if actor.dossier_id is None:
        raise Introuvable
    return actor.dossier_id


async def _write(request: Request, session: AsyncSession, actor: Actor, dossier_id: UUID, back: str) -> Response:
    f = analyser(Ecrit, await request.form(), MESSAGES)
    if f.objet is None:
        return await _page(request, session, actor, dossier_id, f, status=422)
    await service.ecrire(session, actor, dossier_id, f.objet, utc_now())
    return RedirectResponse(f"{back}#fil", 303)


async def _page(
    request: Request,
    session: AsyncSession,
    actor: Actor,
    dossier_id: UUID,
    f: Formulaire[Any],
    *,
    avant: UUID | None = None,
    status: int = 200,
) -> Response:
    dossier, rows = await service.lire(session, actor, dossier_id, utc_now(), avant)
    cote = service.cote_of(actor)
    dernier = rows[0] if rows and avant is None else None
    context = {
        "f": f,
        "dossier": dossier,
        "messages": list(reversed(rows[: domain.PAGE])),
        "plus_anciens": rows[domain.PAGE - 1].id if len(rows) > domain.PAGE else None,
        "cote": cote,
        "tour": domain.turn_of((dernier.cote, dernier.attend_reponse) if dernier else None),
        "ouvert": dossier.etat is not EtatDossier.clos,
        "maximum": domain.MAX_LONGUEUR,
        "fuseau": fuseau(dossier.departement).key,
    }
    return render(request, "messages.html", context, status=status)
