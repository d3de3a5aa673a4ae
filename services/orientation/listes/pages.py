"""The page of the lists: what must be done first, or what a dashboard counted."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from common.actor import Actor, Role
from common.auth import allow
from common.clock import utc_now
from common.codes import EtatOrientation
from common.database import Transaction
from common.formulaires import vierge
from common.traduction import _
from common.web import render
from orientation.cas.store import etats_pour
from orientation.fiches import store as fiches
from orientation.fiches.presentation import l_appel
from orientation.listes import store
from orientation.listes.domain import tranches
from orientation.listes.filtres import ATTENTE, MOI, TOUTES, Demande, connus, cote_de
from orientation.orientations import presentation

router = APIRouter(prefix="/orientations", tags=["pages"], include_in_schema=False)

# A partner's system has the API; these pages are for people.
Partie = Annotated[Actor, Depends(allow(Role.animateur, Role.agent, Role.manager))]


@router.get("")
async def liste_orientations(
    request: Request,
    actor: Partie,
    session: Transaction,
    demande: Annotated[Demande, Query()],
) -> HTMLResponse:
    """For both sides: one's own referrals, what must be done today first."""
    cote, now = cote_de(actor), utc_now()
    filtre = demande.filtre(actor, cote, now)
    ordre = tranches(cote, now, filtre.etats)
    vues, suite = await store.page(session, actor, ordre, filtre, demande.position, now)
    total = await store.compter(session, actor, ordre, filtre, now)
    cas = await etats_pour(session, actor, vues)
    delais = {vue.orientation.id: presentation.delai(vue.orientation.valeur(), cote, now) for vue in vues}
    en_retard = [vue for vue in vues if presentation.a_appeler(vue.orientation.valeur(), cote, delais[vue.orientation.id])]
    numeros = await fiches.telephones(session, {vue.partenaire.id for vue in en_retard})
    appels = {vue.orientation.id: l_appel(numeros.get(vue.partenaire.id)) for vue in en_retard}
    lignes = [
        {
            "vue": vue,
            "cas": cas.get(vue.dossier.id),
            "titre": presentation.titre(vue),
            "etat": EtatOrientation(vue.orientation.etat),
            "delai": delais[vue.orientation.id],
            "appel": appels.get(vue.orientation.id),
            "attendu": presentation.attendu(vue.orientation.valeur(), cote),
        }
        for vue in vues
    ]
    contexte = {
        "cote": cote.value,
        "lignes": lignes,
        "tons": presentation.TONS,
        "etats": [(e, EtatOrientation(e).libelle) for e in connus(cote)],
        "groupes": [(MOI, _("À moi d’agir")), (ATTENTE, _("En attente de réponse"))],
        "toutes": TOUTES,
        "f": vierge({"etat": demande.etat, "recherche": filtre.recherche, "responsable": demande.responsable}),
        "demande": demande,
        "total": total,
        "compte_max": store.COMPTE_MAX,
        "suite": f"/orientation/orientations?{demande.adresse(apres=suite)}" if suite else "",
        "debut": f"/orientation/orientations?{demande.adresse(apres='')}" if demande.apres else "",
    }
    return render(request, "orientations.html", contexte)
