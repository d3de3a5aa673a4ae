"""The pages of the thread: the partner asks several questions of any kind, the sender replies to all that wait."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor, Role
from common.auth import allow
from common.clock import utc_now
from common.codes_echanges import TypeQuestion
from common.database import Transaction
from common.errors import Conflit
from common.formulaires import Formulaire, vierge
from common.web import render
from orientation.complements import formulaires, service
from orientation.complements.domain import CHOIX_MAX, QUESTIONS_MAX, TEXTE_MAX, SaisiesInvalides
from orientation.complements.presentation import tours
from orientation.orientations import presentation

router = APIRouter(prefix="/orientations/{orientation_id}/complements", tags=["pages"], include_in_schema=False)

Membre = Annotated[Actor, Depends(allow(Role.agent, Role.manager, Role.lien))]
Animateur = Annotated[Actor, Depends(allow(Role.animateur))]


@router.get("/demande")
async def page_demande(request: Request, orientation_id: UUID, actor: Membre, session: Transaction) -> HTMLResponse:
    """For the partner: the asking form, with one question to begin with."""
    return await _demander(request, session, actor, orientation_id, vierge({"nombre": 1}))


@router.post("/demande")
async def demander(request: Request, orientation_id: UUID, actor: Membre, session: Transaction) -> Response:
    """For the partner: one more question to fill in, or all of them sent."""
    f = formulaires.lire_questions(await request.form())
    if f.valeur("suite") == "ajouter":
        plus = min(formulaires.nombre_de_questions(f) + 1, QUESTIONS_MAX)
        f = Formulaire(saisies={**f.saisies, "nombre": (str(plus),)})
        return await _demander(request, session, actor, orientation_id, f)
    if f.objet is None:
        return await _demander(request, session, actor, orientation_id, f, status=422)
    try:
        await service.demander(session, actor, orientation_id, f.objet, utc_now())
    except SaisiesInvalides as refus:
        f = formulaires.avec_fautes(f, refus.erreurs)
        return await _demander(request, session, actor, orientation_id, f, status=422)
    except Conflit as refus:
        f = f.avec_erreur("", refus.phrase)
        return await _demander(request, session, actor, orientation_id, f, status=refus.status)
    return RedirectResponse(f"/orientation/orientations/{orientation_id}?fait=complement-demander", 303)


@router.get("/reponse")
async def page_reponse(request: Request, orientation_id: UUID, actor: Animateur, session: Transaction) -> HTMLResponse:
    """For the sender: the questions that wait, each with the field of its kind."""
    return await _repondre(request, session, actor, orientation_id, vierge())


@router.post("/reponse")
async def repondre(request: Request, orientation_id: UUID, actor: Animateur, session: Transaction) -> Response:
    """For the sender: all replies at once."""
    envoi = await request.form()
    _, fil = await service.lire(session, actor, orientation_id, utc_now())
    attendues = [question for question in fil if question.repondue_at is None]
    f = formulaires.lire_reponses(envoi, attendues)
    if f.objet is None:
        return await _repondre(request, session, actor, orientation_id, f, status=422)
    try:
        await service.fournir(session, actor, orientation_id, f.objet, utc_now())
    except SaisiesInvalides as refus:
        f = formulaires.reponses_fautives(f, refus.erreurs, attendues)
        return await _repondre(request, session, actor, orientation_id, f, status=422)
    except Conflit as refus:
        f = f.avec_erreur("", refus.phrase)
        return await _repondre(request, session, actor, orientation_id, f, status=refus.status)
    return RedirectResponse(f"/orientation/orientations/{orientation_id}?fait=complement-fournir", 303)


async def _demander(
    request: Request, session: AsyncSession, actor: Actor, orientation_id: UUID, f: Formulaire[Any], status: int = 200
) -> HTMLResponse:
    vue, _ = await service.lire(session, actor, orientation_id, utc_now())
    nombre = formulaires.nombre_de_questions(f)
    contexte = {
        "vue": vue,
        "titre": presentation.titre(vue),
        "f": f,
        "nombre": nombre,
        "complet": nombre >= QUESTIONS_MAX,
        "types": [(t.value, t.libelle) for t in TypeQuestion],
        "texte_max": TEXTE_MAX,
        "choix_max": CHOIX_MAX,
    }
    return render(request, "complements_demande.html", contexte, status=status)


async def _repondre(
    request: Request, session: AsyncSession, actor: Actor, orientation_id: UUID, f: Formulaire[Any], status: int = 200
) -> HTMLResponse:
    vue, fil = await service.lire(session, actor, orientation_id, utc_now())
    attendues = [question for question in fil if question.repondue_at is None]
    contexte = {
        "vue": vue,
        "titre": presentation.titre(vue),
        "f": f,
        "questions": [(question, formulaires.champ(question.id)) for question in attendues],
        "passe": tours([question for question in fil if question.repondue_at], vue.orientation.departement),
        "texte_max": TEXTE_MAX,
    }
    return render(request, "complements_reponse.html", contexte, status=status)
