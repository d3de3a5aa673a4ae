"""What a partner does with its endpoints, in the transaction it is given."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from common import audit, veille
from common.actor import Actor
from common.clock import new_id
from common.coffre import Coffre
from common.errors import Interdit
from common.traduction import N_, _
from notifications.webhooks import direct_store, journal_store, store
from notifications.webhooks.adresses import verifier_url
from notifications.webhooks.domain import (
    WEBHOOKS_MAX,
    EtatWebhook,
    Reglages,
    TropDeWebhooks,
    WebhookInactif,
    verifier_reglages,
    verifier_types,
)
from notifications.webhooks.models import Webhook
from notifications.webhooks.rotation import SERVICE, new_secret
from notifications.webhooks.store import Sante


@dataclass(frozen=True, slots=True)
class Demande:
    """An endpoint as it is asked for."""

    url: str
    types: Sequence[str]
    description: str = ""
    reglages: Reglages = field(default_factory=Reglages)


async def creer(
    session: AsyncSession, actor: Actor, demande: Demande, coffre: Coffre, *, development: bool, now: datetime
) -> tuple[Webhook, str]:
    """Create an endpoint for the actor's organisation. Its secret is returned in clear beside it, and never again.

    Raises Interdit, DonneeInvalide or TropDeWebhooks.
    """
    if actor.organisation_id is None:
        raise Interdit
    await store.lock_partner(session, actor.organisation_id)
    if await store.count(session, actor) >= WEBHOOKS_MAX:
        raise TropDeWebhooks(_("Supprimez-en un : {maximum} au plus sont possibles.").format(maximum=WEBHOOKS_MAX))
    secret = new_secret()
    webhook = Webhook(
        webhook_id=new_id(),
        partenaire_id=actor.organisation_id,
        secret=coffre.sceller(secret),
        etat=EtatWebhook.actif.value,
        cree_le=now,
        **_demandes(demande, development=development),
    )
    session.add(webhook)
    await audit.write(session, SERVICE, actor, "webhook.creer", webhook.webhook_id, now=now)
    return webhook, secret


async def modifier(
    session: AsyncSession, actor: Actor, webhook_id: UUID, demande: Demande, *, development: bool, now: datetime
) -> Webhook:
    """Change what an endpoint asks for; what waits goes to its new address. Raises Introuvable or DonneeInvalide.

    Where it asks for order from now on, what waits counts too: no newer event of its case overtakes it.
    """
    webhook = await store.get(session, actor, webhook_id, lock=True)
    if demande.reglages.ordonne and not webhook.ordonne:
        await journal_store.keep_order(session, webhook)
    for name, value in _demandes(demande, development=development).items():
        setattr(webhook, name, value)
    await audit.write(session, SERVICE, actor, "webhook.modifier", webhook_id, now=now)
    return webhook


def _demandes(demande: Demande, *, development: bool) -> dict[str, Any]:
    reglages = verifier_reglages(demande.reglages)
    return {
        "url": verifier_url(demande.url, development=development),
        "types": verifier_types(demande.types),
        "description": demande.description,
        "dispositifs": list(reglages.dispositifs),
        "departements": list(reglages.departements),
        "debit": reglages.debit,
        "ordonne": reglages.ordonne,
    }


async def suspendre(session: AsyncSession, actor: Actor, webhook_id: UUID, *, now: datetime) -> Webhook:
    """Pause an endpoint: what happens meanwhile waits. Raises Introuvable or WebhookInactif."""
    webhook = await store.get(session, actor, webhook_id, lock=True)
    if webhook.etat != EtatWebhook.actif:
        raise WebhookInactif(N_("Seul un webhook actif peut être mis en pause."), etat=webhook.etat)
    webhook.etat = EtatWebhook.en_pause.value
    await audit.write(session, SERVICE, actor, "webhook.suspendre", webhook_id, now=now)
    return webhook


async def reprendre(session: AsyncSession, actor: Actor, webhook_id: UUID, *, now: datetime) -> Webhook:
    """Send again to an endpoint that was paused or disabled, as if it had never failed. Raises Introuvable."""
    webhook = await store.get(session, actor, webhook_id, lock=True)
    if webhook.etat != EtatWebhook.actif:
        webhook.etat, webhook.desactive_le = EtatWebhook.actif.value, None
        webhook.echecs, webhook.en_echec_depuis, webhook.dernier_echec_le, webhook.coupe_jusqu_a = 0, None, None, None
        await audit.write(session, SERVICE, actor, "webhook.reprendre", webhook_id, now=now)
    return webhook


async def supprimer(session: AsyncSession, actor: Actor, webhook_id: UUID, *, now: datetime) -> None:
    """Delete an endpoint with its log. Raises Introuvable."""
    webhook = await store.get(session, actor, webhook_id, lock=True)
    await session.delete(webhook)
    await veille.annoncer(session, direct_store.cle(webhook_id))
    await audit.write(session, SERVICE, actor, "webhook.supprimer", webhook_id, now=now)


async def lister(
    session: AsyncSession, actor: Actor, apres: UUID | None, limite: int
) -> tuple[list[tuple[Webhook, Sante]], UUID | None]:
    """The endpoints with their health, and the id to go on after."""
    found = list(await store.page(session, actor, apres, limite + 1))
    sante = await store.health(session, [webhook.webhook_id for webhook in found[:limite]])
    suivant = found[limite - 1].webhook_id if len(found) > limite else None
    return [(webhook, sante[webhook.webhook_id]) for webhook in found[:limite]], suivant
