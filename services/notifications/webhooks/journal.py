"""What a partner does with the log of an endpoint: read, search, send again, and try the endpoint out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from common import audit, veille
from common.actor import Actor
from common.clock import new_id
from common.coffre import Coffre
from common.errors import DonneeInvalide
from common.traduction import N_
from notifications.livraisons.charge import corps_essai
from notifications.livraisons.envoi import message_id, unsigned_headers
from notifications.webhooks import direct_store, journal_store, store
from notifications.webhooks.domain import (
    REJEU_MAX,
    EtatLivraison,
    EtatWebhook,
    LivraisonNonRejouable,
    Portee,
    RejeuEnCours,
    WebhookInactif,
)
from notifications.webhooks.journal_store import Avancement, Filtre
from notifications.webhooks.models import Livraison, Rejeu, Tentative, Webhook
from notifications.webhooks.rotation import SERVICE


@dataclass(frozen=True, slots=True)
class Detail:
    """A delivery with its tries, and what is sent at each, the signature left out."""

    livraison: Livraison
    tentatives: Sequence[Tentative]
    entetes: dict[str, str]


async def lire(
    session: AsyncSession, actor: Actor, webhook_id: UUID, filtre: Filtre, apres: UUID | None, limite: int
) -> tuple[Webhook, Sequence[Livraison], UUID | None]:
    """An endpoint, a page of its log, and the id to go on after. Raises Introuvable."""
    webhook = await store.get(session, actor, webhook_id)
    found = list(await journal_store.page(session, webhook, filtre, apres, limite + 1))
    suivant = found[limite - 1].event_id if len(found) > limite else None
    return webhook, found[:limite], suivant


async def detail(
    session: AsyncSession, actor: Actor, webhook_id: UUID, event_id: UUID, coffre: Coffre
) -> tuple[Webhook, Detail]:
    """One delivery with its tries. Raises Introuvable."""
    webhook = await store.get(session, actor, webhook_id)
    livraison = await journal_store.delivery(session, webhook, event_id)
    kept = await journal_store.tries(session, livraison)
    tentatives = [Tentative(**one.model_dump() | {"reponse": coffre.ouvrir_ou_rien(one.reponse)}) for one in kept]
    last = tentatives[-1].commencee_le if tentatives else None
    return webhook, Detail(livraison, tentatives, unsigned_headers(message_id(event_id, webhook_id), last))


def rejouable(livraison: Livraison) -> bool:
    """Whether a delivery can be sent again: not one that goes of itself now."""
    ended = livraison.etat != EtatLivraison.en_attente
    return livraison.porteur is None and (ended or livraison.echec is not None)


async def rejouer(session: AsyncSession, actor: Actor, webhook_id: UUID, event_id: UUID, *, now: datetime) -> Livraison:
    """Send a delivery again at once, whether it failed or arrived, under its own id and with a whole new schedule.

    Raises Introuvable, WebhookInactif, or LivraisonNonRejouable for one that is under way or has not been tried.
    """
    webhook = await _ouvert(session, actor, webhook_id)
    livraison = await journal_store.delivery(session, webhook, event_id, lock=True)
    if not rejouable(livraison):
        raise LivraisonNonRejouable(N_("Attendez la fin de cet essai."), etat=livraison.etat)
    livraison.etat, livraison.due_at, livraison.tentatives = EtatLivraison.en_attente.value, now, 0
    await veille.annoncer(session, direct_store.cle(webhook_id))
    await audit.write(session, SERVICE, actor, "livraison.rejouer", event_id, now=now)
    return livraison


async def rejouer_ensemble(
    session: AsyncSession,
    actor: Actor,
    webhook_id: UUID,
    portee: Portee,
    depuis: datetime,
    jusqu_a: datetime | None,
    *,
    now: datetime,
) -> Rejeu:
    """Send again what was announced between two moments, up to `REJEU_MAX` deliveries, the oldest first.

    Raises Introuvable, WebhookInactif, RejeuEnCours, or DonneeInvalide when the time is empty.
    """
    webhook = await _ouvert(session, actor, webhook_id)
    if depuis >= (jusqu_a or now):
        raise DonneeInvalide(N_("Le début doit précéder la fin."), champ="depuis")
    last = await journal_store.last_replay(session, webhook)
    if last and not (await journal_store.progress(session, last)).fini:
        raise RejeuEnCours(N_("Attendez qu’il soit fini."), rejeu_id=str(last.rejeu_id))
    rejeu = Rejeu(
        rejeu_id=new_id(),
        webhook_id=webhook_id,
        portee=portee.value,
        depuis=depuis,
        jusqu_a=jusqu_a or now,
        total=0,
        demande_le=now,
    )
    rejeu.total = await journal_store.replay(session, rejeu, REJEU_MAX, now)
    session.add(rejeu)
    await veille.annoncer(session, direct_store.cle(webhook_id))
    await audit.write(session, SERVICE, actor, "livraison.rejouer_ensemble", webhook_id, now=now)
    return rejeu


async def avancement(session: AsyncSession, actor: Actor, webhook_id: UUID, rejeu_id: UUID) -> tuple[Rejeu, Avancement]:
    """How far a replay is. Raises Introuvable."""
    webhook = await store.get(session, actor, webhook_id)
    rejeu = await journal_store.get_replay(session, webhook, rejeu_id)
    return rejeu, await journal_store.progress(session, rejeu)


async def essayer(session: AsyncSession, actor: Actor, webhook_id: UUID, public_url: str, *, now: datetime) -> Livraison:
    """Send the endpoint a message that says nothing, signed like any other. Raises Introuvable or WebhookInactif."""
    webhook = await store.get(session, actor, webhook_id, lock=True)
    if webhook.etat != EtatWebhook.actif:
        raise WebhookInactif(N_("Reprenez l’envoi avant de l’essayer."), etat=webhook.etat)
    event_id = new_id()
    await journal_store.add_test(session, webhook, event_id, corps_essai(event_id, webhook_id, public_url, now), now)
    await veille.annoncer(session, direct_store.cle(webhook_id))
    await audit.write(session, SERVICE, actor, "webhook.essayer", webhook_id, now=now)
    return await journal_store.delivery(session, webhook, event_id)


async def _ouvert(session: AsyncSession, actor: Actor, webhook_id: UUID) -> Webhook:
    webhook = await store.get(session, actor, webhook_id, lock=True)
    if webhook.etat == EtatWebhook.desactive:
        raise WebhookInactif(N_("Réactivez-le d’abord."), etat=webhook.etat)
    return webhook
