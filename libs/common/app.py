"""How every service's HTTP process is made: settings, database, bus, who is acting, errors, health, static files."""

import asyncio
import contextlib
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import uvicorn
from fastapi import APIRouter, Depends, FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.routing import BaseRoute

from common import bus_watch, ending, logs, openapi, problems
from common.actor import Actor
from common.auth import FindActor, directory_over_nats
from common.bus import connecting
from common.csrf import refuse_forms_from_elsewhere
from common.database import Database
from common.flux import Places
from common.health import health_router
from common.limites import Limite, LimitesApi, Quota
from common.middleware import Guard
from common.sessions_http import FindSession, find_session
from common.settings import Settings
from common.tokens import TokenVerifier
from common.veille import Veille
from common.web import Lien

STATIC = Path(__file__).parent / "static"
# What a supervisor takes for a process that could not begin.
STARTUP_FAILURE = 3

Navigation = Callable[[Actor | None], Sequence[Lien]]


def routes_of(service: str, routers: Sequence[APIRouter]) -> Sequence[BaseRoute]:
    """The routes of `service`, all of which begin with its name and refuse forms from elsewhere.

    They are made once for a process: FastAPI prepares what an application includes at its first request, and would for each
    application again.
    """
    every = APIRouter(
        dependencies=[Depends(refuse_forms_from_elsewhere)],
        generate_unique_id_function=lambda route: f"{route.name}_{'_'.join(sorted(route.methods or ())).lower()}",
    )
    for router in (health_router(service), *routers):
        every.include_router(router, prefix=f"/{service}")
    return every.routes


def create_app(
    service: str,
    settings: Settings,
    routes: Sequence[BaseRoute],
    *,
    titre: str,
    navigation: Navigation,
    find_actor: FindActor | None = None,
    find_session: FindSession = find_session,
    larger_bodies: Mapping[str, int] = MappingProxyType({}),
) -> FastAPI:
    """The application of `service`, with what `routes_of` made.

    `find_actor` tells who bears a verified access token; by default the directory is asked over NATS. `find_session` tells
    who bears a session's; by default its owner does. `larger_bodies` names the paths that take more bytes than
    `common.middleware.MAX_BODY`, and how many.
    """

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with connecting(settings, name=f"{service}-api") as app.state.nats:
            yield
            app.state.veille.fermer()
            await app.state.database.close()

    prefix = f"/{service}"
    app = FastAPI(
        title=titre,
        version="1",
        lifespan=lifespan,
        # For a route that would be put here directly: those of `routes_of` have it already.
        dependencies=[Depends(refuse_forms_from_elsewhere)],
        openapi_url=f"{prefix}/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    state = app.state
    state.service, state.settings, state.navigation = service, settings, navigation
    state.larger_bodies = larger_bodies
    state.database = Database(
        settings.database_url.get_secret_value(), service=service, pool=settings.database_pool, notify=settings.outbox_notify
    )
    state.limites_api = LimitesApi(settings.api_par_minute, settings.api_par_minute_machine)
    state.limite_recherche = Limite(Quota(settings.recherches_par_minute, nom="recherche"))
    state.veille, state.places_flux = Veille(state.database), Places()
    state.token_verifier = TokenVerifier(
        settings.oidc_issuer, settings.token_audience, kind=settings.token_kind, scope=settings.token_scope
    )
    state.find_actor = find_actor or directory_over_nats(service)
    state.find_session = find_session
    app.add_middleware(Guard)
    problems.install(app)
    app.routes.extend(routes)
    openapi.install(app)
    app.mount(f"{prefix}/static", StaticFiles(directory=STATIC), name="static")
    return app


class _Server(uvicorn.Server):
    """Ends the streams before it waits for what is still being answered: they would never end by themselves.

    It ends, too, once it has lost the bus for good.
    """

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self.app = app

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.watching = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        state = self.app.state
        with contextlib.suppress(bus_watch.BusLost):
            await bus_watch.watch(state.nats, state.settings, name=f"{state.service}-api")
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        ending.begin()
        self.watching.cancel()
        self.app.state.veille.fermer()
        await super().shutdown(sockets)


def serve(factory: Callable[[Any], FastAPI], settings: Settings, service: str) -> None:
    """Run the application until told to stop. The access log is ours: uvicorn's would write query strings."""
    logs.configure(service, "api", settings.log_level)
    app = factory(settings)
    config = uvicorn.Config(
        app,
        host=settings.listen_host,
        port=settings.listen_port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        timeout_graceful_shutdown=10,
    )
    server = _Server(config, app)
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        sys.exit(STARTUP_FAILURE)
