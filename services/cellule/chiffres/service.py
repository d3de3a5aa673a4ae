"""The figures as their readers get them: totals exact, small numbers of a breakdown withheld."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from cellule.chiffres import store
from cellule.chiffres.domain import filtrer
from common.actor import Actor
from common.cas import ETATS
from common.secret import SEUIL_SECRET, masquer

# GROUPING() sets a bit for each column that a line is not about.
AXES_DOSSIERS = {0b01111: "region", 0b10111: "departement", 0b11011: "mois", 0b11101: "rang", 0b11110: "niveau", 0b11111: ""}
AXES_ORIENTATIONS = {0b0111: "etat", 0b1011: "partenaire_id", 0b1101: "dispositif", 0b1110: "motif", 0b1111: ""}


@dataclass(frozen=True, slots=True)
class Compte:
    """A line of a breakdown: `n` is None from 1 to 4, `code` None where the fact is not known yet."""

    code: str | None
    n: int | None


@dataclass(frozen=True, slots=True)
class ComptePartenaire:
    """What one partner was sent and answered. The delay is the median, in hours, from sending to its first answer."""

    partenaire_id: UUID
    libelle: str | None
    n: int | None
    acceptees: int | None
    declinees: int | None
    delai_median_heures: float | None


@dataclass(frozen=True, slots=True)
class ChiffresDossiers:
    """Cases filed."""

    total: int
    par_region: Sequence[Compte]
    par_departement: Sequence[Compte]
    par_mois: Sequence[Compte]
    par_etat: Sequence[Compte]
    par_niveau: Sequence[Compte]


@dataclass(frozen=True, slots=True)
class ChiffresEmplois:
    """Jobs concerned: the sum of the coarse numbers that cases announce."""

    total: int


@dataclass(frozen=True, slots=True)
class DelaiDiagnostic:
    """From the filing of a case to its first diagnostic shared: how many, the median in days, how many within 42 days."""

    n: int
    mediane_jours: float | None
    dans_les_six_semaines: int


@dataclass(frozen=True, slots=True)
class ChiffresOrientations:
    """Referrals sent for these cases; drafts are not counted. Partners: the 500 most solicited."""

    total: int
    par_etat: Sequence[Compte]
    par_partenaire: Sequence[ComptePartenaire]
    par_dispositif: Sequence[Compte]
    par_motif: Sequence[Compte]


@dataclass(frozen=True, slots=True)
class Chiffres:
    """All the figures of one filter."""

    dossiers: ChiffresDossiers
    emplois: ChiffresEmplois
    delai_diagnostic: DelaiDiagnostic
    orientations: ChiffresOrientations


async def chiffres(
    session: AsyncSession,
    actor: Actor,
    *,
    region: str | None = None,
    departement: str | None = None,
    depuis: date | None = None,
    jusque: date | None = None,
) -> Chiffres:
    """The figures of the cases filed in that territory and period. Raises what `domain.filtrer` raises."""
    filtre = filtrer(actor, region, departement, depuis, jusque)
    cas = _par_axe(await store.dossiers(session, actor, filtre), AXES_DOSSIERS)
    delai = await store.delai_diagnostic(session, actor, filtre)
    renvois = _par_axe(await store.orientations(session, actor, filtre), AXES_ORIENTATIONS)
    tous, envoyes = cas[""], renvois[""]
    return Chiffres(
        dossiers=ChiffresDossiers(
            total=tous[0].n,
            par_region=_comptes(cas, "region"),
            par_departement=_comptes(cas, "departement"),
            par_mois=_comptes(cas, "mois"),
            par_etat=[Compte(ETATS[ligne.rang].value, masquer(ligne.n)) for ligne in cas["rang"]],
            par_niveau=_comptes(cas, "niveau"),
        ),
        emplois=ChiffresEmplois(total=tous[0].emplois),
        delai_diagnostic=DelaiDiagnostic(delai.n, _arrondi(delai.mediane_jours), delai.dans_les_six_semaines),
        orientations=ChiffresOrientations(
            total=envoyes[0].n,
            par_etat=_comptes(renvois, "etat"),
            par_partenaire=[_partenaire(ligne) for ligne in renvois["partenaire_id"]],
            par_dispositif=_comptes(renvois, "dispositif"),
            # A referral without a reason is one that was neither declined nor closed.
            par_motif=[compte for compte in _comptes(renvois, "motif") if compte.code],
        ),
    )


def _par_axe(lignes: Sequence[Any], axes: dict[int, str]) -> dict[str, list[Any]]:
    groupes: dict[str, list[Any]] = {nom: [] for nom in axes.values()}
    for ligne in lignes:
        groupes[axes[ligne.axe]].append(ligne)
    return groupes


def _comptes(groupes: dict[str, list[Any]], axe: str) -> list[Compte]:
    return [Compte(getattr(ligne, axe), masquer(ligne.n)) for ligne in groupes[axe]]


def _partenaire(ligne: Any) -> ComptePartenaire:
    return ComptePartenaire(
        partenaire_id=ligne.partenaire_id,
        libelle=ligne.libelle,
        n=masquer(ligne.n),
        acceptees=masquer(ligne.acceptees),
        declinees=masquer(ligne.declinees),
        # The median of a few answers is nearly one of them.
        delai_median_heures=_arrondi(ligne.delai_median_heures) if ligne.reponses >= SEUIL_SECRET else None,
    )


def _arrondi(valeur: Any) -> float | None:
    return None if valeur is None else round(float(valeur), 1)
