"""Answering the requests that other services send to this one, as `common.requests` declares them."""

import asyncio
import json
from typing import Any

from nats.aio.client import Client
from nats.aio.msg import Msg
from pydantic import BaseModel, ValidationError

from common.database import Database
from common.errors import Erreur, Injoignable, Interdit
from common.logs import get_logger
from common.requests import Answerers, Reading

log = get_logger(__name__)


class Desk:
    """Answers the requests addressed to one service, each in its own transaction or by its own statement."""

    def __init__(self, service: str, nats: Client, database: Database, answerers: Answerers) -> None:
        self.service = service
        self.nats = nats
        self.database = database
        self.tasks: set[asyncio.Task[None]] = set()
        self.by_name = {request.name: (request, answerer) for request, answerer in answerers.items()}

    async def open(self) -> None:
        """Begin to answer; the subscription outlives lost connections."""
        await self.nats.subscribe(f"relais.requete.{self.service}.*.*", queue=self.service, cb=self._on_message)

    async def _on_message(self, msg: Msg) -> None:
        # The library waits for each callback before the next message; a task each lets them be answered side by side.
        task = asyncio.create_task(self._reply(msg))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _reply(self, msg: Msg) -> None:
        *_, name, asker = msg.subject.split(".")
        body: dict[str, Any]
        try:
            body = {"reponse": (await self._answer(name, asker, msg.data)).model_dump(mode="json")}
        except Erreur as error:
            body = {"refus": error.slug}
        except Exception as error:
            log.error("request.failed", request=name, asker=asker, error=type(error).__name__)
            body = {"refus": Injoignable.slug}
        await msg.respond(json.dumps(body).encode())

    async def _answer(self, name: str, asker: str, data: bytes) -> BaseModel:
        if name not in self.by_name or asker not in self.by_name[name][0].askers:
            raise Interdit
        request, answerer = self.by_name[name]
        try:
            question = request.model_validate_json(data)
        except ValidationError as error:
            raise Interdit from error
        if isinstance(answerer, Reading):
            return await answerer.answer(self.database.direct.fetch, question)
        async with self.database.transaction() as session:
            return await answerer(session, question)
