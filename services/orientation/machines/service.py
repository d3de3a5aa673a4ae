"""Use cases: declare a client of the identity provider, revoke one. None of them commits."""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from common import audit
from common.actor import Actor
from common.clock import new_id
from orientation.fiches.store import find_partenaire
from orientation.machines import domain, store
from orientation.partenaires.models import ClientRow

SERVICE = "orientation"


async def declarer(session: AsyncSession, actor: Actor, issuer: str, client_id: str, now: datetime) -> ClientRow:
    """Let a client of the provider act for the manager's organisation. Raises DejaDeclare, TropDeClients."""
    partenaire = await find_partenaire(session, actor, lock=True)
    connu = await store.is_connu(session, issuer, client_id)
    domain.declarer(len(await store.clients(session, actor)), connu=connu)
    row = ClientRow(id=new_id(), partenaire_id=partenaire.id, issuer=issuer, client_id=client_id, saisi_at=now)
    session.add(row)
    await audit.write(session, SERVICE, actor, "client.declarer", row.id, now=now)
    return row


async def revoquer(session: AsyncSession, actor: Actor, machine_id: UUID, now: datetime) -> ClientRow:
    """A client acts for nobody from the commit on. Raises Introuvable."""
    row = await store.find(session, actor, machine_id)
    row.actif, row.saisi_at = False, now
    await audit.write(session, SERVICE, actor, "client.revoquer", row.id, now=now)
    return row
