"""The state of a case, derived from its own state and from its referrals'; every service that shows it derives it here."""

from collections.abc import Iterable, Mapping

from common.codes import Code, EtatDossier, EtatOrientation


class EtatCas(Code):
    """The state of a case, in rising rank: the highest among its parts wins."""

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
