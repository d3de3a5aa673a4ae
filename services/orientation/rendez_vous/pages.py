"""The pages of appointments: what is proposed and confirmed, and the form of the slots in local time."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor, Role
from common.auth import allow
from common.clock import utc_now
from common.codes import EtatOrientation
from common.codes_echanges import Auteur, EtatRendezVous, ModeRendezVous, MotifAnnulation
from common.database import Transaction
from common.errors import Conflit, DonneeInvalide, Erreur, Interdit
from common.filtres import pluriel
from common.formulaires import Formulaire, analyser, vierge
from common.territoires import fuseau, nom_departement
from common.traduction import _
from common.web import render
from orientation.orientations.presentation import titre
from orientation.orientations.store import find as find_orientation
from orientation.rendez_vous import formulaires, presentation, service
from orientation.rendez_vous.domain import CRENEAUX_MAX, LIEU_MAX, POSSIBLE, CreneauxInvalides

router = APIRouter(prefix="/orientations/{orientation_id}/rendez-vous", tags=["pages"], include_in_schema=False)

Partie = Annotated[Actor, Depends(allow(Role.animateur, Role.agent, Role.manager))]


class Saisie(BaseModel):
    """What goes with a confirmation or a cancellation."""

    creneau_id: UUID | None = None
    pour_association: bool = False
    motif: MotifAnnulation | None = None


@router.get("")
async def page_rendez_vous(
    request: Request, orientation_id: UUID, actor: Partie, session: Transaction, fait: Annotated[str, Query(max_length=20)] = ""
) -> HTMLResponse:
    """For both sides: the appointments of a referral, and what this side may do with each."""
    return await _liste(request, session, actor, orientation_id, vierge(), bandeau=presentation.FAITS.get(fait, ""))


@router.get("/nouveau")
async def page_nouveau(request: Request, orientation_id: UUID, actor: Partie, session: Transaction) -> HTMLResponse:
    """For both sides: the form of the slots, with one to begin with."""
    return await _former(request, session, actor, orientation_id, None, vierge({"nombre": 1}))


@router.post("/nouveau")
async def proposer(request: Request, orientation_id: UUID, actor: Partie, session: Transaction) -> Response:
    """For both sides: one more slot to fill in, or all of them proposed."""
    return await _proposer(request, session, actor, orientation_id, None)


@router.get("/{rendez_vous_id}/proposition")
async def page_proposition(
    request: Request, orientation_id: UUID, rendez_vous_id: UUID, actor: Partie, session: Transaction
) -> HTMLResponse:
    """For the side whose turn it is: other slots instead."""
    return await _former(request, session, actor, orientation_id, rendez_vous_id, vierge({"nombre": 1}))


@router.post("/{rendez_vous_id}/proposition")
async def reproposer(
    request: Request, orientation_id: UUID, rendez_vous_id: UUID, actor: Partie, session: Transaction
) -> Response:
    """For the side whose turn it is: one more slot to fill in, or all of them proposed."""
    return await _proposer(request, session, actor, orientation_id, rendez_vous_id)


@router.post("/{rendez_vous_id}/confirmation")
async def confirmer(
    request: Request, orientation_id: UUID, rendez_vous_id: UUID, actor: Partie, session: Transaction
) -> Response:
    """For the side that the proposal waits for."""
    f = analyser(Saisie, await request.form())
    saisie = f.objet or Saisie()
    try:
        if saisie.creneau_id is None:
            raise DonneeInvalide(_("Choisissez un des créneaux proposés."), champ="creneau_id")
        await service.confirmer(
            session,
            actor,
            orientation_id,
            rendez_vous_id,
            saisie.creneau_id,
            utc_now(),
            pour_association=saisie.pour_association,
        )
    except (DonneeInvalide, Conflit, Interdit) as refus:
        return await _refuser(request, session, actor, orientation_id, rendez_vous_id, f, refus)
    return RedirectResponse(f"/orientation/orientations/{orientation_id}/rendez-vous?fait=confirmer", 303)


@router.post("/{rendez_vous_id}/annulation")
async def annuler(
    request: Request, orientation_id: UUID, rendez_vous_id: UUID, actor: Partie, session: Transaction
) -> Response:
    """For either side, with its reason."""
    f = analyser(Saisie, await request.form())
    motif = f.objet.motif if f.objet else None
    try:
        await service.annuler(session, actor, orientation_id, rendez_vous_id, motif, utc_now())
    except (DonneeInvalide, Conflit, Interdit) as refus:
        return await _refuser(request, session, actor, orientation_id, rendez_vous_id, f, refus)
    return RedirectResponse(f"/orientation/orientations/{orientation_id}/rendez-vous?fait=annuler", 303)


async def _refuser(
    request: Request,
    session: AsyncSession,
    actor: Actor,
    orientation_id: UUID,
    rendez_vous_id: UUID,
    f: Formulaire[Saisie],
    refus: Erreur,
) -> HTMLResponse:
    """The list again, with what is wrong at its own appointment: two of them have fields of the same name."""
    nom = f"{refus.champ}-{rendez_vous_id}" if refus.champ else ""
    saisies = {f"{champ}-{rendez_vous_id}": valeurs for champ, valeurs in f.saisies.items()}
    f = Formulaire(saisies=saisies, erreurs={nom: _(refus.remede) if refus.champ else refus.phrase})
    return await _liste(request, session, actor, orientation_id, f, status=refus.status)


async def _proposer(
    request: Request, session: AsyncSession, actor: Actor, orientation_id: UUID, rendez_vous_id: UUID | None
) -> Response:
    vue = await find_orientation(session, actor, orientation_id)
    f = formulaires.lire_creneaux(await request.form(), fuseau(vue.orientation.departement))
    if f.valeur("suite") == "ajouter":
        plus = min(formulaires.nombre_de_creneaux(f) + 1, CRENEAUX_MAX)
        f = Formulaire(saisies={**f.saisies, "nombre": (str(plus),)})
        return await _former(request, session, actor, orientation_id, rendez_vous_id, f)
    if f.objet is None:
        return await _former(request, session, actor, orientation_id, rendez_vous_id, f, status=422)
    try:
        if rendez_vous_id:
            await service.reproposer(session, actor, orientation_id, rendez_vous_id, f.objet, utc_now())
        else:
            await service.proposer(session, actor, orientation_id, f.objet, utc_now())
    except CreneauxInvalides as refus:
        f = formulaires.avec_fautes(f, refus.erreurs)
        return await _former(request, session, actor, orientation_id, rendez_vous_id, f, status=422)
    except (Conflit, Interdit) as refus:
        f = f.avec_erreur("", refus.phrase)
        return await _former(request, session, actor, orientation_id, rendez_vous_id, f, status=refus.status)
    return RedirectResponse(f"/orientation/orientations/{orientation_id}/rendez-vous?fait=proposer", 303)


async def _former(
    request: Request,
    session: AsyncSession,
    actor: Actor,
    orientation_id: UUID,
    rendez_vous_id: UUID | None,
    f: Formulaire[Any],
    status: int = 200,
) -> HTMLResponse:
    vue = await find_orientation(session, actor, orientation_id)
    nombre = formulaires.nombre_de_creneaux(f)
    base = f"/orientation/orientations/{orientation_id}/rendez-vous"
    contexte = {
        "vue": vue,
        "titre": titre(vue),
        "f": f,
        "action": f"{base}/{rendez_vous_id}/proposition" if rendez_vous_id else f"{base}/nouveau",
        "retour": base,
        "autre": bool(rendez_vous_id),
        "nombre": nombre,
        "complet": nombre >= CRENEAUX_MAX,
        "territoire": nom_departement(vue.orientation.departement),
        "modes": [(mode.value, mode.libelle) for mode in ModeRendezVous],
        "durees": [(duree, _duree(duree)) for duree in formulaires.DUREES],
        "lieu_max": LIEU_MAX,
    }
    return render(request, "rendez_vous_proposer.html", contexte, status=status)


async def _liste(
    request: Request,
    session: AsyncSession,
    actor: Actor,
    orientation_id: UUID,
    f: Formulaire[Any],
    *,
    bandeau: str = "",
    status: int = 200,
) -> HTMLResponse:
    now = utc_now()
    vue, fiches = await service.lire(session, actor, orientation_id, now)
    par = service.partie(actor, vue.orientation)
    ouverte = EtatOrientation(vue.orientation.etat) in POSSIBLE
    contexte = {
        "vue": vue,
        "titre": titre(vue),
        "f": f,
        "bandeau_texte": bandeau,
        "emetteur": par is Auteur.emetteur,
        "rendez_vous": presentation.vus(fiches, vue.orientation, par, now),
        "ouverte": ouverte,
        "proposable": ouverte and not any(fiche.row.etat == EtatRendezVous.propose for fiche in fiches),
        "motifs": presentation.CHOIX_MOTIFS,
        "territoire": nom_departement(vue.orientation.departement),
        "base": f"/orientation/orientations/{orientation_id}/rendez-vous",
        "agendas": f"/orientation/api/v1/orientations/{orientation_id}/rendez-vous",
    }
    return render(request, "rendez_vous.html", contexte, status=status)


def _duree(minutes: int) -> str:
    heures, reste = divmod(minutes, 60)
    if not heures:
        return pluriel(minutes, "minute")
    return pluriel(heures, "heure") + (f" {reste}" if reste else "")
