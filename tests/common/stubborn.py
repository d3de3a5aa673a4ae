"""Processes of a service of which a part fails, loses the bus, or does not hear that it was told to end."""

import asyncio
import contextlib
import sys

from fastapi import FastAPI
from nats.aio.client import Client
from tests.common.conftest import settings_for

from common import bus_watch, ending
from common.app import create_app, routes_of, serve
from common.database import Database
from common.settings import Settings
from common.worker import Worker

CONFIDENTIAL = "a text that no log may hold: SIREN 732829320"


async def fail(_database: Database, _nats: Client) -> None:
    """A part that meets what nobody foresaw."""
    await asyncio.sleep(0.2)
    raise LookupError(CONFIDENTIAL)


async def shrug(_database: Database, _nats: Client) -> None:
    """A part that misses each time that it is cancelled."""
    while True:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(3600)


TASKS = {"fails": (fail,), "fails and stays": (fail, shrug), "stays": (shrug,), "is sound": ()}


def bare(settings: Settings) -> FastAPI:
    """An application that only says how it is."""
    return create_app("cellule", settings, routes_of("cellule", ()), titre="Relais", navigation=lambda _: ())


def run(database_url: str, nats_url: str, password: str, port: str, what: str) -> None:
    """Run it."""
    bus_watch.LOOK_SECONDS = 0.2
    if what.endswith("stays"):
        ending.END_SECONDS = 2.0
    settings = settings_for("cellule", nats_url, password, database_url).model_copy(update={"listen_port": int(port)})
    if what == "answers":
        serve(bare, settings, "cellule")
    else:
        Worker("cellule", settings, {}, {}, tasks=TASKS[what]).main()


if __name__ == "__main__":
    run(*sys.argv[1:])
