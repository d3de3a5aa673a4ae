"""When an organisation is away, and who answers meanwhile."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from common.errors import Conflit, DonneeInvalide
from common.traduction import N_

DUREE_MAX = timedelta(days=366)


class AbsenceChevauche(Conflit):
    """Two absences of an organisation share no day: else nobody could say who answers on it."""

    slug, titre = "absence-chevauche", N_("Une autre absence est déjà annoncée pour une partie de ces jours.")


@dataclass(frozen=True, slots=True)
class Absence:
    """The organisation is away from one day to another, both included.

    Another organisation may answer instead, or one of its own people, or nobody: then this is said.
    """

    du: date
    au: date
    partenaire_id: UUID | None = None
    membre_id: UUID | None = None

    def couvre(self, jour: date) -> bool:
        """Whether the organisation is away on this day."""
        return self.du <= jour <= self.au

    def chevauche(self, autre: "Absence") -> bool:
        """Whether both share a day."""
        return self.du <= autre.au and autre.du <= self.au


def annoncer(nouvelle: Absence, connues: Iterable[Absence], organisation_id: UUID, aujourd_hui: date) -> Absence:
    """The absence, if it may be announced. Raises DonneeInvalide, AbsenceChevauche."""
    if nouvelle.au < nouvelle.du:
        raise DonneeInvalide(N_("Le dernier jour précède le premier."), champ="au")
    if nouvelle.au < aujourd_hui:
        raise DonneeInvalide(N_("Cette absence est déjà passée."), champ="au")
    if nouvelle.au - nouvelle.du > DUREE_MAX:
        raise DonneeInvalide(N_("Une absence dure un an au plus."), champ="au")
    if nouvelle.partenaire_id == organisation_id:
        raise DonneeInvalide(N_("Une organisation ne se remplace pas elle-même."), champ="remplacant")
    if nouvelle.partenaire_id and nouvelle.membre_id:
        raise DonneeInvalide(N_("Choisissez un seul remplaçant."), champ="remplacant")
    if any(nouvelle.chevauche(connue) for connue in connues):
        raise AbsenceChevauche(N_("Modifiez les dates, ou supprimez d’abord l’autre absence."), champ="du")
    return nouvelle
