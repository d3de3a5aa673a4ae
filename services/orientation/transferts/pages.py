"""The pages of following a referral inside the partner, and of passing it on."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, Field, model_validator
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor, Role
from common.auth import allow
from common.clock import utc_now
from common.codes import EtatOrientation, Motif
from common.codes_echanges import EtatTransfert
from common.database import Transaction
from common.errors import Conflit, DonneeInvalide, Erreur, Interdit
from common.formulaires import Formulaire, analyser, vierge
from common.territoires import departement as territoire
from common.traduction import N_, _
from common.web import render
from orientation.orientations import service as orientations
from orientation.orientations.domain import OUVERTES, Cote
from orientation.orientations.presentation import titre
from orientation.orientations.store import find as find_orientation
from orientation.partenaires import store as annuaire
from orientation.partenaires.libelles import libelle_dispositif
from orientation.transferts import service, store
from orientation.transferts.domain import FINS, MOTIFS

router = APIRouter(prefix="/orientations/{orientation_id}", tags=["pages"], include_in_schema=False)

Partie = Annotated[Actor, Depends(allow(Role.animateur, Role.agent, Role.manager))]
Membre = Annotated[Actor, Depends(allow(Role.agent, Role.manager))]

TONS = {
    EtatTransfert.propose: "attente",
    EtatTransfert.accepte: "succes",
    EtatTransfert.refuse: "fini",
    EtatTransfert.retire: "fini",
}
FAITS = {
    "affecter": N_("La personne responsable est enregistrée."),
    "proposer": N_("Le transfert est proposé à l’animateur."),
    "acceptation": N_("Le transfert est accepté. L’accord de l’association à l’autre partenaire est demandé."),
    "refus": N_("Le transfert est refusé : l’orientation reste à ce partenaire."),
    "retrait": N_("La proposition est retirée."),
}
REPONSES = {"acceptation": service.accepter, "refus": service.refuser, "retrait": service.retirer}
MESSAGES = {
    "choix.missing": N_("Choisissez à qui passer l’orientation."),
    "motif.missing": N_("Choisissez un motif de la liste."),
}
Fait = Annotated[str, Query(max_length=20)]


class Personne(BaseModel):
    """Who follows the referral; `rendre` gives it back to everybody, which leaving the list alone must not do."""

    responsable_id: UUID | None = None
    rendre: bool = False

    @model_validator(mode="after")
    def _un_choix(self) -> "Personne":
        if self.rendre == (self.responsable_id is not None):
            raise ValueError(_("Choisissez une personne."))
        return self


class Proposition(BaseModel):
    """`choix` is a partner and one of its dispositifs."""

    choix: Annotated[str, Field(pattern=r"^[0-9a-f-]{36}:[a-z0-9-]{1,40}$")]
    motif: Motif


@router.get("/suivi")
async def page_suivi(
    request: Request, orientation_id: UUID, actor: Membre, session: Transaction, fait: Fait = ""
) -> HTMLResponse:
    """For the partner: who follows the referral, and who did."""
    return await _suivi(request, session, actor, orientation_id, vierge(), bandeau=FAITS.get(fait, ""))


@router.post("/suivi")
async def affecter(request: Request, orientation_id: UUID, actor: Membre, session: Transaction) -> Response:
    """For the partner: a manager gives it to anybody, an agent takes it or gives it back."""
    f = analyser(Personne, await request.form())
    if f.objet is None:
        return await _suivi(request, session, actor, orientation_id, f, status=422)
    try:
        await service.affecter(session, actor, orientation_id, f.objet.responsable_id, utc_now())
    except (Conflit, DonneeInvalide, Interdit) as refus:
        f = _avec(f, refus)
        return await _suivi(request, session, actor, orientation_id, f, status=refus.status)
    return RedirectResponse(f"/orientation/orientations/{orientation_id}/suivi?fait=affecter", 303)


@router.get("/transfert")
async def page_transfert(
    request: Request, orientation_id: UUID, actor: Partie, session: Transaction, fait: Fait = ""
) -> HTMLResponse:
    """For both sides: the proposal that waits, the earlier ones, and for the partner the form of a new one."""
    return await _transfert(request, session, actor, orientation_id, vierge(), bandeau=FAITS.get(fait, ""))


@router.post("/transfert")
async def proposer(request: Request, orientation_id: UUID, actor: Membre, session: Transaction) -> Response:
    """For the partner: propose another one to the sender."""
    f = analyser(Proposition, await request.form(), MESSAGES)
    if f.objet is None:
        return await _transfert(request, session, actor, orientation_id, f, status=422)
    partenaire_id, dispositif = f.objet.choix.split(":")
    try:
        await service.proposer(session, actor, orientation_id, UUID(partenaire_id), dispositif, f.objet.motif, utc_now())
    except (Conflit, DonneeInvalide, Interdit) as refus:
        return await _transfert(request, session, actor, orientation_id, _avec(f, refus), status=refus.status)
    return RedirectResponse(f"/orientation/orientations/{orientation_id}/transfert?fait=proposer", 303)


@router.post("/transfert/{transfert_id}/{reponse}")
async def repondre(
    request: Request,
    orientation_id: UUID,
    transfert_id: UUID,
    reponse: Literal["acceptation", "refus", "retrait"],
    actor: Partie,
    session: Transaction,
) -> Response:
    """For the sender: accept or refuse; for the partner: take its proposal back."""
    try:
        await REPONSES[reponse](session, actor, orientation_id, transfert_id, utc_now())
    except Conflit as refus:
        return await _transfert(request, session, actor, orientation_id, _avec(vierge(), refus), status=refus.status)
    return RedirectResponse(f"/orientation/orientations/{orientation_id}/transfert?fait={reponse}", 303)


def _avec(f: Formulaire[Any], refus: Erreur) -> Formulaire[Any]:
    """The form with a refusal; a field that this form names otherwise is the whole form's matter."""
    champ = refus.champ if refus.champ in ("motif", "responsable_id") else ""
    return f.avec_erreur(champ, refus.remede if champ else refus.phrase)


