"""The eligibility engine beside the bare comparison of the same numbers: `python -m tests.bench.eligibilite`.

Bare: the bounds of the criteria as plain tuples, the facts as a plain list, one `<=` on each side, no third value, no words.
"""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rich.console import Console
from rich.table import Table

from common.codes import Indicateur
from common.territoires import departements
from orientation.dispositifs.domain import Bornes, Champ, Dispositif, Nombre, Statut
from orientation.dispositifs.lecture import catalogue_des_fichiers
from orientation.eligibilite.domain import Moteur
from orientation.eligibilite.faits import Faits

CAS, DISPOSITIFS, TOURS = 1000, 500, 300
LIMITE_MS, LIMITE_S = 2.0, 20.0
NOMBRES = (Champ.etp, Champ.budget, Champ.mois_avant_cessation, Champ.jours_en_cessation)
Comparaison = tuple[int, float, float]


@dataclass(frozen=True, slots=True)
class Mesures:
    """What one run saw: milliseconds for one case, seconds for the whole batch, each beside the bare comparison."""

    explique_ms: float
    nu_ms: float
    lot_s: float
    lot_nu_s: float


def des_cas(nombre: int, hasard: random.Random) -> list[Faits]:
    """Cases of which any fact may be unknown, or known as a band only."""

    def parfois(valeur: object) -> object:
        return valeur if hasard.random() < 0.7 else None

    def un_nombre(maxi: int) -> float | Bornes:
        valeur = hasard.randint(0, maxi)
        return valeur if hasard.random() < 0.7 else Bornes(valeur, valeur + maxi // 10, maxi_strict=True)

    codes = [d.code for d in departements()]
    cas = []
    for _ in range(nombre):
        connus = {"etp": un_nombre(500), "budget": un_nombre(1_000_000), "mois_avant_cessation": un_nombre(24)}
        autres = {"risque_cessation": hasard.random() < 0.5, "procedure_collective": hasard.random() < 0.2}
        difficultes = frozenset(i.value for i in Indicateur if hasard.random() < 0.4)
        faits = {nom: parfois(valeur) for nom, valeur in (connus | autres | {"difficultes": difficultes}).items()}
        cas.append(Faits(hasard.choice(list(Statut)), hasard.choice(codes), **faits))  # type: ignore[arg-type]
    return cas


def agrandi(dispositifs: Sequence[Dispositif], nombre: int) -> list[Dispositif]:
    """The real catalogue again and again, under other codes, until there are so many."""
    return [replace(dispositifs[n % len(dispositifs)], code=f"d{n:03}") for n in range(nombre)]


def comparaisons(dispositif: Dispositif) -> list[Comparaison]:
    """The bounds of a dispositif's numbers; a rule that is no number is one comparison as well."""
    trouvees: list[Comparaison] = []
    for critere in dispositif.criteres:
        if isinstance(critere.condition, Nombre):
            admis = critere.condition.admis
            bornes = (admis.mini or 0.0, 1e12 if admis.maxi is None else admis.maxi)
            trouvees.append((NOMBRES.index(critere.condition.champ), *bornes))
        else:
            trouvees.append((0, 0.0, 1e12))
    return trouvees


def nu(cas: Sequence[Sequence[float]], tables: Sequence[Sequence[Comparaison]]) -> int:
    """Compare every number with every bound, and count the yes."""
    oui = 0
    for faits in cas:
        for table in tables:
            for champ, mini, maxi in table:
                if not mini <= faits[champ] <= maxi:
                    break
            else:
                oui += 1
    return oui


def chronometrer(travail: Callable[[], object], fois: int = 1) -> float:
    """The best of three measures, in seconds, of one turn."""
    mesures = []
    for _ in range(3):
        debut = time.perf_counter()
        for _ in range(fois):
            travail()
        mesures.append((time.perf_counter() - debut) / fois)
    return min(mesures)


def mesurer(nombre: int = CAS, dispositifs: int = DISPOSITIFS, tours: int = TOURS) -> Mesures:
    """Measure both figures beside the bare comparison."""
    hasard = random.Random(3)
    catalogue = catalogue_des_fichiers().dispositifs()
    cas = des_cas(nombre, hasard)
    nombres = [[hasard.uniform(0, 500), hasard.uniform(0, 1e6), hasard.uniform(0, 24), 0.0] for _ in cas]
    moteur, tables = Moteur(catalogue), [comparaisons(d) for d in catalogue]
    grand = Moteur(agrandi(catalogue, dispositifs))
    grandes = [comparaisons(grille.dispositif) for grille in grand.grilles]
    suite = iter(cas * (4 * tours // nombre + 1))
    return Mesures(
        # Each turn is another case: nothing is remembered from one to the next but the compiled rules.
        explique_ms=1000 * chronometrer(lambda: moteur.evaluer(next(suite)), tours),
        nu_ms=1000 * chronometrer(lambda: nu(nombres[:1], tables), tours),
        lot_s=chronometrer(lambda: [grand.verdicts(faits) for faits in cas]),
        lot_nu_s=chronometrer(lambda: nu(nombres, grandes)),
    )


def main() -> None:
    """Measure and print."""
    m = mesurer()
    table = Table("eligibility", "seen", "limit", "bare comparison", "÷ bare")
    un = f"one case, the {len(catalogue_des_fichiers().fiches)} of the catalogue, explained and ranked"
    table.add_row(un, f"{m.explique_ms:.2f} ms", f"{LIMITE_MS} ms", f"{m.nu_ms:.4f} ms", f"{m.explique_ms / m.nu_ms:.0f}")
    lot = f"{CAS} cases x {DISPOSITIFS} dispositifs, verdicts"
    table.add_row(lot, f"{m.lot_s:.2f} s", f"{LIMITE_S} s", f"{m.lot_nu_s:.3f} s", f"{m.lot_s / m.lot_nu_s:.1f}")
    Console(width=130).print(table)


if __name__ == "__main__":
    main()
