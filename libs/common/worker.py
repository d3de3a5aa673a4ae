"""The worker of a service: relay, consumers, answers to requests, and sweeps, side by side until told to stop."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import uvloop
from nats.aio.client import Client

from common import bus, bus_watch, ending, idempotence_oubli, logs
from common.clock import Clock, utc_now
from common.consumer import Consumer, Handlers
from common.database import Database
from common.desk import Desk
from common.logs import get_logger
from common.reconcile import Reconciliation
from common.relay import Relay
from common.requests import Answerers
from common.settings import Settings
from common.streams import durables_of
from common.traduction import LANGUE

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Sweep:
    """Something looked for every `seconds`: `work` is given the database and the clock, and does one round."""

    name: str
    seconds: float
    work: Callable[[Database, Clock], Awaitable[None]]


@dataclass(slots=True)
class Worker:
    """The parts of one service's worker. `tasks` are more coroutines to run, made from the database and the bus.

    `at_end` is called when it is told to stop, or when a part of it fails: then all of it ends.
    """

    service: str
    settings: Settings
    handlers: Handlers
    answerers: Answerers
    sweeps: Sequence[Sweep] = ()
    tasks: Sequence[Callable[[Database, Client], Awaitable[None]]] = ()
    after_commit: Callable[[], None] = lambda: None
    at_end: Callable[[], None] = lambda: None

    async def run(self) -> None:
        """Run until cancelled, or until a part fails. Everything here waits out a database or a bus that is away."""
        settings = self.settings
        # Before anything starts: each task goes on in what surrounds it here.
        LANGUE.set(settings.langue)
        database = Database(
            settings.database_url.get_secret_value(),
            service=self.service,
            pool=settings.database_pool,
            notify=settings.outbox_notify,
            systeme=True,
        )
        name = f"{self.service}-worker"
        client = await bus.connect(settings, name=name)
        try:
            await Desk(self.service, client, database, self.answerers).open()
            async with asyncio.TaskGroup() as group:

                def start(part: Awaitable[None]) -> None:
                    group.create_task(self._part(part))

                start(bus_watch.watch(client, settings, name=name))
                start(Relay(database, client, Reconciliation(self.service, client)).run())
                turn = asyncio.Lock()
                for durable in durables_of(self.service):
                    consumer = Consumer(durable, client, database, self.handlers)
                    consumer.turn = turn
                    consumer.after_commit = self.after_commit
                    start(consumer.run())
                for sweep in (*self.sweeps, Sweep("idempotence", idempotence_oubli.SECONDS, idempotence_oubli.oublier)):
                    start(_sweep(sweep, database))
                for task in self.tasks:
                    start(task(database, client))
                log.info("worker.ready")
        finally:
            await client.close()
            await database.close()

    def main(self) -> None:
        """Run as a process, until SIGTERM or SIGINT."""
        logs.configure(self.service, "worker", self.settings.log_level)
        self.at_end = ending.begin
        uvloop.run(self._until_stopped())

    async def _part(self, part: Awaitable[None]) -> None:
        try:
            await part
        except Exception as error:
            # The other parts are told to end, and then this process does.
            log.error("worker.failed", error=type(error).__name__)
            self.at_end()
            raise

    async def _until_stopped(self) -> None:
        running = asyncio.create_task(self.run())
        loop = asyncio.get_running_loop()

        def stop() -> None:
            self.at_end()
            running.cancel()

        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop)
        try:
            await running
        except asyncio.CancelledError:
            log.info("worker.stopped")


async def _sweep(sweep: Sweep, database: Database) -> None:
    while True:
        try:
            await sweep.work(database, utc_now)
        except Exception as error:
            # A sweep that fails is only late: the next round finds the same rows.
            log.error("sweep.failed", sweep=sweep.name, error=type(error).__name__)
        await asyncio.sleep(sweep.seconds)
