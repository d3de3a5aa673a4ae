"""The statements about the log of an endpoint that was loaded for its partner."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from common.errors import Introuvable
from notifications.webhooks.domain import ESSAI, Portee
from notifications.webhooks.models import Livraison, Rejeu, Tentative, Webhook

RECENT = 1000
TRIES = 100

REPLAY = text("""
    WITH choix AS (
        SELECT seq FROM livraisons
        WHERE webhook_id = :webhook_id AND creee_le >= :depuis AND creee_le < :jusqu_a AND porteur IS NULL
            AND (etat = 'abandonnee' OR (etat = 'en_attente' AND echec IS NOT NULL)
                OR (etat = 'livree' AND CAST(:tout AS boolean)))
        ORDER BY seq LIMIT :limite FOR UPDATE SKIP LOCKED
    ), rejouees AS (
        UPDATE livraisons l SET etat = 'en_attente', due_at = :now, tentatives = 0, rejeu_id = :rejeu_id, ordonnee = w.ordonne
        FROM choix, webhooks w WHERE l.seq = choix.seq AND w.webhook_id = l.webhook_id RETURNING l.seq
    )
    SELECT count(*) FROM rejouees
""")
ADD_TEST = text("""
    INSERT INTO livraisons (webhook_id, event_id, type, corps, etat, tentatives, due_at, creee_le)
    VALUES (:webhook_id, :event_id, :type, :corps, 'en_attente', 0, :now, :now)
""")
# In one order, so that two of them do not wait for each other.
KEEP_ORDER = text("""
    WITH attendues AS (
        SELECT seq FROM livraisons WHERE webhook_id = :webhook_id AND etat = 'en_attente' ORDER BY seq FOR NO KEY UPDATE
    )
    UPDATE livraisons l SET ordonnee = true FROM attendues WHERE l.seq = attendues.seq
""")
PROGRESS = text("""
    SELECT count(*) FILTER (WHERE etat = 'en_attente') AS en_attente, count(*) FILTER (WHERE etat = 'livree') AS livrees,
        count(*) FILTER (WHERE etat = 'abandonnee') AS abandonnees
    FROM livraisons WHERE rejeu_id = :rejeu_id
""")
DAYS = text(f"""
    SELECT CAST(t.le AT TIME ZONE 'Europe/Paris' AS date) AS jour, count(*) AS essais,
        count(*) FILTER (WHERE t.echec IS NULL) AS reussis,
        percentile_disc(0.5) WITHIN GROUP (ORDER BY t.latence_ms) AS latence_ms
    FROM (SELECT seq FROM livraisons WHERE webhook_id = :webhook_id ORDER BY seq DESC LIMIT {RECENT}) l
    JOIN tentatives t ON t.livraison_seq = l.seq
    GROUP BY 1 ORDER BY 1 DESC LIMIT 7
