"""The page of an animateur's territory: its cases by stage, side by side or as one list."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from common.actor import Actor, Role
from common.auth import allow
from common.cas import EtatCas
from common.clock import utc_now
from common.codes import Horizon, Niveau
from common.database import Transaction
from common.territoires import nom_departement
from common.traduction import _
from common.web import render
from orientation.avancement import store
from orientation.avancement.domain import EXPLICATIONS, PAGE_MAX, PAR_COLONNE, PAR_PAGE, Phase
from orientation.avancement.store import Carte
from orientation.cas.store import etats
from orientation.orientations.presentation import delai_de

router = APIRouter(prefix="/avancement", tags=["pages"], include_in_schema=False)

Animateur = Annotated[Actor, Depends(allow(Role.animateur))]
AVANCEMENT = "/orientation/avancement"
DOSSIER = "/signalement/dossiers"


@router.get("")
async def page_avancement(request: Request, actor: Animateur, session: Transaction) -> HTMLResponse:
    """For an animateur: the stages side by side, the first cases of each."""
    now = utc_now()
    cartes, comptes = await store.colonnes(session, actor, now, PAR_COLONNE)
    cas = await etats(session, actor, [carte.id for carte in cartes]) if cartes else {}
    rangees = store.par_phase(cartes)
    contexte = {
        "colonnes": [
            {
                "phase": phase,
                "explication": _(EXPLICATIONS[phase]),
                "compte": comptes[phase],
                "lignes": [_ligne(carte, cas, now) for carte in rangees[phase]],
                "autres": comptes[phase].total - len(rangees[phase]),
            }
            for phase in Phase
        ],
        "tardifs": sum(compte.tardifs for compte in comptes.values()),
        "total": sum(compte.total for compte in comptes.values()),
        "clos": await store.clos(session, actor),
        "compte_max": store.COMPTE_MAX,
    }
    return render(request, "avancement.html", contexte)


@router.get("/liste")
async def page_liste(
    request: Request,
    actor: Animateur,
    session: Transaction,
    phase: str = "",
    page: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 1,
) -> HTMLResponse:
    """For an animateur: the cases of one stage, or of all, a page at a time."""
    now = utc_now()
    choisie = next((connue for connue in Phase if connue.value == phase), None)
    cartes, comptes = await store.liste(session, actor, now, choisie, (page - 1) * PAR_PAGE, PAR_PAGE)
    cas = await etats(session, actor, [carte.id for carte in cartes]) if cartes else {}
    total = comptes[choisie].total if choisie else sum(compte.total for compte in comptes.values())
    contexte = {
        "choisie": choisie,
        "explication": _(EXPLICATIONS[choisie]) if choisie else "",
        "choix": [("", _("Toutes"), sum(c.total for c in comptes.values()))]
        + [(connue.value, connue.libelle, comptes[connue].total) for connue in Phase],
        "lignes": [_ligne(carte, cas, now) for carte in cartes],
        "total": total,
        "page": page,
        "nombre_de_pages": min(-(-total // PAR_PAGE), PAGE_MAX),
        "lien": f"{AVANCEMENT}/liste?phase={choisie.value if choisie else ''}&page={{page}}",
    }
    return render(request, "avancement_liste.html", contexte)


def _ligne(carte: Carte, cas: dict[Any, EtatCas], now: datetime) -> dict[str, Any]:
    """One case as a card: no name, which this service does not have; its page has it."""
    actions = {
        Phase.a_qualifier: (_("Qualifier"), f"{DOSSIER}/{carte.id}#qualifier"),
        Phase.a_orienter: (_("Préparer une orientation"), f"/orientation/orientations/nouvelle?dossier={carte.id}"),
        Phase.termines: (_("Clore"), f"{DOSSIER}/{carte.id}/cloture"),
    }
    return {
        "reference": carte.reference,
        "adresse": f"{DOSSIER}/{carte.id}",
        "departement": nom_departement(carte.departement),
        "niveau": Niveau(carte.niveau).libelle if carte.niveau else "",
        "horizon": Horizon(carte.horizon),
        "cas": cas.get(carte.id),
        "phase": carte.phase,
        "delai": delai_de(carte.terme, carte.departement, now) if carte.terme else None,
        "action": actions.get(carte.phase),
    }
