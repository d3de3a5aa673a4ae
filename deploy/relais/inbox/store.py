"""The e-mails received: a Maildir on disk, and an index in memory so that asking often costs nothing."""

import mailbox
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser
from email.utils import getaddresses
from functools import cached_property
from pathlib import Path


@dataclass(frozen=True)
class Mail:
    """An e-mail. `received` is in UTC; `to` holds bare addresses, in lower case. Its parts are read once they are asked for."""

    id: str
    to: tuple[str, ...]
    sender: str
    subject: str
    received: datetime
    content: bytes

    @cached_property
    def _message(self) -> EmailMessage:
        return BytesParser(policy=policy.default).parsebytes(self.content)

    @cached_property
    def text(self) -> str:
        """The plain part; empty when there is none."""
        return _part(self._message, "plain")

    @cached_property
    def html(self) -> str:
        """The HTML part; empty when there is none."""
        return _part(self._message, "html")

    def as_json(self) -> dict[str, object]:
        """The e-mail as the JSON interface gives it."""
        heads: dict[str, object] = {"id": self.id, "to": self.to, "sender": self.sender, "subject": self.subject}
        return heads | {"received": self.received.isoformat(), "text": self.text, "html": self.html}


class Store:
    """Safe to use from several threads: SMTP writes, the pages read."""

    def __init__(self, folder: Path) -> None:
        self._box = mailbox.Maildir(folder)
        self._lock = threading.Lock()
        self._mails: dict[str, Mail] = {}
        kept = [(path.stat().st_mtime, path) for name in ("new", "cur") for path in (folder / name).iterdir()]
        for received, path in sorted(kept):
            self._index(path.name.partition(":")[0], path.read_bytes(), datetime.fromtimestamp(received, UTC))

    def add(self, content: bytes, recipients: list[str]) -> None:
        """Keep an e-mail; the envelope's recipients are added, so that a blind copy is found as well."""
        with self._lock:
            envelope = f"X-Relais-Recipients: {', '.join(recipients)}\r\n".encode()
            key = self._box.add(mailbox.MaildirMessage(envelope + content))
            self._index(key, envelope + content, datetime.now(UTC))

    def search(self, to: str | None = None, since: datetime | None = None, limit: int | None = None) -> list[Mail]:
        """The newest first; `to` is a whole address or a part of one, `since` leaves out what came before or at that time."""
        with self._lock:
            mails = list(reversed(self._mails.values()))
        wanted = to.strip().lower() if to else ""
        found = [
            mail
            for mail in mails
            if (not wanted or any(wanted in address for address in mail.to)) and (since is None or mail.received > since)
        ]
        return found[:limit]

    def get(self, key: str) -> Mail | None:
        """One e-mail, or None."""
        with self._lock:
            return self._mails.get(key)

    def clear(self) -> None:
        """Delete all e-mails."""
        with self._lock:
            self._box.clear()
            self._mails.clear()

    def _index(self, key: str, content: bytes, received: datetime) -> None:
        message = BytesHeaderParser(policy=policy.default).parsebytes(content)
        headers = [str(message.get(name, "")) for name in ("X-Relais-Recipients", "To", "Cc")]
        addresses = dict.fromkeys(address.lower() for _name, address in getaddresses(headers) if address)
        self._mails[key] = Mail(
            id=key,
            to=tuple(addresses),
            sender=str(message.get("From", "")),
            subject=str(message.get("Subject", "")),
            received=received,
            content=content,
        )


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    return str(body.get_content()) if body is not None else ""
