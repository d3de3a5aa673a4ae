"""The page of the search. What is looked for comes in the body of a form and is answered in place, never by an address."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from common.actor import Actor, Role
from common.auth import allow
from common.clock import utc_now
from common.codes import EtatOrientation
from common.database import Transaction
from common.formulaires import Formulaire, analyser, vierge
from common.recherche import RESULTATS_MAX, Saisie, compter
from common.web import render
from orientation.listes.filtres import cote_de
from orientation.orientations import presentation
from orientation.orientations.domain import Cote
from orientation.orientations.store import Vue
from orientation.recherche.domain import Requete, lire
from orientation.recherche.service import Resultat, chercher

router = APIRouter(prefix="/recherche", tags=["pages"], include_in_schema=False)

Lecteur = Annotated[Actor, Depends(allow(Role.animateur, Role.agent, Role.manager))]


@router.get("")
async def page_recherche(request: Request, actor: Lecteur) -> HTMLResponse:
    """For both sides: the field, and what it finds."""
    return _page(request, actor, vierge(), Requete(), Resultat(), utc_now())


@router.post("", dependencies=[compter])
async def rechercher(request: Request, actor: Lecteur, session: Transaction) -> HTMLResponse:
    """For both sides: one's own referrals, and the directory."""
    f, now = analyser(Saisie, await request.form()), utc_now()
    if f.objet is None:
        return _page(request, actor, f, Requete(), Resultat(), now, status=422)
    requete = lire(f.objet.texte)
    resultat = Resultat() if requete.vide else await chercher(session, actor, requete, now)
    return _page(request, actor, f, requete, resultat, now)


def _page(
    request: Request,
    actor: Actor,
    f: Formulaire[Any],
    requete: Requete,
    resultat: Resultat,
    now: datetime,
    status: int = 200,
) -> HTMLResponse:
    cote = cote_de(actor)
    contexte = {
        "f": f,
        "cote": cote.value,
        "cherche": bool(f.valeur("recherche")),
        "requete": requete,
        "lignes": [_ligne(vue, cote, now) for vue in resultat.orientations],
        "organisations": resultat.organisations,
        "encore": resultat.encore,
        "maximum": RESULTATS_MAX,
        "tons": presentation.TONS,
    }
    return render(request, "recherche.html", contexte, status=status)


def _ligne(vue: Vue, cote: Cote, now: datetime) -> dict[str, Any]:
    return {
        "id": vue.orientation.id,
        "reference": vue.dossier.reference,
        "titre": presentation.titre(vue),
        "partenaire": vue.partenaire.libelle if cote is Cote.emetteur else "",
        "etat": EtatOrientation(vue.orientation.etat),
        "delai": presentation.delai(vue.orientation.valeur(), cote, now),
    }
