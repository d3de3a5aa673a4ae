"""The pages where a manager keeps the sheet of its organisation."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor, Role
from common.auth import allow
from common.clock import utc_now
from common.codes import Periode
from common.database import Transaction
from common.errors import Conflit, DonneeInvalide, Introuvable
from common.filtres import pluriel
from common.formulaires import Formulaire, analyser, vierge
from common.traduction import N_, _
from common.web import render
from orientation.fiches import presentation, schemas, service, store
from orientation.fiches.horaires import FERMEE, JOURS, de_osm, ecrire_journee
from orientation.fiches.models import TEXTE_MAX
from orientation.membres.domain import libelles
from orientation.partenaires import domain
from orientation.partenaires.libelles import libelle_dispositif

router = APIRouter(prefix="/mon-organisation", tags=["pages"], include_in_schema=False)

Manager = Annotated[Actor, Depends(allow(Role.manager))]
FAITS = {
    "fiche": N_("La fiche est à jour."),
    "horaires": N_("Les horaires sont à jour."),
    "engagement": N_("Vos délais sont à jour. Ils valent pour les orientations envoyées à partir de maintenant."),
    "offre": N_("Votre déclaration est à jour."),
    "absence": N_("L’absence est annoncée."),
    "retour": N_("L’absence est supprimée."),
}
S = TypeVar("S", bound=schemas.Saisie)
ICI = "/orientation/mon-organisation"


@router.get("")
async def page_organisation(
    request: Request, actor: Manager, session: Transaction, fait: Annotated[str, Query(max_length=20)] = ""
) -> HTMLResponse:
    """For the manager: all that its organisation says of itself, its people, and where to change each thing."""
    now = utc_now()
    partenaire = await store.find_partenaire(session, actor)
    fiche = await store.fiche(session, partenaire.id)
    contexte = {
        "partenaire": partenaire,
        "fiche": fiche,
        "horaires": presentation.les_horaires(fiche),
        "telephone": presentation.le_telephone(fiche.telephone) if fiche else "",
        "offres": [
            (o.dispositif, libelle_dispositif(o.dispositif), o.delais, presentation.les_places(o.places))
            for o in await service.offres_de(session, partenaire, now)
        ],
        "absences": [
            (absent, presentation.les_jours(absent), _remplacant(absent))
            for absent in await store.absences(session, partenaire.id, service.aujourd_hui(partenaire, now))
        ],
        "membres": await store.membres(session, actor),
        "libelles": libelles,
        "lecture_par_defaut": domain.LECTURE,
        "bandeau_texte": FAITS.get(fait, ""),
    }
    return render(request, "organisation.html", contexte)


@router.get("/fiche")
async def page_fiche(request: Request, actor: Manager, session: Transaction) -> HTMLResponse:
    """For the manager."""
    row = await store.fiche(session, (await store.find_partenaire(session, actor)).id)
    f = vierge(row.model_dump(include=set(schemas.Fiche.model_fields)) if row else {"version": 0})
    return render(request, "fiche_modifier.html", {"f": f, "maximum": TEXTE_MAX})


@router.post("/fiche")
async def modifier_fiche(request: Request, actor: Manager, session: Transaction) -> Response:
    """For the manager. What was typed comes back with what is wrong."""
    f = analyser(schemas.Fiche, await request.form())
    f, fait = await _enregistrer(f, "fiche", lambda saisie: service.ecrire(session, actor, saisie, utc_now()))
    return fait or render(request, "fiche_modifier.html", {"f": f, "maximum": TEXTE_MAX}, status=422)


@router.get("/horaires")
async def page_horaires(request: Request, actor: Manager, session: Transaction) -> HTMLResponse:
    """For the manager."""
    row = await store.fiche(session, (await store.find_partenaire(session, actor)).id)
    semaine = de_osm(row.horaires) if row else FERMEE
    valeurs: dict[str, object] = dict(zip(JOURS, map(ecrire_journee, semaine), strict=True))
    contexte = {"f": vierge(valeurs | {"version": row.version if row else 0}), "jours": JOURS}
    return render(request, "horaires_modifier.html", contexte)


@router.post("/horaires")
async def modifier_horaires(request: Request, actor: Manager, session: Transaction) -> Response:
    """For the manager."""
    f = analyser(schemas.Horaires, await request.form())
    f, fait = await _enregistrer(f, "horaires", lambda saisie: service.ouvrir_a(session, actor, saisie, utc_now()))
    return fait or render(request, "horaires_modifier.html", {"f": f, "jours": JOURS}, status=422)


@router.get("/engagement")
async def page_engagement(request: Request, actor: Manager, session: Transaction) -> HTMLResponse:
    """For the manager: the delays that hold unless one dispositif has its own."""
    partenaire = await store.find_partenaire(session, actor)
    f = vierge({"delai_jours_ouvres": partenaire.delai_jours_ouvres, "delai_lecture": partenaire.delai_lecture})
    return render(request, "engagement_modifier.html", {"f": f, "lecture_par_defaut": domain.LECTURE})


@router.post("/engagement")
async def modifier_engagement(request: Request, actor: Manager, session: Transaction) -> Response:
    """For the manager."""
    f = analyser(schemas.Engagement, await request.form())
    f, fait = await _enregistrer(f, "engagement", lambda saisie: service.s_engager(session, actor, saisie, utc_now()))
    return fait or render(request, "engagement_modifier.html", {"f": f, "lecture_par_defaut": domain.LECTURE}, status=422)


@router.get("/offres/{dispositif}")
async def page_offre(request: Request, dispositif: str, actor: Manager, session: Transaction) -> HTMLResponse:
    """For the manager of an organisation that carries this dispositif."""
    partenaire = await store.find_partenaire(session, actor)
    offre = (await store.offres(session, partenaire.id)).get(dispositif)
    return await _offre(request, session, actor, dispositif, vierge(offre.model_dump() if offre else None))


@router.post("/offres/{dispositif}")
async def modifier_offre(request: Request, dispositif: str, actor: Manager, session: Transaction) -> Response:
    """For the manager of an organisation that carries this dispositif."""
    f = analyser(schemas.Offre, await request.form())
    f, fait = await _enregistrer(f, "offre", lambda saisie: service.offrir(session, actor, dispositif, saisie, utc_now()))
    return fait or await _offre(request, session, actor, dispositif, f, status=422)


@router.get("/absences/nouvelle")
async def page_absence(request: Request, actor: Manager, session: Transaction) -> HTMLResponse:
    """For the manager."""
    return await _absence(request, session, actor, vierge())


@router.post("/absences/nouvelle")
async def annoncer_absence(request: Request, actor: Manager, session: Transaction) -> Response:
    """For the manager."""
    f = analyser(schemas.Absence, await request.form())
    f, fait = await _enregistrer(f, "absence", lambda saisie: service.s_absenter(session, actor, saisie, utc_now()))
    return fait or await _absence(request, session, actor, f, status=422)


@router.get("/absences/{absence_id}/suppression")
async def confirmer_suppression(request: Request, absence_id: UUID, actor: Manager, session: Transaction) -> HTMLResponse:
    """For the manager: what the deletion means, before it is done."""
    row = await store.find_absence(session, actor, absence_id)
    return render(request, "absence_supprimer.html", {"absence": row})


@router.post("/absences/{absence_id}/suppression")
async def supprimer_absence(absence_id: UUID, actor: Manager, session: Transaction) -> Response:
    """For the manager."""
    await service.effacer_absence(session, actor, absence_id, utc_now())
    return _fait("retour")


async def _offre(
    request: Request, session: AsyncSession, actor: Actor, dispositif: str, f: Formulaire[Any], status: int = 200
) -> HTMLResponse:
    partenaire = await store.find_partenaire(session, actor)
    if dispositif not in partenaire.dispositifs:
        raise Introuvable
    propres = domain.delais(None, None, partenaire.delai_lecture, partenaire.delai_jours_ouvres)
    contexte = {
        "f": f,
        "dispositif": dispositif,
        "libelle": libelle_dispositif(dispositif),
        "periodes": [(p.value, p.libelle) for p in Periode],
        "lecture": pluriel(propres.lecture, "jour ouvré", "jours ouvrés"),
        "reponse": pluriel(propres.reponse, "jour ouvré", "jours ouvrés"),
    }
    return render(request, "offre_modifier.html", contexte, status=status)


async def _absence(
    request: Request, session: AsyncSession, actor: Actor, f: Formulaire[Any], status: int = 200
) -> HTMLResponse:
    partenaire = await store.find_partenaire(session, actor)
    membres = await store.membres(session, actor)
    equipe = [(f"membre:{m.id}", _("{prenom} {nom}, de votre équipe").format(prenom=m.prenom, nom=m.nom)) for m in membres]
    autres = [(f"partenaire:{p.id}", p.libelle) for p in await store.remplacants(session, partenaire)]
    return render(request, "absence_nouvelle.html", {"f": f, "remplacants": equipe + autres}, status=status)


def _remplacant(absent: store.Absent) -> str:
    if absent.membre:
        return f"{absent.membre.prenom} {absent.membre.nom}"
    return absent.remplacant.libelle if absent.remplacant else _("Personne")


async def _enregistrer(
    f: Formulaire[S], quoi: str, ecrire: Callable[[S], Awaitable[None]]
) -> tuple[Formulaire[S], Response | None]:
    """The form with what is wrong, or the way to the page that says it is done."""
    if f.objet is None:
        return f, None
    try:
        await ecrire(f.objet)
    except DonneeInvalide as refus:
        return f.avec_erreur(refus.champ or "", refus.remede), None
    except Conflit as refus:
        return f.avec_erreur(refus.champ or "", refus.phrase), None
    return f, _fait(quoi)


def _fait(quoi: str) -> Response:
    return RedirectResponse(f"{ICI}?fait={quoi}", 303)
