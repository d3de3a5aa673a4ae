"""The life of an appointment: which slots may be proposed, who may confirm, move or cancel."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from common.codes import EtatOrientation
from common.codes_echanges import Auteur, EtatRendezVous, ModeRendezVous, MotifAnnulation
from common.errors import Conflit, DonneeInvalide, Interdit, TransitionInterdite
from common.traduction import N_, _

CRENEAUX_MAX = 5
PAR_ORIENTATION = 20
MINUTES_MIN, MINUTES_MAX = 15, 480
LIEU_MAX = 200
HORIZON = timedelta(days=366)

E = EtatRendezVous

# The partner has read the dossier, and the referral is not over.
POSSIBLE = (EtatOrientation.recue, EtatOrientation.complement_demande, EtatOrientation.acceptee, EtatOrientation.demarree)


class Action(StrEnum):
    """What may be done with an appointment once it is proposed."""

    reproposer = "reproposer"
    confirmer = "confirmer"
    annuler = "annuler"


TRANSITIONS: tuple[tuple[Action, EtatRendezVous, EtatRendezVous], ...] = (
    (Action.reproposer, E.propose, E.propose),
    (Action.reproposer, E.confirme, E.propose),
    (Action.confirmer, E.propose, E.confirme),
    (Action.annuler, E.propose, E.annule),
    (Action.annuler, E.confirme, E.annule),
)
VERS = {(action, de): vers for action, de, vers in TRANSITIONS}
MOTIFS = tuple(motif for motif in MotifAnnulation if motif is not MotifAnnulation.orientation_close)


class CreneauxInvalides(DonneeInvalide):
    """What is wrong with the proposed slots, by field: `creneaux.0.debut`."""

    def __init__(self, erreurs: dict[str, str]) -> None:
        self.erreurs = erreurs
        details = [{"champ": champ, "message": message} for champ, message in erreurs.items()]
        super().__init__(_("Corrigez les créneaux indiqués."), champ=next(iter(erreurs)), erreurs=details)


class RendezVousImpossible(Conflit):
    """Appointments are made while a partner works on a referral that it has opened."""

    slug, titre = (
        "rendez-vous-impossible",
        N_("Un rendez-vous se prend entre l’ouverture du dossier et la clôture."),
    )


class RendezVousEnAttente(Conflit):
    """One proposal at a time waits for the other side."""

    slug, titre = "rendez-vous-en-attente", N_("Un rendez-vous est déjà proposé pour cette orientation.")


class TropDeRendezVous(Conflit):
    """A referral has so many appointments and no more."""

    slug, titre = "trop-de-rendez-vous", N_("Cette orientation compte déjà 20 rendez-vous.")


class CreneauPasse(Conflit):
    """A slot that has begun can be neither confirmed nor cancelled."""

    slug, titre = "creneau-passe", N_("Ce créneau est passé.")


@dataclass(frozen=True, slots=True)
class Creneau:
    """A slot: `debut` in UTC, how long, how people meet, and where or by which link."""

    debut: datetime
    minutes: int
    mode: ModeRendezVous
    lieu: str = ""


@dataclass(frozen=True, slots=True)
class RendezVous:
    """An appointment as the rules see it. `creneaux` are those of the last proposal, `retenu` the last one confirmed.

    `publie` once it has a file of its own; `sequence` grows with each change, as RFC 5545 asks: calendars have proposals too.
    """

    propose_par: Auteur
    creneaux: dict[UUID, Creneau]
    etat: EtatRendezVous = E.propose
    tour: int = 1
    retenu: UUID | None = None
    debut: datetime | None = None
    publie: bool = False
    sequence: int = 0


def verifier_creneaux(creneaux: Sequence[Creneau], now: datetime) -> None:
    """Whether these may be proposed. Raises CreneauxInvalides, which names every wrong field."""
    erreurs: dict[str, str] = {}
    if not 1 <= len(creneaux) <= CRENEAUX_MAX:
        erreurs["creneaux"] = _("Proposez de 1 à {n} créneaux.").format(n=CRENEAUX_MAX)
    vus: set[tuple[datetime, ModeRendezVous]] = set()
    for rang, creneau in enumerate(creneaux):
        if not now < creneau.debut <= now + HORIZON:
            erreurs[f"creneaux.{rang}.debut"] = _("Proposez une date à venir, dans l’année.")
        elif (creneau.debut, creneau.mode) in vus:
            erreurs[f"creneaux.{rang}.debut"] = _("Ce créneau est déjà proposé.")
        if not MINUTES_MIN <= creneau.minutes <= MINUTES_MAX:
            erreurs[f"creneaux.{rang}.minutes"] = _("Prévoyez de {minutes} minutes à {heures} heures.").format(
                minutes=MINUTES_MIN, heures=MINUTES_MAX // 60
            )
        if len(creneau.lieu) > LIEU_MAX:
            erreurs[f"creneaux.{rang}.lieu"] = _("Saisissez au plus {n} caractères.").format(n=LIEU_MAX)
        vus.add((creneau.debut, creneau.mode))
    if erreurs:
        raise CreneauxInvalides(erreurs)


def permises(rendez_vous: RendezVous, par: Auteur, now: datetime) -> tuple[Action, ...]:
    """What this side may do now, for the buttons: exactly what `changer` does not refuse."""
    if rendez_vous.etat is E.confirme and rendez_vous.debut and rendez_vous.debut <= now:
        return ()
    possibles = [action for action, de, _vers in TRANSITIONS if de is rendez_vous.etat]
    if rendez_vous.etat is E.propose and par is rendez_vous.propose_par:
        possibles = [Action.annuler]
    if Action.confirmer in possibles and not any(c.debut > now for c in rendez_vous.creneaux.values()):
        possibles.remove(Action.confirmer)
    return tuple(possibles)


def changer(avant: RendezVous, action: Action, par: Auteur, now: datetime) -> RendezVous:
    """The appointment after `action` by `par`; the slots and the reason are checked by the callers below.

    Raises TransitionInterdite, Interdit when it is the other side's turn, CreneauPasse.
    """
    vers = VERS.get((action, avant.etat))
    if vers is None:
        permis = [a.value for a in permises(avant, par, now)]
        raise TransitionInterdite(
            _("Le rendez-vous est dans l’état « {etat} ».").format(etat=avant.etat.libelle),
            etat=avant.etat.value,
            permis=permis,
        )
    if avant.etat is E.propose and par is avant.propose_par and action is not Action.annuler:
        raise Interdit(N_("C’est à l’autre partie de répondre à cette proposition."))
    if avant.etat is E.confirme and avant.debut and avant.debut <= now:
        raise CreneauPasse(N_("Proposez un nouveau rendez-vous."))
    return replace(avant, etat=vers, sequence=avant.sequence + 1)


def reproposer(avant: RendezVous, creneaux: dict[UUID, Creneau], par: Auteur, now: datetime) -> RendezVous:
    """Other slots instead: the other side's turn. A confirmed slot does not hold any more."""
    apres = changer(avant, Action.reproposer, par, now)
    verifier_creneaux(list(creneaux.values()), now)
    return replace(apres, propose_par=par, creneaux=creneaux, tour=avant.tour + 1)


def confirmer(avant: RendezVous, creneau_id: UUID, par: Auteur, now: datetime, *, pour_association: bool) -> RendezVous:
    """One of the proposed slots is taken. Only the cell speaks for the association."""
    apres = changer(avant, Action.confirmer, par, now)
    if pour_association and par is not Auteur.emetteur:
        raise Interdit(N_("Seule la cellule confirme pour l’association."))
    creneau = avant.creneaux.get(creneau_id)
    if creneau is None:
        raise DonneeInvalide(N_("Choisissez un des créneaux proposés."), champ="creneau_id")
    if creneau.debut <= now:
        raise CreneauPasse(N_("Choisissez un créneau à venir."))
    return replace(apres, retenu=creneau_id, debut=creneau.debut, publie=True)


def annuler(avant: RendezVous, motif: MotifAnnulation | None, par: Auteur, now: datetime) -> RendezVous:
    """It will not take place; the reason that a referral is over is the hub's to give."""
    apres = changer(avant, Action.annuler, par, now)
    if (par is Auteur.systeme) != (motif is MotifAnnulation.orientation_close) or motif is None:
        raise DonneeInvalide(N_("Choisissez un motif de la liste."), champ="motif", admis=[m.value for m in MOTIFS])
    return apres
