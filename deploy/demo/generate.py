"""Write the demonstration data anew, always the same: `python -m demo.generate`, where Relais is installed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from common.territoires import ALSACE_MOSELLE, region_of
from demo.annuaire import annuaire
from demo.associations import associations
from demo.modeles import OUTRE_MER
from demo.mots import mots
from demo.parcours import parcours

ICI = Path(__file__).parent
EXTRAIT = ICI.parents[1] / "tests" / "data" / "journey-12.jsonl"

Asso = dict[str, Any]


def _issue(nom: str) -> Callable[[Asso], bool]:
    return lambda asso: any(etape["issue"] == nom for etape in asso["parcours"])


# One line of the short sample for each of these: together they meet everything that can happen.
CRITERES: tuple[Callable[[Asso], bool], ...] = (
    lambda asso: asso["departement"] in ALSACE_MOSELLE,
    lambda asso: asso["departement"] == "974" and asso["diagnostic"],
    lambda asso: region_of(asso["departement"]) in OUTRE_MER,
    lambda asso: asso["departement"] in {"2A", "2B"},
    lambda asso: asso["origine"] == "tiers",
    lambda asso: asso["origine"] == "partenaire",
    lambda asso: len(asso["parcours"]) == 3 and asso["diagnostic"],
    _issue("declinee"),
    _issue("non_aboutie"),
    _issue("complement_puis_aboutie"),
    _issue("retiree_consentement"),
    lambda asso: asso["rna"] is None and asso["departement"] not in ALSACE_MOSELLE,
)


def extrait(journal: list[Asso]) -> list[Asso]:
    """Choose twelve lines, one for each criterion, in the order of the whole journal."""
    choisies: list[Asso] = []
    for critere in CRITERES:
        choisies.append(next(asso for asso in journal if critere(asso) and asso not in choisies))
    return sorted(choisies, key=lambda asso: int(asso["numero"]))


def _ligne(valeur: Any) -> str:
    return json.dumps(valeur, ensure_ascii=False)


def ecrire_annuaire(partenaires: list[dict[str, Any]]) -> str:
    """Format as JSON with one field, one member and one offer a line, so that it reads and compares well."""

    def champ(nom: str, valeur: Any) -> str:
        match nom:
            case "membres" | "offres" if valeur:
                elements = ",\n".join(f"      {_ligne(element)}" for element in valeur)
                return f'    "{nom}": [\n{elements}\n    ]'
            case "fiche":
                elements = ",\n".join(f"      {_ligne(cle)}: {_ligne(texte)}" for cle, texte in valeur.items())
                return f'    "fiche": {{\n{elements}\n    }}'
            case _:
                return f"    {_ligne(nom)}: {_ligne(valeur)}"

    blocs = ("  {\n" + ",\n".join(champ(*paire) for paire in partenaire.items()) + "\n  }" for partenaire in partenaires)
    return "[\n" + ",\n".join(blocs) + "\n]\n"


def ecrire_journal(journal: list[Asso]) -> str:
    """Format as JSON Lines."""
    return "".join(f"{_ligne(asso)}\n" for asso in journal)


def fichiers() -> dict[Path, str]:
    """Every generated file with its content."""
    communes = json.loads((ICI / "communes.json").read_text(encoding="utf-8"))
    partenaires = annuaire(mots())
    journal = parcours(associations(mots(), communes), partenaires)
    return {
        ICI / "partenaires.json": ecrire_annuaire(partenaires),
        ICI / "journey.jsonl": ecrire_journal(journal),
        EXTRAIT: ecrire_journal(extrait(journal)),
    }


if __name__ == "__main__":
    for chemin, contenu in fichiers().items():
        chemin.write_text(contenu, encoding="utf-8")
