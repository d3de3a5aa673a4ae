"""The public directory: who can help in a département."""

from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from common.auth import MaybeActor
from common.codes import Famille
from common.database import Transaction
from common.formulaires import vierge
from common.territoires import departements, is_departement, nom_departement
from common.web import render
from orientation.partenaires import store
from orientation.partenaires.libelles import libelle_dispositif

router = APIRouter(prefix="/annuaire", tags=["pages"], include_in_schema=False)


@router.get("")
async def page_annuaire(
    request: Request, actor: MaybeActor, session: Transaction, departement: Annotated[str, Query(max_length=3)] = ""
) -> HTMLResponse:
    """For everybody: organisations only, never a person."""
    connu = departement if is_departement(departement) else ""
    partenaires = await store.of_departement(session, connu) if connu else ()
    familles = [
        (Famille(famille).libelle, [(p, [libelle_dispositif(d) for d in p.dispositifs]) for p in groupe])
        for famille, groupe in groupby(partenaires, key=lambda p: p.famille)
    ]
    contexte = {
        "f": vierge({"departement": connu}),
        "territoires": [(d.code, f"{d.code} – {d.nom}") for d in departements()],
        "territoire": nom_departement(connu) if connu else "",
        "cellule": await store.cellule_of(session, connu) if connu else None,
        "familles": familles,
    }
    return render(request, "annuaire.html", contexte)
