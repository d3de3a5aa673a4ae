"""The API of endpoints, for the manager or the machine of a partner."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor, Role
from common.auth import allow
from common.clock import utc_now
from common.database import Transaction
from common.idempotence import Idempotent
from common.settings import Mode
from notifications.webhooks import rotation, service, store
from notifications.webhooks.domain import DEBIT_MAX, DISPOSITIFS_MAX, FAMILLES, TYPES, EtatWebhook, Reglages
from notifications.webhooks.models import Webhook
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
    types: list[str] = Field(min_length=1, max_length=len(TYPES) + len(FAMILLES), examples=[["orientation.*"]])
    description: str = Field(default="", max_length=200)
    dispositifs: list[str] = Field(default=[], max_length=DISPOSITIFS_MAX, description="Vide : tous")
    departements: list[str] = Field(default=[], max_length=110, description="Vide : tous", examples=[["34", "2A"]])
    debit: int | None = Field(default=None, ge=1, le=DEBIT_MAX, description="Messages par minute, au plus")
    ordonne: bool = Field(default=False, description="Garder l’ordre des événements de chaque dossier")

    def demande(self) -> service.Demande:
        """As the use case takes it."""
        reglages = Reglages(self.dispositifs, self.departements, self.debit, self.ordonne)
        return service.Demande(self.url, self.types, self.description, reglages)


class WebhookCree(BaseModel):
    """The new endpoint. The secret is shown this once."""

    webhook_id: UUID
    secret: str


class EtatDemande(BaseModel):
    """Whether messages are sent."""

    etat: Literal["actif", "en_pause"]


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
    dispositifs: list[str]
    departements: list[str]
    debit: int | None
    ordonne: bool
    etat: EtatWebhook
    en_echec_depuis: datetime | None = Field(description="Depuis quand rien n’arrive plus")
    coupe_jusqu_a: datetime | None = Field(description="Jusqu’à quand plus rien n’est tenté")
    cree_le: datetime
    precedent_jusqu_a: datetime | None = Field(description="Jusqu’à quand le secret précédent signe aussi")
    sante: SanteVue

    @classmethod
    def of(cls, webhook: Webhook, sante: Sante) -> "WebhookVue":
        """The view of an endpoint."""
        return cls(**webhook.model_dump(), sante=SanteVue.model_validate(sante, from_attributes=True))


class PageWebhooks(BaseModel):
    """A page of endpoints."""

    elements: list[WebhookVue]
    suivant: UUID | None


@router.post("", status_code=201, response_model=WebhookCree, responses=REFUS | CONFLIT, summary="Créer un webhook")
async def creer(
    request: Request, response: Response, demande: WebhookDemande, actor: Gestionnaire, session: Transaction, idem: Idempotent
) -> Any:
    """The secret (`whsec_…`) is in this answer and nowhere else afterwards."""
    development = request.app.state.settings.mode is Mode.development
    coffre, asked = request.app.state.coffre, demande.demande()
    webhook, secret = await service.creer(session, actor, asked, coffre, development=development, now=utc_now())
    return await idem.keep(response, 201, WebhookCree(webhook_id=webhook.webhook_id, secret=secret))


@router.get("", response_model=PageWebhooks, responses=REFUS, summary="Lister les webhooks de mon organisation")
async def lister(actor: Gestionnaire, session: Transaction, apres: Apres = None, limite: Limite = 50) -> PageWebhooks:
    """In the order of their creation, with their health."""
    found, suivant = await service.lister(session, actor, apres, limite)
    return PageWebhooks(elements=[WebhookVue.of(webhook, sante) for webhook, sante in found], suivant=suivant)


@router.put("/{webhook_id}", response_model=WebhookVue, responses=REFUS | INCONNU, summary="Modifier un webhook")
async def modifier(
    request: Request, webhook_id: UUID, demande: WebhookDemande, actor: Gestionnaire, session: Transaction
) -> WebhookVue:
    """What waits goes to the new address; the new filters are for what comes."""
    development = request.app.state.settings.mode is Mode.development
    asked = demande.demande()
    webhook = await service.modifier(session, actor, webhook_id, asked, development=development, now=utc_now())
    return await _vue(session, webhook)


@router.put(
    "/{webhook_id}/etat", response_model=WebhookVue, responses=REFUS | INCONNU | CONFLIT, summary="Suspendre, reprendre"
)
async def changer_etat(webhook_id: UUID, demande: EtatDemande, actor: Gestionnaire, session: Transaction) -> WebhookVue:
    """Paused, what happens waits and goes when it is resumed; a disabled endpoint is brought back in the same way."""
    change = service.suspendre if demande.etat == "en_pause" else service.reprendre
    return await _vue(session, await change(session, actor, webhook_id, now=utc_now()))


async def _vue(session: AsyncSession, webhook: Webhook) -> WebhookVue:
    return WebhookVue.of(webhook, (await store.health(session, [webhook.webhook_id]))[webhook.webhook_id])


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
