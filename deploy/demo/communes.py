"""Rebuild communes.json from an unpacked @etalab/decoupage-administratif package: `python -m demo.communes PACKAGE_FOLDER`."""

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from common.territoires import departements

SORTIE = Path(__file__).with_name("communes.json")
PAR_DEPARTEMENT = 6
CODES_PAR_COMMUNE = 8


def construire(paquet: Path) -> dict[str, list[dict[str, Any]]]:
    """Take the most populated communes of each département, with a few of their postal codes."""
    par_departement: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for commune in json.loads((paquet / "data" / "communes.json").read_text()):
        if commune["type"] == "commune-actuelle" and commune.get("codesPostaux"):
            par_departement[commune.get("departement", "")].append(commune)
    return {
        departement.code: [
            {
                "nom": commune["nom"].replace("'", "’"),
                "codes_postaux": commune["codesPostaux"][:CODES_PAR_COMMUNE],
                "population": commune["population"],
            }
            for commune in sorted(par_departement[departement.code], key=lambda c: -int(c["population"]))[:PAR_DEPARTEMENT]
        ]
        for departement in departements()
    }


if __name__ == "__main__":
    lignes = (f'"{code}": {json.dumps(liste, ensure_ascii=False)}' for code, liste in construire(Path(sys.argv[1])).items())
    SORTIE.write_text("{\n" + ",\n".join(lignes) + "\n}\n", encoding="utf-8")
