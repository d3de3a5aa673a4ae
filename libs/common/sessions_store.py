"""Every statement about sessions, in the database of the service that signs people in.

Looking one up is one indexed query past the ORM and the pool: it is done at every request.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from common import audit, outbox
from common.actor import SYSTEM, Actor
from common.clock import new_id
from common.coffre import Coffre
from common.errors import NonAuthentifie
from common.requests import Fetch
from common.sessions import LIMITES, SEEN_EVERY, Fin, Fournisseur, Jeton, SessionOuverte, fin_de
from common.traduction import _

LISTED_MAX = 100
SWEEP_SIZE = 500
# An ended session is kept a while, for whoever asks what happened; the log keeps its entries.
KEPT_FOR = timedelta(days=30)

OPEN = text("""
    INSERT INTO sessions (id, empreinte, acteur_id, organisation_id, claims, issuer, sub, sid, id_token, ouverte_at, vue_at)
    VALUES (:id, :empreinte, :acteur_id, :organisation_id, CAST(:claims AS jsonb), :issuer, :sub, :sid, :id_token, :now, :now)
""")
FIND = "SELECT id, claims::text, ouverte_at, vue_at FROM sessions WHERE empreinte = $1 AND finie_at IS NULL"
SEEN = "UPDATE sessions SET vue_at = $2 WHERE id = $1 AND finie_at IS NULL AND vue_at < $2"
LIST = text("""
    SELECT id, empreinte, ouverte_at, vue_at FROM sessions
    WHERE acteur_id = :acteur_id AND finie_at IS NULL ORDER BY vue_at DESC, id LIMIT :limite
""")
IS_OPEN = text("SELECT EXISTS (SELECT FROM sessions WHERE empreinte = :empreinte AND finie_at IS NULL)")
FOURNISSEUR = text("SELECT issuer, sub, sid, id_token FROM sessions WHERE empreinte = :empreinte AND finie_at IS NULL")
PURGE = text("DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE finie_at < :avant LIMIT :limite)")


async def open_session(session: AsyncSession, actor: Actor, now: datetime, fournisseur: Fournisseur | None = None) -> Jeton:
    """Open a session of `actor` at this service. Returns its token, for the browser alone."""
    service: str = session.info[outbox.SERVICE]
    jeton, session_id = Jeton.new(service), new_id()
    if not jeton.may_bear(actor):
        raise ValueError(f"{service} may not sign such a person in")
    id_token = fournisseur.id_token if fournisseur else None
    values = {
        "id": session_id,
        "empreinte": jeton.empreinte,
        "acteur_id": actor.id,
        "organisation_id": actor.organisation_id,
        "claims": json.dumps(actor.claims()),
        "issuer": fournisseur.issuer if fournisseur else None,
        "sub": fournisseur.sub if fournisseur else None,
        "sid": fournisseur.sid if fournisseur else None,
        "id_token": Coffre(jeton.cle_id_token).sceller(id_token) if id_token else None,
        "now": now,
    }
    await session.execute(OPEN, values)
    await audit.write(session, service, actor, "session.ouvrir", session_id, now=now)
    return jeton


async def find(fetch: Fetch, service: str, empreinte: bytes, now: datetime, *, passif: bool = False) -> dict[str, Any]:
    """The claims of whoever bears this token now. Raises NonAuthentifie: unknown, ended, or over.

    `passif`: the browser asks by itself, which does not say that anybody is there.
    """
    row = next(iter(await fetch(FIND, empreinte)), None)
    if row is None or fin_de(row["ouverte_at"], row["vue_at"], LIMITES[service], now):
        raise NonAuthentifie(_("Connectez-vous à nouveau."))
    if not passif and now - row["vue_at"] >= SEEN_EVERY:
        await fetch(SEEN, row["id"], now)
    claims: dict[str, Any] = json.loads(row["claims"])
    return claims


async def list_of(session: AsyncSession, actor: Actor, jeton: Jeton | None, now: datetime) -> list[SessionOuverte]:
    """The open sessions of that person, the last seen first."""
    limites, actuelle = LIMITES[session.info[outbox.SERVICE]], jeton.empreinte if jeton else b""
    rows = (await session.execute(LIST, {"acteur_id": actor.id, "limite": LISTED_MAX})).all()
    return [
        SessionOuverte(row.id, row.ouverte_at, row.vue_at, bytes(row.empreinte) == actuelle)
        for row in rows
        if fin_de(row.ouverte_at, row.vue_at, limites, now) is None
    ]


async def is_open(session: AsyncSession, jeton: Jeton) -> bool:
    """Whether nobody has ended the session of this token."""
    return bool((await session.execute(IS_OPEN, {"empreinte": jeton.empreinte})).scalar_one())


async def fournisseur_of(session: AsyncSession, jeton: Jeton) -> Fournisseur | None:
    """Where an open session was signed in, with the id_token as a hint for ending it there too; None for a dirigeant's."""
    row = (await session.execute(FOURNISSEUR, {"empreinte": jeton.empreinte})).one_or_none()
    if row is None or row.issuer is None:
        return None
    id_token = Coffre(jeton.cle_id_token).ouvrir_ou_rien(row.id_token) if row.id_token else None
    return Fournisseur(row.issuer, row.sub, row.sid, id_token or None)


