"""The page where an animateur notes when the first talk is."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor, Role
from common.auth import allow
from common.clock import utc_now
from common.database import Transaction
from common.errors import Conflit, DonneeInvalide
from common.formulaires import Formulaire, analyser, vierge
from common.heures import en_utc, lire_heure
from common.territoires import fuseau, nom_departement
from common.traduction import N_
from common.web import render
from signalement.premier_echange import service
from signalement.signalements import store

router = APIRouter(prefix="/dossiers/{dossier_id}/premier-echange", include_in_schema=False)

Animateur = Annotated[Actor, Depends(allow(Role.animateur))]
MESSAGES = {
    "jour.missing": N_("Donnez le jour de cet échange."),
    "heure.missing": N_("Donnez l’heure de cet échange, par exemple 14:30."),
}


class Saisie(BaseModel):
    """A day and an hour, as they are on the clocks of the association's territory."""

    jour: date
    heure: Annotated[str, Field(max_length=10)]


@router.get("")
async def page(dossier_id: UUID, request: Request, session: Transaction, actor: Animateur) -> Response:
    """When the talk is; empty as long as it was not agreed."""
    dossier = await store.read(session, actor, dossier_id)
    quand = dossier.premier_echange_le
    local = quand.astimezone(fuseau(dossier.departement)) if quand else None
    f = vierge({"jour": local.date(), "heure": f"{local:%H:%M}"} if local else {})
    return await _page(request, session, actor, dossier_id, f)


@router.post("")
async def convenir(dossier_id: UUID, request: Request, session: Transaction, actor: Animateur) -> Response:
    """Note it, and have the association told when it is still to come."""
    dossier = await store.read(session, actor, dossier_id)
    f = analyser(Saisie, await request.form(), MESSAGES)
    if f.objet is None:
        return await _page(request, session, actor, dossier_id, f, status=422)
    try:
        quand = en_utc(f.objet.jour, lire_heure(f.objet.heure), fuseau(dossier.departement))
        await service.convenir(session, actor, dossier_id, quand, utc_now())
    except DonneeInvalide as refus:
        return await _page(request, session, actor, dossier_id, f.avec_erreur(refus.champ or "heure", refus.remede), status=422)
    except Conflit as refus:
        return await _page(request, session, actor, dossier_id, f.avec_erreur("", refus.phrase), status=refus.status)
    return RedirectResponse(f"/signalement/dossiers/{dossier_id}?fait=convenu", 303)


async def _page(
    request: Request, session: AsyncSession, actor: Actor, dossier_id: UUID, f: Formulaire[Any], status: int = 200
) -> Response:
    dossier = await store.read(session, actor, dossier_id)
    contexte = {"dossier": dossier, "f": f, "territoire": nom_departement(dossier.departement)}
    return render(request, "premier_echange.html", contexte, status=status)
