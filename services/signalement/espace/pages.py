"""The association's own space: where things stand, what is awaited, what was agreed, who read what."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor
from common.auth import MaybeActor
from common.clock import utc_now
from common.codes import EtatConsentement, EtatDiagnostic
from common.database import Transaction
from common.formulaires import analyser
from common.territoires import fuseau
from common.traduction import N_
from common.web import render
from signalement.consentements import service as consentements
from signalement.espace import service, vue
from signalement.espace.entree import ESPACE, Dirigeant, require_dirigeant
from signalement.espace.schemas import ConsentementDetaille
from signalement.signalements.lecture import Ouverture
from signalement.signalements.libelles import TONS, TONS_ORIENTATION

router = APIRouter(include_in_schema=False)

OUVERTURES = 60
"""How many readings the page tells, those of one day together; the API has all."""
FAITS = {
    "donner": N_("Votre accord est enregistré. Vous pouvez le retirer à tout moment."),
    "refuser": N_("Votre refus est enregistré. Rien n’est transmis."),
    "adresse": N_("Votre adresse reste ce qu’elle était."),
    "retirer": N_("Votre accord est retiré : plus rien ne peut être consulté."),
}


class Reponse(BaseModel):
    """The version of the text that was read."""

    texte_version: str


@router.get("/espace")
async def espace(request: Request, session: Transaction, actor: MaybeActor, fait: str | None = None) -> Response:
    """The space of the association; whoever is not in yet is shown the way."""
    if actor is None:
        return RedirectResponse(f"{ESPACE}/acces", 303)
    now = utc_now()
    page, moi = await vue.espace(session, await require_dirigeant(actor), now)
    zone = fuseau(page.departement)
    context = {
        "espace": page,
        "moi": moi,
        "accords": [c for c in reversed(page.consentements) if c.etat is not EtatConsentement.demande],
        "diagnostics": [d for d in page.diagnostics if d.etat is not EtatDiagnostic.ouvert],
        "ouvertures": by_day(page.ouvertures, zone)[:OUVERTURES],
        "echange_a_venir": page.premier_echange_le is not None and page.premier_echange_le > now,
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
        line = told.setdefault(key, {**dict(one), "categories": [], "fois": 0})
        line["fois"] += 1
        line["categories"] += [c for c in one.categories if c not in line["categories"]]
    return list(told.values())


@router.get("/espace/consentements/{consentement_id}")
async def consentement(consentement_id: UUID, request: Request, session: Transaction, actor: Dirigeant) -> Response:
    """What would be shown to whom, field by field, and the two answers; once given, what is shown and the way back."""
    seen = await vue.consentement(session, actor, consentement_id, utc_now())
    return await _consentement(request, session, actor, seen)


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
    """What withdrawing means, before it is done. What is no longer given leads to where it stands."""
    seen = await vue.consentement(session, actor, consentement_id, utc_now())
    if seen.etat is not EtatConsentement.donne:
        return RedirectResponse(f"{ESPACE}/consentements/{consentement_id}", 303)
    return render(request, "espace_retrait.html", {"consentement": seen})


@router.post("/espace/consentements/{consentement_id}/retirer")
async def retirer(consentement_id: UUID, session: Transaction, actor: Dirigeant) -> Response:
    """Take the consent back."""
    await consentements.repondre(session, actor, consentement_id, "retirer", utc_now)
    return RedirectResponse(f"{ESPACE}?fait=retirer", 303)


async def _consentement(request: Request, session: AsyncSession, actor: Actor, seen: ConsentementDetaille) -> Response:
    dossier = await service.mon_dossier(session, actor)
    context = {"c": seen, "tons": TONS, "fuseau": fuseau(dossier.departement).key}
    return render(request, "espace_consentement.html", context)
