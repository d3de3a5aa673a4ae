"""The pages of endpoints, for a partner's manager."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel

from common.actor import Actor, Role
from common.auth import allow
from common.clock import utc_now
from common.database import Transaction
from common.errors import DonneeInvalide
from common.formulaires import Formulaire, analyser, vierge
from common.settings import Mode
from common.web import render
from notifications.webhooks import rotation, service, store
from notifications.webhooks.domain import EtatWebhook, RotationEnCours, TropDeWebhooks
from notifications.webhooks.models import Webhook
from notifications.webhooks.saisie import CHOIX, Saisie, messages, saisie_de

router = APIRouter(prefix="/webhooks", include_in_schema=False)

Gestionnaire = Annotated[Actor, Depends(allow(Role.manager))]
LISTE = "/notifications/webhooks"
PAR_PAGE = 50


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
    f = analyser(Saisie, await request.form(), messages())
    if f.objet is None:
        return _formulaire(request, f)
    development = request.app.state.settings.mode is Mode.development
    try:
        coffre = request.app.state.coffre
        webhook, secret = await service.creer(session, actor, f.objet.demande(), coffre, development=development, now=utc_now())
    except DonneeInvalide as refus:
        return _formulaire(request, f.avec_erreur(refus.champ or "", refus.remede))
    except TropDeWebhooks as refus:
        return _formulaire(request, f.avec_erreur("", refus.phrase))
    return render(request, "webhook_secret.html", {"webhook": webhook, "secret": secret, "cree": True}, status=201)


@router.get("/{webhook_id}/modifier")
async def modification(request: Request, webhook_id: UUID, session: Transaction, actor: Gestionnaire) -> HTMLResponse:
    """The form, with what the endpoint asks for today."""
    webhook = await store.get(session, actor, webhook_id)
    return _formulaire(request, vierge(saisie_de(webhook)), webhook)


@router.post("/{webhook_id}/modifier")
async def modifier(request: Request, webhook_id: UUID, session: Transaction, actor: Gestionnaire) -> Response:
    """Change it, and back to its page."""
    webhook = await store.get(session, actor, webhook_id)
    f = analyser(Saisie, await request.form(), messages())
    if f.objet is None:
        return _formulaire(request, f, webhook)
    development = request.app.state.settings.mode is Mode.development
    try:
        await service.modifier(session, actor, webhook_id, f.objet.demande(), development=development, now=utc_now())
    except DonneeInvalide as refus:
        return _formulaire(request, f.avec_erreur(refus.champ or "", refus.remede), webhook)
    return RedirectResponse(f"{LISTE}/{webhook_id}", 303)


@router.post("/{webhook_id}/etat")
async def changer_etat(request: Request, webhook_id: UUID, session: Transaction, actor: Gestionnaire) -> RedirectResponse:
    """Pause, resume or bring back, and back to its page."""
    change = service.suspendre if (await request.form()).get("etat") == "en_pause" else service.reprendre
    await change(session, actor, webhook_id, now=utc_now())
    return RedirectResponse(f"{LISTE}/{webhook_id}", 303)


@router.get("/{webhook_id}/secret")
async def changement(request: Request, webhook_id: UUID, session: Transaction, actor: Gestionnaire) -> HTMLResponse:
    """What changing the secret means, before it is done."""
    webhook = await store.get(session, actor, webhook_id)
    return _changement(request, webhook, vierge({"quand": "24h"}))


@router.post("/{webhook_id}/secret")
async def changer_secret(request: Request, webhook_id: UUID, session: Transaction, actor: Gestionnaire) -> HTMLResponse:
    """Change it and show the new one, in this very answer only."""
    f = analyser(SaisieSecret, await request.form(), messages())
    webhook = await store.get(session, actor, webhook_id)
    if f.objet is None:
        return _changement(request, webhook, f)
    coffre, immediat = request.app.state.coffre, f.objet.quand == "immediat"
    try:
        changed = await rotation.changer_secret(session, actor, webhook_id, coffre, immediat=immediat, now=utc_now())
    except RotationEnCours as refus:
        return _changement(request, webhook, f.avec_erreur("quand", refus.phrase))
    return render(request, "webhook_secret.html", {"webhook": changed[0], "secret": changed[1], "cree": False})


@router.get("/{webhook_id}/supprimer")
async def suppression(request: Request, webhook_id: UUID, session: Transaction, actor: Gestionnaire) -> HTMLResponse:
    """What deleting means, before it is done."""
    webhook = await store.get(session, actor, webhook_id)
    return render(request, "webhook_suppression.html", {"webhook": webhook})


@router.post("/{webhook_id}/supprimer")
async def supprimer(webhook_id: UUID, session: Transaction, actor: Gestionnaire) -> RedirectResponse:
    """Delete it, and back to the list."""
    await service.supprimer(session, actor, webhook_id, now=utc_now())
    return RedirectResponse(LISTE, 303)


def _formulaire(request: Request, f: Formulaire[Saisie], webhook: Webhook | None = None) -> HTMLResponse:
    context = {"f": f, "choix": CHOIX, "webhook": webhook}
    return render(request, "webhook_nouveau.html", context, status=422 if f.erreurs else 200)


def _changement(request: Request, webhook: Webhook, f: Formulaire[SaisieSecret]) -> HTMLResponse:
    context = {"f": f, "webhook": webhook}
    return render(request, "webhook_changement.html", context, status=422 if f.erreurs else 200)
