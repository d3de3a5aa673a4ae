"""Pages of the animateur: the cases of the territory, a case, its qualification and its closing."""

from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse

from common.actor import Actor, Role
from common.auth import allow
from common.clock import utc_now
from common.codes import EtatDossier, Indicateur, IssueDossier, Niveau
from common.database import Transaction
from common.filtres import date_fr
from common.formulaires import Formulaire, analyser, vierge
from common.territoires import fuseau, nom_departement, nom_region
from common.traduction import _
from common.web import render
from signalement.recuperations import store as recuperations
from signalement.signalements import doublons_store, service, store
from signalement.signalements.api import ligne
from signalement.signalements.domain import Qualifier
from signalement.signalements.lecture import DossierComplet, complet
from signalement.signalements.libelles import ACTES, CHEZ_LE_PARTENAIRE, TONS, TONS_ORIENTATION, lisible
from signalement.signalements.schemas import Cloture, Qualification

router = APIRouter(include_in_schema=False)

Animateur = Annotated[Actor, Depends(allow(Role.animateur))]
DOSSIERS = "/signalement/dossiers"
TAILLE = 25
OUVERTS = "ouverts"


@router.get("/dossiers")
async def lister(
    request: Request,
    session: Transaction,
    actor: Animateur,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    etat: str = OUVERTS,
) -> Response:
    """The cases of the territory, most urgent first; the closed ones only when asked for."""
    known = next((known for known in EtatDossier if known == etat), None)
    filtre = store.Filtre(known, ouverts=etat == OUVERTS)
    rows, total = await store.numbered_page(session, actor, filtre, page=page, taille=TAILLE)
    await service.lister(session, actor, utc_now())
    nouveaux = [dossier for dossier, _association in rows if dossier.etat is EtatDossier.depose]
    asked = {"etat": etat}
    context = {
        "f": vierge(asked),
        "dossiers": [ligne(*row) for row in rows],
        "doublons": await doublons_store.avec_doublons(session, nouveaux),
        "total": total,
        "page": page,
        "nombre_de_pages": -(-total // TAILLE),
        "lien": f"{DOSSIERS}?{urlencode(asked)}&page={{page}}",
        "filtre_actif": etat != OUVERTS,
        "etats": [(OUVERTS, _("En cours")), *((e, e.libelle) for e in EtatDossier), ("tous", _("Tous"))],
        "recuperations": len(await recuperations.waiting(session, actor, utc_now())),
        "tons": TONS,
        "nom_departement": nom_departement,
        "fuseau": fuseau,
    }
    return render(request, "dossiers.html", context)


@router.get("/dossiers/{dossier_id}")
async def lire(dossier_id: UUID, request: Request, session: Transaction, actor: Animateur, fait: str | None = None) -> Response:
    """A case in full. Each reading is written in the log that the association can read."""
    dossier = await complet(session, actor, await service.lire(session, actor, dossier_id, utc_now()))
    f = vierge({"niveau": dossier.niveau, "indicateurs": dossier.situation.indicateurs, "note": dossier.note})
    return _page(request, dossier, f, fait=fait)


@router.post("/dossiers/{dossier_id}/qualification")
async def qualifier(dossier_id: UUID, request: Request, session: Transaction, actor: Animateur) -> Response:
    """Qualify the case, or correct its qualification."""
    f = analyser(Qualification, await request.form(), {"niveau.missing": _("Choisissez un niveau de difficulté.")})
    if f.objet is None:
        dossier = await complet(session, actor, await service.lire(session, actor, dossier_id, utc_now()))
        return _page(request, dossier, f, status=422)
    said = f.objet
    # On a page every box is shown: none ticked means none, and an empty note means none.
    action = Qualifier(said.niveau, said.horizon_mois, tuple(said.indicateurs or ()), said.note or "")
    await service.qualifier(session, actor, dossier_id, action, utc_now())
    return RedirectResponse(f"{DOSSIERS}/{dossier_id}?fait=qualifie", 303)


@router.get("/dossiers/{dossier_id}/cloture")
async def confirmer_cloture(dossier_id: UUID, request: Request, session: Transaction, actor: Animateur) -> Response:
    """What closing means, before it is done."""
    return await _cloture(request, session, actor, dossier_id, vierge())


@router.post("/dossiers/{dossier_id}/cloture")
async def clore(dossier_id: UUID, request: Request, session: Transaction, actor: Animateur) -> Response:
    """Close the case."""
    f = analyser(Cloture, await request.form(), {"issue.missing": _("Choisissez l’issue de ce dossier.")})
    if f.objet is None:
        return await _cloture(request, session, actor, dossier_id, f, status=422)
    await service.clore(session, actor, dossier_id, f.objet.issue, utc_now())
    return RedirectResponse(f"{DOSSIERS}/{dossier_id}?fait=clos", 303)


async def _cloture(
    request: Request, session: Transaction, actor: Actor, dossier_id: UUID, f: Formulaire[Any], status: int = 200
) -> Response:
    dossier = await store.read(session, actor, dossier_id)
    issues = [(issue, issue.libelle) for issue in IssueDossier]
    return render(request, "dossier_cloture.html", {"dossier": dossier, "f": f, "issues": issues}, status=status)


def _page(
    request: Request, dossier: DossierComplet, f: Formulaire[Any], *, fait: str | None = None, status: int = 200
) -> Response:
    now = utc_now()
    context = {
        "dossier": dossier,
        "f": f,
        "retards": {
            o.orientation_id for o in dossier.orientations if o.due_at and o.due_at < now and o.etat in CHEZ_LE_PARTENAIRE
        },
        "fait": {
            "qualifie": _("La qualification est enregistrée."),
            "convenu": _("Le premier échange est noté."),
            "clos": _("Le dossier est clos."),
        }.get(fait or ""),
        "niveaux": [(niveau, niveau.libelle) for niveau in Niveau],
        "indicateurs": [(indicateur, indicateur.libelle) for indicateur in Indicateur],
        "departement": nom_departement(dossier.identite.departement),
        "region": nom_region(dossier.region),
        "nom_departement": nom_departement,
        "fuseau": fuseau(dossier.identite.departement).key,
        "lisible": lisible,
        "jour_fr": lambda moment: date_fr(moment.astimezone(fuseau(dossier.identite.departement)).date(), semaine=False),
        "actes": ACTES,
        "tons": TONS,
        "tons_orientation": TONS_ORIENTATION,
    }
    return render(request, "dossier.html", context, status=status)
