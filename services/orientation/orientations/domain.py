"""The life of a referral: what an action makes of it, and what is announced. What is possible stands in `transitions`."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from common.calendrier import add_jours_ouvres
from common.codes import Categorie, EtatConsentement, EtatOrientation, Horloge, Motif, MotifRetour
from common.errors import Conflit, DonneeInvalide, Interdit, TransitionInterdite
from common.events import Event
from common.events import orientation as annonces
from common.traduction import N_, _
from orientation.echeances import domain as horloge
from orientation.echeances.domain import CADRE, REOUVERTURE, SANS, Echeances
from orientation.transitions.domain import (
    ANNONCES,
    CLOSES,
    COTES,
    MOTIFS,
    NEGATIVES,
    OUVERTES,
    RETOURS,
    SUR_PERMIS,
    TRANSITIONS,
    VERS,
    Action,
    Cote,
    permises,
)

__all__ = [
    "ANNONCES",
    "CLOSES",
    "COTES",
    "MOTIFS",
    "NEGATIVES",
    "OUVERTES",
    "RETOURS",
    "SUR_PERMIS",
    "TRANSITIONS",
    "VERS",
    "Action",
    "Cote",
    "permises",
]

# The diagnostic has a door of its own, in the cell.
CATEGORIES = (Categorie.identite, Categorie.contact, Categorie.situation, Categorie.finances)

E = EtatOrientation


class PredecesseurInvalide(Conflit):
    """A predecessor is a referral of the same dossier that ended without help."""

    slug, titre = "predecesseur-invalide", N_("Cette orientation ne peut pas être la précédente.")


class SuiteInvalide(Conflit):
    """A referral waits for another of the same dossier that is not closed."""

    slug, titre = "suite-invalide", N_("Cette orientation ne peut pas en attendre une autre.")


class SuiteEnAttente(Conflit):
    """A referral that names another is sent only if that one ends without help."""

    slug, titre = (
        "suite-en-attente",
        N_("Cette orientation attend la fin d’une autre, et ne part que si celle-ci n’aboutit pas."),
    )


class RetraitDefinitif(Conflit):
    """What ended because the consent did is not taken back by anybody else than the association, by a new consent."""

    slug, titre = "retrait-definitif", N_("L’accord de l’association a pris fin : cette orientation ne se rouvre pas.")


class RetourTropTard(Conflit):
    """An end may be taken back for a bounded time only."""

    # The number is that of REOUVERTURE.
    slug, titre = "retour-trop-tard", N_("Une orientation close depuis plus de 10 jours ouvrés ne se rouvre pas.")


@dataclass(frozen=True, slots=True)
class Orientation:
    """A referral as the rules see it.

    `jours` and `lecture` are the partner's delays in working days, `departement` the dossier's. `accord` is what was last
    heard of the association's consent, as long as the referral is a draft; `depuis` is when it last changed. A draft that
    names another (`apres_id`) is sent only once that one, now in `apres_etat`, has ended without help.
    """

    id: UUID
    dossier_id: UUID
    partenaire_id: UUID
    emetteur_id: UUID
    dispositif: str
    departement: str
    jours: int
    categories: tuple[Categorie, ...]
    lecture: int = CADRE[Horloge.lire].jours
    predecesseur_id: UUID | None = None
    apres_id: UUID | None = None
    apres_etat: EtatOrientation | None = None
    etat: EtatOrientation = E.brouillon
    motif: Motif | None = None
    accord: EtatConsentement = EtatConsentement.demande
    depuis: datetime | None = None
    echeances: Echeances = SANS


@dataclass(frozen=True, slots=True)
class Decision:
    """What an action makes of a referral, and what is announced; `retour` is why something was taken back."""

    apres: Orientation
    events: tuple[Event, ...]
    retour: MotifRetour | None = None


def proposer(
    orientation: Orientation, predecesseur: Orientation | None, attendue: Orientation | None, now: datetime
) -> Decision:
    """Prepare a referral. Raises DonneeInvalide on the categories, PredecesseurInvalide, SuiteInvalide."""
    if not orientation.categories or not set(orientation.categories) <= set(CATEGORIES):
        raise DonneeInvalide(
            N_("Choisissez au moins une information à transmettre, parmi celles proposées."), champ="categories"
        )
    if predecesseur and (predecesseur.dossier_id != orientation.dossier_id or predecesseur.etat not in NEGATIVES):
        raise PredecesseurInvalide(N_("Choisissez une orientation du même dossier, close sans aide apportée."))
    if attendue and (attendue.dossier_id != orientation.dossier_id or attendue.etat in CLOSES):
        raise SuiteInvalide(N_("Choisissez une orientation du même dossier, qui n’est pas close."), champ="apres_id")
    event = _annonce(
        annonces.OrientationProposee,
        orientation,
        categories=orientation.categories,
        predecesseur_id=orientation.predecesseur_id,
    )
    prete = entendre_accord(orientation, orientation.accord, now)
    if attendue and attendue.echeances.due_at:
        prete = replace(prete, echeances=Echeances(due_at=attendue.echeances.due_at))
    return Decision(prete, (event,))


def entendre_accord(brouillon: Orientation, accord: EtatConsentement, now: datetime) -> Orientation:
    """What the association said of a draft, which gives it a new deadline: to agree, or to be sent, unless it waits."""
    if brouillon.echeances.due_at and brouillon.apres_etat and brouillon.apres_etat not in CLOSES:
        return replace(brouillon, accord=accord)
    attente = horloge.preparer(horloge_du_brouillon(accord), now, brouillon.departement)
    return replace(brouillon, accord=accord, echeances=attente)


def horloge_du_brouillon(accord: EtatConsentement) -> Horloge:
    """Who keeps a draft waiting: the association that has not answered, or its sender."""
    return Horloge.preparer if accord is EtatConsentement.demande else Horloge.envoyer


def decide(
    avant: Orientation, action: Action, cote: Cote, now: datetime, *, motif: Motif | MotifRetour | None = None
) -> Decision:
    """What `action`, done by `cote` at `now` (UTC), makes of the referral.

    Raises Interdit for the other side's action, TransitionInterdite with `etat` and `permis`, SuiteEnAttente for what waits
    for another, RetraitDefinitif and RetourTropTard for an end that is not taken back, DonneeInvalide when the reason is not
    one of the action's.
    """
    if COTES[action] is not cote:
        raise Interdit(N_("Cette action revient à l’autre partie."))
    vers = VERS.get((action, avant.etat))
    if vers is None:
        raise refus(avant.etat, cote)
    if empechement := _empechement(avant, action, now):
        raise empechement
    raison = _motif(action, motif)
    echeances = _echeances(avant, action, vers, now)
    if isinstance(raison, MotifRetour):
        apres = replace(avant, etat=vers, motif=None, echeances=echeances, depuis=now)
        return Decision(apres, (_annonce(ANNONCES[action], apres, retour=raison),), raison)
    apres = replace(avant, etat=vers, motif=raison or avant.motif, echeances=echeances, depuis=now)
    plus = {"horloge": _horloge(avant, action, now)} if action in (Action.relancer, Action.escalader) else {}
    return Decision(apres, (_annonce(ANNONCES[action], apres, **plus),))


def possibles(orientation: Orientation, cote: Cote, now: datetime) -> tuple[Action, ...]:
    """What that side may do now: the table, without what must wait, and what time or the association allow to take back."""
    return tuple(action for action in permises(orientation.etat, cote) if _empechement(orientation, action, now) is None)


def refus(etat: EtatOrientation, cote: Cote) -> TransitionInterdite:
    """The named refusal of an action that this state does not allow."""
    return TransitionInterdite(
        _("L’orientation est dans l’état « {etat} ».").format(etat=etat.libelle),
        etat=etat.value,
        permis=[a.value for a in permises(etat, cote)],
    )


def a_faire(orientation: Orientation, now: datetime) -> Action | None:
    """The next thing that the passing of time does to this referral at `now`, or None. One at a time, in order."""
    moments = orientation.echeances
    dus = [(at, Action.relancer) for at in moments.relances]
    dus += [(moments.escalade_at, Action.escalader)] if moments.escalade_at else []
    dus += [(moments.expire_at, Action.expirer)] if moments.expire_at and not moments.escalade_at else []
    at, action = min(dus, key=lambda du: du[0], default=(None, None))
    return action if at is not None and at <= now else None


def _empechement(avant: Orientation, action: Action, now: datetime) -> Conflit | None:
    if action is Action.envoyer and avant.apres_etat and avant.apres_etat not in NEGATIVES:
        return SuiteEnAttente(N_("Attendez, ou préparez une orientation qui n’en attend pas d’autre."))
    if action not in RETOURS or avant.etat not in CLOSES:
        return None
    if avant.etat is E.retiree and avant.motif is not Motif.annulee:
        return RetraitDefinitif(N_("Préparez une nouvelle orientation : l’association devra donner de nouveau son accord."))
    if avant.depuis and now > add_jours_ouvres(avant.depuis, REOUVERTURE, avant.departement):
        return RetourTropTard(N_("Préparez une nouvelle orientation, qui peut nommer celle-ci comme la précédente."))
    return None


def _horloge(avant: Orientation, action: Action, now: datetime) -> Horloge:
    """The clock that a reminder or a call to the animateur is about."""
    if avant.etat is E.envoyee:
        answer = avant.echeances.relance_at
        a_lire = action is Action.relancer and not (answer and answer <= now)
        return Horloge.lire if a_lire else Horloge.repondre
    return {E.recue: Horloge.repondre, E.complement_demande: Horloge.completer, E.acceptee: Horloge.demarrer}.get(
        avant.etat, Horloge.suivre
    )


def _echeances(avant: Orientation, action: Action, vers: EtatOrientation, now: datetime) -> Echeances:
    moments, departement = avant.echeances, avant.departement
    if action is Action.relancer:
        return horloge.relancer(moments, now)
    if action is Action.escalader:
        return horloge.escalader(moments, now, departement)
    if vers is E.envoyee:
        return horloge.partir(now, avant.jours, departement, avant.lecture)
    if action is Action.recevoir:
        return horloge.lire(moments)
    if vers is E.recue:
        en_pause = avant.etat is E.complement_demande
        return horloge.reprendre(moments, now, departement) if en_pause else horloge.repondre(now, avant.jours, departement)
    if vers is E.complement_demande:
        return horloge.suspendre(moments, now, departement)
    if vers in (E.acceptee, E.demarree):
        return horloge.attendre(Horloge.demarrer if vers is E.acceptee else Horloge.suivre, now, departement)
    # A draft that is cancelled has no deadline left to tell: nobody but its sender knew of it.
    return SANS if avant.etat is E.brouillon else horloge.arreter(moments)


def _motif(action: Action, motif: Motif | MotifRetour | None) -> Motif | MotifRetour | None:
    admis = MOTIFS.get(action, ())
    if motif is None and len(admis) == 1:
        return admis[0]
    if (motif is None) == (not admis) and (motif is None or motif in admis):
        return motif
    raise DonneeInvalide(N_("Choisissez un motif de la liste."), champ="motif", admis=[m.value for m in admis])


def _annonce(event: type[Event], orientation: Orientation, **plus: object) -> Event:
    commun = {
        "orientation_id": orientation.id,
        "dossier_id": orientation.dossier_id,
        "partenaire_id": orientation.partenaire_id,
        "emetteur_id": orientation.emetteur_id,
        "dispositif": orientation.dispositif,
        "etat": orientation.etat,
        "motif": orientation.motif,
        "due_at": orientation.echeances.due_at,
    }
    return event.model_validate(commun | plus)
