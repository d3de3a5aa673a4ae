"""The public simulator « Quel appui pour mon association ? »: one question at a time, nothing kept, no script needed."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlmodel.ext.asyncio.session import AsyncSession

from common.auth import MaybeActor
from common.calendrier import date_locale
from common.clock import utc_now
from common.database import Transaction
from common.filtres import pluriel
from common.formulaires import Formulaire, vierge
from common.territoires import collectivites, departements
from common.traduction import _
from common.web import render
from orientation.dispositifs.domain import Champ, Statut
from orientation.eligibilite import mots, service, simulateur
from orientation.eligibilite.domain import Proposition, Resultat
from orientation.eligibilite.faits import deduire
from orientation.eligibilite.simulateur import DIFFICULTES, Parcours
from orientation.eligibilite.verdicts import Verdict
from orientation.limites import RoutePublique
from orientation.partenaires import store as annuaire

router = APIRouter(prefix="/simulateur", tags=["pages"], include_in_schema=False, route_class=RoutePublique)

# Whose day it is while the département is unknown.
PARIS = "75"
# Asked first, in this order: what every dispositif depends on.
D_ABORD = (Champ.statut, Champ.departement)
TERRITOIRES = [(d.code, f"{d.code} – {d.nom}") for d in (*departements(), *collectivites())]
# What the form to signal a difficulty can take over, by the names of its own fields.
REPRIS = {
    Champ.etp: "etp",
    Champ.budget: "budget",
    Champ.mois_avant_cessation: "mois_avant_rupture",
    Champ.difficultes: "indicateurs",
}


@router.get("")
async def commencer_simulation(request: Request, actor: MaybeActor, session: Transaction) -> HTMLResponse:
    """For everybody: the first question."""
    return await _suite(request, session, Parcours())


@router.post("")
async def repondre_simulation(request: Request, actor: MaybeActor, session: Transaction) -> HTMLResponse:
    """For everybody: takes an answer and asks the next question, or goes back, or shows what was found."""
    envoye = await request.form()
    parcours, champ = simulateur.relire(envoye)
    action = str(envoye.get("action", ""))
    if champ is None:
        vers = simulateur.champ_de(action)
        return _question(request, parcours, vers) if vers else await _suite(request, session, parcours)
    if action == "passer":
        return await _suite(request, session, parcours.passer(champ))
    saisie = simulateur.saisie_de(envoye, champ)
    f = simulateur.lire_reponse(parcours, champ, saisie)
    if action == "retour":
        # What was typed is taken along when it is right, so that going back and forth loses nothing.
        avant = parcours.avant(champ) or champ
        return _question(request, parcours.repondre(champ, saisie) if f.objet is not None else parcours, avant)
    if f.objet is None:
        return _question(request, parcours, champ, f, status=422)
    return await _suite(request, session, parcours.repondre(champ, saisie))


async def _suite(request: Request, session: AsyncSession, parcours: Parcours) -> HTMLResponse:
    """The next question; the results when there is none that could still settle anything."""
    connus = {*parcours.saisies, *parcours.passes}
    reste = next((champ for champ in D_ABORD if champ not in connus), None)
    if reste:
        return _question(request, parcours, reste)
    resultat = await service.evaluer(session, parcours.faits(), utc_now(), sauf=frozenset(parcours.passes))
    if resultat.question:
        return _question(request, parcours, resultat.question.champ, resultat=resultat)
    return await _resultats(request, session, parcours, resultat)


def _question(
    request: Request,
    parcours: Parcours,
    champ: Champ,
    f: Formulaire[Any] | None = None,
    status: int = 200,
    resultat: Resultat | None = None,
) -> HTMLResponse:
    contexte = {
        "f": f or vierge({champ.value: parcours.saisies.get(champ)}),
        "champ": champ.value,
        "parcours": parcours,
        "numero": parcours.ordre.index(champ) + 1 if champ in parcours.ordre else len(parcours.ordre) + 1,
        "retour": parcours.avant(champ) is not None,
        "passe": champ in parcours.passes,
        "statuts": [(s.value, s.libelle) for s in Statut],
        "territoires": TERRITOIRES,
        "difficultes": DIFFICULTES,
        "pourquoi": resultat.question.pourquoi if resultat and resultat.question else "",
        "comptes": _comptes(resultat) if resultat else "",
    }
    return render(request, "simulateur.html", contexte, status=status)


def _comptes(resultat: Resultat) -> str:
    """How many dispositifs of each verdict, as a sentence says it."""
    nombres = {v: sum(p.verdict is v for p in resultat.propositions) for v in Verdict}
    possibles = pluriel(nombres[Verdict.oui], "dispositif possible", "dispositifs possibles")
    fermes = pluriel(nombres[Verdict.non], "pas ouvert", "pas ouverts")
    return _("{possibles}, {a_confirmer} à confirmer, {fermes} à votre situation").format(
        possibles=possibles, a_confirmer=nombres[Verdict.a_confirmer], fermes=fermes
    )


async def _resultats(request: Request, session: AsyncSession, parcours: Parcours, resultat: Resultat) -> HTMLResponse:
    faits = parcours.faits()
    partenaires = await annuaire.of_departement(session, faits.departement) if faits.departement else ()
    cellule = await annuaire.cellule_of(session, faits.departement) if faits.departement else None
    connus = deduire(faits)
    contexte = {
        "parcours": parcours,
        "departement": faits.departement,
        "territoire": mots.fait(Champ.departement, connus) if faits.departement else "",
        "comptes": _comptes(resultat),
        "groupes": [(v, [p for p in resultat.propositions if p.verdict is v]) for v in Verdict],
        "a_confirmer": {p.dispositif.code: _a_confirmer(p) for p in resultat.propositions},
        "porteurs": {
            p.dispositif.code: [q for q in partenaires if p.dispositif.code in q.dispositifs] for p in resultat.propositions
        },
        "cellule": cellule,
        "reponses": [(champ.value, champ.libelle, mots.fait(champ, connus)) for champ in parcours.ordre],
        "jour": date_locale(utc_now(), faits.departement or PARIS),
        "reprise": _reprise(parcours) if faits.statut in (None, Statut.association) else None,
    }
    return render(request, "simulateur_resultats.html", contexte)


def _a_confirmer(p: Proposition) -> list[str]:
    return list(dict.fromkeys(c.explication for c in p.criteres if c.verdict is Verdict.a_confirmer))


def _reprise(parcours: Parcours) -> list[tuple[str, str]]:
    """The answers under the names of the form to signal a difficulty, which checks them again."""
    return [(nom, valeur) for champ, nom in REPRIS.items() for valeur in parcours.saisies.get(champ, ())]
