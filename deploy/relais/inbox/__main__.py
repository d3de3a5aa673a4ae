"""Run the development inbox: SMTP and HTTP on two loopback ports, in one process."""

import os
from pathlib import Path
from typing import Any

import waitress
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from relais.development import require_development
from relais.inbox.app import create_app
from relais.inbox.store import Store

LONGEST_MAIL_BYTES = 20 * 1024 * 1024


class Receiver:
    """Receives what the hub sends, and keeps it."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep the e-mail before saying yes, as a real server would."""
        content: Any = envelope.content
        try:
            self.store.add(content, list(envelope.rcpt_tos))
        except OSError:  # The sender tries again later; any other answer would make it give up.
            return "452 Insufficient storage"
        return "250 OK"


def main() -> None:
    """Serve until the process is told to stop."""
    require_development()
    store = Store(Path(os.environ["INBOX_MAILDIR"]))
    smtp_port = int(os.environ["INBOX_SMTP_PORT"])
    smtp = Controller(Receiver(store), hostname="127.0.0.1", port=smtp_port, data_size_limit=LONGEST_MAIL_BYTES)
    smtp.start()
    waitress.serve(create_app(store), host="127.0.0.1", port=int(os.environ["RELAIS_LISTEN_PORT"]), threads=4)


if __name__ == "__main__":
    main()
