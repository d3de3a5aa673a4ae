"""A withdrawn consent of which its recipient has not taken note: a reminder, then the animateur, again and again."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from common.calendrier import add_jours_ouvres
from common.codes import Code
from common.errors import Conflit
from common.traduction import N_
from notifications.regles.domain import PAR_DEFAUT

DELAI, INSISTANCE = 1, 5
EPOQUE, MICROSECONDE = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


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
    """A withdrawal as the rules see it. `etapes` counts what was done to have it noted; `due_at` is when the next is.

    `oral`: the recipient said so to an animateur, who wrote it down.
    """

    etat: EtatRetrait
    due_at: datetime | None
    etapes: int = 0
    confirme_le: datetime | None = None
    oral: bool = False


def ouvrir(now: datetime, departement: str | None, *, recu: bool) -> Retrait:
    """The association has withdrawn its consent from a recipient, who had received something or not."""
    if not recu:
        return Retrait(EtatRetrait.sans_objet, None)
    return Retrait(EtatRetrait.a_confirmer, add_jours_ouvres(now, DELAI, departement or PAR_DEFAUT))


def insister(retrait: Retrait, now: datetime, departement: str | None) -> tuple[Retrait, str]:
    """The next step at `now`, and the fact that is told: the recipient is reminded once, then the animateur is called.

    The one after it is counted in working days from when this one was due, though it is looked at a little later, and on the
    day after; from `now` where that is over already.
    """
    etapes = retrait.etapes + 1
    jours, lieu = DELAI if etapes == 1 else INSISTANCE, departement or PAR_DEFAUT
    due_at = add_jours_ouvres(retrait.due_at or now, jours, lieu)
    suite = replace(retrait, etapes=etapes, due_at=due_at if due_at > now else add_jours_ouvres(now, jours, lieu))
    return suite, "retrait.relance" if etapes == 1 else "retrait.escalade"


def confirmer(retrait: Retrait, now: datetime, *, oral: bool = False) -> Retrait:
    """The recipient takes note; once is enough, however it was done. Raises RienRecu."""
    if retrait.etat is EtatRetrait.sans_objet:
        raise RienRecu
    if retrait.etat is EtatRetrait.confirme:
        return retrait
    return replace(retrait, etat=EtatRetrait.confirme, due_at=None, confirme_le=now, oral=oral)


@dataclass(frozen=True, slots=True)
class Position:
    """The place of a withdrawal in a list, after which the next page begins. `attend`: among those that wait, listed apart."""

    retire_le: datetime
    id: UUID
    attend: bool = False

    def __str__(self) -> str:
        """As it stands in an address."""
        return f"{self.attend:d}_{(self.retire_le - EPOQUE) // MICROSECONDE}_{self.id.hex}"

    @classmethod
    def lue(cls, texte: str) -> "Position":
        """The position that an address says. Raises ValueError."""
        attend, at, ident = texte.split("_")
        try:
            return cls(EPOQUE + int(at) * MICROSECONDE, UUID(hex=ident), attend == "1")
        except OverflowError as error:
            raise ValueError("no such moment") from error

    @classmethod
    def avant(cls, texte: str) -> "Position":
        """The place of all that was withdrawn before a moment, which an address says (ISO 8601). Raises ValueError."""
        at = datetime.fromisoformat(texte)
        try:
            return cls(at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC), UUID(int=0))
        except OverflowError as error:
            raise ValueError("no such moment") from error