""")  # noqa: S608 - a constant.


@dataclass(frozen=True, slots=True)
class Filtre:
    """What of the log is looked for. `objet` is the id of an event or of a case."""

    etat: str | None = None
    type: str | None = None
    objet: UUID | None = None
    depuis: datetime | None = None
    jusqu_a: datetime | None = None


@dataclass(frozen=True, slots=True)
class Avancement:
    """How far a replay is."""

    en_attente: int
    livrees: int
    abandonnees: int

    @property
    def fini(self) -> bool:
        """Whether nothing of it waits any more."""
        return self.en_attente == 0


@dataclass(frozen=True, slots=True)
class Jour:
    """The tries of a day, among the last thousand deliveries."""

    jour: date
    essais: int
    reussis: int
    latence_ms: int


async def page(session: AsyncSession, webhook: Webhook, filtre: Filtre, apres: UUID | None, limite: int) -> Sequence[Livraison]:
    """The log, the newest first, before the delivery `apres`."""
    query = select(Livraison).where(col(Livraison.webhook_id) == webhook.webhook_id)
    if apres:
        place = select(Livraison.seq).where(col(Livraison.webhook_id) == webhook.webhook_id, col(Livraison.event_id) == apres)
        query = query.where(col(Livraison.seq) < place.scalar_subquery())
    if filtre.etat:
        query = query.where(col(Livraison.etat) == filtre.etat)
    if filtre.type:
        query = query.where(col(Livraison.type) == filtre.type)
    if filtre.objet:
        query = query.where(or_(col(Livraison.event_id) == filtre.objet, col(Livraison.dossier_id) == filtre.objet))
    if filtre.depuis:
        query = query.where(col(Livraison.creee_le) >= filtre.depuis)
    if filtre.jusqu_a:
        query = query.where(col(Livraison.creee_le) < filtre.jusqu_a)
    return (await session.exec(query.order_by(col(Livraison.seq).desc()).limit(limite))).all()


async def delivery(session: AsyncSession, webhook: Webhook, event_id: UUID, *, lock: bool = False) -> Livraison:
    """One delivery. Raises Introuvable."""
    query = select(Livraison).where(col(Livraison.webhook_id) == webhook.webhook_id, col(Livraison.event_id) == event_id)
    found = (await session.exec(query.with_for_update() if lock else query)).one_or_none()
    if found is None:
        raise Introuvable
    return found


async def add_test(session: AsyncSession, webhook: Webhook, event_id: UUID, corps: str, now: datetime) -> None:
    """Add a delivery that is about nothing."""
    values = {"webhook_id": webhook.webhook_id, "event_id": event_id, "type": ESSAI, "corps": corps, "now": now}
    await session.execute(ADD_TEST, values)


async def tries(session: AsyncSession, livraison: Livraison) -> Sequence[Tentative]:
    """The last tries of a delivery, in their order."""
    query = select(Tentative).where(col(Tentative.livraison_seq) == livraison.seq)
    return list((await session.exec(query.order_by(col(Tentative.le).desc()).limit(TRIES))).all())[::-1]


async def days(session: AsyncSession, webhook: Webhook) -> list[Jour]:
    """The last seven days on which something was tried, the newest first."""
    return [Jour(*row) for row in await session.execute(DAYS, {"webhook_id": webhook.webhook_id})]


async def replay(session: AsyncSession, rejeu: Rejeu, limite: int, now: datetime) -> int:
    """Have these deliveries sent again; how many they are."""
    values = rejeu.model_dump(include={"webhook_id", "rejeu_id", "depuis", "jusqu_a"})
    found = await session.execute(REPLAY, values | {"tout": rejeu.portee == Portee.tout, "limite": limite, "now": now})
    return int(found.scalar_one())


async def keep_order(session: AsyncSession, webhook: Webhook) -> None:
    """Have what waits for this endpoint keep the order of its cases."""
    await session.execute(KEEP_ORDER, {"webhook_id": webhook.webhook_id})


async def last_replay(session: AsyncSession, webhook: Webhook) -> Rejeu | None:
    """The last replay of an endpoint."""
    query = select(Rejeu).where(col(Rejeu.webhook_id) == webhook.webhook_id)
    return (await session.exec(query.order_by(col(Rejeu.rejeu_id).desc()).limit(1))).one_or_none()


async def get_replay(session: AsyncSession, webhook: Webhook, rejeu_id: UUID) -> Rejeu:
    """One replay of an endpoint. Raises Introuvable."""
    query = select(Rejeu).where(col(Rejeu.webhook_id) == webhook.webhook_id, col(Rejeu.rejeu_id) == rejeu_id)
    found = (await session.exec(query)).one_or_none()
    if found is None:
        raise Introuvable
    return found


async def progress(session: AsyncSession, rejeu: Rejeu) -> Avancement:
    """How far a replay is."""
    return Avancement(*(await session.execute(PROGRESS, {"rejeu_id": rejeu.rejeu_id})).one())
