"""The journey of each invented association: who files, which referrals are sent, how each one ends."""

from collections import defaultdict
from dataclasses import dataclass
from random import Random
from typing import Any

from demo.annuaire import GRAINE

# How many of the associations meet each turn of events; a complement finds no place where no referral succeeds.
DECLINS, RETRAITS, SANS_ISSUE, COMPLEMENTS, DIAGNOSTICS = 52, 10, 24, 44, 120
LONGUEURS = (1, 2, 3)

# Dispositifs that suit each level of difficulty, with their weights; a région draws among those it has.
# Source: Avise, « Dispositifs d’accompagnement aux difficultés », scope by level of difficulty.
POUR_NIVEAU = {
    "anticiper": {
        "dla": 3,
        "guid-asso": 1,
        "crib": 1,
        "pava": 1,
        "cress": 1,
        "cip": 1,
        "sos-employeurs-ess": 1,
        "trajectoire": 1,
    },
    "faire_face": {"trajectoire": 2, "dla": 2, "dasess": 2, "mediation-credit": 1, "mediation-entreprises": 1, "ccsf": 1}
    | {"sos-employeurs-ess": 1, "prevasso": 1, "cellule-occitanie": 1, "cress": 1},
    "gerer_crise": {"prevasso": 3, "cellule-occitanie": 2, "ccsf": 2, "codefi": 1, "mediation-credit": 1}
    | {"procedures-amiables": 1, "procedures-collectives": 1, "crp": 1, "dasess": 1, "gpa": 1},
    "rebondir": {
        "trajectoire": 2,
        "dla": 1,
        "dasess": 1,
        "gpa": 1,
        "mediation-credit": 1,
        "procedures-collectives": 1,
        "cress": 1,
    },
}
MOTIFS_DECLIN = {"sans_capacite": 9, "deja_accompagne": 4, "hors_territoire": 2, "autre": 1}
MOTIFS_SANS_ISSUE = {"injoignable": 5, "deja_accompagne": 3, "autre": 4}

# Who meets associations early enough to file for them.
DEPOSANTS = ("crib-", "cress-", "dla-", "mouvement-associatif-", "urssaf-", "mediation-credit-")


@dataclass(frozen=True)
class Plan:
    """What must happen to one association."""

    longueur: int
    declin: bool
    retrait: bool
    sans_issue: bool
    complement: bool


def ouvert(dispositif: str, asso: dict[str, Any]) -> bool:
    """Whether the published conditions of the dispositif leave the door open. Source: Avise, same document, admission."""
    if dispositif == "trajectoire":
        return bool(asso["etp"] >= 3 and asso["budget"] > 200_000)
    if dispositif == "prevasso":
        return bool(asso["horizon_mois"] <= 9)
    return dispositif != "crp" or bool(asso["etp"] >= 50)


class Trajet:
    """The referrals of one association, drawn one after the other; no partner is asked twice."""

    def __init__(self, asso: dict[str, Any], porteurs: dict[str, list[str]], rng: Random) -> None:
        self.asso, self.porteurs, self.rng = asso, porteurs, rng
        self.etapes: list[dict[str, Any]] = []

    def envoyer(self, dispositif: str = "", **issue: Any) -> None:
        """Add one referral, for this dispositif if somebody new carries it, else for one that suits the situation."""
        libres = {d: [p for p in codes if p not in self._sollicites()] for d, codes in self.porteurs.items()}
        if not libres.get(dispositif):
            poids = {d: n for d, n in POUR_NIVEAU[self.asso["niveau"]].items() if libres.get(d) and ouvert(d, self.asso)}
            dispositif = self.rng.choices(list(poids), list(poids.values()))[0]
        self.etapes.append({"dispositif": dispositif, "partenaire": self.rng.choice(libres[dispositif]), **issue})

    def decliner(self) -> None:
        """Add a referral that is declined, for a coded reason, and its successor at another partner."""
        if ouvert("trajectoire", self.asso):
            motif = self.rng.choices(list(MOTIFS_DECLIN), list(MOTIFS_DECLIN.values()))[0]
            self.envoyer(issue="declinee", motif=motif)
            suivant = self.etapes[-1]["dispositif"]
        else:
            self.envoyer("trajectoire", issue="declinee", motif="non_eligible")
            suivant = ""
        self.envoyer(suivant, issue="aboutie", apres_declin=True)

    def _sollicites(self) -> set[str]:
        return {etape["partenaire"] for etape in self.etapes}


def _suivre(plan: Plan, trajet: Trajet, rng: Random) -> list[dict[str, Any]]:
    if plan.declin:
        trajet.decliner()
    while len(trajet.etapes) < plan.longueur:
        trajet.envoyer(issue="aboutie")
    derniere = trajet.etapes[-1]
    if plan.retrait:
        derniere["issue"] = "retiree_consentement"
    elif plan.sans_issue:
        derniere |= {"issue": "non_aboutie", "motif": rng.choices(list(MOTIFS_SANS_ISSUE), list(MOTIFS_SANS_ISSUE.values()))[0]}
    abouties = [etape for etape in trajet.etapes if etape["issue"] == "aboutie"]
    if plan.complement and abouties:
        rng.choice(abouties)["issue"] = "complement_puis_aboutie"
    return trajet.etapes


def _plans(rng: Random, nombre: int) -> list[Plan]:
    """Deal the turns of events out; a withdrawal and a failure never meet, and a decline takes two referrals at least."""

    def lot(combien: int, *, dans: list[int] | None = None) -> set[int]:
        return set(rng.sample(dans if dans is not None else list(range(nombre)), combien))

    declins, retraits, complements = lot(DECLINS), lot(RETRAITS), lot(COMPLEMENTS)
    echecs = lot(SANS_ISSUE, dans=[i for i in range(nombre) if i not in retraits])
    longueurs = [rng.choices(LONGUEURS, (45, 38, 17))[0] for _ in range(nombre)]
    return [
        Plan(max(longueurs[i], 2 if i in declins else 1), i in declins, i in retraits, i in echecs, i in complements)
        for i in range(nombre)
    ]


def parcours(associations: list[dict[str, Any]], annuaire: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Complete each association with `depose_par`, `parcours` and `diagnostic`."""
    rng = Random(f"{GRAINE}:parcours")  # noqa: S311 - invented data, drawn the same each time.
    plans = _plans(rng, len(associations))
    partages = set(rng.sample([i for i, plan in enumerate(plans) if not plan.retrait], DIAGNOSTICS))
    resultat = []
    for i, (asso, plan) in enumerate(zip(associations, plans, strict=True)):
        presents = [p for p in annuaire if asso["departement"] in p["departements"]]
        porteurs: dict[str, list[str]] = defaultdict(list)
        for partenaire in presents:
            for dispositif in partenaire["dispositifs"]:
                porteurs[dispositif].append(partenaire["code"])
        etapes = _suivre(plan, Trajet(asso, porteurs, rng), rng)
        sollicites = {etape["partenaire"] for etape in etapes}
        deposants = [p["code"] for p in presents if p["code"].startswith(DEPOSANTS) and p["code"] not in sollicites]
        depose_par = rng.choice(deposants) if asso["origine"] == "partenaire" else None
        resultat.append(asso | {"depose_par": depose_par, "diagnostic": i in partages, "parcours": etapes})
    return resultat
