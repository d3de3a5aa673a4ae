"""The closed lists that events, APIs and screens share; each code keeps its French label here and nowhere else."""

from enum import StrEnum

from common.traduction import _


class Code(StrEnum):
    """A code with its label: `member = "code", "Libellé"`, told in the language of what is going on."""

    _libelle: str

    def __new__(cls, value: str, libelle: str = "") -> "Code":
        member = str.__new__(cls, value)
        member._value_ = value
        member._libelle = libelle
        return member

    @property
    def libelle(self) -> str:
        """The label."""
        return _(self._libelle)


class Origine(Code):
    """Who files a signalement."""

    self = "self", "L’association elle-même"
    partenaire = "partenaire", "Un partenaire de l’association"
    tiers = "tiers", "Un tiers inquiet pour l’association"


class Indicateur(Code):
    """Indicators of crisis. Source: brochure of the Occitanie cell, « Repérer »; the two last are practice."""

    rupture_tresorerie = "rupture_tresorerie", "Rupture de trésorerie dans les 12 mois"
    deficit_recurrent = "deficit_recurrent", "Déficit récurrent"
    fonds_propres_alteres = "fonds_propres_alteres", "Altération des fonds propres"
    gouvernance_fragilisee = "gouvernance_fragilisee", "Gouvernance fragilisée"
    perte_financement = "perte_financement", "Perte ou baisse d’un financement public"
    autre = "autre", "Autre difficulté"


class Niveau(Code):
    """Level of difficulty. Source: Avise, « Dispositifs d’accompagnement aux difficultés »."""

    anticiper = "anticiper", "Anticiper et prévenir"
    faire_face = "faire_face", "Faire face aux difficultés"
    gerer_crise = "gerer_crise", "Gérer la crise"
    rebondir = "rebondir", "Rebondir"


class Horizon(Code):
    """Months before the cash runs out, as a band that identifies nobody."""

    moins_3 = "moins_3", "Moins de 3 mois"
    de_3_a_6 = "de_3_a_6", "De 3 à 6 mois"
    de_6_a_12 = "de_6_a_12", "De 6 à 12 mois"
    plus_12 = "plus_12", "Plus de 12 mois"
    inconnu = "inconnu", "Pas encore connu"


class BandeBudget(Code):
    """Yearly budget as a band."""

    moins_50k = "moins_50k", "Moins de 50 000 €"
    de_50k_a_200k = "de_50k_a_200k", "De 50 000 à 200 000 €"
    de_200k_a_500k = "de_200k_a_500k", "De 200 000 à 500 000 €"
    de_500k_a_2m = "de_500k_a_2m", "De 500 000 à 2 000 000 €"
    plus_2m = "plus_2m", "Plus de 2 000 000 €"
    inconnu = "inconnu", "Pas encore connu"


class EtatDossier(Code):
    """State of a case on the side of signalement."""

    depose = "depose", "Déposé"
    qualifie = "qualifie", "Qualifié"
    clos = "clos", "Clos"


class IssueDossier(Code):
    """How a case ended."""

    accompagnee = "accompagnee", "Association accompagnée"
    redressee = "redressee", "Situation redressée"
    sans_suite = "sans_suite", "Sans suite"
    doublon = "doublon", "Doublon d’un autre dossier"
    cessation = "cessation", "Cessation d’activité"


class Categorie(Code):
    """Categories of data that a consent covers, one by one."""

    identite = "identite", "Identité de l’association"
    contact = "contact", "Coordonnées de la personne à joindre"
    situation = "situation", "Description de la situation"
    finances = "finances", "Éléments financiers"
    diagnostic = "diagnostic", "Diagnostic partagé"


class Finalite(Code):
    """Why data is shared."""

    orientation = "orientation", "Étudier la demande et proposer un appui"
    diagnostic = "diagnostic", "Prendre connaissance du diagnostic partagé"


class ModeConsentement(Code):
    """How a consent was given."""

    en_ligne = "en_ligne", "En ligne, par le lien et le code reçus par courriel"


class Droit(Code):
    """What one of an association's people may do in its space; whoever is in it reads."""

    lire = "lire", "Lire le dossier"
    consentir = "consentir", "Donner, refuser et retirer les accords"
    valider = "valider", "Compléter le dossier, et valider le diagnostic"


class EtatConsentement(Code):
    """State of a consent."""

    demande = "demande", "Demandé"
    donne = "donne", "Donné"
    refuse = "refuse", "Refusé"
    retire = "retire", "Retiré"
    expire = "expire", "Expiré"


class EtatOrientation(Code):
    """States of a referral."""

    brouillon = "brouillon", "En préparation"
    envoyee = "envoyee", "Envoyée"
    recue = "recue", "Reçue"
    complement_demande = "complement_demande", "Complément demandé"
    acceptee = "acceptee", "Acceptée"
    demarree = "demarree", "Accompagnement en cours"
    aboutie = "aboutie", "Aboutie"
    non_aboutie = "non_aboutie", "Non aboutie"
    declinee = "declinee", "Déclinée"
    retiree = "retiree", "Retirée"
    expiree = "expiree", "Sans réponse, expirée"


ORIENTATIONS_CLOSES = (
    EtatOrientation.aboutie,
    EtatOrientation.non_aboutie,
    EtatOrientation.declinee,
    EtatOrientation.retiree,
    EtatOrientation.expiree,
)
"""The ends of a referral; some may be taken back."""


