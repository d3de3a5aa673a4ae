"""Random histories of cases and referrals as events, and their figures recomputed from the events alone, in Python."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import median
from typing import Any
from uuid import UUID

from tests.cellule.conftest import depose, publie, recu

from common.cas import etat_du_cas
from common.codes import EtatDossier, EtatOrientation, Horizon, IssueDossier, Motif, MotifRetour, Niveau
from common.events import Received
from common.events import orientation as o
from common.events.signalement import SignalementClos, SignalementDepose, SignalementQualifie
from common.territoires import fuseau, region_of

TERRITOIRES = ("31", "34", "59", "67", "971", "974", "2A")
DISPOSITIFS = ("trajectoire", "dla", "mediation")
PARTENAIRES = tuple(UUID(int=0xBEEF00 + n) for n in range(4))
DEBUT = datetime(2026, 1, 1, tzinfo=UTC)

# A walk through the referral's states: the event that leads to each, with the states that may follow.
MARCHE: dict[EtatOrientation, tuple[type[Any], tuple[EtatOrientation, ...]]] = {
    EtatOrientation.brouillon: (o.OrientationProposee, (EtatOrientation.envoyee, EtatOrientation.retiree)),
    EtatOrientation.envoyee: (
        o.OrientationEnvoyee,
        (EtatOrientation.recue, EtatOrientation.retiree, EtatOrientation.expiree),
    ),
    EtatOrientation.recue: (
        o.OrientationRecue,
        (EtatOrientation.acceptee, EtatOrientation.declinee, EtatOrientation.complement_demande),
    ),
    EtatOrientation.complement_demande: (o.OrientationComplementDemande, (EtatOrientation.recue,)),
    EtatOrientation.acceptee: (o.OrientationAcceptee, (EtatOrientation.demarree,)),
    EtatOrientation.demarree: (o.OrientationDemarree, (EtatOrientation.aboutie, EtatOrientation.non_aboutie)),
    EtatOrientation.aboutie: (o.OrientationAboutie, ()),
    EtatOrientation.non_aboutie: (o.OrientationNonAboutie, ()),
    EtatOrientation.declinee: (o.OrientationDeclinee, ()),
    EtatOrientation.retiree: (o.OrientationRetiree, ()),
    EtatOrientation.expiree: (o.OrientationExpiree, ()),
}
# What may be taken back: the event, and the state that it brings back to.
RETOURS: dict[EtatOrientation, tuple[type[Any], EtatOrientation]] = {
    EtatOrientation.complement_demande: (o.OrientationRevenue, EtatOrientation.recue),
    EtatOrientation.acceptee: (o.OrientationRevenue, EtatOrientation.recue),
    EtatOrientation.demarree: (o.OrientationRevenue, EtatOrientation.acceptee),
    EtatOrientation.declinee: (o.OrientationRouverte, EtatOrientation.recue),
    EtatOrientation.aboutie: (o.OrientationRouverte, EtatOrientation.demarree),
    EtatOrientation.non_aboutie: (o.OrientationRouverte, EtatOrientation.demarree),
    EtatOrientation.expiree: (o.OrientationRenvoyee, EtatOrientation.envoyee),
    EtatOrientation.retiree: (o.OrientationRenvoyee, EtatOrientation.envoyee),
}
ENVOIS = (o.OrientationEnvoyee, o.OrientationRenvoyee)
AVEC_MOTIF = {EtatOrientation.non_aboutie, EtatOrientation.declinee, EtatOrientation.retiree}


def histoire(rng: Random, cas: int) -> list[Received[Any]]:
    """The events of some cases and their referrals, in the order in which they happened within each aggregate."""
    evenements = [recu(publie(p, "31", libelle=f"Partenaire {n}"), at=DEBUT) for n, p in enumerate(PARTENAIRES)]
    for _ in range(cas):
        evenements += _cas(rng)
    return evenements


def _cas(rng: Random) -> list[Received[Any]]:
    dossier = UUID(int=rng.getrandbits(128))
    departement = rng.choice(TERRITOIRES)
    at = DEBUT + timedelta(minutes=rng.randrange(120 * 24 * 60))
    suite: list[Received[Any]] = [recu(depose(dossier, departement, region_of(departement), rng.randrange(200)), 1, at)]
    sequence = 1
    for _ in range(rng.randrange(3)):
        sequence += 1
        at += timedelta(hours=rng.randrange(1, 200))
        fait = SignalementQualifie(
            dossier_id=dossier, niveau=rng.choice(list(Niveau)), horizon=rng.choice(list(Horizon)), indicateurs=()
        )
        suite.append(recu(fait, sequence, at))
    for _ in range(rng.randrange(4)):
        suite += _renvoi(rng, dossier, at)
    if rng.random() < 0.2:
        suite.append(recu(SignalementClos(dossier_id=dossier, issue=IssueDossier.redressee), sequence + 1, at))
    return suite


def _renvoi(rng: Random, dossier: UUID, at: datetime) -> list[Received[Any]]:
    commun = {
        "orientation_id": UUID(int=rng.getrandbits(128)),
        "dossier_id": dossier,
        "partenaire_id": rng.choice(PARTENAIRES),
        "emetteur_id": UUID(int=9),
        "dispositif": rng.choice(DISPOSITIFS),
    }
    suite: list[Received[Any]] = []
    etat: EtatOrientation | None = EtatOrientation.brouillon
    while etat is not None:
        at += timedelta(minutes=rng.randrange(1, 5000))
        evenement = MARCHE[etat][0]
        propre = {"categories": ()} if etat is EtatOrientation.brouillon else {}
        motif = rng.choice(list(Motif)) if etat in AVEC_MOTIF else None
        suite.append(recu(evenement(**commun, **propre, etat=etat, motif=motif), len(suite) + 1, at))
        while etat in RETOURS and rng.random() < 0.3:
            at += timedelta(minutes=rng.randrange(1, 5000))
            retour, etat = RETOURS[etat]
            fait = retour(**commun, etat=etat, retour=rng.choice(list(MotifRetour)))
            suite.append(recu(fait, len(suite) + 1, at))
        suivants = MARCHE[etat][1]
        etat = rng.choice(suivants) if suivants and rng.random() < 0.85 else None
    return suite


def attendus(evenements: list[Received[Any]], partages: dict[UUID, datetime], masquer: Any) -> dict[str, Any]:
    """The figures that these events amount to, computed the plain way."""
    deposes = {e.event.dossier_id: e for e in evenements if isinstance(e.event, SignalementDepose)}
    derniers: dict[UUID, Received[Any]] = {}
    for e in sorted(evenements, key=lambda e: e.sequence):
        derniers[UUID(e.event.aggregate_id)] = e
    dossiers, niveaux = _etats_des_dossiers(evenements)
    renvois = [e for e in derniers.values() if hasattr(e.event, "orientation_id")]
    etats = {d: etat_du_cas(dossiers[d], [r.event.etat for r in renvois if r.event.dossier_id == d]) for d in deposes}
    delais = [(partages[d] - e.time).total_seconds() / 86400 for d, e in deposes.items() if d in partages]
    moments = {
        (e.event.orientation_id, type(e.event)): e.time for e in reversed(evenements) if hasattr(e.event, "orientation_id")
    }
    envois = {
        r.event.orientation_id: min(found)
        for r in renvois
        if (found := [moments[key] for fait in ENVOIS if (key := (r.event.orientation_id, fait)) in moments])
    }
    envoyes = [r for r in renvois if r.event.orientation_id in envois]
    acceptees = _acceptees(evenements)

    def comptes(codes: Any) -> dict[Any, Any]:
        return {code: masquer(n) for code, n in Counter(codes).items()}

    return {
        "total": len(deposes),
        "emplois": sum(e.event.emplois for e in deposes.values()),
        "par_region": comptes(e.event.region for e in deposes.values()),
        "par_departement": comptes(e.event.departement for e in deposes.values()),
        "par_mois": comptes(e.time.astimezone(fuseau(e.event.departement)).strftime("%Y-%m") for e in deposes.values()),
        "par_etat": comptes(etats[d].value for d in deposes),
        "par_niveau": comptes(niveaux.get(d) for d in deposes),
        "delai": (len(delais), round(median(delais), 1) if delais else None, sum(d <= 42 for d in delais)),
        "orientations": len(envoyes),
        "orientations_par_etat": comptes(r.event.etat.value for r in envoyes),
        "par_dispositif": comptes(r.event.dispositif for r in envoyes),
        "par_motif": comptes(r.event.motif.value for r in envoyes if r.event.motif),
        "par_partenaire": {
            p: _partenaire([r for r in envoyes if r.event.partenaire_id == p], moments, envois, acceptees, masquer)
            for p in {r.event.partenaire_id for r in envoyes}
        },
    }


def _etats_des_dossiers(evenements: list[Received[Any]]) -> tuple[dict[UUID, EtatDossier], dict[UUID, str]]:
    etats: dict[UUID, EtatDossier] = {}
    niveaux: dict[UUID, str] = {}
    par_fait: dict[type[Any], EtatDossier] = {
        SignalementDepose: EtatDossier.depose,
        SignalementQualifie: EtatDossier.qualifie,
        SignalementClos: EtatDossier.clos,
    }
    for e in sorted((e for e in evenements if type(e.event) in par_fait), key=lambda e: e.sequence):
        etats[e.event.dossier_id] = par_fait[type(e.event)]
        if isinstance(e.event, SignalementQualifie):
            niveaux[e.event.dossier_id] = e.event.niveau.value
    return etats, niveaux


def _acceptees(evenements: list[Received[Any]]) -> set[UUID]:
    """The referrals whose acceptance was not taken back since."""
    acceptees: set[UUID] = set()
    for e in sorted((e for e in evenements if hasattr(e.event, "orientation_id")), key=lambda e: e.sequence):
        if isinstance(e.event, o.OrientationAcceptee):
            acceptees.add(e.event.orientation_id)
        elif e.event.etat in (EtatOrientation.envoyee, EtatOrientation.recue, EtatOrientation.complement_demande):
            acceptees.discard(e.event.orientation_id)
    return acceptees


def _partenaire(
    renvois: list[Received[Any]],
    moments: dict[Any, datetime],
    envois: dict[UUID, datetime],
    acceptees: set[UUID],
    masquer: Any,
) -> tuple[Any, ...]:
    reponses = (o.OrientationAcceptee, o.OrientationDeclinee, o.OrientationComplementDemande)
    heures = []
    for renvoi in renvois:
        identifiant = renvoi.event.orientation_id
        premieres = [moments[identifiant, fait] for fait in reponses if (identifiant, fait) in moments]
        if premieres:
            heures.append((min(premieres) - envois[identifiant]).total_seconds() / 3600)
    return (
        masquer(len(renvois)),
        masquer(sum(r.event.orientation_id in acceptees for r in renvois)),
        masquer(sum(r.event.etat is EtatOrientation.declinee for r in renvois)),
        round(median(heures), 1) if len(heures) >= 5 else None,
    )
