"""The e-mails received: a Maildir on disk, and an index in memory so that asking often costs nothing."""

import mailbox
import threading
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import getaddresses
from pathlib import Path


@dataclass(frozen=True)
class Mail:
    """What lists show of an e-mail. `received` is in UTC; `to` holds bare addresses, in lower case."""

    id: str
    to: tuple[str, ...]
    sender: str
    subject: str
    received: datetime
    text: str
    html: str

    def as_json(self) -> dict[str, object]:
        """The e-mail as the JSON interface gives it."""
        return asdict(self) | {"received": self.received.isoformat()}


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
        message = BytesParser(policy=policy.default).parsebytes(content)
        headers = [str(message.get(name, "")) for name in ("X-Relais-Recipients", "To", "Cc")]
        addresses = dict.fromkeys(address.lower() for _name, address in getaddresses(headers) if address)
        self._mails[key] = Mail(
            id=key,
            to=tuple(addresses),
            sender=str(message.get("From", "")),
            subject=str(message.get("Subject", "")),
            received=received,
            text=_part(message, "plain"),
            html=_part(message, "html"),
        )


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    return str(body.get_content()) if body is not None else ""