async def end(session: AsyncSession, empreinte: bytes, fin: Fin, par: Actor, now: datetime) -> int:
    """End the session of this token. Returns how many were open: one, or none."""
    return await _end(session, "empreinte = :empreinte", {"empreinte": empreinte}, fin, par, now)


async def end_one(session: AsyncSession, actor: Actor, session_id: UUID, now: datetime) -> int:
    """End a session from the list of one's own."""
    where = "id = :id AND acteur_id = :acteur_id"
    return await _end(session, where, {"id": session_id, "acteur_id": actor.id}, Fin.retrait, actor, now)


async def end_of_persons(session: AsyncSession, acteurs: Iterable[str], fin: Fin, par: Actor, now: datetime) -> int:
    """End every session of these persons, by the ids of their actors: for a member, the member's id."""
    return await _end(session, "acteur_id = ANY(CAST(:acteurs AS text[]))", {"acteurs": list(acteurs)}, fin, par, now)


async def end_of_organisation(session: AsyncSession, organisation_id: UUID, fin: Fin, par: Actor, now: datetime) -> int:
    """End every session of an organisation's members."""
    return await _end(session, "organisation_id = :organisation", {"organisation": organisation_id}, fin, par, now)


async def end_of_identity(session: AsyncSession, issuer: str, now: datetime, *, sub: str | None, sid: str | None) -> int:
    """End what an identity provider says is over: one session there (`sid`), or all of one person (`sub`)."""
    parts = {"issuer": issuer} | ({"sub": sub} if sub is not None else {}) | ({"sid": sid} if sid is not None else {})
    if len(parts) == 1:
        raise ValueError("a session or a person is to be named")
    where = " AND ".join(f"{name} = :{name}" for name in parts)
    return await _end(session, where, parts, Fin.fournisseur, SYSTEM, now)


async def sweep(session: AsyncSession, now: datetime) -> int:
    """End what is over by the clock, some at a time, and forget what ended long ago. Returns how many it ended.

    Late, it does no harm: whoever comes with such a session is refused all the same.
    """
    limites, ended = LIMITES[session.info[outbox.SERVICE]], 0
    for fin, column, limit in ((Fin.duree, "ouverte_at", limites.duree), (Fin.inactivite, "vue_at", limites.inactivite)):
        where = f"id IN (SELECT id FROM sessions WHERE finie_at IS NULL AND {column} <= :avant LIMIT :limite)"  # noqa: S608
        ended += await _end(session, where, {"avant": now - limit, "limite": SWEEP_SIZE}, fin, SYSTEM, now)
    await session.execute(PURGE, {"avant": now - KEPT_FOR, "limite": SWEEP_SIZE})
    return ended


async def _end(session: AsyncSession, where: str, values: Mapping[str, Any], fin: Fin, par: Actor, now: datetime) -> int:
    query = text(
        "UPDATE sessions SET finie_at = :now, fin = :fin, id_token = NULL "  # noqa: S608 - the condition is ours.
        f"WHERE finie_at IS NULL AND {where} RETURNING id"
    )
    ids = (await session.execute(query, {**values, "now": now, "fin": fin.value})).scalars().all()
    for session_id in ids:
        await audit.write(session, session.info[outbox.SERVICE], par, fin.action, session_id, now=now)
    return len(ids)
