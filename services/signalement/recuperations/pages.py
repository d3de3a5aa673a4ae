"""Pages of a change of address: propose it from the case, confirm or refuse it as the second person, object as the first."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor, Role
from common.auth import allow
from common.clock import utc_now
from common.codes_espace import VerificationIdentite
from common.database import Transaction
from common.errors import DonneeInvalide
from common.formulaires import Formulaire, analyser, vierge
from common.limites import par_adresse
from common.territoires import fuseau
from common.traduction import N_
from common.web import render
from signalement.espace.entree import ESPACE, Dirigeant
from signalement.recuperations import domain, service, store
from signalement.recuperations.schemas import Proposition
from signalement.signalements import store as signalements

router = APIRouter(include_in_schema=False)

Animateur = Annotated[Actor, Depends(allow(Role.animateur))]
Cellule = Annotated[Actor, Depends(allow(Role.animateur, Role.manager))]
BASE = "/signalement/recuperations"
PERSONNE = "/dossiers/{dossier_id}/personnes/{personne_id}/adresse"
FAITS = {
    "proposer": N_("Le changement attend maintenant la confirmation d’une autre personne de la cellule."),
    "confirmer": N_("L’adresse est changée, et la personne reçoit un lien à la nouvelle."),
    "refuser": N_("L’adresse reste ce qu’elle était."),
}
MESSAGES = {
    "courriel.missing": N_("Indiquez la nouvelle adresse."),
    "verification.missing": N_("Dites comment vous avez vérifié l’identité de cette personne."),
}


@router.get(PERSONNE)
async def preparer(dossier_id: UUID, personne_id: UUID, request: Request, session: Transaction, actor: Animateur) -> Response:
    """The form for a person who lost its mailbox."""
    return await _form(request, session, actor, dossier_id, personne_id, vierge())


@router.post(PERSONNE, dependencies=[Depends(par_adresse(60))])
async def proposer(dossier_id: UUID, personne_id: UUID, request: Request, session: Transaction, actor: Animateur) -> Response:
    """Propose the address; whatever is wrong, the form comes back with what was typed."""
    f = analyser(Proposition, await request.form(), MESSAGES)
    if f.objet is not None:
        try:
            row = await service.proposer(session, actor, dossier_id, personne_id, f.objet, utc_now())
        except DonneeInvalide as refus:
            f = f.avec_erreur(refus.champ or "", refus.titre)
        else:
            return RedirectResponse(f"{BASE}/{row.id}?fait=proposer", 303)
    return await _form(request, session, actor, dossier_id, personne_id, f, 422)


@router.get("/recuperations")
async def lister(request: Request, session: Transaction, actor: Cellule) -> Response:
    """The changes that wait for a second person."""
    now = utc_now()
    lignes = [
        (row, personne, dossier, domain.actions(service.as_domain(row), actor.id, now), fuseau(dossier.departement).key)
        for row, personne, dossier in await store.waiting(session, actor, now)
    ]
    return render(request, "recuperations.html", {"lignes": lignes})


@router.get("/recuperations/{recuperation_id}")
async def lire(
    recuperation_id: UUID, request: Request, session: Transaction, actor: Cellule, fait: str | None = None
) -> Response:
    """A change in full: who, from which address to which, how the identity was checked."""
    row, personne, dossier = await store.read(session, actor, recuperation_id)
    now = utc_now()
    context = {
        "recuperation": row,
        "personne": personne,
        "dossier": dossier,
        "actions": domain.actions(service.as_domain(row), actor.id, now),
        "attend": domain.waits(service.as_domain(row), now),
        "a_moi": row.proposee_par == actor.id,
        "animateur": actor.has(Role.animateur),
        "fuseau": fuseau(dossier.departement).key,
        "fait": FAITS.get(fait or ""),
    }
    return render(request, "recuperation.html", context)


@router.post("/recuperations/{recuperation_id}/confirmer")
async def confirmer(recuperation_id: UUID, session: Transaction, actor: Cellule) -> Response:
    """Confirm as the second person."""
    await service.confirmer(session, actor, recuperation_id, utc_now())
    return RedirectResponse(f"{BASE}/{recuperation_id}?fait=confirmer", 303)


@router.post("/recuperations/{recuperation_id}/refuser")
async def refuser(recuperation_id: UUID, session: Transaction, actor: Cellule) -> Response:
    """Leave the address as it is."""
    await service.refuser(session, actor, recuperation_id, utc_now())
    return RedirectResponse(f"{BASE}/{recuperation_id}?fait=refuser", 303)


@router.post("/espace/recuperations/{recuperation_id}/refuser")
async def sopposer(recuperation_id: UUID, session: Transaction, actor: Dirigeant) -> Response:
    """Object, from the space that the old address still opens."""
    await service.refuser(session, actor, recuperation_id, utc_now())
    return RedirectResponse(f"{ESPACE}?fait=adresse", 303)


async def _form(
    request: Request,
    session: AsyncSession,
    actor: Actor,
    dossier_id: UUID,
    personne_id: UUID,
    f: Formulaire[Any],
    status: int = 200,
) -> Response:
    dossier = await signalements.read(session, actor, dossier_id)
    context = {
        "dossier": dossier,
        "personne": await store.person_of_case(session, dossier, personne_id),
        "verifications": [(one, one.libelle) for one in VerificationIdentite],
        "f": f,
    }
    return render(request, "recuperation_proposer.html", context, status=status)
