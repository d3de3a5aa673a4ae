"""The pages of an endpoint's log, for a partner's manager."""

import json
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, Field

from common.clock import utc_now
from common.database import Transaction
from common.errors import Conflit, DonneeInvalide
from common.filtres import PARIS
from common.formulaires import Formulaire, analyser, vierge
from common.traduction import N_
from common.web import render
from notifications.webhooks import journal, journal_store, store
from notifications.webhooks.domain import ESSAI, REJEU_MAX, TYPES, Echec, EtatLivraison, EtatWebhook, Portee
from notifications.webhooks.journal_store import Filtre
from notifications.webhooks.pages import LISTE, PAR_PAGE, Gestionnaire
from notifications.webhooks.rotation import illisible

router = APIRouter(prefix="/webhooks/{webhook_id}", include_in_schema=False)

LIBELLES = TYPES | {ESSAI: N_("Message d’essai")}
NOMS: dict[str, Any] = {
    "types": LIBELLES,
    "etats": EtatWebhook,
    "etats_livraison": EtatLivraison,
    "echecs": Echec,
}
MESSAGES = {"depuis": N_("Donnez le premier jour à rejouer."), "portee": N_("Dites ce qui doit être rejoué.")}


class SaisieRejeu(BaseModel):
    """What is to be sent again: whole days in Paris."""

    portee: Portee
    depuis: date
    jusqu_a: date | None = None


class Recherche(BaseModel):
    """What of the log is looked for, as it was typed."""

    etat: str = ""
    type: str = ""
    objet: str = Field(default="", max_length=100)

    def filtre(self) -> Filtre:
        """What is not a known code or an id narrows nothing."""
        etat = self.etat if self.etat in set(EtatLivraison) else None
        return Filtre(etat, self.type if self.type in LIBELLES else None, _identifiant(self.objet))


@router.get("")
async def lire(
    request: Request,
    webhook_id: UUID,
    session: Transaction,
    actor: Gestionnaire,
    apres: UUID | None = None,
    etat: str = "",
    evenement: str = "",
    objet: str = "",
) -> HTMLResponse:
    """One endpoint, how it fares, and its log."""
    recherche = Recherche(etat=etat[:40], type=evenement[:40], objet=objet[:100])
    webhook, livraisons, suivant = await journal.lire(session, actor, webhook_id, recherche.filtre(), apres, PAR_PAGE)
    sante = await store.health(session, [webhook_id])
    asked = {"etat": recherche.etat, "evenement": recherche.type, "objet": recherche.objet}
    suite = {name: value for name, value in asked.items() if value} | {"apres": str(suivant)}
    rejeu = await journal_store.last_replay(session, webhook)
    context = NOMS | {
        "webhook": webhook,
        "livraisons": livraisons,
        "suite": f"{LISTE}/{webhook_id}?{urlencode(suite)}" if suivant else "",
        "sante": sante[webhook_id],
        "jours": await journal_store.days(session, webhook),
        "illisible": illisible(webhook, request.app.state.coffre),
        "coupe": webhook.coupe_jusqu_a if webhook.coupe_jusqu_a and webhook.coupe_jusqu_a > utc_now() else None,
        "f": vierge(asked),
        "choix_etats": [(one.value, one.libelle) for one in EtatLivraison],
        "cherche": any(asked.values()),
        "rejeu": rejeu,
        "avancement": await journal_store.progress(session, rejeu) if rejeu else None,
    }
    return render(request, "webhook.html", context)


@router.get("/livraisons/{livraison_id}")
async def detail(
    request: Request, webhook_id: UUID, livraison_id: UUID, session: Transaction, actor: Gestionnaire
) -> HTMLResponse:
    """What is sent, and how each try ended."""
    webhook, found = await journal.detail(session, actor, webhook_id, livraison_id, request.app.state.coffre)
    corps = json.dumps(json.loads(found.livraison.corps), indent=2, ensure_ascii=False)
    context = NOMS | {"webhook": webhook, "detail": found, "corps": corps, "rejouable": journal.rejouable(found.livraison)}
    return render(request, "webhook_livraison.html", context)


@router.post("/livraisons/{livraison_id}/rejouer")
async def rejouer(webhook_id: UUID, livraison_id: UUID, session: Transaction, actor: Gestionnaire) -> RedirectResponse:
    """Send it again, and back to the log."""
    await journal.rejouer(session, actor, webhook_id, livraison_id, now=utc_now())
    return RedirectResponse(f"{LISTE}/{webhook_id}", 303)


@router.post("/essai")
async def essayer(request: Request, webhook_id: UUID, session: Transaction, actor: Gestionnaire) -> RedirectResponse:
    """Send a message that says nothing, and show how it fares."""
    public_url = request.app.state.settings.public_url
    livraison = await journal.essayer(session, actor, webhook_id, public_url, now=utc_now())
    return RedirectResponse(f"{LISTE}/{webhook_id}/livraisons/{livraison.event_id}", 303)


@router.get("/rejeu")
async def rejeu(request: Request, webhook_id: UUID, session: Transaction, actor: Gestionnaire) -> HTMLResponse:
    """What to send again."""
    return await _rejeu(request, webhook_id, session, actor, vierge({"portee": Portee.echecs.value}))


@router.post("/rejeu")
async def rejouer_ensemble(request: Request, webhook_id: UUID, session: Transaction, actor: Gestionnaire) -> Response:
    """Send these days again, and back to the log, which shows how far that is."""
    f = analyser(SaisieRejeu, await request.form(), MESSAGES)
    if f.objet is None:
        return await _rejeu(request, webhook_id, session, actor, f)
    jusqu_a = _minuit(f.objet.jusqu_a + timedelta(days=1)) if f.objet.jusqu_a else None
    asked = (f.objet.portee, _minuit(f.objet.depuis), jusqu_a)
    try:
        await journal.rejouer_ensemble(session, actor, webhook_id, *asked, now=utc_now())
    except DonneeInvalide as refus:
        return await _rejeu(request, webhook_id, session, actor, f.avec_erreur(refus.champ or "", refus.remede))
    except Conflit as refus:
        return await _rejeu(request, webhook_id, session, actor, f.avec_erreur("", refus.phrase))
    return RedirectResponse(f"{LISTE}/{webhook_id}", 303)


async def _rejeu(
    request: Request, webhook_id: UUID, session: Transaction, actor: Gestionnaire, f: Formulaire[SaisieRejeu]
) -> HTMLResponse:
    webhook = await store.get(session, actor, webhook_id)
    context = {"f": f, "webhook": webhook, "portees": [(one.value, one.libelle) for one in Portee], "maximum": REJEU_MAX}
    return render(request, "webhook_rejeu.html", context, status=422 if f.erreurs else 200)


def _minuit(jour: date) -> datetime:
    return datetime.combine(jour, time(), ZoneInfo(PARIS))


def _identifiant(texte: str) -> UUID | None:
    try:
        return UUID(texte.strip().split("_")[0])
    except ValueError:
        return None
