"""What is known of a case: exact facts, bands as intervals, unknown ones, and what follows from them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from common.codes import BandeBudget, Horizon
from common.traduction import _
from orientation.dispositifs.domain import Bornes, Champ, Statut
from orientation.eligibilite.bornes import PLUS_DE_ZERO, Nombre, contient, dans

# The widest horizon that the sources call a risk: Avise, « Parcours au rebond », « en risque de cessation de paiement à
# horizon 12 mois », and the brochure of Occitanie, « en rupture de trésorerie dans les 12 mois à venir ».
HORIZON_DU_RISQUE = Bornes(maxi=12)


@dataclass(frozen=True, slots=True)
class Faits:
    """The facts of one case, None where unknown. A number may be an interval when only its band is known."""

    statut: Statut | None
    departement: str | None
    etp: Nombre | None = None
    budget: Nombre | None = None
    risque_cessation: bool | None = None
    mois_avant_cessation: Nombre | None = None
    jours_en_cessation: Nombre | None = None
    procedure_collective: bool | None = None
    difficultes: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Connus:
    """The facts with what follows from them; `deduits` says in French from what each deduced one follows."""

    faits: Faits
    deduits: Mapping[Champ, str]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two facts that cannot both hold, and what to do about it."""

    champs: tuple[Champ, Champ]
    remede: str


def contradiction(faits: Faits) -> Contradiction | None:
    """The first contradiction between the facts as they were given, None when they hold together."""
    if faits.jours_en_cessation is None or not dans(faits.jours_en_cessation, PLUS_DE_ZERO):
        return None
    if faits.risque_cessation is False:
        return Contradiction(
            (Champ.jours_en_cessation, Champ.risque_cessation),
            _(
                "Une structure en cessation de paiement est aussi en risque de cessation : "
                "indiquez 0 jour en cessation, ou un risque de cessation."
            ),
        )
    if faits.mois_avant_cessation is not None and dans(faits.mois_avant_cessation, PLUS_DE_ZERO):
        return Contradiction(
            (Champ.jours_en_cessation, Champ.mois_avant_cessation),
            _(
                "La cessation de paiement ne peut pas être à la fois passée et à venir : "
                "indiquez 0 jour en cessation, ou 0 mois avant la cessation."
            ),
        )
    return None


def deduire(faits: Faits) -> Connus:
    """Complete what is unknown with what follows from what was given. A fact that was given exactly is never replaced.

    Deductions start from given facts only, so that adding a fact can add deductions, and never takes a known value away.
    """
    jours, mois, risque = faits.jours_en_cessation, faits.mois_avant_cessation, faits.risque_cessation
    en_cessation = jours is not None and dans(jours, PLUS_DE_ZERO)
    changes: dict[str, bool | float] = {}
    deduits: dict[Champ, str] = {}

    def noter(champ: Champ, valeur: bool | float, parce_que: str) -> None:
        if champ.value not in changes:
            changes[champ.value] = valeur
            deduits[champ] = parce_que

    if risque is None:
        if en_cessation:
            noter(Champ.risque_cessation, True, _("la cessation de paiement a commencé"))
        elif mois is not None and dans(mois, HORIZON_DU_RISQUE):
            noter(Champ.risque_cessation, True, _("la cessation de paiement est attendue dans les 12 mois"))
    if _peut_devenir_zero(jours):
        if mois is not None and dans(mois, PLUS_DE_ZERO):
            noter(Champ.jours_en_cessation, 0, _("la cessation de paiement est à venir"))
        elif risque is False:
            noter(Champ.jours_en_cessation, 0, _("il n’y a pas de risque de cessation de paiement"))
    if en_cessation and _peut_devenir_zero(mois):
        noter(Champ.mois_avant_cessation, 0, _("la cessation de paiement a commencé"))
    return Connus(replace(faits, **changes) if changes else faits, deduits)  # type: ignore[arg-type]


def _peut_devenir_zero(valeur: Nombre | None) -> bool:
    """Unknown, or an interval of which zero is one value: never a number that was given."""
    return valeur is None or (isinstance(valeur, Bornes) and contient(valeur, 0) and valeur.maxi != 0)


_HORIZONS = {
    Horizon.moins_3: Bornes(0, 3, maxi_strict=True),
    Horizon.de_3_a_6: Bornes(3, 6, maxi_strict=True),
    Horizon.de_6_a_12: Bornes(6, 12),
    Horizon.plus_12: Bornes(mini=12, mini_strict=True),
}
_BUDGETS = {
    BandeBudget.moins_50k: Bornes(0, 50_000, maxi_strict=True),
    BandeBudget.de_50k_a_200k: Bornes(50_000, 200_000, maxi_strict=True),
    BandeBudget.de_200k_a_500k: Bornes(200_000, 500_000, maxi_strict=True),
    BandeBudget.de_500k_a_2m: Bornes(500_000, 2_000_000, maxi_strict=True),
    BandeBudget.plus_2m: Bornes(mini=2_000_000),
}


def faits_du_dossier(
    departement: str, horizon: Horizon, budget: BandeBudget, emplois: int, indicateurs: Iterable[str]
) -> Faits:
    """What this service knows of a case that it heard of: bands, rounded jobs, indicators. Cases are associations'.

    The months before the cash runs out stand for the months before the cessation of payments, as in the brochure.
    """
    return Faits(
        statut=Statut.association,
        departement=departement,
        etp=_etp(emplois),
        budget=_BUDGETS.get(budget),
        mois_avant_cessation=_HORIZONS.get(horizon),
        difficultes=frozenset(indicateurs),
    )


def preciser(
    faits: Faits, etp: float | None, budget: float | None, mois_avant_cessation: int | None, difficultes: Iterable[str]
) -> Faits:
    """The same case with exact facts in the place of its bands, where they are known."""
    return replace(
        faits,
        etp=faits.etp if etp is None else etp,
        budget=faits.budget if budget is None else budget,
        mois_avant_cessation=faits.mois_avant_cessation if mois_avant_cessation is None else mois_avant_cessation,
        difficultes=frozenset(difficultes),
    )


def _etp(emplois: int) -> Bornes | None:
    """What `common.codes.emplois_arrondis` may have rounded to this number; zero also stands for « not known »."""
    if emplois <= 0:
        return None
    bas = 0.5 if emplois <= 10 else 2.5 if emplois <= 50 else 5.5
    haut = 0.5 if emplois < 10 else 2.5 if emplois < 50 else 4.5
    return Bornes(emplois - bas, emplois + haut, maxi_strict=True)
