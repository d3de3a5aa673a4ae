"""A crowd: partners with an endpoint each, cases with their consents, and events in orientation's own outbox."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import asyncpg
from aiohttp import web

from common.clock import new_id, utc_now
from common.codes import Categorie, EtatConsentement, EtatDossier, EtatOrientation, Finalite, ModeConsentement, Origine
from common.coffre import Coffre
from common.database import Database
from common.events.base import encode
from common.events.orientation import OrientationRecue
from notifications.webhooks.rotation import new_secret
from signalement.consentements.models import Consentement
from signalement.signalements.models import Dossier

INSERT = """
    INSERT INTO webhooks (webhook_id, partenaire_id, url, types, description, secret, etat, cree_le, ordonne)
    VALUES ($1, $2, $3, '{orientation.*}', '', $4, 'actif', now(), $5)
"""

OUTBOX = """
    INSERT INTO outbox (event_id, subject, aggregate_id, body)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[])
"""


@dataclass
class Partenaire:
    """A partner: its endpoint, whether in order, its cases, and the ids of the events of each case in their order."""

    ordonne: bool
    id: UUID = field(default_factory=new_id)
    webhook_id: UUID = field(default_factory=new_id)
    cas: dict[UUID, list[str]] = field(default_factory=dict)

    @property
    def attendus(self) -> set[str]:
        """The ids of all its events."""
        return {event_id for events in self.cas.values() for event_id in events}


async def s_abonner(database: Database, coffre: Coffre, partenaires: Sequence[Partenaire], url: str) -> None:
    """An endpoint for each of them; their ids are in its address."""
    connection = await database.connect()
    secret = coffre.sceller(new_secret())
    values = [(one.webhook_id, one.id, f"{url}/{one.webhook_id}", secret, one.ordonne) for one in partenaires]
    await connection.executemany(INSERT, values)
    await connection.close()


async def consentir(database: Database, partenaires: Sequence[Partenaire], cas: int) -> None:
    """So many cases for each of them, with the association's consent."""
    now = utc_now()
    for one in partenaires:
        one.cas = {new_id(): [] for _ in range(cas)}
    async with database.transaction() as session:
        session.add_all(
            Dossier(
                id=dossier_id,
                reference=f"F-{dossier_id.hex[-9:]}",
                origine=Origine.self,
                etat=EtatDossier.qualifie,
                departement="34",
                region="76",
                indicateurs=[],
                depose_le=now,
                version=2,
            )
            for one in partenaires
            for dossier_id in one.cas
        )
        await session.flush()
        session.add_all(
            Consentement(
                id=new_id(),
                dossier_id=dossier_id,
                destinataire_id=one.id,
                finalite=Finalite.orientation,
                categories=[Categorie.identite],
                etat=EtatConsentement.donne,
                texte="",
                texte_version="1",
                texte_empreinte="",
                mode=ModeConsentement.en_ligne,
                demande_le=now,
                repondu_le=now,
                expire_le=now + timedelta(days=365),
                version=2,
            )
            for one in partenaires
            for dossier_id in one.cas
        )


async def publier(connection: asyncpg.Connection, partenaires: Sequence[Partenaire], tours: int) -> None:
    """So many events of each case into orientation's outbox, a round of all cases after the other."""
    records = []
    for _ in range(tours):
        for one in partenaires:
            for dossier_id, events in one.cas.items():
                event = OrientationRecue(
                    orientation_id=dossier_id,
                    dossier_id=dossier_id,
                    partenaire_id=one.id,
                    emetteur_id=one.id,
                    dispositif="dla",
                    etat=EtatOrientation.recue,
                )
                event_id = new_id()
                body = encode(event, event_id, len(events) + 1, utc_now())
                records.append((event_id, event.subject(), event.aggregate_id, body))
                events.append(str(event_id))
    await connection.execute(OUTBOX, *map(list, zip(*records, strict=True)))
    await connection.execute("NOTIFY outbox")


Manner = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def fail(_: web.Request) -> web.StreamResponse:
    """An error."""
    return web.Response(status=500)


async def hang(_: web.Request) -> web.StreamResponse:
    """No answer for as long as anybody waits."""
    await asyncio.sleep(60)
    return web.Response()


async def redirect(_: web.Request) -> web.StreamResponse:
    """Elsewhere."""
    return web.Response(status=302, headers={"Location": "http://127.0.0.1:9/elsewhere"})


async def cut(request: web.Request) -> web.StreamResponse:
    """The connection is closed in the middle of the answer's head."""
    assert request.transport is not None
    request.transport.write(b"HTTP/1.1 200 OK\r\nContent-")
    request.transport.close()
    return web.Response()


async def slow(_: web.Request) -> web.StreamResponse:
    """A good answer, after three seconds."""
    await asyncio.sleep(3)
    return web.Response()


async def huge(request: web.Request) -> web.StreamResponse:
    """A body that never ends."""
    answer = web.StreamResponse(status=503)
    await answer.prepare(request)
    try:
        while True:
            await answer.write(b"x" * 65536)
    except (ConnectionError, OSError):
        return answer


MANNERS: tuple[Manner, ...] = (fail, hang, redirect, cut, slow, huge)
