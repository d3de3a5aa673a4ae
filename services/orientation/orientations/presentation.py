"""How a referral is shown to people: words, tones, deadlines, the path so far, and what is expected of whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from common.calendrier import date_locale, jours_ouvres_between
from common.codes import Categorie, Code, EtatOrientation, Horizon, Indicateur, Motif, Niveau, Partie, ProchaineEtape
from common.codes_echanges import CauseRetour
from common.filtres import PARIS, date_fr, moment_fr, nombre, pluriel
from common.territoires import fuseau as fuseau_de
from common.territoires import nom_departement
from common.traduction import _
from orientation.etapes.domain import ATTENDU as ATTENDUE
from orientation.etapes.domain import etape_du_brouillon, prochaine_etape
from orientation.membres.store import Injoignables
from orientation.orientations.domain import CLOSES, MOTIFS, RETOURS, Action, Cote, Orientation, possibles
from orientation.orientations.models import OrientationRow
from orientation.orientations.store import Vue
from orientation.partenaires.libelles import libelle_dispositif

E = EtatOrientation

TONS: dict[EtatOrientation, str] = {
    E.brouillon: "neutre",
    E.envoyee: "info",
    E.recue: "info",
    E.complement_demande: "attente",
    E.acceptee: "succes",
    E.demarree: "succes",
    E.aboutie: "fini",
    E.non_aboutie: "fini",
    E.declinee: "fini",
    E.retiree: "fini",
    E.expiree: "alerte",
}
BOUTONS: dict[Action, str] = {
    Action.envoyer: "Envoyer au partenaire",
    Action.annuler: "Annuler cette orientation",
    Action.complement_fournir: "Répondre au partenaire",
    Action.accepter: "Accepter d’accompagner",
    Action.decliner: "Décliner",
    Action.complement_demander: "Demander un complément",
    Action.demarrer: "L’accompagnement commence",
    Action.faire_le_point: "L’accompagnement se poursuit",
    Action.aboutir: "L’accompagnement a abouti",
    Action.ne_pas_aboutir: "L’accompagnement s’arrête sans résultat",
    Action.revenir: "Revenir à l’étape précédente",
    Action.rouvrir: "Rouvrir cette orientation",
    Action.renvoyer: "Renvoyer au partenaire",
}
FAITS: dict[Action, str] = {
    Action.envoyer: "L’orientation est envoyée. Le partenaire en est prévenu.",
    Action.annuler: "L’orientation est annulée.",
    Action.complement_fournir: "Votre réponse est transmise au partenaire.",
    Action.accepter: "Votre accord est enregistré. L’animateur de la cellule en est prévenu.",
    Action.decliner: "Votre réponse est enregistrée. L’animateur de la cellule cherche un autre appui.",
    Action.complement_demander: "Votre question est transmise à l’animateur. Votre délai est suspendu jusqu’à sa réponse.",
    Action.demarrer: "Le début de l’accompagnement est enregistré.",
    Action.aboutir: "La fin de l’accompagnement est enregistrée. Merci.",
    Action.ne_pas_aboutir: "La fin de l’accompagnement est enregistrée.",
    Action.faire_le_point: "Merci, c’est noté. Nous vous redemanderons des nouvelles plus tard.",
    Action.revenir: "L’orientation est revenue à l’étape précédente. L’animateur de la cellule en est prévenu.",
    Action.rouvrir: "L’orientation est rouverte. L’animateur de la cellule en est prévenu.",
    Action.renvoyer: "L’orientation est renvoyée. Le partenaire en est prévenu, ses délais repartent.",
}
# What is expected of each side in each state: (of the partner, of the sender).
ATTENDU: dict[EtatOrientation, tuple[str, str]] = {
    E.brouillon: ("", "Envoyez l’orientation dès que l’association a donné son accord."),
    E.envoyee: ("Ouvrez le dossier, puis dites si vous pouvez aider.", "Le partenaire doit ouvrir le dossier et répondre."),
    E.recue: ("Dites si vous pouvez aider, ou demandez ce qui vous manque.", "Le partenaire étudie le dossier."),
    E.complement_demande: (
        "L’animateur doit répondre à votre question. Votre délai est suspendu.",
        "Répondez à la question du partenaire : son délai est suspendu jusque-là.",
    ),
    E.acceptee: (
        "Prenez contact avec l’association, puis indiquez le début de l’accompagnement.",
        "Le partenaire va commencer.",
    ),
    E.demarree: (
        "Indiquez la fin de l’accompagnement quand elle arrive, et d’ici là qu’il se poursuit.",
        "Le partenaire accompagne l’association.",
    ),
    E.aboutie: ("Rien : l’accompagnement a abouti.", "Rien : l’accompagnement a abouti."),
    E.non_aboutie: ("Rien : cette orientation est close.", "Proposez un autre appui à l’association."),
    E.declinee: ("Rien : vous avez décliné.", "Proposez un autre partenaire à l’association."),
    E.retiree: ("Rien : cette orientation est retirée.", "Rien : cette orientation est retirée."),
    E.expiree: (
        "Rien : le délai de réponse est passé.",
        "Le partenaire n’a pas répondu. Proposez un autre appui à l’association.",
    ),
}
# Of a draft, where it is not simply to be sent once the association agrees.
DU_BROUILLON: dict[ProchaineEtape, str] = {
    ProchaineEtape.patienter: "Rien pour le moment : cette orientation attend la fin d’une autre.",
    ProchaineEtape.abandonner: "Celle qu’elle attendait a abouti. Annulez cette orientation.",
    ProchaineEtape.renoncer: "L’association n’est pas d’accord. Échangez avec elle, ou annulez cette orientation.",
    ProchaineEtape.envoyer: "L’association est d’accord : envoyez l’orientation.",
}
CHAMPS: dict[str, str] = {
    "nom": "Nom",
    "siren": "SIREN",
    "siret": "SIRET",
    "rna": "Numéro RNA",
    "departement": "Département",
    "code_postal": "Code postal",
    "commune": "Commune",
    "prenom": "Prénom",
    "fonction": "Fonction",
    "courriel": "Courriel",
    "telephone": "Téléphone",
    "indicateurs": "Constats",
    "mois_avant_rupture": "Trésorerie disponible",
    "niveau": "Niveau de difficulté",
    "besoin": "Ce que dit l’association",
    "budget": "Budget annuel",
    "etp": "Salariés",
}


@dataclass(frozen=True, slots=True)
class Delai:
    """A deadline as the page shows it: the local date, the working days left, what must be done by then."""

    jour: date
    jours: int
    quoi: str


def delai(orientation: Orientation, cote: Cote, now: datetime) -> Delai | None:
    """The deadline that runs, and for whom; None once the referral is closed.

    One that has passed is shown by how much, and the partner is told of its own step: it may still take it.
    """
    etape = prochaine_etape(orientation, now)
    if etape.avant is None:
        return None
    qui, quoi, moment = etape.qui, etape.quoi, etape.avant
    if orientation.echeances.escaladee:
        moment = orientation.echeances.due_at or moment
        if cote is Cote.partenaire:
            qui, quoi = ATTENDUE[orientation.etat]
    a_moi = qui is Partie.partenaire if cote is Cote.partenaire else qui in (Partie.emetteur, Partie.animateur)
    phrase = f"{'À vous' if a_moi else qui.libelle} : {quoi.libelle[:1].lower()}{quoi.libelle[1:]},"
    return _delai(orientation, moment, phrase, now)


def reponse_attendue(orientation: Orientation, now: datetime) -> Delai | None:
    """The deadline of the answer, as long as the first thing to do is to read."""
    due_at = orientation.echeances.due_at
    if orientation.etat is not E.envoyee or due_at is None or orientation.echeances.escaladee:
        return None
    return _delai(orientation, due_at, "Réponse attendue", now)


def a_appeler(orientation: Orientation, cote: Cote, delai: Delai | None) -> bool:
    """Whether the sender may have to call the partner, whose step is late."""
    en_retard = delai is not None and delai.jours < 0
    return cote is Cote.emetteur and en_retard and ATTENDUE.get(orientation.etat, ("",))[0] is Partie.partenaire


def silence(injoignables: Injoignables, partenaire: str) -> str:
    """That mails do not reach the people of a partner, or some of them."""
    i, jour = injoignables, date_fr(injoignables.depuis.astimezone(ZoneInfo(PARIS)).date(), semaine=False)
    qui = f"à personne de {partenaire}"
    if i.combien < i.membres:
        qui = f"pas à {pluriel(i.combien, 'personne')} sur {nombre(i.membres)} de {partenaire}"
    return f"Les courriels n’arrivent {qui} depuis le {jour}."


def silence_de_l_adresse(partenaire: str, depuis: datetime, cause: str | None) -> str:
    """That mails do not arrive at the registered address of a partner, and what servers say of it."""
    dit = _("Les courriels n’arrivent pas à {partenaire} depuis le {jour}").format(
        partenaire=partenaire, jour=date_fr(depuis.astimezone(ZoneInfo(PARIS)).date(), semaine=False)
    )
    return f"{dit} : {CauseRetour(cause).libelle}." if cause else f"{dit}."


def _delai(orientation: Orientation, moment: datetime, quoi: str, now: datetime) -> Delai:
    return delai_de(moment, orientation.departement, now, quoi)


def delai_de(moment: datetime, departement: str, now: datetime, quoi: str = "") -> Delai:
    """A deadline in this département."""
    jours = jours_ouvres_between(now, moment, departement)
    # On the evening of the deadline no working day is left, and yet it has passed.
    return Delai(date_locale(moment, departement), min(jours, -1) if moment < now else jours, quoi)


def attendu(orientation: Orientation, cote: Cote) -> str:
    """What is expected of this side now."""
    if orientation.etat is E.brouillon:
        return DU_BROUILLON.get(etape_du_brouillon(orientation), ATTENDU[E.brouillon][1])
    return ATTENDU[orientation.etat][0 if cote is Cote.partenaire else 1]


def actions(orientation: Orientation, cote: Cote, now: datetime) -> list[Action]:
    """The buttons of this side, from the table, what takes back last. Receiving has none: opening the dossier receives it."""
    admises = (action for action in possibles(orientation, cote, now) if action in BOUTONS)
    return sorted(admises, key=lambda action: action in (*RETOURS, Action.annuler))


def motifs(action: Action) -> list[tuple[str, str]]:
    """The reasons to choose from; none for most actions."""
    return [(motif.value, motif.libelle) for motif in MOTIFS.get(action, ())]


def faits_connus(vue: Vue) -> list[tuple[str, str]]:
    """What is known of the case without opening it: bands and codes that identify nobody."""
    dossier = vue.dossier
    return [
        ("Territoire", nom_departement(vue.orientation.departement)),
        ("Niveau de difficulté", Niveau(dossier.niveau).libelle if dossier.niveau else ""),
        ("Trésorerie", Horizon(dossier.horizon).libelle),
        ("Emplois concernés", f"environ {pluriel(dossier.emplois, 'emploi')}" if dossier.emplois else ""),
        ("Constats", ", ".join(Indicateur(i).libelle for i in dossier.indicateurs)),
    ]


def chemin(row: OrientationRow) -> list[dict[str, str]]:
    """The path of the referral as phases for the page."""
    etat = EtatOrientation(row.etat)
    fuseau = fuseau_de(row.departement).key
    motif = Motif(row.motif).libelle if row.motif else ""
    phases: list[tuple[str, datetime | None, str]] = [
        ("Préparée", row.creee_at, ""),
        ("Envoyée au partenaire", row.envoyee_at, ""),
        ("Dossier ouvert", row.recue_at, ""),
    ]
    if etat in (E.declinee, E.retiree, E.expiree):
        phases = [phase for phase in phases if phase[1]]
        phases.append((etat.libelle, row.close_at or row.repondue_at, motif))
    else:
        fin = etat.libelle if etat in CLOSES else "Fin de l’accompagnement"
        phases += [
            ("Acceptée" if row.repondue_at else "Réponse du partenaire", row.repondue_at, ""),
            ("Accompagnement", row.demarree_at, ""),
            (fin, row.close_at, motif),
        ]
    faites = sum(1 for _, at, _ in phases if at)
    return [
        {
            "titre": titre,
            "etat": "faite" if i < faites else ("ici" if i == faites else "suite"),
            "quand": f"le {moment_fr(at, fuseau)}" if at else "",
            "texte": texte,
        }
        for i, (titre, at, texte) in enumerate(phases)
    ]


def contenu(divulgation: Mapping[str, Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    """What the door let through, category by category, in words."""
    parts = []
    for categorie in (Categorie.identite, Categorie.contact, Categorie.situation, Categorie.finances):
        valeurs = divulgation.get(categorie.value)
        if valeurs is not None:
            parts.append((categorie.libelle, [(CHAMPS.get(nom, nom), _en_mots(nom, v)) for nom, v in valeurs.items()]))
    return parts


def _en_mots(nom: str, valeur: Any) -> str:
    if valeur is None or valeur == "":
        return ""
    listes: dict[str, type[Code]] = {"indicateurs": Indicateur, "niveau": Niveau}
    if nom in listes:
        codes: Sequence[str] = [valeur] if isinstance(valeur, str) else valeur
        return ", ".join(listes[nom](code).libelle for code in codes)
    if nom == "departement":
        return nom_departement(str(valeur))
    if nom == "mois_avant_rupture":
        return f"{nombre(valeur)} mois"
    if nom == "budget":
        return f"{nombre(valeur)} €"
    if nom == "etp":
        return f"{nombre(valeur, 1)} équivalents temps plein"
    return str(valeur)


def titre(vue: Vue) -> str:
    """The name of a referral: its dispositif."""
    return libelle_dispositif(vue.orientation.dispositif)


def libelles_categories(row: OrientationRow) -> list[str]:
    """The information that the referral shares, in words."""
    return [Categorie(categorie).libelle for categorie in row.categories]
