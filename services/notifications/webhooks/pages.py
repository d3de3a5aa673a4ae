"""The pages of endpoints, for a partner's manager."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, Field

from common.actor import Actor, Role
from common.auth import allow
from common.clock import utc_now
from common.database import Transaction
from common.errors import DonneeInvalide
from common.formulaires import Formulaire, analyser, vierge
from common.settings import Mode
from common.web import render
from notifications.webhooks import rotation, service
from notifications.webhooks.domain import TYPES, Echec, EtatLivraison, EtatWebhook, RotationEnCours, TropDeWebhooks
from notifications.webhooks.models import Webhook

router = APIRouter(prefix="/webhooks", include_in_schema=False)

Gestionnaire = Annotated[Actor, Depends(allow(Role.manager))]
LISTE = "/notifications/webhooks"
PAR_PAGE = 50
CHOIX = [
    ("orientation.*", "Tout ce qui concerne vos orientations"),
    ("consentement.*", "Tous les accords des associations qui vous concernent"),
    *TYPES.items(),
]
MESSAGES = {
    "url.missing": "Donnez l’adresse de votre système, par exemple https://exemple.fr/relais.",
    "types": "Choisissez au moins un type d’événement.",
    "quand": "Dites jusqu’à quand l’ancien secret doit servir.",
}


class Saisie(BaseModel):
    """The form of a new endpoint."""

    url: str = Field(max_length=500)
    types: list[str] = Field(min_length=1)
    description: str = Field(default="", max_length=200)


class SaisieSecret(BaseModel):
    """How a secret is changed."""

    quand: Literal["24h", "immediat"]


@router.get("")
async def liste(request: Request, session: Transaction, actor: Gestionnaire) -> HTMLResponse:
    """All endpoints of the organisation, with their health: they are twenty at most."""
    webhooks, _ = await service.lister(session, actor, None, PAR_PAGE)
    return render(request, "webhooks.html", {"webhooks": webhooks, "etats": EtatWebhook})


@router.get("/nouveau")
async def nouveau(request: Request, actor: Gestionnaire) -> HTMLResponse:
    """The form, with the choice that suits nearly everybody."""
    return _formulaire(request, vierge({"types": ["orientation.*"]}))


@router.post("/nouveau")
async def creer(request: Request, session: Transaction, actor: Gestionnaire) -> HTMLResponse:
    """Create it and show its secret. No redirect here: the secret is in this very answer and kept nowhere to be shown."""
    f = analyser(Saisie, await request.form(), MESSAGES)
    if f.objet is None:
        return _formulaire(request, f)
    demande = service.Demande(f.objet.url, f.objet.types, f.objet.description)
    development = request.app.state.settings.mode is Mode.development
    try:
        coffre = request.app.state.coffre
        webhook, secret = await service.creer(session, actor, demande, coffre, development=development, now=utc_now())
    except DonneeInvalide as refus:
        return _formulaire(request, f.avec_erreur(refus.champ or "", refus.remede))
    except TropDeWebhooks as refus:
        return _formulaire(request, f.avec_erreur("", f"{refus.titre} {refus.remede}"))
    return render(request, "webhook_secret.html", {"webhook": webhook, "secret": secret, "cree": True}, status=201)


@router.get("/{webhook_id}")
async def journal(
    request: Request, webhook_id: UUID, session: Transaction, actor: Gestionnaire, apres: UUID | None = None
) -> HTMLResponse:
    """One endpoint and its log."""
    webhook, livraisons, suivant = await service.journal(session, actor, webhook_id, apres, PAR_PAGE)
    context = {
        "webhook": webhook,
        "livraisons": livraisons,
        "suite": f"{LISTE}/{webhook_id}?apres={suivant}" if suivant else "",
        "types": TYPES,
        "etats": EtatWebhook,
        "etats_livraison": EtatLivraison,
        "echecs": Echec,
    }
    return render(request, "webhook.html", context)


@router.post("/{webhook_id}/livraisons/{livraison_id}/rejouer")
async def rejouer(webhook_id: UUID, livraison_id: UUID, session: Transaction, actor: Gestionnaire) -> RedirectResponse:
    """Send it again, and back to the log."""
    await service.rejouer(session, actor, webhook_id, livraison_id, now=utc_now())
    return RedirectResponse(f"{LISTE}/{webhook_id}", 303)


@router.get("/{webhook_id}/secret")
async def changement(request: Request, webhook_id: UUID, session: Transaction, actor: Gestionnaire) -> HTMLResponse:
    """What changing the secret means, before it is done."""
    webhook, _, _ = await service.journal(session, actor, webhook_id, None, 1)
    return _changement(request, webhook, vierge({"quand": "24h"}))


@router.post("/{webhook_id}/secret")
async def changer_secret(request: Request, webhook_id: UUID, session: Transaction, actor: Gestionnaire) -> HTMLResponse:
    """Change it and show the new one, in this very answer only."""
    f = analyser(SaisieSecret, await request.form(), MESSAGES)
    webhook, _, _ = await service.journal(session, actor, webhook_id, None, 1)
    if f.objet is None:
        return _changement(request, webhook, f)
    coffre, immediat = request.app.state.coffre, f.objet.quand == "immediat"
    try:
        changed = await rotation.changer_secret(session, actor, webhook_id, coffre, immediat=immediat, now=utc_now())
    except RotationEnCours as refus:
        return _changement(request, webhook, f.avec_erreur("quand", f"{refus.titre} {refus.remede}"))
    return render(request, "webhook_secret.html", {"webhook": changed[0], "secret": changed[1], "cree": False})


@router.get("/{webhook_id}/supprimer")
async def suppression(request: Request, webhook_id: UUID, session: Transaction, actor: Gestionnaire) -> HTMLResponse:
    """What deleting means, before it is done."""
    webhook, _, _ = await service.journal(session, actor, webhook_id, None, 1)
    return render(request, "webhook_suppression.html", {"webhook": webhook})


@router.post("/{webhook_id}/supprimer")
async def supprimer(webhook_id: UUID, session: Transaction, actor: Gestionnaire) -> RedirectResponse:
    """Delete it, and back to the list."""
    await service.supprimer(session, actor, webhook_id, now=utc_now())
    return RedirectResponse(LISTE, 303)


def _formulaire(request: Request, f: Formulaire[Saisie]) -> HTMLResponse:
    return render(request, "webhook_nouveau.html", {"f": f, "choix": CHOIX}, status=422 if f.erreurs else 200)


def _changement(request: Request, webhook: Webhook, f: Formulaire[SaisieSecret]) -> HTMLResponse:
    context = {"f": f, "webhook": webhook}
    return render(request, "webhook_changement.html", context, status=422 if f.erreurs else 200)
