"""What an owner of sessions does in its worker: it answers who bears one, ends one, and tidies up those that are over."""

from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from common import sessions_store
from common.clock import Clock, utc_now
from common.database import Database
from common.requests import ActeurTrouve, Answerers, Fetch, Reading
from common.requests_sessions import SessionsFinies
from common.sessions_http import END, WHO
from common.worker import Sweep


def answerers(service: str, clock: Clock = utc_now) -> Answerers:
    """What an owner of sessions answers to the other services."""

    async def who(fetch: Fetch, question: Any) -> ActeurTrouve:
        empreinte = bytes.fromhex(question.empreinte)
        claims = await sessions_store.find(fetch, service, empreinte, clock(), passif=question.passif)
        return ActeurTrouve(claims=claims)

    async def end(session: AsyncSession, question: Any) -> SessionsFinies:
        empreinte, par = bytes.fromhex(question.empreinte), question.acteur.actor()
        return SessionsFinies(nombre=await sessions_store.end(session, empreinte, question.fin, par, clock()))

    return {WHO[service]: Reading(who), END[service]: end}


async def sweep(database: Database, clock: Clock) -> None:
    """End what is over by the clock, and forget what ended long ago."""
    ended = 1
    while ended:
        async with database.transaction() as session:
            ended = await sessions_store.sweep(session, clock())


SESSIONS = Sweep("sessions", 60, sweep)
