"""What the numbers of a dashboard mean: response times against the commitment, and when quality should worry."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from common.codes import Code
from common.traduction import N_

BASE_MINIMALE = 50
# In percent.
REFUS_MAX, RESULTATS_MIN = 30, 25


@dataclass(frozen=True, slots=True)
class Temps:
    """How long answers took, in working days of the partner's own time: the middle one, the ninth of ten, and how many
    came within the commitment. Without an answer there is nothing to say.
    """

    reponses: int
    mediane: int | None
    neuvieme_decile: int | None
    tenues: int

    @property
    def part_tenue(self) -> int | None:
        """The share within the commitment, in percent, rounded down: 100 means all."""
        return 100 * self.tenues // self.reponses if self.reponses else None


def temps(reponses: Iterable[tuple[int, int, int]]) -> Temps:
    """From (working days taken, working days committed to, how many answers), in any order."""
    par_duree: dict[int, int] = {}
    tenues = 0
    for pris, jours, n in reponses:
        par_duree[pris] = par_duree.get(pris, 0) + n
        tenues += n if pris <= jours else 0
    return Temps(sum(par_duree.values()), quantile(par_duree, 50), quantile(par_duree, 90), tenues)


def quantile(effectifs: Mapping[int, int], centieme: int) -> int | None:
    """The smallest value that at least so many percent do not pass (nearest rank); None when there are none."""
    total, cumul = sum(effectifs.values()), 0
    for valeur in sorted(effectifs):
        cumul += effectifs[valeur]
        if cumul and 100 * cumul >= centieme * total:
            return valeur
    return None


@dataclass(frozen=True, slots=True)
class Bilan:
    """What a partner, or all of them, made of referrals in a period. Whatever was declined has ended too."""

    acceptees: int = 0
    declinees: int = 0
    abouties: int = 0
    autres_fins: int = 0

    @property
    def reponses(self) -> int:
        """The answers given: yes or no."""
        return self.acceptees + self.declinees

    @property
    def terminees(self) -> int:
        """The referrals that ended, well or not."""
        return self.abouties + self.declinees + self.autres_fins

    def plus(self, autre: "Bilan") -> "Bilan":
        """Both together."""
        return replace(
            self,
            acceptees=self.acceptees + autre.acceptees,
            declinees=self.declinees + autre.declinees,
            abouties=self.abouties + autre.abouties,
            autres_fins=self.autres_fins + autre.autres_fins,
        )


class GenreAlerte(Code):
    """What should worry."""

    refus = "refus", N_("Refus nombreux")
    resultats = "resultats", N_("Peu de résultats")


@dataclass(frozen=True, slots=True)
class Alerte:
    """A share out of bounds, over enough referrals to mean something; `partenaire_id` None is about the whole."""

    genre: GenreAlerte
    nombre: int
    base: int
    partenaire_id: UUID | None = None

    @property
    def part(self) -> int:
        """The share in percent, rounded to where it cannot be read as within bounds."""
        centieme = 100 * self.nombre
        return -(-centieme // self.base) if self.genre is GenreAlerte.refus else centieme // self.base


def alertes(bilan: Bilan, partenaire_id: UUID | None = None) -> list[Alerte]:
    """Refusals above 30 % of the answers, results below 25 % of what ended, each over fifty referrals at least."""
    trouvees = []
    if bilan.reponses >= BASE_MINIMALE and 100 * bilan.declinees > REFUS_MAX * bilan.reponses:
        trouvees.append(Alerte(GenreAlerte.refus, bilan.declinees, bilan.reponses, partenaire_id))
    if bilan.terminees >= BASE_MINIMALE and 100 * bilan.abouties < RESULTATS_MIN * bilan.terminees:
        trouvees.append(Alerte(GenreAlerte.resultats, bilan.abouties, bilan.terminees, partenaire_id))
    return trouvees
