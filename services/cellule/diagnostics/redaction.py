"""The pages on which a diagnostic is written, validated and shared: each shows what it does, then does it."""

from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from cellule.diagnostics import service
from cellule.diagnostics.api import Animateur, Auteur, Permission
from cellule.diagnostics.domain import LONGUEUR_MAX, Action, EmpreinteDifferente, Section
from cellule.diagnostics.presentation import contexte
from common.actor import Actor
from common.clock import utc_now
from common.database import Transaction
from common.errors import ConsentementManquant, DonneeInvalide, Injoignable, TransitionInterdite, VersionPerimee
from common.formulaires import Formulaire, analyser, vierge
from common.traduction import _
from common.web import render

router = APIRouter(prefix="/diagnostics", include_in_schema=False)


class Saisie(BaseModel):
    """The form: the sections, and the version that they were written over."""

    base: int = Field(ge=0, le=999_999_999)
    strategie: str = Field(default="", title=Section.strategie.libelle, max_length=LONGUEUR_MAX)
    gestion: str = Field(default="", title=Section.gestion.libelle, max_length=LONGUEUR_MAX)
    gouvernance: str = Field(default="", title=Section.gouvernance.libelle, max_length=LONGUEUR_MAX)
    finances: str = Field(default="", title=Section.finances.libelle, max_length=LONGUEUR_MAX)
    plan: str = Field(default="", title=Section.plan.libelle, max_length=LONGUEUR_MAX)


def _adresse(diagnostic_id: UUID, suite: str = "") -> str:
    return f"/cellule/diagnostics/{diagnostic_id}{suite}"


async def _page(
    request: Request, session: AsyncSession, actor: Actor, diagnostic_id: UUID, nom: str, action: Action, **plus: Any
) -> Response:
    """One of these pages with the document, or back to the diagnostic when the action is over."""
    lecture = await service.lire_auteur(session, actor, diagnostic_id, utc_now())
    if action not in lecture.actions:
        return RedirectResponse(_adresse(diagnostic_id), 303)
    statut = plus.pop("statut", 200)
    if nom == "diagnostic_redaction.html" and "f" not in plus:
        valeurs = {section.value: texte for section, texte in lecture.sections.items()}
        plus["f"] = vierge(valeurs | {"base": lecture.charge.etat.numero})
    return render(request, nom, contexte(lecture) | {"probleme": None} | plus, statut)


@router.get("/{diagnostic_id}/redaction")
async def rediger(request: Request, diagnostic_id: UUID, session: Transaction, actor: Auteur) -> Response:
    """The form with the present version."""
    return await _page(request, session, actor, diagnostic_id, "diagnostic_redaction.html", Action.enregistrer)


@router.post("/{diagnostic_id}/redaction")
async def enregistrer(request: Request, diagnostic_id: UUID, session: Transaction, actor: Auteur) -> Response:
    """Save a version; whatever is wrong, the form comes back with what was typed."""
    f = analyser(Saisie, await request.form())
    if f.objet is not None:
        sections = {section: getattr(f.objet, section.value) for section in Section}
        try:
            await service.enregistrer(session, actor, diagnostic_id, sections, f.objet.base, utc_now())
        except DonneeInvalide as refus:
            f = f.avec_erreur(refus.champ or "", refus.remede)
        except VersionPerimee as refus:
            f = _depassee(f, int(refus.details["numero"]))
        else:
            return RedirectResponse(_adresse(diagnostic_id), 303)
    return await _page(request, session, actor, diagnostic_id, "diagnostic_redaction.html", Action.enregistrer, f=f, statut=422)


def _depassee(f: Formulaire[Saisie], numero: int) -> Formulaire[Saisie]:
    """The form over the version that somebody saved meanwhile: sending it again is now a choice made knowingly."""
    message = _(
        "L’autre partie a enregistré la version {numero} pendant que vous écriviez. Votre texte est gardé ci-dessous : "
        "comparez-le avec le sien avant d’enregistrer à nouveau."
    ).format(numero=numero)
    return replace(f, saisies={**f.saisies, "base": (str(numero),)}).avec_erreur("", message)


@router.get("/{diagnostic_id}/validation")
async def relire(request: Request, diagnostic_id: UUID, session: Transaction, actor: Auteur) -> Response:
    """Exactly what is about to be validated, with its print."""
    return await _page(request, session, actor, diagnostic_id, "diagnostic_validation.html", Action.valider)


@router.post("/{diagnostic_id}/validation")
async def valider(
    request: Request,
    diagnostic_id: UUID,
    session: Transaction,
    actor: Auteur,
    empreinte: Annotated[str, Form(max_length=64)],
) -> Response:
    """Validate what was shown; when it changed meanwhile, show the new version instead."""
    try:
        await service.valider(session, actor, diagnostic_id, empreinte, utc_now())
    except EmpreinteDifferente as refus:
        probleme = " ".join((_(refus.titre), _("Voici la dernière version.")))
        return await _page(
            request,
            session,
            actor,
            diagnostic_id,
            "diagnostic_validation.html",
            Action.valider,
            probleme=probleme,
            statut=409,
        )
    except TransitionInterdite:
        # Sent twice, or validated meanwhile: the diagnostic's own page says where it stands.
        return RedirectResponse(_adresse(diagnostic_id), 303)
    return RedirectResponse(_adresse(diagnostic_id), 303)


@router.get("/{diagnostic_id}/partage")
async def confirmer(request: Request, diagnostic_id: UUID, session: Transaction, actor: Animateur) -> Response:
    """What sharing means, before it is done."""
    return await _page(request, session, actor, diagnostic_id, "diagnostic_partage.html", Action.partager)


@router.post("/{diagnostic_id}/partage")
async def partager(
    request: Request, diagnostic_id: UUID, session: Transaction, actor: Animateur, demander: Permission
) -> Response:
    """Share; when the association has not agreed, or nobody could say, the page tells so."""
    try:
        await service.partager(session, actor, diagnostic_id, demander, utc_now)
    except (ConsentementManquant, Injoignable) as refus:
        return await _page(
            request,
            session,
            actor,
            diagnostic_id,
            "diagnostic_partage.html",
            Action.partager,
            probleme=refus.titre,
            statut=refus.status,
        )
    return RedirectResponse(_adresse(diagnostic_id), 303)