class Motif(Code):
    """Coded reasons for declining or closing a referral: a closed list."""

    sans_capacite = "sans_capacite", "Pas de capacité d’accueil actuellement"
    non_eligible = "non_eligible", "L’association ne remplit pas les critères"
    hors_territoire = "hors_territoire", "Hors du territoire d’intervention"
    deja_accompagne = "deja_accompagne", "Déjà accompagnée par ailleurs"
    injoignable = "injoignable", "L’association n’a pas pu être jointe"
    consentement_retire = "consentement_retire", "L’association a retiré son accord"
    annulee = "annulee", "Annulée par l’émetteur"
    autre = "autre", "Autre motif"


class MotifRetour(Code):
    """Coded reasons for taking back what was done to a referral: a closed list."""

    erreur = "erreur", "Enregistré par erreur"
    situation_changee = "situation_changee", "La situation a changé"
    place_liberee = "place_liberee", "Une place s’est libérée"
    partenaire_disponible = "partenaire_disponible", "Le partenaire peut finalement répondre"


class Horloge(Code):
    """What a deadline of a referral is for."""

    preparer = "preparer", "Obtenir l’accord et envoyer"
    envoyer = "envoyer", "Envoyer"
    lire = "lire", "Lire"
    repondre = "repondre", "Répondre"
    completer = "completer", "Répondre à la question du partenaire"
    demarrer = "demarrer", "Commencer l’accompagnement"
    suivre = "suivre", "Donner des nouvelles de l’accompagnement"


class Partie(Code):
    """Who must act next on a referral."""

    association = "association", "L’association"
    emetteur = "emetteur", "L’animateur qui oriente"
    partenaire = "partenaire", "Le partenaire"
    animateur = "animateur", "L’animateur de la cellule"
    personne = "personne", "Personne"


class ProchaineEtape(Code):
    """What is expected next on a referral."""

    donner_accord = "donner_accord", "Donner son accord, ou refuser"
    envoyer = "envoyer", "Envoyer l’orientation"
    patienter = "patienter", "Mener à son terme l’orientation qui précède"
    abandonner = "abandonner", "Annuler cette orientation : celle qui précède a abouti"
    renoncer = "renoncer", "Échanger avec l’association, qui n’est pas d’accord, ou annuler"
    lire = "lire", "Ouvrir le dossier"
    repondre = "repondre", "Accepter, décliner ou poser une question"
    completer = "completer", "Répondre à la question du partenaire"
    demarrer = "demarrer", "Commencer l’accompagnement"
    suivre = "suivre", "Donner des nouvelles de l’accompagnement, ou sa fin"
    debloquer = "debloquer", "Appeler le partenaire, ou chercher un autre appui"
    rien = "rien", "Rien : l’orientation est close"


class EtatDiagnostic(Code):
    """States of a shared diagnostic."""

    ouvert = "ouvert", "En construction"
    valide = "valide", "Validé"
    partage = "partage", "Partagé avec la cellule"


class TypePartenaire(Code):
    """Kinds of organisation in the directory."""

    france_active = "france_active", "France Active"
    mouvement_associatif = "mouvement_associatif", "Le Mouvement associatif"
    dla = "dla", "Dispositif local d’accompagnement"
    mediation_credit = "mediation_credit", "Médiation du crédit"
    ccsf = "ccsf", "DRFIP – CCSF"
    urssaf = "urssaf", "URSSAF"
    tribunal = "tribunal", "Tribunal"
    conseil = "conseil", "Point d’appui et de conseil"
    reseau = "reseau", "Réseau associatif"
    cellule = "cellule", "Cellule régionale"
    cellule_nationale = "cellule_nationale", "Cellule nationale"


class Famille(Code):
    """The three families of actors. Source: Avise, guide « Structurer une offre territoriale », 2013."""

    appui_tissu_associatif = "appui_tissu_associatif", "Appui au tissu associatif"
    relais_expert = "relais_expert", "Relais experts"
    institutionnel = "institutionnel", "Acteurs institutionnels"


class Periode(Code):
    """The period for which a partner declares how many associations it can take on."""

    annee = "annee", "par an"
    trimestre = "trimestre", "par trimestre"
    mois = "mois", "par mois"


def bande_horizon(mois: int | None) -> Horizon:
    """The band of a number of months before the cash runs out."""
    if mois is None:
        return Horizon.inconnu
    return (
        Horizon.moins_3 if mois < 3 else Horizon.de_3_a_6 if mois < 6 else Horizon.de_6_a_12 if mois <= 12 else Horizon.plus_12
    )


def bande_budget(euros: int | None) -> BandeBudget:
    """The band of a yearly budget in euros."""
    if euros is None:
        return BandeBudget.inconnu
    limits = (
        (50_000, BandeBudget.moins_50k),
        (200_000, BandeBudget.de_50k_a_200k),
        (500_000, BandeBudget.de_200k_a_500k),
        (2_000_000, BandeBudget.de_500k_a_2m),
    )
    return next((band for limit, band in limits if euros < limit), BandeBudget.plus_2m)


def emplois_arrondis(etp: float | None) -> int:
    """Jobs concerned, coarse enough to travel on events: to the unit under 10, to 5 under 50, then to 10 (halves go up)."""
    value = int((etp or 0) + 0.5)
    step = 1 if value < 10 else 5 if value < 50 else 10
    return (value + step // 2) // step * step
