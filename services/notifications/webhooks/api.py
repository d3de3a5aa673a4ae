"""The API of endpoints, for the manager or the machine of a partner."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field

from common.actor import Actor, Role
from common.auth import allow
from common.clock import utc_now
from common.database import Transaction
from common.idempotence import Idempotent
from common.settings import Mode
from notifications.webhooks import rotation, service
from notifications.webhooks.domain import TYPES, Echec, EtatLivraison, EtatWebhook
from notifications.webhooks.models import Livraison, Webhook
from notifications.webhooks.store import Sante

router = APIRouter(prefix="/api/v1/webhooks", tags=["webhooks"])

Gestionnaire = Annotated[Actor, Depends(allow(Role.manager, Role.machine))]
Limite = Annotated[int, Query(ge=1, le=200, description="Nombre d’éléments par page")]
Apres = Annotated[UUID | None, Query(description="Identifiant du dernier élément reçu")]
REFUS: dict[int | str, dict[str, Any]] = {
    401: {"description": "Non authentifié"},
    403: {"description": "Réservé au gestionnaire ou au système d’un partenaire"},
}
INCONNU: dict[int | str, dict[str, Any]] = {404: {"description": "Pas de webhook à cet identifiant"}}
CONFLIT: dict[int | str, dict[str, Any]] = {409: {"description": "L’état actuel ne le permet pas"}}


class WebhookDemande(BaseModel):
    """What is asked for: where to post, and about what."""

    url: str = Field(max_length=500, examples=["https://si.partenaire.example/relais"])
    types: list[str] = Field(min_length=1, max_length=len(TYPES) + 2, examples=[["orientation.*"]])
    description: str = Field(default="", max_length=200)


class WebhookCree(BaseModel):
    """The new endpoint. The secret is shown this once."""

    webhook_id: UUID
    secret: str


class SecretDemande(BaseModel):
    """How a secret is changed."""

    immediat: bool = Field(default=False, description="Ne plus signer avec le secret actuel : pour un secret qui a fui")


class SecretChange(BaseModel):
    """The new secret, shown this once; the former one still signs until `ancien_jusqu_a`."""

    webhook_id: UUID
    secret: str
    ancien_jusqu_a: datetime | None


class SanteVue(BaseModel):
    """How the endpoint has fared, over its last thousand deliveries."""

    en_attente: int
    livrees: int
    abandonnees: int
    derniere_reussite: datetime | None
    dernier_echec: datetime | None


class WebhookVue(BaseModel):
    """An endpoint, without its secret."""

    webhook_id: UUID
    url: str
    types: list[str]
    description: str
    etat: EtatWebhook
    cree_le: datetime
    precedent_jusqu_a: datetime | None = Field(description="Jusqu’à quand le secret précédent signe aussi")
    sante: SanteVue

    @classmethod
    def of(cls, webhook: Webhook, sante: Sante) -> "WebhookVue":
        """The view of an endpoint."""
        return cls(**webhook.model_dump(), sante=SanteVue.model_validate(sante, from_attributes=True))


class LivraisonVue(BaseModel):
    """A delivery; `livraison_id` is the id of the event. Nothing of what the receiver said is kept."""

    livraison_id: UUID
    type: str
    etat: EtatLivraison
    tentatives: int
    statut: int | None = Field(description="Dernier statut HTTP reçu")
    echec: Echec | None = Field(description="Nature du dernier échec")
    latence_ms: int | None = Field(description="Durée de la dernière tentative, en millisecondes")
    creee_le: datetime
    tentee_le: datetime | None
    due_at: datetime | None = Field(description="Prochaine tentative")

    @classmethod
    def of(cls, livraison: Livraison) -> "LivraisonVue":
        """The view of a delivery."""
        return cls(livraison_id=livraison.event_id, **livraison.model_dump())


class PageWebhooks(BaseModel):
    """A page of endpoints."""

    elements: list[WebhookVue]
    suivant: UUID | None


class PageLivraisons(BaseModel):
    """A page of the log, the newest first."""

    elements: list[LivraisonVue]
    suivant: UUID | None


@router.post("", status_code=201, response_model=WebhookCree, responses=REFUS | CONFLIT, summary="Créer un webhook")
async def creer(
    request: Request, response: Response, demande: WebhookDemande, actor: Gestionnaire, session: Transaction, idem: Idempotent
) -> Any:
    """The secret (`whsec_…`) is in this answer and nowhere else afterwards."""
    development = request.app.state.settings.mode is Mode.development
    asked = service.Demande(demande.url, demande.types, demande.description)
    coffre = request.app.state.coffre
    webhook, secret = await service.creer(session, actor, asked, coffre, development=development, now=utc_now())
    return await idem.keep(response, 201, WebhookCree(webhook_id=webhook.webhook_id, secret=secret))


@router.get("", response_model=PageWebhooks, responses=REFUS, summary="Lister les webhooks de mon organisation")
async def lister(actor: Gestionnaire, session: Transaction, apres: Apres = None, limite: Limite = 50) -> PageWebhooks:
    """In the order of their creation, with their health."""
    found, suivant = await service.lister(session, actor, apres, limite)
    return PageWebhooks(elements=[WebhookVue.of(webhook, sante) for webhook, sante in found], suivant=suivant)


@router.delete("/{webhook_id}", status_code=204, responses=REFUS | INCONNU, summary="Supprimer un webhook et son journal")
async def supprimer(webhook_id: UUID, actor: Gestionnaire, session: Transaction) -> None:
    """Nothing is delivered any more, what was waiting included."""
    await service.supprimer(session, actor, webhook_id, now=utc_now())


@router.post(
    "/{webhook_id}/secret",
    response_model=SecretChange,
    responses=REFUS | INCONNU | CONFLIT,
    summary="Changer le secret d’un webhook",
)
async def changer_secret(
    request: Request,
    response: Response,
    webhook_id: UUID,
    demande: SecretDemande,
    actor: Gestionnaire,
    session: Transaction,
    idem: Idempotent,
) -> Any:
    """For 24 hours each message bears a signature of both secrets, so that the receiver changes when it likes."""
    coffre, immediat = request.app.state.coffre, demande.immediat
    changed = await rotation.changer_secret(session, actor, webhook_id, coffre, immediat=immediat, now=utc_now())
    webhook, secret = changed
    answer = SecretChange(webhook_id=webhook_id, secret=secret, ancien_jusqu_a=webhook.precedent_jusqu_a)
    return await idem.keep(response, 200, answer)


@router.get(
    "/{webhook_id}/livraisons",
    response_model=PageLivraisons,
    responses=REFUS | INCONNU,
    summary="Lire le journal des livraisons",
)
async def livraisons(
    webhook_id: UUID, actor: Gestionnaire, session: Transaction, apres: Apres = None, limite: Limite = 50
) -> PageLivraisons:
    """The newest first."""
    _, found, suivant = await service.journal(session, actor, webhook_id, apres, limite)
    return PageLivraisons(elements=[LivraisonVue.of(livraison) for livraison in found], suivant=suivant)


@router.post(
    "/{webhook_id}/livraisons/{livraison_id}/rejouer",
    response_model=LivraisonVue,
    responses=REFUS | INCONNU | CONFLIT,
    summary="Rejouer une livraison en échec",
)
async def rejouer(
    response: Response, webhook_id: UUID, livraison_id: UUID, actor: Gestionnaire, session: Transaction, idem: Idempotent
) -> Any:
    """It is sent again at once, under the same `webhook-id`."""
    livraison = await service.rejouer(session, actor, webhook_id, livraison_id, now=utc_now())
    return await idem.keep(response, 200, LivraisonVue.of(livraison))
