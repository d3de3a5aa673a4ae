"""How pages name what the log holds, and the tone in which they show a state."""

import re

from common.codes import EtatConsentement, EtatDossier, EtatOrientation
from common.traduction import N_
from common.typographie import INSECABLE

ACTES: dict[str, str] = {
    "dossier.deposer": N_("Signalement déposé"),
    "dossier.convenir": N_("Premier échange fixé"),
    "dossier.qualifier": N_("Situation qualifiée"),
    "dossier.clore": N_("Dossier clos"),
    "dossier.lire": N_("Dossier consulté"),
    "dossier.lire_faits": N_("Éléments chiffrés consultés, sans l’identité"),
    "dossier.ouvrir": N_("Dossier ouvert"),
    "consentement.demander": N_("Accord demandé à l’association"),
    "consentement.donner": N_("Accord donné"),
    "consentement.refuser": N_("Accord refusé"),
    "consentement.retirer": N_("Accord retiré"),
    "consentement.expirer": N_("Accord arrivé à son terme"),
    "consentement.permettre": N_("Partage vérifié"),
    "contact.ecrire": N_("Courriel envoyé à l’association"),
    "personne.inviter": N_("Une personne de l’association invitée"),
    "personne.changer": N_("Droits d’une personne changés"),
    "personne.retirer": N_("Une personne de l’association retirée"),
    "recuperation.proposer": N_("Changement d’adresse proposé"),
    "recuperation.confirmer": N_("Changement d’adresse confirmé"),
    "recuperation.refuser": N_("Changement d’adresse refusé"),
    "recuperation.expirer": N_("Changement d’adresse arrivé à son terme"),
    "document.ajouter": N_("Document ajouté"),
    "document.ouvrir": N_("Document ouvert"),
    "document.supprimer": N_("Document supprimé"),
    "document.retablir": N_("Document rétabli"),
    "message.ecrire": N_("Message écrit"),
    "messages.lire": N_("Messages lus par la cellule"),
    "espace.entrer": N_("Espace de l’association ouvert"),
}
"""Each action of the log in words, as a past fact."""

TONS: dict[str, str] = {
    EtatDossier.depose: "attente",
    EtatDossier.qualifie: "info",
    EtatDossier.clos: "fini",
    EtatConsentement.demande: "attente",
    EtatConsentement.donne: "succes",
    EtatConsentement.refuse: "neutre",
    EtatConsentement.retire: "neutre",
    EtatConsentement.expire: "fini",
}

# Where the partner has a step to take, and may be called when it is late.
CHEZ_LE_PARTENAIRE = frozenset(
    {EtatOrientation.envoyee, EtatOrientation.recue, EtatOrientation.acceptee, EtatOrientation.demarree}
)
TONS_ORIENTATION: dict[str, str] = {
    EtatOrientation.brouillon: "neutre",
    EtatOrientation.envoyee: "attente",
    EtatOrientation.recue: "info",
    EtatOrientation.complement_demande: "attente",
    EtatOrientation.acceptee: "succes",
    EtatOrientation.demarree: "info",
    EtatOrientation.aboutie: "succes",
    EtatOrientation.non_aboutie: "fini",
    EtatOrientation.declinee: "fini",
    EtatOrientation.retiree: "fini",
    EtatOrientation.expiree: "alerte",
}

NUMEROS = (re.compile(r"(\d{3})(\d{3})(\d{3})(\d{5})?"), re.compile(r"(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)"))


def lisible(numero: str | None) -> str | None:
    """A SIREN, a SIRET or a telephone number in the groups in which people read it; any other as it is."""
    found = next((match for form in NUMEROS if (match := form.fullmatch(numero or ""))), None)
    return INSECABLE.join(part for part in found.groups() if part) if found else numero
