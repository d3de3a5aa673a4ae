"""Real processes that end while they hear: what ends them is set aside, what was only there is not, and all have one effect."""

import asyncio
import sys
from asyncio.subprocess import Process
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.common.conftest import Connect
from tests.common.hearing import DURABLE, SUBJECT, body_of, effects_of, say
from tests.common.mortal import ENDED_ITSELF
from tests.conftest import ROOT

from common import dead_letters
from common.clock import new_id
from common.database import Database
from common.in_hand import DEATHS_MAX
from relais.nats import NatsServer

pytestmark = [pytest.mark.usefixtures("effects"), pytest.mark.timeout(600)]

# More than a message that is alone in their hands may cost.
KILLS = DEATHS_MAX + 1


class Lives:
    """Starts the same process again and again."""

    def __init__(self, database_url: str, nats: NatsServer, poisoned: UUID) -> None:
        self.arguments = (database_url, nats.url, nats.passwords["cellule"], str(poisoned))

    async def start(self) -> Process:
        """Another one."""
        return await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.common.mortal", *self.arguments, cwd=ROOT)


async def heard(database: Database) -> int:
    """How many effects there are."""
    async with database.transaction() as session:
        return int((await session.execute(text("SELECT count(*) FROM effects"))).scalar_one())


async def written(database: Database) -> int:
    """How many messages are written down as being in hand."""
    async with database.transaction() as session:
        return int((await session.execute(text("SELECT count(*) FROM in_hand"))).scalar_one())


async def test_what_ends_its_process_is_buried_and_its_neighbours_get_through(
    listener: Database, connect: Connect, nats_server: NatsServer, bare_urls: dict[str, str]
) -> None:
    poisoned, others = new_id(), [new_id() for _ in range(20)]
    for dossier in (*others[:10], poisoned, *others[10:]):
        await say(connect, dossier, 1)
    await say(connect, poisoned, 2)
    lives, deaths, through = Lives(bare_urls["cellule"], nats_server, poisoned), 0, 0
    process = await lives.start()
    while not await effects_of(listener, poisoned):
        if process.returncode is not None:
            assert process.returncode == ENDED_ITSELF
            deaths += 1
            through = through or (deaths if await heard(listener) == len(others) else 0)
            process = await lives.start()
        await asyncio.sleep(0.05)
    process.kill()
    await process.wait()
    # Unseen, with its neighbours, and alone until it is condemned.
    assert deaths == 1 + dead_letters_tries(await dead_letters.waiting(listener))
    assert through <= 4, "its neighbours were through while it was still tried"
    assert await effects_of(listener, poisoned) == [2]
    assert [await effects_of(listener, dossier) for dossier in others] == [[1]] * len(others)
    assert await written(listener) == 0


def dead_letters_tries(letters: object) -> int:
    """The tries of the one letter that there is, which says that processes ended with it."""
    [letter] = list(letters)  # type: ignore[call-overload]
    assert (letter.reason, letter.consumer) == ("common.in_hand.ProcessDied", DURABLE.name)
    return int(letter.tries)


async def test_processes_killed_with_hundreds_in_their_hands_bury_nobody(
    listener: Database, connect: Connect, nats_server: NatsServer, bare_urls: dict[str, str]
) -> None:
    lives, count = Lives(bare_urls["cellule"], nats_server, new_id()), 0
    dossiers = [new_id() for _ in range(700)]
    js = (await connect("signalement")).jetstream()
    for dossier in dossiers:
        await js.publish(SUBJECT, body_of(dossier, 1, new_id()))
    for _ in range(KILLS):
        process = await lives.start()
        while await heard(listener) == count:
            await asyncio.sleep(0.005)
        process.kill()
        await process.wait()
        count = await heard(listener)
    assert count < len(dossiers), "the last one was killed with something left to do"
    process = await lives.start()
    while await heard(listener) < len(dossiers) or await written(listener):
        await asyncio.sleep(0.05)
    process.kill()
    await process.wait()
    assert await heard(listener) == len(dossiers)
    assert not await dead_letters.waiting(listener)
