"""The kinds of organisation in the invented directory: generic names of real roles, what each carries and where."""

from collections.abc import Callable
from dataclasses import dataclass

# « de » in front of each région's name.
DE_REGION = {
    "01": "de Guadeloupe",
    "02": "de Martinique",
    "03": "de Guyane",
    "04": "de La Réunion",
    "06": "de Mayotte",
    "11": "d’Île-de-France",
    "24": "du Centre-Val de Loire",
    "27": "de Bourgogne-Franche-Comté",
    "28": "de Normandie",
    "32": "des Hauts-de-France",
    "44": "du Grand Est",
    "52": "des Pays de la Loire",
    "53": "de Bretagne",
    "75": "de Nouvelle-Aquitaine",
    "76": "d’Occitanie",
    "84": "d’Auvergne-Rhône-Alpes",
    "93": "de Provence-Alpes-Côte d’Azur",
    "94": "de Corse",
}
OUTRE_MER = frozenset({"01", "02", "03", "04", "06"})
MAYOTTE = "06"

# Numbers that Arcep keeps for works of fiction, by telephone zone; overseas takes the mobile ones.
ZONES_TELEPHONE = {"11": "01 99 00", "24": "02 61 91", "28": "02 61 91", "52": "02 61 91", "53": "02 61 91"}
ZONES_TELEPHONE |= {"27": "03 53 01", "32": "03 53 01", "44": "03 53 01", "84": "04 65 71", "93": "04 65 71", "94": "04 65 71"}
ZONES_TELEPHONE |= {"75": "05 36 49", "76": "05 36 49"} | dict.fromkeys(OUTRE_MER, "06 39 98")

# Where each dispositif exists. Source: Avise, « Dispositifs d’accompagnement aux difficultés » and the brochure of Occitanie.
PREVASSO = frozenset({"04", "11", "24", "27", "32", "75", "76", "93"})
DASESS = frozenset({"32", "52", "53"})
OCCITANIE = frozenset({"76"})


@dataclass(frozen=True)
class Modele:
    """One kind of partner. `nom` and `dispositifs` depend on the région; `delai` is in working days, give or take one."""

    prefixe: str
    nom: Callable[[str, str], str]
    famille: str
    type: str
    dispositifs: Callable[[str], list[str]]
    delai: int


def _si(presence: frozenset[str], region: str, dispositif: str) -> list[str]:
    return [dispositif] if region in presence else []


def _caisse(region: str, nom: str) -> str:
    """Overseas, the general social security fund does what the URSSAF does on the mainland."""
    if region not in OUTRE_MER:
        return f"URSSAF {nom}"
    return f"Caisse {'' if region == MAYOTTE else 'générale '}de sécurité sociale {DE_REGION[region]}"


APPUI, EXPERT, INSTITUTION = "appui_tissu_associatif", "relais_expert", "institutionnel"

REGIONAUX = (
    Modele(
        "france-active",
        lambda region, nom: f"Fonds territorial France Active {nom}",
        APPUI,
        "france_active",
        lambda r: ["trajectoire", *_si(DASESS, r, "dasess"), *_si(OCCITANIE, r, "cellule-occitanie")],
        5,
    ),
    Modele(
        "mouvement-associatif",
        lambda region, nom: f"Le Mouvement associatif {nom}",
        APPUI,
        "mouvement_associatif",
        lambda r: [*_si(PREVASSO, r, "prevasso"), "guid-asso", *_si(OCCITANIE, r, "cellule-occitanie")],
        5,
    ),
    Modele(
        "dla",
        lambda region, nom: f"Dispositif local d’accompagnement (DLA) {DE_REGION[region]}",
        APPUI,
        "dla",
        lambda r: ["dla"],
        7,
    ),
    Modele(
        "crib",
        lambda region, nom: f"Centre de ressources et point d’appui à la vie associative {DE_REGION[region]}",
        APPUI,
        "conseil",
        lambda r: ["crib", "pava", "guid-asso"],
        4,
    ),
    Modele(
        "cress",
        lambda region, nom: f"Chambre régionale de l’économie sociale et solidaire {DE_REGION[region]}",
        APPUI,
        "reseau",
        lambda r: ["cress", "dla"],
        6,
    ),
    Modele(
        "mediation-credit",
        lambda region, nom: f"Médiation du crédit – Banque de France, {nom}",
        EXPERT,
        "mediation_credit",
        lambda r: ["mediation-credit"],
        5,
    ),
    Modele(
        "drfip",
        lambda region, nom: f"DRFIP {DE_REGION[region]} – secrétariat de la CCSF",
        INSTITUTION,
        "ccsf",
        lambda r: ["ccsf", "codefi"],
        9,
    ),
    Modele("urssaf", _caisse, EXPERT, "urssaf", lambda r: ["ccsf"], 6),
    Modele(
        "tribunal",
        lambda region, nom: f"Tribunal judiciaire – prévention des difficultés, {nom}",
        INSTITUTION,
        "tribunal",
        lambda r: ["procedures-amiables", "procedures-collectives"],
        9,
    ),
    Modele(
        "dreets",
        lambda region, nom: f"Direction de l’économie, de l’emploi et du travail {DE_REGION[region]}",
        INSTITUTION,
        "conseil",
        lambda r: ["crp", "mediation-entreprises"],
        7,
    ),
)

NATIONAUX = (
    Modele(
        "sos-employeurs-ess",
        lambda r, n: "UDES – SOS Employeurs ESS",
        INSTITUTION,
        "reseau",
        lambda r: ["sos-employeurs-ess"],
        4,
    ),
    Modele(
        "cip", lambda r, n: "Centres d’information et de prévention (réseau national)", EXPERT, "conseil", lambda r: ["cip"], 8
    ),
    Modele("gpa", lambda r, n: "Groupement de prévention agréé (réseau national)", EXPERT, "conseil", lambda r: ["gpa"], 8),
)
