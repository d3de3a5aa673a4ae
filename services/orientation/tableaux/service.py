"""The dashboard of an actor: one value with all its numbers, which the page draws and the API gives."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor
from common.codes import EtatOrientation, Motif
from orientation.listes.domain import A_MOI, AGES, ATTENDUES, EN_COURS, Age, Echeance
from orientation.listes.filtres import cote_de, jours, moments
from orientation.orientations.domain import Cote
from orientation.tableaux import store
from orientation.tableaux.domain import Alerte, Bilan, Temps, alertes, temps

ECHEANCES = tuple(Echeance)
PARTENAIRES_MAX = 100


@dataclass(frozen=True, slots=True)
class Attente:
    """Referrals whose answer is awaited, of one age, within the commitment or past it."""

    age: Age
    dans_le_delai: int
    depasse: int


@dataclass(frozen=True, slots=True)
class EcheancesDEtat:
    """The deadlines of the referrals in one state; `a_moi`: the reader must act."""

    etat: EtatOrientation
    a_moi: bool
    retard: int
    aujourd_hui: int
    semaine: int
    plus_tard: int


@dataclass(frozen=True, slots=True)
class CompteEtat:
    """How many referrals are, or ended, in that state."""

    etat: EtatOrientation
    n: int


@dataclass(frozen=True, slots=True)
class CompteMotif:
    """How many ended so for that reason."""

    etat: EtatOrientation
    motif: Motif
    n: int


@dataclass(frozen=True, slots=True)
class Duree:
    """How many answers took so many working days, and how many of those kept to the commitment."""

    jours: int
    n: int
    tenues: int


@dataclass(frozen=True, slots=True)
class DuPartenaire:
    """What one partner of the territory made of its referrals."""

    partenaire_id: UUID
    libelle: str
    bilan: Bilan


@dataclass(frozen=True, slots=True)
class Tableau:
    """All the numbers. What waits is of now; answers, ends and times are of the period, both days included."""

    depuis: date
    jusque: date
    en_cours: Sequence[CompteEtat]
    attente: Sequence[Attente]
    echeances: Sequence[EcheancesDEtat]
    issues: Sequence[CompteEtat]
    motifs: Sequence[CompteMotif]
    bilan: Bilan
    temps: Temps
    durees: Sequence[Duree]
    alertes: Sequence[Alerte]
    partenaires: Sequence[DuPartenaire]


async def tableau(session: AsyncSession, actor: Actor, depuis: date | None, jusque: date | None, now: datetime) -> Tableau:
    """The dashboard of a partner or of a territory. Raises Interdit for others, DonneeInvalide for a period that is none."""
    de, a = moments(actor, depuis, jusque, now)
    cote = cote_de(actor)
    ouvertes = await store.en_attente(session, actor, now)
    repondues = await store.reponses(session, actor, de, a)
    closes = await store.fins(session, actor, de, a)
    bilans = _bilans(repondues, closes)
    total = Bilan()
    for bilan in bilans.values():
        total = total.plus(bilan)
    suivis = bilans if cote is Cote.emetteur else {}
    libelles = await store.libelles(session, list(suivis)) if suivis else {}
    debut, fin = jours(actor, depuis, jusque, now)
    durees = [ligne for ligne in repondues if ligne.axe == 2 and ligne.reponse_jours is not None]
    return Tableau(
        depuis=debut,
        jusque=fin,
        en_cours=_par_etat(ouvertes),
        attente=_attente(ouvertes),
        echeances=_echeances(ouvertes, cote),
        issues=_issues(closes, total),
        motifs=_motifs(repondues, closes),
        bilan=total,
        temps=temps((ligne.reponse_jours, ligne.jours, ligne.n) for ligne in durees),
        durees=_durees(durees),
        alertes=[
            *alertes(total),
            *(alerte for partenaire_id, bilan in suivis.items() for alerte in alertes(bilan, partenaire_id)),
        ],
        partenaires=sorted(
            (DuPartenaire(ident, libelles.get(ident, ""), bilan) for ident, bilan in suivis.items()),
            key=lambda p: (-p.bilan.reponses - p.bilan.terminees, p.libelle),
        )[:PARTENAIRES_MAX],
    )


def _par_etat(lignes: Sequence[Any]) -> list[CompteEtat]:
    comptes: Counter[str] = Counter()
    for ligne in lignes:
        comptes[ligne.etat] += ligne.n
    return [CompteEtat(etat, comptes[etat]) for etat in EtatOrientation if comptes[etat]]


def _attente(lignes: Sequence[Any]) -> list[Attente]:
    """Band by band, none left out: an empty band says something too."""
    comptes: Counter[tuple[int, bool]] = Counter()
    for ligne in lignes:
        if ligne.etat in ATTENDUES:
            comptes[ligne.age, ligne.echeance == 0] += ligne.n
    return [Attente(age, comptes[rang, False], comptes[rang, True]) for rang, age in enumerate(AGES)]


def _echeances(lignes: Sequence[Any], cote: Cote) -> list[EcheancesDEtat]:
    comptes: Counter[tuple[str, int]] = Counter()
    for ligne in lignes:
        comptes[ligne.etat, ligne.echeance] += ligne.n
    vus = [e for e in EN_COURS if cote is Cote.emetteur or e is not EtatOrientation.brouillon]
    ordre = sorted(vus, key=lambda e: e not in A_MOI[cote])
    return [EcheancesDEtat(e, e in A_MOI[cote], *(comptes[e, rang] for rang in range(len(ECHEANCES)))) for e in ordre]


def _issues(fins: Sequence[Any], total: Bilan) -> list[CompteEtat]:
    comptes: Counter[str] = Counter({EtatOrientation.declinee.value: total.declinees})
    for ligne in fins:
        comptes[ligne.etat] += ligne.n
    return [CompteEtat(etat, comptes[etat]) for etat in EtatOrientation if comptes[etat]]


def _motifs(reponses: Sequence[Any], fins: Sequence[Any]) -> list[CompteMotif]:
    comptes: Counter[tuple[str, str]] = Counter()
    for ligne in reponses:
        if ligne.axe == 1 and ligne.motif:
            comptes[EtatOrientation.declinee.value, ligne.motif] += ligne.n
    for ligne in fins:
        if ligne.motif:
            comptes[ligne.etat, ligne.motif] += ligne.n
    return [CompteMotif(EtatOrientation(etat), Motif(motif), n) for (etat, motif), n in comptes.most_common()]


def _bilans(reponses: Sequence[Any], fins: Sequence[Any]) -> dict[UUID, Bilan]:
    bilans: dict[UUID, Bilan] = {}

    def ajouter(partenaire_id: UUID, bilan: Bilan) -> None:
        bilans[partenaire_id] = bilans.get(partenaire_id, Bilan()).plus(bilan)

    for ligne in reponses:
        if ligne.axe == 0:
            ajouter(ligne.partenaire_id, Bilan(declinees=ligne.n) if ligne.declinee else Bilan(acceptees=ligne.n))
    for ligne in fins:
        aboutie = ligne.etat == EtatOrientation.aboutie
        ajouter(ligne.partenaire_id, Bilan(abouties=ligne.n) if aboutie else Bilan(autres_fins=ligne.n))
    return bilans


def _durees(lignes: Sequence[Any]) -> list[Duree]:
    """Day by day up to the longest, the days of no answer too: a hole in a drawing would be a lie."""
    toutes: Counter[int] = Counter()
    tenues: Counter[int] = Counter()
    for ligne in lignes:
        toutes[ligne.reponse_jours] += ligne.n
        tenues[ligne.reponse_jours] += ligne.n if ligne.reponse_jours <= ligne.jours else 0
    return [Duree(jour, toutes[jour], tenues[jour]) for jour in range(max(toutes, default=-1) + 1)]
