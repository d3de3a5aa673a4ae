"""The page of the actors' map: a drawing, and the same as a table."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from common.actor import Actor, Role
from common.auth import allow
from common.clock import utc_now
from common.database import Transaction
from common.filtres import date_fr, nombre
from common.formulaires import vierge
from common.territoires import nom_region, regions
from common.traduction import _
from common.web import render
from orientation.acteurs import domain, store

router = APIRouter(prefix="/acteurs", tags=["pages"], include_in_schema=False)

Lecteur = Annotated[Actor, Depends(allow(Role.animateur, Role.national))]
DESSINES_MAX = 60


@router.get("")
async def page_acteurs(
    request: Request, actor: Lecteur, session: Transaction, region: Annotated[str, Query(max_length=2)] = ""
) -> HTMLResponse:
    """For the animateur, its territory; for the national cell, a région at a time. Small numbers are withheld."""
    connue = region if region in {r.code for r in regions()} else regions()[0].code
    # Whole months of the hub's own calendar: the territory's clock would move one day of a year.
    debut, fin = domain.periode(utc_now().date())
    comptes = await store.comptes(session, actor, connue, debut, fin)
    acteurs = await store.acteurs(session, list({ident for cle in comptes for ident in cle}))
    liens = domain.liens(comptes, acteurs)
    contexte = {
        "f": vierge({"region": connue}),
        "regions": [(r.code, r.nom) for r in regions()] if actor.has(Role.national) else [],
        "territoire": nom_region(connue) if actor.has(Role.national) else _("Votre territoire"),
        "periode": _("du {debut} au {fin}").format(
            debut=date_fr(debut, semaine=False), fin=date_fr(fin - timedelta(days=1), semaine=False)
        ),
        "liens": liens,
        "dessin": domain.dessiner(liens[:DESSINES_MAX]),
        "largeur": domain.LARGEUR,
        "montrer": lambda n: _("non montré") if n is None else nombre(n),
        "reste": max(0, len(liens) - DESSINES_MAX),
    }
    return render(request, "acteurs.html", contexte)
