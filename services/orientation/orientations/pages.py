"""The pages of one referral: what it asks, its actions, the opened dossier. Their list is in `listes`."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor, Role
from common.auth import allow
from common.clock import utc_now
from common.codes import EtatConsentement, EtatOrientation, Motif, MotifRetour
from common.database import Transaction
from common.errors import Conflit, DonneeInvalide, Erreur, Injoignable
from common.formulaires import Formulaire, analyser, vierge
from common.traduction import N_, _
from common.web import render
from orientation.cas import service as cas_service
from orientation.cas import store as cas_store
from orientation.cas.schemas import proposee
from orientation.complements import service as complements
from orientation.complements.domain import TEXTE_MAX
from orientation.complements.presentation import tours
from orientation.complements.schemas import Texte
from orientation.dossiers import store as dossiers
from orientation.fiches import store as fiches
from orientation.fiches.presentation import l_appel
from orientation.liens import service as liens
from orientation.membres import store as equipes
from orientation.orientations import engagement, presentation, service
from orientation.orientations.api import une_action
from orientation.orientations.domain import CLOSES, NEGATIVES, OUVERTES, SUR_PERMIS, Action, Cote
from orientation.orientations.store import Vue
from orientation.transferts import store as transferts

router = APIRouter(prefix="/orientations", tags=["pages"], include_in_schema=False)

# A partner's system has the API; these pages are for people, and for whoever came by a link and its code.
Partie = Annotated[Actor, Depends(allow(Role.animateur, Role.agent, Role.manager, Role.lien))]
Membre = Annotated[Actor, Depends(allow(Role.agent, Role.manager, Role.lien))]
LIENS = {
    "lien-renvoi": N_("Un autre lien part à l’adresse du partenaire. Le précédent n’ouvre plus rien."),
    "lien-retrait": N_("Le lien est retiré : il n’ouvre plus rien. Vous pouvez en envoyer un autre."),
}

# Refusals that are shown on the referral's own page, since the next step is there.
SUR_PLACE = (Conflit, Injoignable)


class Saisie(BaseModel):
    """What goes with an action."""

    motif: Motif | MotifRetour | None = None
    texte: Texte | None = None


@router.get("/{orientation_id}")
async def page_orientation(
    request: Request, orientation_id: UUID, actor: Partie, session: Transaction, fait: Annotated[str, Query(max_length=40)] = ""
) -> HTMLResponse:
    """For both sides: what, why me, by when, and the next action."""
    faits = {action.value: texte for action, texte in presentation.FAITS.items()} | LIENS
    return await _page(request, session, actor, orientation_id, vierge(), bandeau=faits.get(fait, ""))


@router.post("/{orientation_id}/actions/{action}")
async def action_orientation(
    request: Request,
    orientation_id: UUID,
    action: Annotated[Action, Depends(une_action)],
    actor: Partie,
    session: Transaction,
) -> Response:
    """For the side whose action it is. What was typed comes back with what is wrong."""
    f = analyser(Saisie, await request.form())
    if f.objet is None:
        return await _page(request, session, actor, orientation_id, f, en_cours=action, status=422)
    now = utc_now()
    try:
        motif = f.objet.motif
        if action in SUR_PERMIS:
            nats = request.app.state.nats
            row = await engagement.engager(session, nats, actor, orientation_id, action, now, motif=motif)
        elif action is Action.revenir:
            row = await complements.revenir(session, actor, orientation_id, now, motif=motif)
        elif action in complements.ACTIONS:
            row = await complements.par_un_texte(session, actor, orientation_id, action, f.objet.texte, now)
        else:
            row = await service.agir(session, actor, orientation_id, action, now, motif=motif)
    except DonneeInvalide as refus:
        f = f.avec_erreur(refus.champ or "", refus.remede)
        return await _page(request, session, actor, orientation_id, f, en_cours=action, status=422)
    except SUR_PLACE as refus:
        return await _page(request, session, actor, orientation_id, f, refus=refus, en_cours=action, status=refus.status)
    if actor.has(Role.lien) and EtatOrientation(row.etat) in CLOSES:
        # The link ended with the referral, and what was entered by it.
        return RedirectResponse("/orientation/lien?fini=oui", 303)
    return RedirectResponse(f"/orientation/orientations/{orientation_id}?fait={action.value}", 303)


@router.post("/{orientation_id}/ouverture")
async def page_dossier_ouvert(request: Request, orientation_id: UUID, actor: Membre, session: Transaction) -> HTMLResponse:
    """For the partner. The answer is the dossier itself: it is kept nowhere, so there is no page to be sent to."""
    now = utc_now()
    try:
        _row, divulgation = await service.ouvrir(session, request.app.state.nats, actor, orientation_id, now)
    except SUR_PLACE as refus:
        return await _page(request, session, actor, orientation_id, vierge(), refus=refus, status=refus.status)
    parties = presentation.contenu(divulgation.model_dump())
    return await _page(request, session, actor, orientation_id, vierge(), parties=parties)


async def _page(
    request: Request,
    session: AsyncSession,
    actor: Actor,
    orientation_id: UUID,
    f: Formulaire[Saisie],
    *,
    bandeau: str = "",
    refus: Erreur | None = None,
    en_cours: Action | None = None,
    parties: list[tuple[str, list[tuple[str, str]]]] | None = None,
    status: int = 200,
) -> HTMLResponse:
    now = utc_now()
    vue, fil = await complements.lire(session, actor, orientation_id, now)
    row = vue.orientation
    etat, cotes = EtatOrientation(row.etat), service.cotes(actor, row)
    cote = Cote.partenaire if Cote.partenaire in cotes else Cote.emetteur
    accords = await dossiers.consentements(session, row.dossier_id, row.partenaire_id) if cote is Cote.emetteur else ()
    a_reorienter = cote is Cote.emetteur and etat in NEGATIVES
    cas = await cas_store.etats_pour(session, actor, [vue]) if cote is Cote.emetteur else {}
    delai = presentation.delai(row.valeur(), cote, now)
    en_retard = presentation.a_appeler(row.valeur(), cote, delai)
    lien = await liens.situation(session, row, now) if cote is Cote.emetteur else None
    silence = await _silence(session, vue, lien) if cote is Cote.emetteur and etat in OUVERTES else ""
    a_joindre = en_retard or bool(silence)
    numeros = await fiches.telephones(session, [vue.partenaire.id] if a_joindre else [])
    contexte = {
        "vue": vue,
        "o": row,
        "cas": cas.get(row.dossier_id),
        "cote": cote.value,
        "titre": presentation.titre(vue),
        "etat": etat,
        "ton": presentation.TONS[etat],
        "delai": delai,
        "silence": silence,
        "appel": l_appel(numeros.get(vue.partenaire.id)) if a_joindre else None,
        "reponse_attendue": presentation.reponse_attendue(row.valeur(), now),
        "attendu": presentation.attendu(row.valeur(), cote),
        "actions": presentation.actions(row.valeur(), cote, now),
        "boutons": {action: _(texte) for action, texte in presentation.BOUTONS.items()},
        "motifs": presentation.motifs,
        "ouvrable": cote is Cote.partenaire and etat in OUVERTES,
        "parties": parties,
        "faits": presentation.faits_connus(vue),
        "chemin": presentation.chemin(row),
        "retour": MotifRetour(row.retour).libelle if row.retour else "",
        "categories": presentation.libelles_categories(row),
        "fil": tours(fil, row.departement),
        "transfert": await transferts.en_attente(session, row.id),
        "lien": lien,
        "accord": next((a for a in accords if a.etat == EtatConsentement.donne), next(iter(accords), None)),
        "a_reorienter": a_reorienter,
        "reorientation": proposee(await cas_service.reorienter(session, actor, row.id, now)) if a_reorienter else None,
        "texte_max": TEXTE_MAX,
        "f": f,
        "en_cours": en_cours,
        "bandeau_texte": bandeau,
        "refus": refus.problem() if refus else None,
    }
    return render(request, "orientation.html", contexte, status=status)


async def _silence(session: AsyncSession, vue: Vue, lien: liens.Situation | None) -> str:
    """That mails do not reach the partner: at its registered address where nobody has an account, else its people."""
    if lien is None:
        found = await equipes.injoignables(session, vue.partenaire.id)
        return presentation.silence(found, vue.partenaire.libelle) if found else ""
    if lien.injoignable_depuis is None:
        return ""
    return presentation.silence_de_l_adresse(vue.partenaire.libelle, lien.injoignable_depuis, lien.injoignable_cause)
