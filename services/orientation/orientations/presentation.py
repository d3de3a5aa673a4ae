"""How a referral is shown to people: words, tones, deadlines, the path so far, and what is expected of whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from common.calendrier import date_locale, jours_ouvres_between
from common.codes import Categorie, Code, EtatOrientation, Horizon, Indicateur, Motif, Niveau
from common.filtres import moment_fr, nombre, pluriel
from common.territoires import departement, nom_departement
from orientation.orientations.domain import CLOSES, MOTIFS, Action, Cote, permises
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
    Action.aboutir: "L’accompagnement a abouti",
    Action.ne_pas_aboutir: "L’accompagnement s’arrête sans résultat",
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
    E.demarree: ("Indiquez la fin de l’accompagnement quand elle arrive.", "Le partenaire accompagne l’association."),
    E.aboutie: ("Rien : l’accompagnement a abouti.", "Rien : l’accompagnement a abouti."),
    E.non_aboutie: ("Rien : cette orientation est close.", "Proposez un autre appui à l’association."),
    E.declinee: ("Rien : vous avez décliné.", "Proposez un autre partenaire à l’association."),
    E.retiree: ("Rien : cette orientation est retirée.", "Rien : cette orientation est retirée."),
    E.expiree: (
        "Rien : le délai de réponse est passé.",
        "Le partenaire n’a pas répondu. Proposez un autre appui à l’association.",
    ),
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


def delai(row: OrientationRow, cote: Cote, now: datetime) -> Delai | None:
    """The deadline that runs, or None: nothing runs before the sending and after the answer."""
    etat = EtatOrientation(row.etat)
    if row.due_at is None or etat not in (E.envoyee, E.recue, E.complement_demande):
        return None
    a_moi = (etat is E.complement_demande) == (cote is Cote.emetteur)
    quoi = "À répondre" if a_moi else "Réponse attendue"
    jours = jours_ouvres_between(now, row.due_at, row.departement)
    # On the evening of the deadline no working day is left, and yet it has passed.
    return Delai(date_locale(row.due_at, row.departement), min(jours, -1) if row.due_at < now else jours, quoi)


def attendu(etat: EtatOrientation, cote: Cote) -> str:
    """What is expected of this side now."""
    return ATTENDU[etat][0 if cote is Cote.partenaire else 1]


def actions(etat: EtatOrientation, cote: Cote) -> list[Action]:
    """The buttons of this side, from the table, cancelling last. Receiving has none: opening the dossier receives it."""
    return sorted((action for action in permises(etat, cote) if action in BOUTONS), key=lambda a: a is Action.annuler)


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
    fuseau = departement(row.departement).fuseau
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
