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
from common.traduction import N_, _
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
    Action.envoyer: N_("Envoyer au partenaire"),
    Action.annuler: N_("Annuler cette orientation"),
    Action.complement_fournir: N_("Répondre au partenaire"),
    Action.accepter: N_("Accepter d’accompagner"),
    Action.decliner: N_("Décliner"),
    Action.complement_demander: N_("Demander un complément"),
    Action.demarrer: N_("L’accompagnement commence"),
    Action.faire_le_point: N_("L’accompagnement se poursuit"),
    Action.aboutir: N_("L’accompagnement a abouti"),
    Action.ne_pas_aboutir: N_("L’accompagnement s’arrête sans résultat"),
    Action.revenir: N_("Revenir à l’étape précédente"),
    Action.rouvrir: N_("Rouvrir cette orientation"),
    Action.renvoyer: N_("Renvoyer au partenaire"),
}
FAITS: dict[Action, str] = {
    Action.envoyer: N_("L’orientation est envoyée. Le partenaire en est prévenu."),
    Action.annuler: N_("L’orientation est annulée."),
    Action.complement_fournir: N_("Votre réponse est transmise au partenaire."),
    Action.accepter: N_("Votre accord est enregistré. L’animateur de la cellule en est prévenu."),
    Action.decliner: N_("Votre réponse est enregistrée. L’animateur de la cellule cherche un autre appui."),
    Action.complement_demander: N_("Votre question est transmise à l’animateur. Votre délai est suspendu jusqu’à sa réponse."),
    Action.demarrer: N_("Le début de l’accompagnement est enregistré."),
    Action.aboutir: N_("La fin de l’accompagnement est enregistrée. Merci."),
    Action.ne_pas_aboutir: N_("La fin de l’accompagnement est enregistrée."),
    Action.faire_le_point: N_("Merci, c’est noté. Nous vous redemanderons des nouvelles plus tard."),
    Action.revenir: N_("L’orientation est revenue à l’étape précédente. L’animateur de la cellule en est prévenu."),
    Action.rouvrir: N_("L’orientation est rouverte. L’animateur de la cellule en est prévenu."),
    Action.renvoyer: N_("L’orientation est renvoyée. Le partenaire en est prévenu, ses délais repartent."),
}
# What is expected of each side in each state: (of the partner, of the sender).
ATTENDU: dict[EtatOrientation, tuple[str, str]] = {
    E.brouillon: ("", N_("Envoyez l’orientation dès que l’association a donné son accord.")),
    E.envoyee: (
        N_("Ouvrez le dossier, puis dites si vous pouvez aider."),
        N_("Le partenaire doit ouvrir le dossier et répondre."),
    ),
    E.recue: (N_("Dites si vous pouvez aider, ou demandez ce qui vous manque."), N_("Le partenaire étudie le dossier.")),
    E.complement_demande: (
        N_("L’animateur doit répondre à votre question. Votre délai est suspendu."),
        N_("Répondez à la question du partenaire : son délai est suspendu jusque-là."),
    ),
    E.acceptee: (
        N_("Prenez contact avec l’association, puis indiquez le début de l’accompagnement."),
        N_("Le partenaire va commencer."),
    ),
    E.demarree: (
        N_("Indiquez la fin de l’accompagnement quand elle arrive, et d’ici là qu’il se poursuit."),
        N_("Le partenaire accompagne l’association."),
    ),
    E.aboutie: (N_("Rien : l’accompagnement a abouti."), N_("Rien : l’accompagnement a abouti.")),
    E.non_aboutie: (N_("Rien : cette orientation est close."), N_("Proposez un autre appui à l’association.")),
    E.declinee: (N_("Rien : vous avez décliné."), N_("Proposez un autre partenaire à l’association.")),
    E.retiree: (N_("Rien : cette orientation est retirée."), N_("Rien : cette orientation est retirée.")),
    E.expiree: (
        N_("Rien : le délai de réponse est passé."),
        N_("Le partenaire n’a pas répondu. Proposez un autre appui à l’association."),
    ),
}
# Of a draft, where it is not simply to be sent once the association agrees.
DU_BROUILLON: dict[ProchaineEtape, str] = {
    ProchaineEtape.patienter: N_("Rien pour le moment : cette orientation attend la fin d’une autre."),
    ProchaineEtape.abandonner: N_("Celle qu’elle attendait a abouti. Annulez cette orientation."),
    ProchaineEtape.renoncer: N_("L’association n’est pas d’accord. Échangez avec elle, ou annulez cette orientation."),
    ProchaineEtape.envoyer: N_("L’association est d’accord : envoyez l’orientation."),
}
CHAMPS: dict[str, str] = {
    "nom": N_("Nom"),
    "siren": "SIREN",
    "siret": "SIRET",
    "rna": N_("Numéro RNA"),
    "departement": N_("Département"),
    "code_postal": N_("Code postal"),
    "commune": N_("Commune"),
    "prenom": N_("Prénom"),
    "fonction": N_("Fonction"),
    "courriel": N_("Courriel"),
    "telephone": N_("Téléphone"),
    "indicateurs": N_("Constats"),
    "mois_avant_rupture": N_("Trésorerie disponible"),
    "niveau": N_("Niveau de difficulté"),
    "besoin": N_("Ce que dit l’association"),
    "budget": N_("Budget annuel"),
    "etp": N_("Salariés"),
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
    phrase = _("{qui} : {quoi},").format(
        qui=_("À vous") if a_moi else qui.libelle, quoi=f"{quoi.libelle[:1].lower()}{quoi.libelle[1:]}"
    )
    return _delai(orientation, moment, phrase, now)


def reponse_attendue(orientation: Orientation, now: datetime) -> Delai | None:
    """The deadline of the answer, as long as the first thing to do is to read."""
    due_at = orientation.echeances.due_at
    if orientation.etat is not E.envoyee or due_at is None or orientation.echeances.escaladee:
        return None
    return _delai(orientation, due_at, _("Réponse attendue"), now)


def a_appeler(orientation: Orientation, cote: Cote, delai: Delai | None) -> bool:
    """Whether the sender may have to call the partner, whose step is late."""
    en_retard = delai is not None and delai.jours < 0
    return cote is Cote.emetteur and en_retard and ATTENDUE.get(orientation.etat, ("",))[0] is Partie.partenaire


def silence(injoignables: Injoignables, partenaire: str) -> str:
    """That mails do not reach the people of a partner, or some of them."""
    i, jour = injoignables, date_fr(injoignables.depuis.astimezone(ZoneInfo(PARIS)).date(), semaine=False)
    if i.combien >= i.membres:
        return _("Les courriels n’arrivent à personne de {partenaire} depuis le {jour}.").format(
            partenaire=partenaire, jour=jour
        )
    qui, membres = pluriel(i.combien, "personne"), nombre(i.membres)
    return _("Les courriels n’arrivent pas à {qui} sur {membres} de {partenaire} depuis le {jour}.").format(
        qui=qui, membres=membres, partenaire=partenaire, jour=jour
    )


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
        return _(DU_BROUILLON.get(etape_du_brouillon(orientation), ATTENDU[E.brouillon][1]))
    return _(ATTENDU[orientation.etat][0 if cote is Cote.partenaire else 1])


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
    emplois = pluriel(dossier.emplois or 0, "emploi")
    return [
        (_("Territoire"), nom_departement(vue.orientation.departement)),
        (_("Niveau de difficulté"), Niveau(dossier.niveau).libelle if dossier.niveau else ""),
        (_("Trésorerie"), Horizon(dossier.horizon).libelle),
        (_("Emplois concernés"), _("environ {emplois}").format(emplois=emplois) if dossier.emplois else ""),
        (_("Constats"), ", ".join(Indicateur(i).libelle for i in dossier.indicateurs)),
    ]


def chemin(row: OrientationRow) -> list[dict[str, str]]:
    """The path of the referral as phases for the page."""
    etat = EtatOrientation(row.etat)
    fuseau = fuseau_de(row.departement).key
    motif = Motif(row.motif).libelle if row.motif else ""
    phases: list[tuple[str, datetime | None, str]] = [
        (_("Préparée"), row.creee_at, ""),
        (_("Envoyée au partenaire"), row.envoyee_at, ""),
        (_("Dossier ouvert"), row.recue_at, ""),
    ]
    if etat in (E.declinee, E.retiree, E.expiree):
        phases = [phase for phase in phases if phase[1]]
        phases.append((etat.libelle, row.close_at or row.repondue_at, motif))
    else:
        fin = etat.libelle if etat in CLOSES else _("Fin de l’accompagnement")
        phases += [
            (_("Acceptée") if row.repondue_at else _("Réponse du partenaire"), row.repondue_at, ""),
            (_("Accompagnement"), row.demarree_at, ""),
            (fin, row.close_at, motif),
        ]
    faites = sum(1 for _titre, at, _texte in phases if at)
    return [
        {
            "titre": titre,
            "etat": "faite" if i < faites else ("ici" if i == faites else "suite"),
            "quand": _("le {moment}").format(moment=moment_fr(at, fuseau)) if at else "",
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
            parts.append((categorie.libelle, [(_(CHAMPS.get(nom, nom)), _en_mots(nom, v)) for nom, v in valeurs.items()]))
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
        return _("{n} mois").format(n=nombre(valeur))
    if nom == "budget":
        return f"{nombre(valeur)} €"
    if nom == "etp":
        return _("{n} équivalents temps plein").format(n=nombre(valeur, 1))
    return str(valeur)


def titre(vue: Vue) -> str:
    """The name of a referral: its dispositif."""
    return libelle_dispositif(vue.orientation.dispositif)


def libelles_categories(row: OrientationRow) -> list[str]:
    """The information that the referral shares, in words."""
    return [Categorie(categorie).libelle for categorie in row.categories]
