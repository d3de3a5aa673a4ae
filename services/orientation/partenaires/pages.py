"""The public directory: who can help in a département, and the sheet of one organisation."""

from itertools import groupby
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from common.auth import MaybeActor
from common.clock import utc_now
from common.codes import Famille
from common.database import Transaction
from common.formulaires import vierge
from common.territoires import departements, is_departement, nom_departement
from common.web import render
from orientation.fiches import presentation
from orientation.fiches import store as fiches
from orientation.fiches.service import aujourd_hui, disponibilites, offres_de
from orientation.partenaires import store
from orientation.partenaires.libelles import libelle_dispositif
from orientation.partenaires.recherche import correspond, ordonner

router = APIRouter(prefix="/annuaire", tags=["pages"], include_in_schema=False)

PAR_PAGE = 20


@router.get("")
async def page_annuaire(
    request: Request,
    actor: MaybeActor,
    session: Transaction,
    departement: Annotated[str, Query(max_length=3)] = "",
    famille: Annotated[str, Query(max_length=40)] = "",
    recherche: Annotated[str, Query(max_length=80)] = "",
    page: Annotated[int, Query(ge=1, le=1000)] = 1,
) -> HTMLResponse:
    """For everybody: organisations only, never a person. Those that are full or away are shown, after the others."""
    connu = departement if is_departement(departement) else ""
    cherche = "".join(c for c in recherche if c.isprintable()).strip()
    familles = [f for f in Famille if famille in ("", f.value)] or list(Famille)
    partenaires = [
        p
        for p in (await store.of_departement(session, connu) if connu else ())
        if p.famille in familles and correspond(p, cherche)
    ]
    trouves = ordonner(partenaires, await disponibilites(session, connu, utc_now())) if partenaires else []
    pages = max(1, -(-len(trouves) // PAR_PAGE))
    page = min(page, pages)
    groupes = groupby(trouves[(page - 1) * PAR_PAGE : page * PAR_PAGE], key=lambda t: t.partenaire.famille)
    contexte = {
        "f": vierge({"departement": connu, "famille": famille, "recherche": cherche}),
        "territoires": [(d.code, f"{d.code} – {d.nom}") for d in departements()],
        "toutes_familles": [(f.value, f.libelle) for f in Famille],
        "territoire": nom_departement(connu) if connu else "",
        "departement": connu,
        "cellule": await store.cellule_of(session, connu) if connu else None,
        "familles": [(Famille(code).libelle, list(groupe)) for code, groupe in groupes],
        "filtre_actif": bool(cherche or famille),
        "total": len(trouves),
        "page": page,
        "pages_total": pages,
        "libelle_dispositif": libelle_dispositif,
        "les_places": presentation.les_places,
        "l_absence": presentation.l_absence,
    }
    return render(request, "annuaire.html", contexte)


@router.get("/partenaires/{partenaire_id}")
async def page_partenaire(request: Request, partenaire_id: UUID, actor: MaybeActor, session: Transaction) -> HTMLResponse:
    """For everybody: what an organisation says of itself, never a person."""
    now = utc_now()
    partenaire = await store.find(session, partenaire_id)
    fiche = await fiches.fiche(session, partenaire_id)
    jour = aujourd_hui(partenaire, now)
    absents = [a for a in await fiches.absences(session, partenaire_id, jour) if a.absence.valeur().couvre(jour)]
    contexte = {
        "partenaire": partenaire,
        "famille": Famille(partenaire.famille).libelle,
        "fiche": fiche,
        "horaires": presentation.les_horaires(fiche),
        "telephone": presentation.le_telephone(fiche.telephone) if fiche else "",
        "offres": [
            (libelle_dispositif(o.dispositif), o.delais, presentation.le_temps(o.temps), presentation.les_places(o.places))
            for o in await offres_de(session, partenaire, now)
        ],
        "territoires": ", ".join(nom_departement(d) for d in partenaire.departements),
        "absence": presentation.l_absence(absents[0]) if absents else "",
        "remplacant": absents[0].remplacant if absents else None,
    }
    return render(request, "partenaire.html", contexte)
