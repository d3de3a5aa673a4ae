"""The pages where an animateur prepares a referral: the choice, then what each side will see before anything is asked."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor, Role
from common.auth import allow
from common.calendrier import date_locale
from common.clock import utc_now
from common.codes import Categorie, EtatDossier, EtatOrientation, Motif
from common.database import Transaction
from common.errors import Conflit, DonneeInvalide
from common.filtres import pluriel
from common.formulaires import Formulaire, analyser, vierge
from common.territoires import nom_departement
from common.traduction import N_, _
from common.web import render
from orientation.dispositifs.domain import Champ
from orientation.dossiers import store as dossiers
from orientation.dossiers.models import DossierRow
from orientation.eligibilite import mots
from orientation.eligibilite import service as eligibilite
from orientation.eligibilite.verdicts import Verdict
from orientation.fiches import presentation as disponibilite
from orientation.fiches import store as fiches
from orientation.fiches.service import disponibilites
from orientation.orientations import service, store
from orientation.orientations.domain import CATEGORIES, CLOSES, NEGATIVES
from orientation.orientations.models import OrientationRow
from orientation.partenaires import offres_store
from orientation.partenaires import store as annuaire
from orientation.partenaires.libelles import libelle_dispositif

router = APIRouter(prefix="/orientations/nouvelle", tags=["pages"], include_in_schema=False)

Animateur = Annotated[Actor, Depends(allow(Role.animateur))]

AIDES = {
    Categorie.identite: N_("Nom, numéros SIREN et RNA, commune."),
    Categorie.contact: N_("Nom, fonction, courriel et téléphone du dirigeant."),
    Categorie.situation: N_("Constats, niveau de difficulté, et ce que l’association a écrit."),
    Categorie.finances: N_("Budget annuel, salariés, trésorerie disponible."),
}
MESSAGES = {
    "choix.missing": N_("Choisissez l’appui à proposer."),
    "categories.missing": N_("Choisissez au moins une information à transmettre."),
}


class Choix(BaseModel):
    """What the form sends: `choix` is a partner and one of its dispositifs, `suite` is the button of the second page."""

    choix: Annotated[str, Field(pattern=r"^[0-9a-f-]{36}:[a-z0-9-]{1,40}$")]
    categories: Annotated[tuple[Categorie, ...], Field(min_length=1, max_length=8)]
    predecesseur: UUID | None = None
    apres: UUID | None = None
    suite: Literal["relire", "modifier", "valider"] = "relire"

    def projet(self, dossier_id: UUID) -> service.Projet:
        """As the use case takes it."""
        partenaire_id, dispositif = self.choix.split(":")
        return service.Projet(dossier_id, UUID(partenaire_id), dispositif, self.categories, self.predecesseur, self.apres)


@router.get("")
async def nouvelle_orientation(
    request: Request,
    actor: Animateur,
    session: Transaction,
    dossier: UUID,
    predecesseur: UUID | None = None,
    choix: Annotated[str, Query(max_length=80)] = "",
) -> HTMLResponse:
    """For the animateur of the case's territory: choose who could help, and what to share."""
    return await _choisir(request, session, actor, dossier, vierge({"predecesseur": predecesseur, "choix": choix}))


@router.post("")
async def preparer_orientation(request: Request, actor: Animateur, session: Transaction, dossier: UUID) -> Response:
    """For the animateur of the case's territory: shows what will happen, then prepares the referral once it is confirmed."""
    f = analyser(Choix, await request.form(), MESSAGES)
    if f.objet is None:
        return await _choisir(request, session, actor, dossier, f, status=422)
    try:
        if f.objet.suite == "modifier":
            return await _choisir(request, session, actor, dossier, f)
        if f.objet.suite == "relire":
            return await _montrer(request, session, actor, dossier, f.objet)
        row = await service.creer(session, actor, f.objet.projet(dossier), utc_now())
    except (Conflit, DonneeInvalide) as refus:
        f = f.avec_erreur(refus.champ or "", refus.phrase)
        return await _choisir(request, session, actor, dossier, f, status=refus.status)
    return RedirectResponse(f"/orientation/orientations/{row.id}", 303)