async def _suivi(
    request: Request,
    session: AsyncSession,
    actor: Actor,
    orientation_id: UUID,
    f: Formulaire[Any],
    *,
    bandeau: str = "",
    status: int = 200,
) -> HTMLResponse:
    vue, membres, histoire = await service.lire_suivi(session, actor, orientation_id)
    row = vue.orientation
    noms = {str(membre.id): f"{membre.prenom} {membre.nom}" for membre in membres}
    contexte = {
        "vue": vue,
        "titre": titre(vue),
        "f": f,
        "bandeau_texte": bandeau,
        "responsable": noms.get(str(row.responsable_id), _("Une personne qui n’est plus membre")) if row.responsable_id else "",
        "a_moi": str(row.responsable_id) == actor.id,
        "moi": actor.id,
        "manager": actor.has(Role.manager),
        "ouverte": EtatOrientation(row.etat) in OUVERTES,
        "membres": [(id_, nom) for id_, nom in noms.items() if id_ != str(row.responsable_id)],
        "histoire": histoire,
        "fuseau": territoire(row.departement).fuseau,
    }
    return render(request, "transferts_suivi.html", contexte, status=status)


async def _transfert(
    request: Request,
    session: AsyncSession,
    actor: Actor,
    orientation_id: UUID,
    f: Formulaire[Any],
    *,
    bandeau: str = "",
    status: int = 200,
) -> HTMLResponse:
    vue = await find_orientation(session, actor, orientation_id)
    row = vue.orientation
    partenaire = Cote.partenaire in orientations.cotes(actor, row)
    fiches = await store.transferts(session, orientation_id)
    en_attente = next((fiche for fiche in fiches if fiche.row.etat == EtatTransfert.propose), None)
    ouverte = EtatOrientation(row.etat) in FINS
    proposable = partenaire and ouverte and en_attente is None
    candidats = await annuaire.of_departement(session, row.departement) if proposable else ()
    choix = [
        (f"{autre.id}:{dispositif}", libelle_dispositif(dispositif), f"{autre.libelle}.")
        for autre in candidats
        for dispositif in autre.dispositifs
        if (autre.id, dispositif) != (row.partenaire_id, row.dispositif)
    ]
    contexte = {
        "vue": vue,
        "titre": titre(vue),
        "f": f,
        "bandeau_texte": bandeau,
        "partenaire": partenaire,
        "ouverte": ouverte,
        "proposable": proposable,
        "choix": sorted(choix, key=lambda c: c[1]),
        "motifs": [(motif.value, motif.libelle) for motif in MOTIFS],
        "fiches": [
            {
                "row": fiche.row,
                "etat": EtatTransfert(fiche.row.etat),
                "ton": TONS[EtatTransfert(fiche.row.etat)],
                "a_qui": fiche.partenaire.libelle,
                "quoi": libelle_dispositif(fiche.row.dispositif),
                "motif": Motif(fiche.row.motif).libelle,
            }
            for fiche in fiches
        ],
        "fuseau": territoire(row.departement).fuseau,
        "base": f"/orientation/orientations/{orientation_id}/transfert",
    }
    return render(request, "transferts_transfert.html", contexte, status=status)
