"""From notices to a message: plain text and HTML that say the same, with the headers that machines expect."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime, parseaddr
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import mrml
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from common.filtres import PARIS, moment_fr, pluriel
from common.territoires import departement as territoire
from common.traduction import LANGUE, _, etiquette
from common.typographie import typo
from common.web import traduire
from notifications.courriels.domain import digest
from notifications.courriels.liens import chemin
from notifications.courriels.modeles import MODELES
from notifications.courriels.store import Claimed
from notifications.regles.charger import table
from notifications.regles.domain import Relation

TEMPLATES = Path(__file__).parent / "templates"
PREFERENCES = "/notifications/preferences"
FIL = "/notifications/fil"
# An address between angle brackets may not be folded nor encoded: a mail reader would not find it.
# Whoever has no account has nothing to choose from.
SANS_PREFERENCES = frozenset({Relation.dirigeant, Relation.invite, Relation.sans_compte})
ENTIERS = frozenset({"list-unsubscribe", "message-id"})


class _Entiers(EmailPolicy):
    """The policy of mails, that leaves the headers that hold an address in one piece."""

    def fold(self, name: str, value: str) -> str:
        """A header as it goes on the wire."""
        return f"{name}: {value}\r\n" if name.lower() in ENTIERS else super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        """The same, as bytes."""
        return self.fold(name, value).encode("ascii") if name.lower() in ENTIERS else super().fold_binary(name, value)


POLICY = _Entiers(linesep=SMTP.linesep, max_line_length=SMTP.max_line_length)


@dataclass(frozen=True, slots=True)
class Lettre:
    """What one message tells.

    `lien` and `code` are one person's own, good until `valable` or for two hours, `organisation` who invites it;
    `desinscription` where a member refuses such mails.
    """

    rows: tuple[Claimed, ...]
    origine: str
    lien: str | None = None
    organisation: str = ""
    code: str | None = None
    valable: datetime | None = None
    desinscription: str | None = None


@cache
def _environment(langue: str) -> Environment:
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=select_autoescape(enabled_extensions=("mjml",)),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    traduire(env, langue)
    return env


def compose(lettre: Lettre, *, sender: str, address: str, now: datetime) -> EmailMessage:
    """The message for one recipient at `now`. Raises ValueError on a bad address."""
    name, sender_address = parseaddr(sender)
    context = contexte(lettre)
    message = EmailMessage(policy=POLICY)
    message["From"] = Address(name, addr_spec=sender_address)
    message["To"] = _to(address)
    message["Subject"] = context["sujet"]
    message["Date"] = format_datetime(now)
    # Short, because some readers stumble over a Message-ID that is folded onto a second line.
    message["Message-ID"] = f"<{message_id(lettre.rows[0].event_id, address, sender)}>"
    message["Auto-Submitted"] = "auto-generated"
    if lettre.desinscription:
        # RFC 8058: the reader's program refuses by one POST, that no page asks to confirm.
        message["List-Unsubscribe"] = f"<{lettre.desinscription}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(_rendre("courriel.txt", context), cte="quoted-printable")
    message.add_alternative(_html(context), subtype="html", cte="quoted-printable")
    # After the content: setting that takes such headers away.
    message["Content-Language"] = context["langue"]
    return message


def message_id(event_id: UUID, address: str, sender: str) -> str:
    """What a mail is known by, the same at each try, and says nothing of the address."""
    return f"{digest(event_id, address)}@{parseaddr(sender)[1].rpartition('@')[2]}"


def contexte(lettre: Lettre) -> dict[str, Any]:
    """What the templates are given."""
    points = [_point(row, lettre) for row in lettre.rows]
    common = {
        "langue": etiquette(LANGUE.get()),
        "code": lettre.code,
        "validite": _usage_du_code(lettre),
        "desinscription": lettre.desinscription,
        "preferences": lettre.origine + PREFERENCES,
        "membre": lettre.rows[0].destinataire not in SANS_PREFERENCES,
        # What an organisation is written to for without having an account, it must not overlook.
        "a_ignorer": not table().avis[lettre.rows[0].modele].sans_compte,
    }
    if len(points) == 1:
        return common | points[0] | {"points": []}
    nouvelles = pluriel(len(points), "nouvelle")
    return common | {
        "sujet": typo(_("Relais : {nouvelles}").format(nouvelles=nouvelles)),
        "titre": typo(_("{nouvelles} de vos orientations").format(nouvelles=nouvelles)),
        "reference": None,
        "paragraphes": [typo(_("Voici ce qui est arrivé. Ce qui attend une action de votre part dit avant quand."))],
        "bouton": _("Tout voir dans Relais"),
        "lien": lettre.origine + FIL,
        "points": points,
    }


def _point(row: Claimed, lettre: Lettre) -> dict[str, Any]:
    mail, avis = MODELES[row.modele], table().avis[row.modele]
    values = {"reference": row.reference or "", "echeance": _echeance(row), "organisation": lettre.organisation}
    return {
        "sujet": typo(_(mail.sujet)),
        "titre": typo(_(mail.titre).format_map(values)),
        # A dirigeant's words name the case themselves.
        "reference": row.reference if row.destinataire is not Relation.dirigeant else None,
        "paragraphes": [typo(_(paragraphe).format_map(values)) for paragraphe in mail.paragraphes],
        "bouton": typo(_(mail.bouton)),
        "lien": lettre.lien or lettre.origine + chemin(avis.page, row.objet_id, row.dossier_id, row.organisation_id),
    }


def _usage_du_code(lettre: Lettre) -> str:
    if lettre.rows[0].destinataire is Relation.sans_compte:
        return typo(_("Il sert une seule fois, pendant dix minutes. Ne le transmettez à personne."))
    if lettre.valable is None:
        return typo(_("Le lien et le code servent une seule fois, pendant deux heures. Ne les transmettez à personne."))
    phrase = _("Le lien et le code servent une seule fois, jusqu’au {moment} (heure de Paris). Ne les transmettez à personne.")
    return typo(phrase.format(moment=moment_fr(lettre.valable, PARIS)))


def _echeance(row: Claimed) -> str:
    if row.echeance is None:
        return _("terme prévu")
    fuseau = territoire(row.departement).fuseau if row.departement else PARIS
    phrase = _("{moment} (heure de Paris)") if fuseau == PARIS else _("{moment} (heure locale)")
    return phrase.format(moment=moment_fr(row.echeance, fuseau))


def _to(address: str) -> Address:
    try:
        return Address(addr_spec=address)
    except (MessageError, IndexError) as error:
        # The parser of addresses has several ways to stumble.
        raise ValueError("not an address") from error


def _rendre(nom: str, context: dict[str, Any]) -> str:
    return _environment(LANGUE.get()).get_template(nom).render(context)


def _html(context: dict[str, Any]) -> str:
    output = mrml.to_html(_rendre("courriel.mjml", context))
    # mrml writes the title into a label as Rust would print it for a programmer: a screen reader would spell the escapes out.
    return re.sub(r"\\u\{(a0|202f)\}", lambda escape: chr(int(escape[1], 16)), str(output.content))
