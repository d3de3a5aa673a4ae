"""Health of a process, in the form that Mozilla's Dockerflow gives it: alive, able to work, and which version."""

from typing import Any

from dockerflow.version import get_version
from fastapi import APIRouter, Request, Response
from sqlalchemy import text

from common.database import Database


def health_router(service: str) -> APIRouter:
    """The three addresses that a supervisor asks; they say nothing about any case."""
    router = APIRouter(tags=["santé"])

    @router.get("/__lbheartbeat__")
    async def lbheartbeat() -> dict[str, str]:
        """Alive."""
        return {"status": "ok"}

    @router.get("/__heartbeat__")
    async def heartbeat(request: Request, response: Response) -> dict[str, Any]:
        """Able to work: the database answers. NATS may be away, nothing is lost then; it is reported as a warning."""
        database: Database = request.app.state.database
        try:
            async with database.engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
            base = "ok"
        except Exception as error:
            base, response.status_code = type(error).__name__, 503
        bus = "ok" if request.app.state.nats.is_connected else "warning"
        status = "ok" if base == bus == "ok" else "warning" if base == "ok" else "error"
        return {"status": status, "service": service, "checks": {"database": base, "nats": bus}}

    @router.get("/__version__")
    async def version() -> dict[str, Any]:
        """The version that runs, from the image's version.json when there is one."""
        return get_version("/app") or {"source": "relais", "version": "dev"}

    return router
