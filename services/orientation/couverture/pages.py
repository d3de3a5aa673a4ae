"""The pages of the coverage: for everybody by région, with names and places for those who run the cells."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from common.actor import Actor, Role
from common.auth import MaybeActor, allow
from common.clock import utc_now
from common.database import Transaction
from common.formulaires import vierge
from common.territoires import departements, departements_of, is_departement, nom_departement, nom_region, region_of, regions
from common.traduction import _
from common.web import render
from orientation.couverture import service
from orientation.couverture.domain import BESOINS, NIVEAUX, Cle, Couverture
from orientation.partenaires.libelles import libelle_dispositif

router = APIRouter(prefix="/couverture", tags=["pages"], include_in_schema=False)

Lecteur = Annotated[Actor, Depends(allow(Role.animateur, Role.national))]
TONS = {
    Couverture.couvert: "succes",
    Couverture.complet: "attente",
    Couverture.partiel: "info",
    Couverture.blanc: "alerte",
    Couverture.en_projet: "fini",
    Couverture.sans_objet: "neutre",
}


@router.get("")
async def page_couverture(
    request: Request, actor: MaybeActor, session: Transaction, region: Annotated[str | None, Query(max_length=2)] = None
) -> HTMLResponse:
    """For everybody, coarse: in which départements of a région a need at a level finds somebody. No number, no name.

    Without a région, all of them, a line each; who has a territory begins in its own.
    """
    demandee = region if region is not None else _region_de(actor)
    connue = demandee if demandee in {r.code for r in regions()} else ""
    matrice = await service.de_region(session, departements_of(connue)) if connue else {}
    france = {} if connue else await service.de_france(session)
    contexte = {
        "f": vierge({"region": connue}),
        "regions": [(r.code, r.nom) for r in regions()],
        "territoire": nom_region(connue) if connue else "",
        "detail": actor is not None and actor.has(Role.animateur, Role.national),
        "nom_departement": nom_departement,
        "libelle_dispositif": libelle_dispositif,
        "france": france,
        "etats": [etat for etat in Couverture if etat is not Couverture.complet],
        **_commun(matrice),
    }
    return render(request, "couverture.html", contexte)


@router.get("/detail")
async def page_couverture_detail(
    request: Request, actor: Lecteur, session: Transaction, departement: Annotated[str, Query(max_length=3)] = ""
) -> HTMLResponse:
    """For animateurs and the national cell: who is there in a département, and who has places left."""
    defaut = min(actor.departements, default=departements()[0].code)
    connu = departement if is_departement(departement) else defaut
    matrice = await service.de_departement(session, connu, utc_now())
    contexte = {
        "f": vierge({"departement": connu}),
        "territoires": [(d.code, f"{d.code} – {d.nom}") for d in departements()],
        "territoire": nom_departement(connu),
        "departement": connu,
        "libelle_dispositif": libelle_dispositif,
        **_commun(matrice),
    }
    return render(request, "couverture_detail.html", contexte)


def _region_de(actor: Actor | None) -> str:
    return region_of(min(actor.departements)) if actor and actor.has(Role.animateur) and actor.departements else ""


def _commun(matrice: dict[Cle, Any]) -> dict[str, Any]:
    besoins = [(b, b.libelle if b else _("Besoin non précisé")) for b in BESOINS]
    niveaux = [(n, n.libelle if n else _("Niveau non précisé")) for n in NIVEAUX]
    blancs = [
        (nom_besoin, nom_niveau)
        for besoin, nom_besoin in besoins
        for niveau, nom_niveau in niveaux
        if matrice and matrice[besoin, niveau].etat is Couverture.blanc
    ]
    return {
        "matrice": matrice,
        "besoins": besoins,
        "niveaux": niveaux,
        "tons": TONS,
        "blancs": blancs,
    }
