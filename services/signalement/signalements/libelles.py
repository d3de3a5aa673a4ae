"""How pages name what the log holds, and the tone in which they show a state."""

import re

from common.codes import EtatConsentement, EtatDossier, EtatOrientation
from common.typographie import INSECABLE

ACTES: dict[str, str] = {
    "dossier.deposer": "Signalement déposé",
    "dossier.qualifier": "Situation qualifiée",
    "dossier.clore": "Dossier clos",
    "dossier.lire": "Dossier consulté",
    "dossier.lire_faits": "Éléments chiffrés consultés, sans l’identité",
    "dossier.ouvrir": "Dossier ouvert",
    "consentement.demander": "Accord demandé à l’association",
    "consentement.donner": "Accord donné",
    "consentement.refuser": "Accord refusé",
    "consentement.retirer": "Accord retiré",
    "consentement.expirer": "Accord arrivé à son terme",
    "consentement.permettre": "Partage vérifié",
    "contact.ecrire": "Courriel envoyé à l’association",
    "personne.inviter": "Une personne de l’association invitée",
    "personne.changer": "Droits d’une personne changés",
    "personne.retirer": "Une personne de l’association retirée",
    "recuperation.proposer": "Changement d’adresse proposé",
    "recuperation.confirmer": "Changement d’adresse confirmé",
    "recuperation.refuser": "Changement d’adresse refusé",
    "recuperation.expirer": "Changement d’adresse arrivé à son terme",
    "document.ajouter": "Document ajouté",
    "document.ouvrir": "Document ouvert",
    "document.supprimer": "Document supprimé",
    "document.retablir": "Document rétabli",
    "message.ecrire": "Message écrit",
    "messages.lire": "Messages lus par la cellule",
    "espace.entrer": "Espace de l’association ouvert",
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