async def _choisir(
    request: Request, session: AsyncSession, actor: Actor, dossier_id: UUID, f: Formulaire[Any], status: int = 200
) -> HTMLResponse:
    dossier = await dossiers.find(session, actor, dossier_id)
    precedentes = await store.predecesseurs(session, actor, dossier_id)
    deja = {(v.orientation.partenaire_id, v.orientation.dispositif) for v in precedentes}
    now = utc_now()
    libres = await disponibilites(session, dossier.departement, now)
    examen = await eligibilite.examiner(session, request.app.state.nats, actor, dossier, now, libres.places)
    proposees = {p.dispositif.code: p for p in examen.resultat.propositions}
    delais = await offres_store.delais_par_offre(session, dossier.departement)
    choix = []
    for partenaire in await annuaire.of_departement(session, dossier.departement):
        for dispositif in partenaire.dispositifs:
            offre, proposee = (partenaire.id, dispositif), proposees.get(dispositif)
            repond = pluriel(delais[offre].reponse, "jour ouvré", "jours ouvrés")
            aides = [
                proposee.rang_explication if proposee else "",
                _("{partenaire}. Répond sous {delai}.").format(partenaire=partenaire.libelle, delai=repond),
                f"{disponibilite.les_places(libres.places.get(offre))}." if libres.places.get(offre) else "",
                disponibilite.l_absence(libres.absents[partenaire.id]) if partenaire.id in libres.absents else "",
                _("Déjà sollicité pour ce dossier.") if offre in deja else "",
            ]
            # The engine's order; between partners of one dispositif, who can take it. What the catalogue ignores comes last.
            rang = (proposee.rang if proposee else len(proposees) + 1, libres.rang(*offre))
            choix.append((rang, f"{partenaire.id}:{dispositif}", libelle_dispositif(dispositif), " ".join(filter(None, aides))))
    portes = {valeur.partition(":")[2] for _rang, valeur, *_reste in choix}
    contexte = {
        "dossier": dossier,
        "territoire": nom_departement(dossier.departement),
        "f": f,
        "choix": [c[1:] for c in sorted(choix, key=lambda c: (c[0], c[2]))],
        "qualifie": dossier.etat == EtatDossier.qualifie,
        "exacts": examen.exacts,
        "faits": [(champ.libelle, mots.fait(champ, examen.connus)) for champ in Champ],
        "question": examen.resultat.question,
        "examinees": [p for p in examen.resultat.propositions if p.dispositif.code in portes],
        "sans_porteur": [
            p.dispositif.libelle
            for p in examen.resultat.propositions
            if p.verdict is Verdict.oui and p.dispositif.code not in portes
        ],
        "categories": [(c.value, c.libelle, AIDES[c]) for c in CATEGORIES],
        "precedentes": [
            (v.orientation.id, f"{libelle_dispositif(v.orientation.dispositif)}, {v.partenaire.libelle}{_fin(v.orientation)}")
            for v in precedentes
            if EtatOrientation(v.orientation.etat) in NEGATIVES
        ],
        "ouvertes": [
            (v.orientation.id, f"{libelle_dispositif(v.orientation.dispositif)}, {v.partenaire.libelle}")
            for v in precedentes
            if EtatOrientation(v.orientation.etat) not in CLOSES
        ],
    }
    return render(request, "orientation_nouvelle.html", contexte, status=status)


def _fin(row: OrientationRow) -> str:
    motif = Motif(row.motif).libelle if row.motif else ""
    return f" : {EtatOrientation(row.etat).libelle.lower()}" + (f", {motif.lower()}" if motif else "")


async def _montrer(request: Request, session: AsyncSession, actor: Actor, dossier_id: UUID, saisie: Choix) -> HTMLResponse:
    projet = saisie.projet(dossier_id)
    dossier, partenaire = await service.verifier(session, actor, projet)
    jour = date_locale(utc_now(), dossier.departement)
    absent = (await fiches.absents(session, dossier.departement, jour)).get(partenaire.id)
    contexte = {
        "dossier": dossier,
        "territoire": nom_departement(dossier.departement),
        "partenaire": partenaire,
        "dispositif": libelle_dispositif(projet.dispositif),
        "categories": [(c.libelle, _(AIDES.get(c, ""))) for c in projet.categories],
        "saisie": saisie,
        "delais": await offres_store.delais(session, partenaire.id, projet.dispositif),
        "absence": disponibilite.l_absence(absent) if absent else "",
        "remplacant": absent.remplacant if absent and _peut_remplacer(absent, projet, dossier) else None,
    }
    return render(request, "orientation_apercu.html", contexte)


def _peut_remplacer(absent: fiches.Absent, projet: service.Projet, dossier: DossierRow) -> bool:
    autre = absent.remplacant
    return autre is not None and projet.dispositif in autre.dispositifs and dossier.departement in autre.departements
