"""The rules of the figures: what state a case is in, what is too small to be shown, what six weeks are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from common.actor import Actor, Role
from common.codes import Code, EtatDossier, EtatOrientation
from common.errors import DonneeInvalide, Interdit
from common.territoires import departement as trouver_departement
from common.territoires import departements_of

# « Moins de 6 semaines entre le premier contact et le diagnostic partagé »: brochure of the Occitanie cell.
# First contact is the filing of the case. The diagnostic counts from its sharing with the cell: the last moment it
# could mean, from which the partners can act on it, so that the figure never flatters.
SIX_SEMAINES = timedelta(weeks=6)

# Below five, a number in a breakdown could point at somebody.
SEUIL_SECRET = 5


class EtatCas(Code):
    """The state of a case as the national figures see it, in rising rank: the highest among its parts wins."""

    depose = "depose", "Déposé, à qualifier"
    qualifie = "qualifie", "Qualifié, pas encore orienté"
    a_reorienter = "a_reorienter", "Sans solution, à réorienter"
    abouti = "abouti", "Orientation aboutie"
    en_attente = "en_attente", "En attente d’un partenaire"
    accompagne = "accompagne", "Accompagnement en cours"
    clos = "clos", "Clos"


# Active work outranks a good end, which outranks a negative closure; only the animateur's own closing outranks it.
ETATS: tuple[EtatCas, ...] = tuple(EtatCas)

DU_DOSSIER: Mapping[EtatDossier, EtatCas] = {
    EtatDossier.depose: EtatCas.depose,
    EtatDossier.qualifie: EtatCas.qualifie,
    EtatDossier.clos: EtatCas.clos,
}

DE_L_ORIENTATION: Mapping[EtatOrientation, EtatCas] = {
    EtatOrientation.brouillon: EtatCas.qualifie,
    EtatOrientation.envoyee: EtatCas.en_attente,
    EtatOrientation.recue: EtatCas.en_attente,
    EtatOrientation.complement_demande: EtatCas.en_attente,
    EtatOrientation.acceptee: EtatCas.accompagne,
    EtatOrientation.demarree: EtatCas.accompagne,
    EtatOrientation.aboutie: EtatCas.abouti,
    EtatOrientation.non_aboutie: EtatCas.a_reorienter,
    EtatOrientation.declinee: EtatCas.a_reorienter,
    EtatOrientation.retiree: EtatCas.a_reorienter,
    EtatOrientation.expiree: EtatCas.a_reorienter,
}


def rang_du_dossier(etat: EtatDossier) -> int:
    """The rank that a case's own state gives it."""
    return ETATS.index(DU_DOSSIER[etat])


def rang_de_l_orientation(etat: EtatOrientation) -> int:
    """The rank that one referral gives its case."""
    return ETATS.index(DE_L_ORIENTATION[etat])


def etat_du_cas(dossier: EtatDossier, orientations: Iterable[EtatOrientation]) -> EtatCas:
    """The state of a case, derived from its own and its referrals': the highest rank wins.

    The database computes the same with max() over the ranks stored beside each row.
    """
    return ETATS[max([rang_du_dossier(dossier), *map(rang_de_l_orientation, orientations)])]


def masquer(n: int) -> int | None:
    """A number fit for a breakdown: None from 1 to 4 (« secret statistique »)."""
    return None if 0 < n < SEUIL_SECRET else n


@dataclass(frozen=True, slots=True)
class Filtre:
    """Which cases are counted: by territory (None is all of France) and by day of filing, both ends included."""

    departements: frozenset[str] | None
    depuis: date | None = None
    jusque: date | None = None


def filtrer(
    actor: Actor,
    region: str | None = None,
    departement: str | None = None,
    depuis: date | None = None,
    jusque: date | None = None,
) -> Filtre:
    """The cases that `actor` asks for, within what it may see.

    Raises `Interdit` when an animateur asks outside its territory, `TerritoireInconnu` for an unknown code and
    `DonneeInvalide` for a period that ends before it begins.
    """
    if depuis and jusque and depuis > jusque:
        raise DonneeInvalide("La fin de la période précède son début.", champ="jusque")
    demande: frozenset[str] | None = None
    if region:
        demande = frozenset(departements_of(region))
    if departement:
        seul = frozenset({trouver_departement(departement).code})
        demande = seul if demande is None else demande & seul
    if not actor.has(Role.national, Role.auditeur):
        if demande and demande.isdisjoint(actor.departements):
            raise Interdit("Choisissez un territoire dont vous avez la charge.")
        demande = actor.departements if demande is None else demande & actor.departements
    return Filtre(demande, depuis, jusque)
