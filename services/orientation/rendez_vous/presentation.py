"""How appointments are shown: in the time zone of the case's territory, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from common.codes_echanges import Auteur, EtatRendezVous, ModeRendezVous, MotifAnnulation
from common.filtres import date_fr, heure_fr, moment_fr, pluriel
from common.territoires import departement as territoire
from common.traduction import N_, _
from orientation.orientations.models import OrientationRow
from orientation.rendez_vous.domain import MOTIFS, Action, permises
from orientation.rendez_vous.models import CreneauRow
from orientation.rendez_vous.store import Fiche

TONS: dict[EtatRendezVous, str] = {
    EtatRendezVous.propose: "attente",
    EtatRendezVous.confirme: "succes",
    EtatRendezVous.annule: "fini",
}
CHOIX_MOTIFS = [(motif.value, motif.libelle) for motif in MOTIFS]
FAITS = {
    "proposer": N_("Le rendez-vous est proposé. L’autre partie en est prévenue."),
    "confirmer": N_("Le rendez-vous est confirmé. L’autre partie en est prévenue."),
    "annuler": N_("Le rendez-vous est annulé. L’autre partie en est prévenue."),
}


@dataclass(frozen=True, slots=True)
class CreneauVu:
    """A slot in words."""

    id: UUID
    quand: str
    comment: str
    lieu: str
    passe: bool


@dataclass(frozen=True, slots=True)
class RendezVousVu:
    """An appointment in words, with what this side may do."""

    id: UUID
    etat: EtatRendezVous
    ton: str
    titre: str
    histoire: str
    creneaux: Sequence[CreneauVu]
    retenu: CreneauVu | None
    agenda: bool
    actions: Sequence[Action]


def vus(fiches: Sequence[Fiche], orientation: OrientationRow, par: Auteur, now: datetime) -> list[RendezVousVu]:
    """The appointments as this side sees them."""
    return [_vu(fiche, orientation, par, now) for fiche in fiches]


def _vu(fiche: Fiche, orientation: OrientationRow, par: Auteur, now: datetime) -> RendezVousVu:
    row, fuseau = fiche.row, territoire(orientation.departement).fuseau
    etat = EtatRendezVous(row.etat)
    retenu = creneau(fiche.retenu, fuseau, now) if fiche.retenu and etat is EtatRendezVous.confirme else None
    proposes = sum(c.tour == row.tour for c in fiche.creneaux)
    auteur = Auteur(row.propose_par).libelle
    histoire = _("{auteur} l’a proposé le {quand}.").format(auteur=auteur, quand=moment_fr(row.propose_at, fuseau))
    if etat is EtatRendezVous.confirme and row.confirme_at:
        qui = _("La cellule, au nom de l’association,") if row.pour_association else Auteur(str(row.confirme_par)).libelle
        histoire = _("{qui} l’a confirmé le {quand}.").format(qui=qui, quand=moment_fr(row.confirme_at, fuseau))
    if etat is EtatRendezVous.annule and row.annule_at:
        motif = MotifAnnulation(str(row.motif)).libelle
        histoire = _("{auteur} l’a annulé le {quand} : {motif}.").format(
            auteur=Auteur(str(row.annule_par)).libelle, quand=moment_fr(row.annule_at, fuseau), motif=motif
        )
    return RendezVousVu(
        id=row.id,
        etat=etat,
        ton=TONS[etat],
        titre=_capitale(retenu.quand) if retenu else pluriel(proposes, "créneau proposé", "créneaux proposés"),
        histoire=histoire,
        creneaux=[creneau(c, fuseau, now) for c in fiche.creneaux if c.tour == row.tour],
        retenu=retenu,
        agenda=row.publie,
        actions=permises(fiche.valeur, par, now),
    )


def creneau(row: CreneauRow, fuseau: str, now: datetime) -> CreneauVu:
    """A slot: « mardi 1er décembre 2026, de 14 h 30 à 15 h 15 »."""
    zone = ZoneInfo(fuseau)
    debut, fin = row.debut.astimezone(zone), (row.debut + timedelta(minutes=row.minutes)).astimezone(zone)
    quand = _("{date}, de {debut} à {fin}").format(date=date_fr(debut.date()), debut=heure_fr(debut), fin=heure_fr(fin))
    return CreneauVu(row.id, quand, ModeRendezVous(row.mode).libelle, row.lieu, row.debut <= now)


def _capitale(texte: str) -> str:
    return texte[0].upper() + texte[1:]
