"""The closed lists of what the two sides of a referral exchange: questions, appointments. See `codes.py`."""

from common.codes import Code


class TypeQuestion(Code):
    """Kinds of reply that a partner's question may ask for. A document to attach is not one: it goes by the dossier."""

    texte = "texte", "Un texte libre"
    nombre = "nombre", "Un nombre"
    montant = "montant", "Un montant en euros"
    date = "date", "Une date"
    oui_non = "oui_non", "Oui ou non"
    choix = "choix", "Un choix dans une liste"


class Auteur(Code):
    """Who acted: one of the two sides of a referral, or the hub itself."""

    emetteur = "emetteur", "La cellule"
    partenaire = "partenaire", "Le partenaire"
    systeme = "systeme", "Relais"


class EtatRendezVous(Code):
    """States of an appointment."""

    propose = "propose", "Proposé"
    confirme = "confirme", "Confirmé"
    annule = "annule", "Annulé"


class ModeRendezVous(Code):
    """How people meet."""

    telephone = "telephone", "Par téléphone"
    visio = "visio", "En visioconférence"
    sur_place = "sur_place", "Sur place"


class MotifAnnulation(Code):
    """Coded reasons for cancelling an appointment; the last one is the hub's alone."""

    association_indisponible = "association_indisponible", "L’association n’est pas disponible"
    partenaire_indisponible = "partenaire_indisponible", "Le partenaire n’est pas disponible"
    plus_utile = "plus_utile", "Le rendez-vous n’est plus utile"
    erreur = "erreur", "Proposé par erreur"
    orientation_close = "orientation_close", "L’orientation est close"


class EtatTransfert(Code):
    """States of a proposal to pass a referral on to another partner."""

    propose = "propose", "Proposé"
    accepte = "accepte", "Accepté"
    refuse = "refuse", "Refusé"
    retire = "retire", "Retiré par le partenaire"


class ActionLot(Code):
    """What an animateur may do to several referrals at once."""

    envoyer = "envoyer", "Envoyer aux partenaires"
    relancer = "relancer", "Relancer les partenaires"
    annuler = "annuler", "Annuler"
    reorienter = "reorienter", "Réorienter vers un autre appui"


class GenreDestinataire(Code):
    """Who a mail is written to."""

    membre = "membre", "Membre d’une organisation"
    correspondant = "correspondant", "Personne d’une association"
    invite = "invite", "Personne invitée dans une organisation"
    sans_compte = "sans_compte", "Partenaire qui n’a pas de compte"
    declarant = "declarant", "Personne qui a mis un signalement de côté"


class CauseRetour(Code):
    """Why mails do not reach somebody, as servers say it; what people read."""

    adresse_inconnue = "adresse_inconnue", "cette adresse n’existe pas, ou plus"
    boite_pleine = "boite_pleine", "la boîte est pleine"
    refuse = "refuse", "le serveur refuse nos messages"
    serveur_injoignable = "serveur_injoignable", "le serveur de cette adresse ne répond pas"
    autre = "autre", "le serveur n’en dit pas la raison"
