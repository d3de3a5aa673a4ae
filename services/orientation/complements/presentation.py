"""How the thread is shown: its rounds, each reply in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from common.codes_echanges import TypeQuestion
from common.filtres import date_fr, euros, moment_fr, nombre
from common.territoires import departement as territoire
from common.traduction import _
from orientation.complements.domain import DECIMALES_MAX, OUI
from orientation.complements.models import ComplementRow


@dataclass(frozen=True, slots=True)
class Tour:
    """The questions asked at once: when, and (question, reply in words or "") each; `repondu` is empty while they wait."""

    demande: str
    repondu: str
    echanges: Sequence[tuple[str, str]]


def tours(fil: Sequence[ComplementRow], departement: str) -> list[Tour]:
    """The rounds of a thread, in order, with the moments of that département."""
    fuseau = territoire(departement).fuseau
    rounds = [list(rows) for _quand, rows in groupby(fil, key=lambda row: row.posee_at)]
    return [
        Tour(
            demande=moment_fr(rows[0].posee_at, fuseau),
            repondu=moment_fr(rows[0].repondue_at, fuseau) if rows[0].repondue_at else "",
            echanges=[(row.question, en_mots(row)) for row in rows],
        )
        for rows in rounds
    ]


def en_mots(row: ComplementRow) -> str:
    """A reply as people write it."""
    if row.reponse is None:
        return ""
    match TypeQuestion(row.type):
        case TypeQuestion.nombre:
            return nombre(Decimal(row.reponse), DECIMALES_MAX)
        case TypeQuestion.montant:
            return euros(Decimal(row.reponse))
        case TypeQuestion.date:
            return date_fr(date.fromisoformat(row.reponse), semaine=False)
        case TypeQuestion.oui_non:
            return _("Oui") if row.reponse == OUI else _("Non")
        case _:
            return row.reponse
