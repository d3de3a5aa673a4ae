"""The systems of partners, which receive webhooks: for tests that look at what came, when, and with which headers."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks.webhooks import Webhook


@dataclass
class Systems:
    """The systems of the partners: one real HTTP server, which believes what is signed with the partner's own secret."""

    secrets: dict[str, str] = field(default_factory=dict)
    heard: list[tuple[str, str, datetime, dict[str, Any]]] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    forged: int = 0
    url: str = ""

    def of(self, partner: str, kind: str, dossier_id: str) -> list[tuple[str, datetime]]:
        """The webhook ids of that type about that case, and when each came."""
        return [
            (key, at)
            for who, key, at, body in list(self.heard)
            if (who, body["type"], body["dossier_id"]) == (partner, kind, dossier_id)
        ]


@contextmanager
def listening() -> Iterator[Systems]:
    systems = Systems()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            partner = self.path.strip("/")
            body = self.rfile.read(int(self.headers["content-length"]))
            try:
                Webhook(systems.secrets[partner]).verify(body, dict(self.headers))
                systems.raw.append(f"{self.headers}\n{body.decode()}")
                systems.heard.append((partner, self.headers["webhook-id"], datetime.now(UTC), json.loads(body)))
                status = 204
            except Exception:
                systems.forged += 1
                status = 401
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: what is looked at is what was heard."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    systems.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield systems
    finally:
        server.shutdown()
        thread.join()
