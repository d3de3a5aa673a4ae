"""The stages of a case as an animateur follows them, derived from the case and its referrals."""

from collections.abc import Iterable

from common.cas import EtatCas, etat_du_cas
from common.codes import Code, EtatConsentement, EtatDossier, EtatOrientation
from common.traduction import N_

PAR_COLONNE = 8
PAR_PAGE = 25
PAGE_MAX = 1000


class Phase(Code):
    """Where a case is, in the order of its way."""

    a_qualifier = "a_qualifier", N_("À qualifier")
    a_orienter = "a_orienter", N_("À orienter")
    accord = "accord", N_("Accord attendu")
    orientes = "orientes", N_("Orientés")
    suivis = "suivis", N_("Suivis")
    termines = "termines", N_("Terminés")


EXPLICATIONS: dict[Phase, str] = {
    Phase.a_qualifier: N_("Signalés, en attente de votre lecture."),
    Phase.a_orienter: N_("Qualifiés, prêts à être envoyés, ou restés sans solution."),
    Phase.accord: N_("L’association doit dire si elle est d’accord."),
    Phase.orientes: N_("Un partenaire doit répondre."),
    Phase.suivis: N_("Un partenaire accompagne l’association."),
    Phase.termines: N_("Un accompagnement a abouti : le dossier peut être clos."),
}
DU_CAS: dict[EtatCas, Phase] = {
    EtatCas.depose: Phase.a_qualifier,
    EtatCas.qualifie: Phase.a_orienter,
    EtatCas.a_reorienter: Phase.a_orienter,
    EtatCas.abouti: Phase.termines,
    EtatCas.en_attente: Phase.orientes,
    EtatCas.accompagne: Phase.suivis,
    EtatCas.clos: Phase.termines,
}


def phase_de(dossier: EtatDossier, orientations: Iterable[tuple[EtatOrientation, EtatConsentement]]) -> Phase:
    """The stage of a case: that of its state, save that a draft may wait for the association's answer.

    The database computes the same, for a whole territory: see `store.RANGEES`.
    """
    toutes = list(orientations)
    phase = DU_CAS[etat_du_cas(dossier, [etat for etat, _ in toutes])]
    attendu = (EtatOrientation.brouillon, EtatConsentement.demande) in toutes
    return Phase.accord if attendu and phase in (Phase.a_qualifier, Phase.a_orienter) else phase
