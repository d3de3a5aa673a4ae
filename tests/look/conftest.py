"""Serves the style page on a free local port and lends a browser."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from playwright.sync_api import Browser
from tests.browser import chromium
from tests.look.maquette import application


@pytest.fixture(scope="session")
def origine() -> Iterator[str]:
    prise = socket.create_server(("127.0.0.1", 0))
    serveur = uvicorn.Server(uvicorn.Config(application(), log_level="warning"))
    fil = threading.Thread(target=serveur.run, args=([prise],))
    fil.start()
    while not serveur.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{prise.getsockname()[1]}"
    serveur.should_exit = True
    fil.join()


@pytest.fixture(scope="module")
def navigateur() -> Iterator[Browser]:
    with chromium() as ouvert:
        yield ouvert
