"""The four applications without the queries' own filter, on the databases of a hub: what is left is PostgreSQL's."""

import importlib
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import ModuleType
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import true
from sqlmodel import select

from common.streams import SERVICES
from notifications.fil import store as fil
from notifications.webhooks.models import Webhook
from relais.hub import Hub
from relais.ports import free_port

# How a query names what its actor may see; those that give more than a condition are told apart.
FILTERS = ("visible_to", "_visible", "is_in")


def everything(*_: Any) -> Any:
    """A filter that lets every row through."""
    return true()


def without_filters(patch: pytest.MonkeyPatch) -> int:
    """Put `everything` in the place of each filter, wherever a module calls it. Returns how many there were."""
    found = 0
    for module in _modules():
        for name in FILTERS:
            filter_ = getattr(module, name, None)
            if filter_ is None or _returns_more(module, name):
                continue
            patch.setattr(module, name, everything)
            found += 1
    patch.setattr(sys.modules["notifications.webhooks.store"], "visible_to", lambda _: select(Webhook))
    for name in ("PAGE", "COMPTER", "UN", "LIRE_FILTRE"):
        patch.setattr(fil, name, getattr(fil, name).replace(fil.VISIBLE, "true"))
    return found


def _modules() -> list[ModuleType]:
    return [module for name, module in list(sys.modules.items()) if name.split(".")[0] in SERVICES]


def _returns_more(module: ModuleType, name: str) -> bool:
    """Whether it gives a query, or values for one, and not a condition."""
    kind = str(getattr(module, name).__annotations__.get("return", ""))
    return "ColumnElement" not in kind


@contextmanager
def serving(hub: Hub) -> Iterator[dict[str, str]]:
    """The four applications in this process, on the hub's databases and bus. Gives the address of each."""
    with ExitStack() as stack:
        yield {service: stack.enter_context(_served(_application(hub, service), service)) for service in SERVICES}


def _application(hub: Hub, service: str) -> FastAPI:
    with pytest.MonkeyPatch.context() as local:
        for name, value in hub.service_environment(service).items():
            local.setenv(name, value)
        settings = getattr(importlib.import_module(f"{service}.settings"), f"{service.capitalize()}Settings").load()
    app: FastAPI = importlib.import_module(f"{service}.app").create(settings)
    return app


@contextmanager
def _served(app: FastAPI, service: str) -> Iterator[str]:
    port = free_port(service)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 60
    while not server.started:
        assert thread.is_alive(), f"{service} did not start"
        assert time.monotonic() < deadline, f"{service} did not start in time"
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(20)
