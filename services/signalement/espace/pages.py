"""The association's own space: where things stand, what is awaited, what was agreed, who read what."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel

from common.auth import MaybeActor
from common.clock import utc_now
from common.codes import EtatConsentement, EtatDiagnostic, EtatOrientation, Finalite
from common.codes_espace import CoteMessage
from common.database import Transaction
from common.formulaires import analyser
from common.territoires import fuseau
from common.web import render
from signalement.consentements import service as consentements
from signalement.consentements import store as ledger
from signalement.consentements.schemas import ConsentementVu
from signalement.documents import store as documents
from signalement.espace import service
from signalement.espace.entree import ESPACE, Dirigeant, require_dirigeant
from signalement.espace.etapes import phases
from signalement.messages.domain import turn_of
from signalement.personnes import store as personnes
from signalement.projections import store as projections
from signalement.recuperations import store as recuperations
from signalement.signalements.lecture import INCONNU, Ouverture, Suivi, suivi
from signalement.signalements.libelles import TONS, TONS_ORIENTATION

router = APIRouter(include_in_schema=False)

FAITS = {
    "donner": "Votre accord est enregistré. Vous pouvez le retirer à tout moment.",
    "refuser": "Votre refus est enregistré. Rien n’est transmis.",
    "adresse": "Votre adresse reste ce qu’elle était.",
    "retirer": "Votre accord est retiré : plus rien ne peut être consulté.",
}


class Reponse(BaseModel):
    """The version of the text that was read."""

    texte_version: str


@router.get("/espace")
async def espace(request: Request, session: Transaction, actor: MaybeActor, fait: str | None = None) -> Response:
    """The space of the association; whoever is not in yet is shown the way."""
    if actor is None:
        return RedirectResponse(f"{ESPACE}/acces", 303)
    entier = await service.mon_dossier_entier(session, await require_dirigeant(actor))
    dossier, dernier = entier.dossier, entier.message
    moi = await personnes.mine(session, actor)
    gens = await documents.with_people(session, dossier.id)
    around = await suivi(session, actor, dossier.id)
    zone = fuseau(dossier.departement)
    context = {
        "dossier": dossier,
        "moi": moi,
        "repondre": turn_of((dernier.cote, dernier.attend_reponse) if dernier else None) is CoteMessage.association,
        "documents": sum(one.supprime_le is None for one, _ in gens.documents),
        "recuperations": [row for row, _, _ in await recuperations.waiting(session, actor, utc_now())],
        "personnes": gens.presentes,
        "association": entier.association,
        "declarant": entier.declarant,
        "phases": phases(
            dossier.etat,
            dossier.departement,
            dossier.depose_le,
            [diagnostic.etat for diagnostic in around.diagnostics],
            [orientation.etat for orientation in around.orientations],
        ),
        "demandes": awaited(around),
        "a_valider": [d for d in around.diagnostics if d.etat is EtatDiagnostic.ouvert],
        "diagnostics": around.diagnostics,
        "orientations": [o for o in around.orientations if o.etat is not EtatOrientation.brouillon],
        "accords": [c for c in around.consentements if c.etat is not EtatConsentement.demande],
        "ouvertures": by_day(around.ouvertures, zone),
        "fuseau": zone.key,
        "fait": FAITS.get(fait or ""),
        "tons": TONS,
        "tons_orientation": TONS_ORIENTATION,
    }
    return render(request, "espace.html", context)


def by_day(ouvertures: list[Ouverture], zone: ZoneInfo) -> list[dict[str, Any]]:
    """The readings, newest first; those of one organisation for one purpose on one local day are told together."""
    told: dict[tuple[object, ...], dict[str, Any]] = {}
    for one in reversed(ouvertures):
        key = (one.organisation, one.finalite, one.document, one.at.astimezone(zone).date())
        told.setdefault(key, {**dict(one), "fois": 0})["fois"] += 1
    return list(told.values())


def awaited(around: Suivi) -> list[ConsentementVu]:
    """The questions still worth an answer: not those of a referral that has been cancelled since."""
    prepared = {o.partenaire_id for o in around.orientations if o.etat is EtatOrientation.brouillon}
    return [
        c
        for c in around.consentements
        if c.etat is EtatConsentement.demande and (c.finalite is Finalite.diagnostic or c.destinataire_id in prepared)
    ]


@router.post("/espace/consentements/{consentement_id}/donner")
async def donner(consentement_id: UUID, request: Request, session: Transaction, actor: Dirigeant) -> Response:
    """Agree to the text that was shown."""
    f = analyser(Reponse, await request.form())
    version = f.objet.texte_version if f.objet else None
    await consentements.repondre(session, actor, consentement_id, "donner", utc_now, version)
    return RedirectResponse(f"{ESPACE}?fait=donner", 303)


@router.post("/espace/consentements/{consentement_id}/refuser")
async def refuser(consentement_id: UUID, session: Transaction, actor: Dirigeant) -> Response:
    """Say no."""
    await consentements.repondre(session, actor, consentement_id, "refuser", utc_now)
    return RedirectResponse(f"{ESPACE}?fait=refuser", 303)


@router.get("/espace/consentements/{consentement_id}/retirer")
async def confirmer_retrait(consentement_id: UUID, request: Request, session: Transaction, actor: Dirigeant) -> Response:
    """What withdrawing means, before it is done."""
    row = await ledger.read(session, actor, consentement_id)
    noms = await projections.libelles(session, [row.destinataire_id])
    context = {"consentement": row, "destinataire": noms.get(row.destinataire_id, INCONNU)}
    return render(request, "espace_retrait.html", context)


@router.post("/espace/consentements/{consentement_id}/retirer")
async def retirer(consentement_id: UUID, session: Transaction, actor: Dirigeant) -> Response:
    """Take the consent back."""
    await consentements.repondre(session, actor, consentement_id, "retirer", utc_now)
    return RedirectResponse(f"{ESPACE}?fait=retirer", 303)
