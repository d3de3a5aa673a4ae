"""The invented directory: who helps in each région, with its members, invented, and its machine clients."""

import unicodedata
from random import Random
from typing import Any
from uuid import NAMESPACE_DNS, UUID, uuid5

from common.territoires import departements, departements_of, regions
from demo.declarations import declarer
from demo.modeles import APPUI, DE_REGION, INSTITUTION, NATIONAUX, REGIONAUX, Modele
from demo.mots import Mots

GRAINE = "relais"
NATIONALE = "cellule-nationale"
ESPACE = uuid5(NAMESPACE_DNS, "demo.relais.example")


def slug(nom: str) -> str:
    """Lower-case ASCII letters and digits joined by hyphens."""
    plat = unicodedata.normalize("NFKD", nom.replace("œ", "oe").replace("’", " ")).encode("ascii", "ignore").decode().lower()
    return "-".join("".join(c if c.isalnum() else " " for c in plat).split())


def identifiant(code: str) -> UUID:
    """The identifier of a partner or a person of the demonstration: always the same for the same code."""
    return uuid5(ESPACE, code)


# Who may do more than their role says: one animateur edits the catalogue.
DROITS = {"animateur.occitanie": ("catalogue",)}


def _membre(code: str, role: str, mots: Mots) -> dict[str, Any]:
    tirage = Random(f"{GRAINE}:{code}:{role}")  # noqa: S311 - invented people, drawn the same each time.
    boite = role if code == NATIONALE else f"{role}.{code.removeprefix('cellule-')}"
    courriel = f"{boite}@relais.example"
    return {
        "sub": str(identifiant(courriel)),
        "nom": tirage.choice(mots.noms),
        "prenom": tirage.choice(mots.prenoms_f + mots.prenoms_m),
        "courriel": courriel,
        "roles": [role, *DROITS.get(boite, ())],
    }


def _partenaire(modele: Modele, code: str, region: str, nom_region: str, codes: list[str], mots: Mots) -> dict[str, Any]:
    delai = modele.delai + Random(f"{GRAINE}:{code}").choice((-1, 0, 1))  # noqa: S311
    return {
        "code": code,
        "id": str(identifiant(code)),
        "nom": modele.nom(region, nom_region),
        "famille": modele.famille,
        "type": modele.type,
        "departements": codes,
        "dispositifs": modele.dispositifs(region),
        "delai_jours_ouvres": delai,
        "membres": [_membre(code, role, mots) for role in ("manager", "agent")],
        "clients": [{"client_id": f"si-{code}"}],
    }


def _cellule(code: str, nom: str, genre: str, codes: list[str], roles: tuple[str, ...], mots: Mots) -> dict[str, Any]:
    return {
        "code": code,
        "id": str(identifiant(code)),
        "nom": nom,
        "famille": APPUI if genre == "cellule" else INSTITUTION,
        "type": genre,
        "departements": codes,
        "dispositifs": [],
        "delai_jours_ouvres": 3,
        "membres": [_membre(code, role, mots) for role in roles],
        "clients": [],
    }


def annuaire(mots: Mots) -> list[dict[str, Any]]:
    """Every organisation: the national cell, then each région's cell and partners, then the national partners."""
    tous = [d.code for d in departements()]
    nationale = _cellule(
        "cellule-nationale",
        "Cellule nationale de liaison",
        "cellule_nationale",
        tous,
        ("national", "auditeur", "administrateur"),
        mots,
    )
    resultat = [nationale]
    for region in regions():
        codes, suffixe = list(departements_of(region.code)), slug(region.nom)
        cellule = _cellule(f"cellule-{suffixe}", f"Cellule {DE_REGION[region.code]}", "cellule", codes, ("animateur",), mots)
        resultat.append(cellule | {"animee_par": f"mouvement-associatif-{suffixe}"})
        for modele in REGIONAUX:
            partenaire = _partenaire(modele, f"{modele.prefixe}-{suffixe}", region.code, region.nom, codes, mots)
            resultat.append(declarer(modele.prefixe, region.code, partenaire))
    return resultat + [declarer(m.prefixe, "", _partenaire(m, m.prefixe, "", "", tous, mots)) for m in NATIONAUX]
