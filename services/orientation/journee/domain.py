"""What awaits whom: which referrals need their reader, by when, and in which order."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from common.codes import EtatOrientation, ProchaineEtape
from common.traduction import N_
from orientation.listes.domain import A_MOI, Echeance, Reperes
from orientation.orientations.domain import Cote

E = EtatOrientation
# Of each stretch so many are read, and one more, which says that there are others.
LUES = 50
MONTREES = 10
# A week ends on Sunday, somewhere on the earth a day later.
SEMAINE = timedelta(days=8)
BLOCS = (Echeance.retard, Echeance.aujourd_hui, Echeance.semaine)


@dataclass(frozen=True, slots=True)
class Tour:
    """A stretch to read: one state, its deadline from `de` (included) to `a`.

    `prete` leaves out the drafts for which the association has not answered: they wait for it, and not for the sender.
    """

    etat: EtatOrientation
    rang: int
    de: datetime | None
    a: datetime | None
    prete: bool = True


@dataclass(frozen=True, slots=True)
class Candidate:
    """A referral that was read: where it is, and its deadlines."""

    id: UUID
    rang: int
    etat: EtatOrientation
    departement: str
    due_at: datetime | None
    lire_at: datetime | None

    @property
    def terme(self) -> datetime | None:
        """By when its next step is due: reading comes before the answer."""
        return self.lire_at or self.due_at if self.etat is E.envoyee else self.due_at


@dataclass(frozen=True, slots=True)
class Bloc:
    """The referrals of one band, the most urgent first. `nombre` is a minimum when `au_moins`."""

    echeance: Echeance
    ids: tuple[UUID, ...]
    nombre: int
    au_moins: bool = False

    @property
    def autres(self) -> bool:
        """Whether there are more than the page shows."""
        return self.au_moins or self.nombre > len(self.ids)


def tours(cote: Cote, now: datetime) -> list[Tour]:
    """What is read for this side: its own late work, what is late at others when nobody else can unblock it, then the week.

    What a partner has not opened yet is read whatever its deadline, since that of reading comes earlier.
    """
    fin = now + SEMAINE
    if cote is Cote.partenaire:
        presque = [Tour(etat, 1, now, fin) for etat in A_MOI[cote] if etat is not E.envoyee]
        return [*(Tour(etat, 0, None, now) for etat in A_MOI[cote]), *presque, Tour(E.envoyee, 2, now, None)]
    tardifs = (E.brouillon, E.complement_demande, E.envoyee, E.recue, E.acceptee, E.demarree)
    return [
        *(Tour(etat, 0, None, now, prete=False) for etat in tardifs),
        *(Tour(etat, 1, now, fin) for etat in A_MOI[cote]),
    ]


def ranger(candidates: Iterable[Candidate], now: datetime, reperes: Callable[[str], Reperes]) -> Mapping[Echeance, Bloc]:
    """The bands, each on the calendar of its referral's territory; what is due later is in none."""
    lues = sorted((c for c in candidates if c.terme), key=lambda c: (c.terme or now, c.id))
    par_bande: dict[Echeance, list[UUID]] = {echeance: [] for echeance in Echeance}
    coupes = {rang for rang in (0, 1, 2) if sum(c.rang == rang for c in lues) > LUES}
    for c in lues:
        par_bande[reperes(c.departement).echeance(c.terme or now)].append(c.id)
    # Of a stretch that was cut, the first are known, and they are the late ones of rank 0 or the next ones of the others.
    incomplets = {Echeance.retard: bool(coupes & {0, 2})} | dict.fromkeys(BLOCS[1:], bool(coupes & {1, 2}))
    return {
        bande: Bloc(bande, tuple(par_bande[bande][:MONTREES]), len(par_bande[bande]), au_moins=incomplets[bande])
        for bande in BLOCS
    }


# What one does about it, and where: under the page of the referral.
GESTES: Mapping[ProchaineEtape, tuple[str, str]] = {
    ProchaineEtape.lire: (N_("Ouvrir le dossier"), ""),
    ProchaineEtape.repondre: (N_("Répondre"), ""),
    ProchaineEtape.demarrer: (N_("Indiquer le début"), ""),
    ProchaineEtape.suivre: (N_("Donner des nouvelles"), ""),
    ProchaineEtape.completer: (N_("Répondre à la question"), "/complements/reponse"),
    ProchaineEtape.envoyer: (N_("Envoyer"), ""),
    ProchaineEtape.renoncer: (N_("Décider de la suite"), ""),
    ProchaineEtape.abandonner: (N_("Annuler l’orientation"), ""),
    ProchaineEtape.donner_accord: (N_("Voir la demande d’accord"), ""),
    ProchaineEtape.debloquer: (N_("Débloquer"), ""),
}
# Why it is the animateur's.
RAISONS: Mapping[ProchaineEtape, str] = {
    ProchaineEtape.completer: N_("Le partenaire vous a posé une question : son délai est suspendu jusqu’à votre réponse."),
    ProchaineEtape.envoyer: N_("L’association est d’accord : il ne manque que votre envoi."),
    ProchaineEtape.renoncer: N_("L’association n’est pas d’accord, ou ne l’est plus."),
    ProchaineEtape.abandonner: N_("L’orientation qui précède a abouti : celle-ci n’a plus lieu d’être."),
    ProchaineEtape.donner_accord: N_("L’association n’a pas répondu à la demande d’accord. Un appel de votre part peut aider."),
    ProchaineEtape.debloquer: N_("Le délai du partenaire est passé : vous seul pouvez débloquer la situation."),
}
RETARD_AILLEURS = N_("Le délai du partenaire est passé. Un appel de votre part peut aider.")


def geste(quoi: ProchaineEtape, cote: Cote, *, en_retard: bool) -> tuple[str, str]:
    """The next action as a link: its words, and the end of its address. What is late at others is looked at."""
    chez_l_autre = cote is Cote.emetteur and quoi not in RAISONS
    return (N_("Voir où elle en est"), "") if chez_l_autre and en_retard else GESTES.get(quoi, (N_("Voir l’orientation"), ""))


def raison(quoi: ProchaineEtape, cote: Cote, *, suivie: bool) -> str:
    """Why this reader."""
    if cote is Cote.emetteur:
        return RAISONS.get(quoi, RETARD_AILLEURS)
    return N_("Vous suivez cette orientation.") if suivie else N_("Personne ne la suit encore dans votre organisation.")
