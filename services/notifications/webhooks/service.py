"""What a partner does with its endpoints, in the transaction it is given."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from common import audit
from common.actor import Actor
from common.clock import new_id
from common.coffre import Coffre
from common.errors import Conflit, Interdit
from notifications.webhooks import store
from notifications.webhooks.adresses import verifier_url
from notifications.webhooks.domain import (
    WEBHOOKS_MAX,
    EtatLivraison,
    EtatWebhook,
    LivraisonNonRejouable,
    TropDeWebhooks,
    verifier_types,
)
from notifications.webhooks.models import Livraison, Webhook
from notifications.webhooks.rotation import SERVICE, new_secret
from notifications.webhooks.store import Sante


class WebhookDesactive(Conflit):
    """Nothing is sent to an endpoint that was disabled."""

    slug, titre = "webhook-desactive", "Ce webhook est désactivé."


@dataclass(frozen=True, slots=True)
class Demande:
    """An endpoint as it is asked for."""

    url: str
    types: Sequence[str]
    description: str = ""


async def creer(
    session: AsyncSession, actor: Actor, demande: Demande, coffre: Coffre, *, development: bool, now: datetime
) -> tuple[Webhook, str]:
    """Create an endpoint for the actor's organisation. Its secret is returned in clear beside it, and never again.

    Raises Interdit, DonneeInvalide or TropDeWebhooks.
    """
    if actor.organisation_id is None:
        raise Interdit
    url, types = verifier_url(demande.url, development=development), verifier_types(demande.types)
    await store.lock_partner(session, actor.organisation_id)
    if await store.count(session, actor) >= WEBHOOKS_MAX:
        raise TropDeWebhooks(f"Supprimez-en un : {WEBHOOKS_MAX} au plus sont possibles.")
    secret = new_secret()
    webhook = Webhook(
        webhook_id=new_id(),
        partenaire_id=actor.organisation_id,
        url=url,
        types=types,
        description=demande.description,
        secret=coffre.sceller(secret),
        cree_le=now,
    )
    session.add(webhook)
    await audit.write(session, SERVICE, actor, "webhook.creer", webhook.webhook_id, now=now)
    return webhook, secret


async def supprimer(session: AsyncSession, actor: Actor, webhook_id: UUID, *, now: datetime) -> None:
    """Delete an endpoint with its log. Raises Introuvable."""
    webhook = await store.get(session, actor, webhook_id, lock=True)
    await session.delete(webhook)
    await audit.write(session, SERVICE, actor, "webhook.supprimer", webhook_id, now=now)


async def rejouer(session: AsyncSession, actor: Actor, webhook_id: UUID, event_id: UUID, *, now: datetime) -> Livraison:
    """Send a failed delivery again at once, under its own id and with a whole new schedule.

    Raises Introuvable, WebhookDesactive, or LivraisonNonRejouable for one that was delivered or has not been tried.
    """
    webhook = await store.get(session, actor, webhook_id, lock=True)
    livraison = await store.delivery(session, webhook, event_id)
    if webhook.etat != EtatWebhook.actif:
        raise WebhookDesactive("Créez un nouveau webhook.")
    if livraison.etat == EtatLivraison.livree or livraison.echec is None or livraison.porteur is not None:
        raise LivraisonNonRejouable("Seule une livraison en échec peut être rejouée.", etat=livraison.etat)
    livraison.etat, livraison.due_at, livraison.tentatives = EtatLivraison.en_attente.value, now, 0
    await audit.write(session, SERVICE, actor, "livraison.rejouer", event_id, now=now)
    return livraison


async def lister(
    session: AsyncSession, actor: Actor, apres: UUID | None, limite: int
) -> tuple[list[tuple[Webhook, Sante]], UUID | None]:
    """The endpoints with their health, and the id to go on after."""
    found = list(await store.page(session, actor, apres, limite + 1))
    sante = await store.health(session, [webhook.webhook_id for webhook in found[:limite]])
    suivant = found[limite - 1].webhook_id if len(found) > limite else None
    return [(webhook, sante[webhook.webhook_id]) for webhook in found[:limite]], suivant


async def journal(
    session: AsyncSession, actor: Actor, webhook_id: UUID, apres: UUID | None, limite: int
) -> tuple[Webhook, Sequence[Livraison], UUID | None]:
    """An endpoint, a page of its log, and the id to go on after. Raises Introuvable."""
    webhook = await store.get(session, actor, webhook_id)
    found = list(await store.log_page(session, webhook, apres, limite + 1))
    suivant = found[limite - 1].event_id if len(found) > limite else None
    return webhook, found[:limite], suivant
