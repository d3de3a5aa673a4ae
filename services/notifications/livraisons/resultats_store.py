"""Writing what came of deliveries: their state, the log of tries, their endpoint's health, what waits behind them."""

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from common.veille import CHANNEL
from notifications.livraisons.domain import Forme, Regles, Suivi, suivre
from notifications.livraisons.store import EN_TETE
from notifications.webhooks.direct_store import CLE
from notifications.webhooks.domain import Echec, Reponse, Suite

# A result counts for the try it belongs to: one that comes back after its lease changes nothing. What did not start is no try.
# Claims wait for no disk, results do: what was sent stands in the log even when PostgreSQL dies just after.
WRITE = """
    WITH durable AS MATERIALIZED (SELECT set_config('synchronous_commit', 'on', true)), r AS (
        SELECT * FROM unnest($1::bigint[], $2::int[], $3::bool[], $4::text[], $5::timestamptz[], $6::int[], $7::text[],
            $8::int[], $9::timestamptz[], $10::text[], $11::timestamptz[], $12::timestamptz[])
        AS t(seq, tentatives, essai, etat, due_at, statut, echec, latence_ms, tentee_le, reponse, commencee_le, pas_avant)
    ), essais AS (
        INSERT INTO tentatives (livraison_seq, le, commencee_le, numero, statut, echec, latence_ms, reponse)
        SELECT r.seq, r.tentee_le, r.commencee_le, r.tentatives + 1, r.statut, r.echec, r.latence_ms, r.reponse
        FROM r CROSS JOIN durable WHERE r.essai AND EXISTS (SELECT FROM livraisons l WHERE l.seq = r.seq)
        ON CONFLICT DO NOTHING
    )
    UPDATE livraisons l SET etat = r.etat, due_at = r.due_at, porteur = NULL, bail = NULL,
        tentatives = l.tentatives + r.essai::int,
        pas_avant = CASE WHEN r.essai THEN r.pas_avant ELSE l.pas_avant END,
        statut = CASE WHEN r.essai THEN r.statut ELSE l.statut END,
        echec = CASE WHEN r.essai OR r.echec IS NOT NULL THEN r.echec ELSE l.echec END,
        latence_ms = CASE WHEN r.essai THEN r.latence_ms ELSE l.latence_ms END,
        tentee_le = CASE WHEN r.essai THEN r.tentee_le ELSE l.tentee_le END
    FROM r WHERE l.seq = r.seq AND l.tentatives = r.tentatives AND l.etat = 'en_attente'
"""
# A commit that notifies waits for every other one of the cluster that does: it is apart, and waits for no disk.
ANNONCER = f"SELECT pg_notify('{CHANNEL}', '{CLE}' || w) FROM unnest($1::uuid[]) w"  # noqa: S608 - constants.
# Endpoints before deliveries, as the API locks them.
FORMES = """
    SELECT webhook_id, echecs, en_echec_depuis, dernier_echec_le, coupe_jusqu_a, averti FROM webhooks
    WHERE webhook_id = ANY($1::uuid[]) AND etat <> 'desactive' ORDER BY webhook_id FOR NO KEY UPDATE
"""
SUIVRE = """
    UPDATE webhooks SET echecs = $2, en_echec_depuis = $3, dernier_echec_le = $4, coupe_jusqu_a = $5, averti = $6,
        avis = coalesce($7, avis)
    WHERE webhook_id = $1
"""
# What failed goes at once when its endpoint is back, as its rate allows; not before a Retry-After is over, nor sooner after
# its own last try than an endpoint that fails is asked again: the ten tries of what alone is refused are not used up so.
REPRENDRE = """
    UPDATE livraisons SET due_at = least(due_at, greatest($2::timestamptz, pas_avant, tentee_le + $3::interval))
    WHERE webhook_id = ANY($1::uuid[]) AND etat = 'en_attente' AND porteur IS NULL AND tentatives > 0 AND due_at > $2
"""
DISABLE = "UPDATE webhooks SET etat = 'desactive', desactive_le = $2 WHERE webhook_id = ANY($1::uuid[])"
ABANDON = f"""
    UPDATE livraisons SET etat = 'abandonnee', due_at = NULL, echec = '{Echec.desactive.value}', porteur = NULL, bail = NULL
    WHERE webhook_id = ANY($1::uuid[]) AND etat = 'en_attente'
"""  # noqa: S608 - constants.
# What waits behind a delivery of an ordered endpoint is due when that one is, and at once when that one has ended.
BEHIND = f"""
    UPDATE livraisons l SET due_at = CASE WHEN r.due_at IS NULL THEN $5::timestamptz ELSE greatest(l.due_at, r.due_at) END
    FROM unnest($1::bigint[], $2::uuid[], $3::uuid[], $4::timestamptz[]) AS r(seq, webhook_id, dossier_id, due_at)
    WHERE l.webhook_id = r.webhook_id AND l.dossier_id = r.dossier_id AND l.ordonnee AND l.etat = 'en_attente'
        AND l.seq > r.seq AND l.tentatives = 0 AND l.porteur IS NULL AND l.type <> '{EN_TETE}'
"""  # noqa: S608 - a constant.


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a delivery, and what becomes of it. `essai`: a try was made; `en_forme`: nothing was amiss before it.

    `commencee` is the moment that the try was signed for.
    """

    seq: int
    webhook_id: UUID
    dossier_id: UUID | None
    ordonnee: bool
    tentatives: int
    reponse: Reponse
    suite: Suite
    at: datetime
    essai: bool
    en_forme: bool
    commencee: datetime | None = None

    @property
    def a_suivre(self) -> bool:
        """Whether the health of its endpoint may change."""
        return self.essai and not (self.reponse.livree and self.en_forme)


async def write(connection: asyncpg.Connection, outcomes: Sequence[Outcome], now: datetime, regles: Regles) -> None:
    """Write these results; an endpoint that is gone or fails for too long is disabled, and what waits for it is abandoned.

    Where one is back, what failed waits no longer.
    """
    troubled = {o.webhook_id for o in outcomes if o.a_suivre}
    ordered = [o for o in outcomes if o.ordonnee and o.dossier_id]
    if not troubled and not ordered:
        await _write(connection, outcomes)
        return
    async with connection.transaction():
        followed = await _follow(connection, [o for o in outcomes if o.webhook_id in troubled and o.essai], regles)
        await _write(connection, outcomes)
        if ordered:
            columns = [[o.seq for o in ordered], [o.webhook_id for o in ordered], [o.dossier_id for o in ordered]]
            await connection.execute(BEHIND, *columns, [o.suite.due_at for o in ordered], now)
        back = [webhook_id for webhook_id, suivi in followed.items() if suivi.reprise]
        if back:
            await connection.execute(REPRENDRE, back, now, timedelta(seconds=regles.pauses[-1]))
        gone = [webhook_id for webhook_id, suivi in followed.items() if suivi.desactiver]
        if gone:
            await connection.execute(DISABLE, gone, now)
            await connection.execute(ABANDON, gone)


async def annoncer(connection: asyncpg.Connection, webhooks: Collection[UUID]) -> None:
    """Wake who watches one of these endpoints."""
    await connection.execute(ANNONCER, list(webhooks))


async def _write(connection: asyncpg.Connection, outcomes: Sequence[Outcome]) -> None:
    await connection.execute(
        WRITE,
        [o.seq for o in outcomes],
        [o.tentatives for o in outcomes],
        [o.essai for o in outcomes],
        [o.suite.etat.value for o in outcomes],
        [o.suite.due_at for o in outcomes],
        [o.reponse.statut for o in outcomes],
        [o.reponse.echec.value if o.reponse.echec else None for o in outcomes],
        [o.reponse.latence_ms for o in outcomes],
        [o.at for o in outcomes],
        [o.reponse.debut for o in outcomes],
        [o.commencee for o in outcomes],
        [o.suite.pas_avant for o in outcomes],
    )


async def _follow(connection: asyncpg.Connection, outcomes: Sequence[Outcome], regles: Regles) -> dict[UUID, Suivi]:
    rows: list[Any] = await connection.fetch(FORMES, sorted({o.webhook_id for o in outcomes}))
    followed: dict[UUID, Suivi] = {}
    for row in rows:
        suivi = Suivi(Forme(*row[1:]))
        for o in sorted((o for o in outcomes if o.webhook_id == row["webhook_id"]), key=lambda o: o.at):
            if not suivi.desactiver:
                said, hasard = o.reponse, random.random()  # noqa: S311 - jitter.
                parti = said.echec is Echec.parti
                after = suivre(suivi.forme, o.at, hasard, regles, livree=said.livree, parti=parti, repos=said.repos)
                suivi = Suivi(after.forme, after.avis or suivi.avis, after.desactiver, suivi.reprise or after.reprise)
        forme, avis = suivi.forme, suivi.avis.value if suivi.avis else None
        values = (row["webhook_id"], forme.echecs, forme.depuis, forme.dernier, forme.coupe_jusqu_a, forme.averti, avis)
        await connection.execute(SUIVRE, *values)
        followed[row["webhook_id"]] = suivi
    return followed
