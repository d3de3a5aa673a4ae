"""What one round of the postman hands over, and to whom, so that what comes back is known again; no address stays."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from common.codes_echanges import GenreDestinataire
from notifications.courriels.destinataires import Pli
from notifications.courriels.domain import Echec, Remise
from notifications.courriels.message import message_id
from notifications.retours.domain import Issue, issue_de
from notifications.retours.store import Envoi


@dataclass(frozen=True, slots=True)
class _Remis:
    seq: int
    message_id: str
    genre: GenreDestinataire
    personne_id: UUID
    organisation_id: UUID | None
    dossier_id: UUID | None
    remise: Remise


@dataclass(slots=True)
class Releve:
    """The mails of one bundle, each under its first notice, as its Message-ID is."""

    sender: str
    remis: list[_Remis] = field(default_factory=list)

    def noter(self, pli: Pli, genre: GenreDestinataire, personne_id: UUID | None, remise: Remise) -> None:
        """Note one mail; nothing of one to an address that is nobody's any more."""
        if personne_id is None:
            return
        first = pli.rows[0]
        dossier_id = first.dossier_id if genre is GenreDestinataire.correspondant else None
        name = message_id(first.event_id, pli.address, self.sender)
        self.remis.append(_Remis(first.seq, name, genre, personne_id, first.organisation_id, dossier_id, remise))

    def envois(self, seq: int, now: datetime, *, fini: bool) -> tuple[Envoi, ...]:
        """The mails of that notice that left or were refused for good; `fini`: delayed ones too, there being no other try."""
        return tuple(
            Envoi(r.message_id, r.genre, r.personne_id, r.organisation_id, r.dossier_id, now, *_issue(r.remise))
            for r in self.remis
            if r.seq == seq and (r.remise.definitif or (fini and r.remise.echec is Echec.reporte))
        )


def _issue(remise: Remise) -> tuple[Issue | None, str | None]:
    if remise.accepte:
        return None, None
    code = remise.code or "4.0.0"
    return issue_de(code), code
