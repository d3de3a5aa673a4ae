"""The page of the search, for animateurs. What is looked for comes in the body of a form, never in an address."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from common.actor import Actor, Role
from common.auth import allow
from common.clock import utc_now
from common.database import Transaction
from common.formulaires import Formulaire, analyser, vierge
from common.recherche import RESULTATS_MAX, Saisie, compter
from common.territoires import nom_departement
from common.traduction import N_
from common.web import render
from signalement.recherche import store
from signalement.signalements import service
from signalement.signalements.api import ligne
from signalement.signalements.libelles import TONS, lisible
from signalement.signalements.schemas import LigneDossier

router = APIRouter(prefix="/recherche", include_in_schema=False)

Animateur = Annotated[Actor, Depends(allow(Role.animateur))]
COURT = N_("Saisissez au moins deux caractères.")


@router.get("")
async def page_recherche(request: Request, actor: Animateur) -> Response:
    """For an animateur: the field."""
    return _page(request, vierge(), ())


@router.post("", dependencies=[compter])
async def rechercher(request: Request, actor: Animateur, session: Transaction) -> Response:
    """For an animateur: the cases of the territory. That names were listed is written in the log, what was typed is not."""
    f = analyser(Saisie, await request.form())
    if f.objet is not None and len(f.objet.texte) < 2:
        f = f.avec_erreur("recherche", COURT)
    if f.objet is None or f.erreurs:
        return _page(request, f, (), status=422)
    trouves = await store.chercher(session, actor, f.objet.texte, RESULTATS_MAX + 1)
    await service.lister(session, actor, utc_now())
    return _page(request, f, [ligne(*row) for row in trouves])


def _page(request: Request, f: Formulaire[Any], lignes: Sequence[LigneDossier], status: int = 200) -> Response:
    contexte = {
        "f": f,
        "cherche": bool(f.valeur("recherche")),
        "dossiers": lignes[:RESULTATS_MAX],
        "encore": len(lignes) > RESULTATS_MAX,
        "maximum": RESULTATS_MAX,
        "tons": TONS,
        "lisible": lisible,
        "nom_departement": nom_departement,
    }
    return render(request, "recherche.html", contexte, status=status)
