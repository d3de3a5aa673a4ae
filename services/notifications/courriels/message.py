"""From the words of a mail to a message: plain text and HTML that say the same, with the headers that machines expect."""

from collections.abc import Mapping
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import cache
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

import mrml
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from common.typographie import typo
from notifications.courriels.domain import digest
from notifications.courriels.modele import Modele
from notifications.courriels.modeles import MODELES

TEMPLATES = Path(__file__).parent / "templates"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=select_autoescape(enabled_extensions=("mjml",)),
        trim_blocks=True,
        lstrip_blocks=True,
    )


def compose(
    modele: str,
    values: Mapping[str, str],
    *,
    lien: str,
    code: str | None,
    event_id: UUID,
    sender: str,
    address: str,
    now: datetime,
) -> EmailMessage:
    """The message for one recipient at `now`. `values` fills the braces of the words. Raises ValueError on a bad address."""
    mail = MODELES[modele]
    name, sender_address = parseaddr(sender)
    context = {
        "sujet": typo(mail.sujet),
        "titre": typo(mail.titre.format_map(values)),
        "paragraphes": [typo(paragraphe.format_map(values)) for paragraphe in mail.paragraphes],
        "bouton": typo(mail.bouton),
        "informatif": mail.informatif,
        "lien": lien,
        "code": code,
    }
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(name, addr_spec=sender_address)
    message["To"] = _to(address)
    message["Subject"] = context["sujet"]
    message["Date"] = format_datetime(now)
    # Short, because some readers stumble over a Message-ID that is folded onto a second line.
    message["Message-ID"] = f"<{digest(event_id, address)}@{sender_address.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    _offer_unsubscribing(message, mail, sender_address)
    message.set_content(_environment().get_template("courriel.txt").render(context), cte="quoted-printable")
    message.add_alternative(_html(context), subtype="html", cte="quoted-printable")
    # After the content: setting that takes such headers away.
    message["Content-Language"] = "fr"
    return message


def _to(address: str) -> Address:
    try:
        return Address(addr_spec=address)
    except (MessageError, IndexError) as error:
        # The parser of addresses has several ways to stumble.
        raise ValueError("not an address") from error


def _offer_unsubscribing(message: EmailMessage, mail: Modele, sender: str) -> None:
    if mail.informatif:
        message["List-Unsubscribe"] = f"<mailto:{sender}?subject={quote('Désinscription : ' + mail.sujet)}>"


def _html(context: Mapping[str, object]) -> str:
    output = mrml.to_html(_environment().get_template("courriel.mjml").render(context))
    return str(output.content)
