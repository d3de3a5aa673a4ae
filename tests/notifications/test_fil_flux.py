"""The bell of a member as it happens: its own organisation's alone, also when one listens with the place of somebody else."""

import asyncio
from contextlib import AsyncExitStack

import pytest
from tests.notifications.banc import an_orientation, member, received
from tests.notifications.poste import hear
from tests.notifications.servi import Lecteur, servir
from tests.notifications.test_fil import CELLULE, PARTENAIRE, agent, cellule, depose

from common import flux
from common.actor import Actor, Role
from common.clock import new_id
from common.database import Database
from common.veille import annoncer
from notifications.courriels.liens import cle
from notifications.regles.domain import PREVENUS

FLUX = "/notifications/fil/flux"
# Members of other organisations, each of which may follow its own feed.
OTHERS: tuple[Actor, ...] = tuple(member(role, organisation=new_id()) for role in PREVENUS)


async def test_the_bell_of_another_organisation_does_not_move(
    notifications_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Woken by what is ours, or woken by force, whoever is of another organisation reads that nothing is unread."""
    monkeypatch.setattr(flux, "HEARTBEAT_SECONDS", 0.2)
    mine, sent = agent(), an_orientation(partenaire_id=PARTENAIRE, emetteur_id=CELLULE)
    async with servir(notifications_db) as servi, AsyncExitStack() as stack:

        async def listen(actor: Actor, depuis: str = "") -> Lecteur:
            http = await stack.enter_async_context(servi.client(actor))
            answer = await stack.enter_async_context(http.stream("GET", FLUX, headers={"Last-Event-ID": depuis}))
            assert answer.status_code == 200, actor
            return Lecteur(answer)

        bell = await listen(mine)
        first = await bell.suivant()
        assert first is not None
        strangers = [await listen(actor) for actor in OTHERS]
        silent = [await lecteur.suivant() for lecteur in strangers]
        assert {message and message.id for message in silent} == {"0.0"} == {first.id}
        await hear(notifications_db, received(cellule()), received(depose(sent.dossier_id)), received(sent))
        moved = await bell.suivant()
        assert moved is not None
        assert moved.id.endswith(".1")
        async with notifications_db.transaction() as session:
            for actor in OTHERS:
                await annoncer(session, cle(actor.organisation_id))
        for lecteur in strangers:
            before = lecteur.battements
            with pytest.raises(TimeoutError):
                await lecteur.suivant(1)
            assert lecteur.battements > before, "it did not read again"
        # The place of somebody else is a place, and no right: what comes is one's own, which is nothing.
        for actor in OTHERS:
            told = await (await listen(actor, moved.id)).suivant()
            assert told is not None
            assert (told.id, told.data) == ("0.0", first.data)


@pytest.mark.parametrize("role", [None, Role.dirigeant, Role.catalogue, Role.lien, Role.machine])
async def test_who_has_no_feed_has_no_bell(notifications_db: Database, role: Role | None) -> None:
    actor = member(role, organisation=PARTENAIRE) if role else None
    async with servir(notifications_db) as servi, servi.client(actor) as http, asyncio.timeout(10):
        answer = await http.get(FLUX, headers={"Accept": "application/json"})
    assert answer.status_code == (403 if role else 401)
