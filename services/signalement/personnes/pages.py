"""Pages of an association's people: who is in its space, invite, change, remove."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from common.clock import utc_now
from common.codes import Droit
from common.database import Transaction
from common.errors import DonneeInvalide
from common.formulaires import Formulaire, analyser, vierge
from common.limites import par_adresse
from common.traduction import N_
from common.web import render
from signalement.espace import service as espace
from signalement.espace.entree import ESPACE, Dirigeant
from signalement.personnes import domain, service, store
from signalement.personnes.models import Personne
from signalement.personnes.schemas import Droits, Invitation

router = APIRouter(include_in_schema=False)

PERSONNES = f"{ESPACE}/personnes"
AU_CHOIX = (Droit.consentir, Droit.valider)
FAITS = {
    "inviter": N_("L’invitation est partie par courriel."),
    "changer": N_("Ses droits sont changés."),
    "retirer": N_("Cette personne n’a plus accès à l’espace."),
}
MESSAGES = {
    "prenom.missing": N_("Indiquez son prénom."),
    "nom.missing": N_("Indiquez son nom."),
    "fonction.missing": N_("Indiquez sa fonction, par exemple trésorière."),
    "courriel.missing": N_("Indiquez son adresse : c’est là que nous l’inviterons."),
}


@router.get("/espace/personnes")
async def lister(request: Request, session: Transaction, actor: Dirigeant, fait: str | None = None) -> Response:
    """Who is in the space, and what each may do."""
    dossier = await espace.mon_dossier(session, actor)
    rows = await store.of_dossier(session, dossier.id)
    me = domain.personne_id(actor)
    context = {
        "dossier": dossier,
        "personnes": rows,
        "moi": me,
        "invite": any(row.id == me and row.responsable for row in rows),
        "complete": len(rows) >= domain.MAX_PERSONNES,
        "droits": Droit,
        "fait": FAITS.get(fait or ""),
    }
    return render(request, "personnes.html", context)


@router.get("/espace/personnes/inviter")
async def preparer(request: Request, session: Transaction, actor: Dirigeant) -> Response:
    """The form for one more person."""
    service.check_responsable(await store.lock(session, actor), actor)
    return _invitation(request, vierge())


@router.post("/espace/personnes/inviter", dependencies=[Depends(par_adresse(60))])
async def inviter(request: Request, session: Transaction, actor: Dirigeant) -> Response:
    """Invite; whatever is wrong, the form comes back with what was typed."""
    f = analyser(Invitation, await request.form(), MESSAGES)
    if f.objet is None:
        service.check_responsable(await store.lock(session, actor), actor)
        return _invitation(request, f, 422)
    try:
        await service.inviter(session, actor, f.objet, utc_now())
    except (DonneeInvalide, domain.EquipeComplete) as refus:
        return _invitation(request, f.avec_erreur(refus.champ or "", refus.titre), refus.status)
    return RedirectResponse(f"{PERSONNES}?fait=inviter", 303)


@router.get("/espace/personnes/{personne_id}")
async def montrer(personne_id: UUID, request: Request, session: Transaction, actor: Dirigeant) -> Response:
    """The rights of a person, to be changed."""
    row = await service.une(session, actor, personne_id)
    return _personne(request, row, vierge({"droits": row.droits}))


@router.post("/espace/personnes/{personne_id}")
async def changer(personne_id: UUID, request: Request, session: Transaction, actor: Dirigeant) -> Response:
    """Change what the person may do."""
    f = analyser(Droits, await request.form())
    if f.objet is None:
        return _personne(request, await service.une(session, actor, personne_id), f, 422)
    await service.changer(session, actor, personne_id, f.objet.droits, utc_now())
    return RedirectResponse(f"{PERSONNES}?fait=changer", 303)


@router.get("/espace/personnes/{personne_id}/retirer")
async def confirmer(personne_id: UUID, request: Request, session: Transaction, actor: Dirigeant) -> Response:
    """What removing means, before it is done."""
    return render(request, "personne_retrait.html", {"personne": await service.une(session, actor, personne_id)})


@router.post("/espace/personnes/{personne_id}/retirer")
async def retirer(personne_id: UUID, session: Transaction, actor: Dirigeant) -> Response:
    """Close the space to the person."""
    await service.retirer(session, actor, personne_id, utc_now())
    return RedirectResponse(f"{PERSONNES}?fait=retirer", 303)


def _choix() -> list[tuple[str, str]]:
    return [(droit.value, droit.libelle) for droit in AU_CHOIX]


def _invitation(request: Request, f: Formulaire[Any], status: int = 200) -> Response:
    return render(request, "personne_inviter.html", {"f": f, "choix": _choix()}, status=status)


def _personne(request: Request, row: Personne, f: Formulaire[Any], status: int = 200) -> Response:
    return render(request, "personne.html", {"personne": row, "f": f, "choix": _choix()}, status=status)
