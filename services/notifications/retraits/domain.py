"""A withdrawn consent of which its recipient has not taken note: a reminder, then the animateur, again and again."""

from dataclasses import dataclass, replace
from datetime import datetime

from common.calendrier import add_jours_ouvres
from common.codes import Code
from common.errors import Conflit
from common.traduction import N_
from notifications.regles.domain import PAR_DEFAUT

DELAI, INSISTANCE = 1, 5


class EtatRetrait(Code):
    """States of a withdrawal towards one recipient."""

    a_confirmer = "a_confirmer", "Il faut en prendre acte"
    confirme = "confirme", "Il en est pris acte"
    sans_objet = "sans_objet", "Le destinataire n’avait rien reçu"


class RienRecu(Conflit):
    """The recipient had been sent nothing: there is nothing to take note of."""

    slug, titre = "retrait-sans-objet", N_("Rien n’avait été transmis au titre de cet accord.")


@dataclass(frozen=True, slots=True)
class Retrait:
    """A withdrawal as the rules see it. `etapes` counts what was done to have it noted; `due_at` is when the next is."""

    etat: EtatRetrait
    due_at: datetime | None
    etapes: int = 0
    confirme_le: datetime | None = None


def ouvrir(now: datetime, departement: str | None, *, recu: bool) -> Retrait:
    """The association has withdrawn its consent from a recipient, who had received something or not."""
    if not recu:
        return Retrait(EtatRetrait.sans_objet, None)
    return Retrait(EtatRetrait.a_confirmer, _dans(DELAI, now, departement))


def insister(retrait: Retrait, now: datetime, departement: str | None) -> tuple[Retrait, str]:
    """The next step at `now`, and the fact that is told: the recipient is reminded once, then the animateur is called."""
    etapes = retrait.etapes + 1
    delai = DELAI if etapes == 1 else INSISTANCE
    suite = replace(retrait, etapes=etapes, due_at=_dans(delai, now, departement))
    return suite, "retrait.relance" if etapes == 1 else "retrait.escalade"


def confirmer(retrait: Retrait, now: datetime) -> Retrait:
    """The recipient takes note; once is enough. Raises RienRecu."""
    if retrait.etat is EtatRetrait.sans_objet:
        raise RienRecu
    if retrait.etat is EtatRetrait.confirme:
        return retrait
    return replace(retrait, etat=EtatRetrait.confirme, due_at=None, confirme_le=now)


def _dans(jours: int, now: datetime, departement: str | None) -> datetime:
    return add_jours_ouvres(now, jours, departement or PAR_DEFAUT)
