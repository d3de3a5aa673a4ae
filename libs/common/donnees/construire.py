"""Rebuild territoires.json from an unpacked @etalab/decoupage-administratif package: `python construire.py PACKAGE_FOLDER`."""

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

SORTIE = Path(__file__).with_name("territoires.json")

# Clipperton has no inhabitant, no time zone and no association.
SANS_HABITANT = frozenset({"989"})

FUSEAUX = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "975": "America/Miquelon",
    "976": "Indian/Mayotte",
    "977": "America/St_Barthelemy",
    "978": "America/Marigot",
    "984": "Indian/Kerguelen",
    "986": "Pacific/Wallis",
    "987": "Pacific/Tahiti",
    "988": "Pacific/Noumea",
}

# Subdivisions of the `holidays` library; every other département has the national list.
FERIES = {
    "57": "57",
    "67": "6AE",
    "68": "6AE",
    "971": "971",
    "972": "972",
    "973": "973",
    "974": "974",
    "975": "PM",
    "976": "976",
    "977": "BL",
    "978": "MF",
    "984": "TF",
    "986": "WF",
    "987": "PF",
    "988": "NC",
}


def prefixe(code_postal: str) -> str:
    """Give the département that a postal code's first digits announce."""
    if code_postal.startswith("20"):
        return "2A" if code_postal < "20200" else "2B"
    return code_postal[:3] if code_postal >= "97" else code_postal[:2]


def codes_postaux_trompeurs(communes: list[dict[str, Any]]) -> dict[str, list[str]]:
    """List the postal codes whose communes are not all where the first digits say, the most populated territory first."""
    habitants: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for commune in communes:
        territoire: str = commune.get("departement") or commune["collectivite"]
        for code_postal in commune.get("codesPostaux", []):
            if territoire not in SANS_HABITANT:
                habitants[code_postal][territoire] += commune.get("population", 0)
    return {
        code_postal: sorted(parts, key=lambda territoire: (-parts[territoire], territoire))
        for code_postal, parts in sorted(habitants.items())
        if set(parts) != {prefixe(code_postal)}
    }


def construire(paquet: Path) -> dict[str, Any]:
    """Read the package and return the whole content of territoires.json."""
    source = {nom: json.loads((paquet / "data" / f"{nom}.json").read_text()) for nom in ("regions", "departements", "communes")}
    version = json.loads((paquet / "package.json").read_text())["version"]
    return {
        "source": {
            "paquet": "@etalab/decoupage-administratif",
            "version": version,
            "licence": "Licence Ouverte 2.0 (Etalab)",
            "origine": "Code officiel géographique de l’Insee ; codes postaux de La Poste",
        },
        "regions": [
            {"code": r["code"], "nom": r["nom"].replace("'", "’")}
            for r in sorted(source["regions"], key=lambda r: str(r["code"]))
            if r["code"] not in SANS_HABITANT
        ],
        "departements": [
            {
                "code": d["code"],
                "nom": d["nom"].replace("'", "’"),
                "region": d["region"],
                "zone": d["zone"],
                "fuseau": FUSEAUX.get(d["code"], "Europe/Paris"),
                "feries": FERIES.get(d["code"]),
            }
            for d in sorted(source["departements"], key=lambda d: str(d["code"]))
            if d["code"] not in SANS_HABITANT
        ],
        "codes_postaux_trompeurs": codes_postaux_trompeurs(source["communes"]),
    }


def ecrire(contenu: dict[str, Any]) -> str:
    """Format with one record a line, so that a yearly update reads as a diff."""
    lignes = ["{", f'"source": {json.dumps(contenu["source"], ensure_ascii=False)},']
    for partie in ("regions", "departements"):
        corps = ",\n".join(json.dumps(x, ensure_ascii=False) for x in contenu[partie])
        lignes.append(f'"{partie}": [\n{corps}\n],')
    corps = ",\n".join(f'"{code}": {json.dumps(parts)}' for code, parts in contenu["codes_postaux_trompeurs"].items())
    lignes += [f'"codes_postaux_trompeurs": {{\n{corps}\n}}', "}"]
    return "\n".join(lignes) + "\n"


if __name__ == "__main__":
    SORTIE.write_text(ecrire(construire(Path(sys.argv[1]))), encoding="utf-8")
