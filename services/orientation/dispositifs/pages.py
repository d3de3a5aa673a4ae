"""The public pages of the catalogue: what exists, and one dispositif with the source of each fact."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from common.auth import MaybeActor
from common.codes import Niveau
from common.database import Transaction
from common.formulaires import vierge
from common.territoires import departements, is_departement
from common.web import render
from orientation.dispositifs import presentation, selection, store
from orientation.dispositifs.api import CodeDispositif
from orientation.dispositifs.courant import courant
from orientation.dispositifs.domain import Besoin
from orientation.dispositifs.edition import peut_editer
from orientation.dispositifs.format import Fiche
from orientation.dispositifs.schemas import sources_de

router = APIRouter(prefix="/dispositifs", tags=["pages"], include_in_schema=False)


@router.get("")
async def page_dispositifs(
    request: Request,
    actor: MaybeActor,
    session: Transaction,
    besoin: Annotated[str, Query(max_length=40)] = "",
    niveau: Annotated[str, Query(max_length=40)] = "",
    departement: Annotated[str, Query(max_length=3)] = "",
) -> HTMLResponse:
    """For everybody. An unknown value of a filter is no filter."""
    catalogue = await courant(session)
    choix = selection.Choix(
        besoin=Besoin(besoin) if besoin in set(Besoin) else None,
        niveau=Niveau(niveau) if niveau in set(Niveau) else None,
        departement=departement if is_departement(departement) else None,
    )
    retenus = selection.retenir(catalogue, choix)
    contexte = {
        "f": vierge({"besoin": choix.besoin, "niveau": choix.niveau, "departement": choix.departement}),
        "besoins": [(code.value, code.libelle) for code in Besoin],
        "niveaux": [(code.value, code.libelle) for code in Niveau],
        "territoires": [(d.code, f"{d.code} – {d.nom}") for d in departements()],
        "filtre_actif": choix != selection.Choix(),
        "surs": [r for r in retenus if not r.a_verifier],
        "ouverts": [r for r in retenus if r.a_verifier],
        "p": presentation,
        "editeur": peut_editer(actor),
    }
    return render(request, "dispositifs.html", contexte)


@router.get("/{code}")
async def page_dispositif(
    request: Request,
    code: CodeDispositif,
    actor: MaybeActor,
    session: Transaction,
    version: Annotated[int | None, Query(ge=1, le=1_000_000)] = None,
) -> HTMLResponse:
    """For everybody: the current version, or an older one."""
    catalogue = await courant(session)
    courante = catalogue.version(code)
    ancienne = version is not None and version != courante
    fiche = Fiche.model_validate((await store.find(session, code, version or 0)).contenu) if ancienne else catalogue.fiche(code)
    faits, criteres = presentation.faits(fiche, catalogue), presentation.criteres(fiche, catalogue)
    notes = [(note.valeur, sources_de(note, catalogue.documents)) for note in fiche.notes]
    lues = [*(c.sources for c in criteres), *(fait.sources for fait in faits), *(sources for _, sources in notes)]
    cites = {source.document: source for sources in lues for source in sources}
    contexte = {
        "fiche": fiche,
        "version": version if ancienne else courante,
        "courante": courante,
        "faits": faits,
        "criteres": criteres,
        "notes": notes,
        "documents": list(cites),
        "cites": list(cites.values()),
        "versions": await store.versions(session, code),
        "tons": presentation.TONS,
        "editeur": peut_editer(actor),
    }
    return render(request, "dispositif.html", contexte)
