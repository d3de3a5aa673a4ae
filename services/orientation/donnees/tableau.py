"""The directory as a table for spreadsheets: one organisation a line, semicolons, UTF-8 with a mark that Excel knows.

A cell that a spreadsheet would run as a formula begins with an apostrophe, which the reading takes away again.
"""

import csv
import io
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from common.codes import Periode
from common.traduction import _
from orientation.donnees.erreurs import Faute, ImportInvalide, fautes_de
from orientation.donnees.store import Organisation
from orientation.fiches.horaires import HorairesIllisibles, de_osm, en_osm
from orientation.fiches.schemas import Fiche
from orientation.partenaires.service import Partenaire

DANGEREUX = tuple("=+-@\t\r")
DU_PARTENAIRE = ("id", "code", "nom", "type", "famille", "departements", "dispositifs", "delai_reponse", "delai_lecture")
DES_OFFRES = ("capacites", "delais_propres")
DE_LA_FICHE = ("presentation", "publics", "conditions", "siret", "adresse", "code_postal", "commune", "telephone", "courriel")
COLONNES = (*DU_PARTENAIRE, *DES_OFFRES, *DE_LA_FICHE, "site_web", "horaires")
FACULTATIVES = frozenset(COLONNES) - frozenset(DU_PARTENAIRE[:-1])
LIGNES_MAX = 5000

Entree = tuple[Partenaire, dict[str, Any]]
"""An organisation as the directory loads it, and the columns of its sheet."""


def proteger(texte: str) -> str:
    """A cell that no spreadsheet runs as a formula."""
    return f"'{texte}" if texte.startswith((*DANGEREUX, "'")) else texte


def deproteger(texte: str) -> str:
    """What was in the cell before it was protected."""
    return texte[1:] if texte.startswith("'") and texte[1:].startswith((*DANGEREUX, "'")) else texte


def ecrire(organisations: list[Organisation], *, debut: bool = True) -> bytes:
    """The table, or what follows its beginning."""
    sortie = io.StringIO()
    plume = csv.writer(sortie, delimiter=";", lineterminator="\r\n")
    if debut:
        plume.writerow(COLONNES)
    for organisation in organisations:
        valeurs = _valeurs(organisation)
        plume.writerow([proteger(valeurs[colonne]) for colonne in COLONNES])
    return sortie.getvalue().encode("utf-8-sig" if debut else "utf-8")


def _valeurs(organisation: Organisation) -> dict[str, str]:
    p, fiche = organisation.partenaire, organisation.fiche
    declarees = {code: organisation.offres[code] for code in p.dispositifs if code in organisation.offres}
    propres = {code: (o.delai_lecture, o.delai_reponse) for code, o in declarees.items() if o.delai_lecture or o.delai_reponse}
    return {
        "id": str(p.id),
        "code": p.code,
        "nom": p.libelle,
        "type": p.type,
        "famille": p.famille,
        "departements": " ".join(p.departements),
        "dispositifs": " ".join(p.dispositifs),
        "delai_reponse": str(p.delai_jours_ouvres),
        "delai_lecture": str(p.delai_lecture or ""),
        "capacites": " ".join(f"{code}={o.capacite}/{o.periode}" for code, o in declarees.items() if o.periode),
        "delais_propres": " ".join(f"{code}={lecture or ''}/{reponse or ''}" for code, (lecture, reponse) in propres.items()),
        **{nom: getattr(fiche, nom) if fiche else "" for nom in (*DE_LA_FICHE, "site_web", "horaires")},
    }


def lire(contenu: bytes) -> list[Entree]:
    """The organisations of a table, all of them or none. Raises ImportInvalide with every fault, its line and its column."""
    entrees, fautes = [], []
    for ligne, valeurs in _lignes(_texte(contenu)):
        entree, trouvees = _entree(ligne, valeurs)
        fautes += trouvees
        if entree:
            entrees.append(entree)
    for nom, cles in (("id", [p.id for p, _ligne in entrees]), ("code", [p.code for p, _ligne in entrees])):
        if len(set(cles)) < len(cles):
            fautes.append(Faute(0, nom, _("Deux lignes ont la même valeur dans cette colonne.")))
    if fautes:
        raise ImportInvalide(fautes)
    return entrees


def _texte(contenu: bytes) -> str:
    try:
        return contenu.decode("utf-8-sig")
    except UnicodeDecodeError as refus:
        ligne = contenu[: refus.start].count(b"\n") + 1
        raise ImportInvalide([Faute(ligne, "", _("Enregistrez le fichier en « CSV UTF-8 »."))]) from None


def _lignes(texte: str) -> Iterator[tuple[int, dict[str, str]]]:
    premiere = texte.partition("\n")[0]
    lecteur = csv.reader(io.StringIO(texte, newline=""), delimiter=";" if ";" in premiere else ",", strict=True)
    ligne = 1
    try:
        entetes = [nom.strip().lower() for nom in next(lecteur, [])]
        manquent = [nom for nom in COLONNES if nom not in entetes and nom not in FACULTATIVES]
        inconnues = [nom for nom in entetes if nom not in COLONNES]
        if manquent or inconnues or len(set(entetes)) < len(entetes):
            attendu = _("Les colonnes sont\u00a0: {colonnes}.").format(colonnes=", ".join(COLONNES))
            raise ImportInvalide([Faute(1, ", ".join(manquent + inconnues), attendu)])
        for numero, cellules in enumerate(lecteur):
            debut, ligne = ligne + 1, lecteur.line_num
            if numero >= LIGNES_MAX:
                raise ImportInvalide(
                    [Faute(debut, "", _("Donnez {n} organisations au plus par fichier.").format(n=LIGNES_MAX))]
                )
            if not any(cellules):
                continue
            if len(cellules) != len(entetes):
                remede = _("Cette ligne a {cellules} cellules, l’en-tête en a {entetes}.").format(
                    cellules=len(cellules), entetes=len(entetes)
                )
                raise ImportInvalide([Faute(debut, "", remede)])
            yield debut, dict(zip(entetes, (deproteger(cellule).strip() for cellule in cellules), strict=True))
    except csv.Error:
        raise ImportInvalide(
            [Faute(ligne + 1, "", _("Un guillemet n’est pas refermé, ou le fichier n’est pas un CSV."))]
        ) from None


def _entree(ligne: int, valeurs: dict[str, str]) -> tuple[Entree | None, list[Faute]]:
    dispositifs = tuple(valeurs["dispositifs"].split())
    fautes: list[Faute] = []
    offres: dict[str, dict[str, Any]] = {code: {"dispositif": code} for code in dispositifs}
    for colonne, noms in (("capacites", ("capacite", "periode")), ("delais_propres", ("delai_lecture", "delai_reponse"))):
        for partie in valeurs.get(colonne, "").split():
            code, _egal, reste = partie.partition("=")
            droite = reste.split("/")
            if code not in offres or len(droite) != 2 or (colonne == "capacites" and droite[1] not in set(Periode)):
                forme = "dla=12/annee (ou trimestre, mois)" if colonne == "capacites" else "dla=2/5"
                fautes.append(
                    Faute(
                        ligne,
                        colonne,
                        _("Écrivez par exemple « {forme} », pour un dispositif de la ligne.").format(forme=forme),
                    )
                )
            else:
                offres[code] |= {nom: valeur or None for nom, valeur in zip(noms, droite, strict=True)}
    organisation = {nom: valeurs[nom] for nom in ("id", "code", "nom", "type", "famille")} | {
        "departements": tuple(valeurs["departements"].split()),
        "dispositifs": dispositifs,
        "delai_jours_ouvres": valeurs["delai_reponse"],
        "delai_lecture": valeurs.get("delai_lecture") or None,
        "offres": tuple(offres.values()),
    }
    fiche = {nom: valeur for nom, valeur in valeurs.items() if nom in Fiche.model_fields}
    return _verifier(ligne, organisation, fiche, valeurs.get("horaires"), fautes)


def _verifier(
    ligne: int, organisation: dict[str, Any], fiche: dict[str, str], horaires: str | None, fautes: list[Faute]
) -> tuple[Entree | None, list[Faute]]:
    partenaire, sheet = None, {}
    try:
        partenaire = Partenaire.model_validate(organisation)
    except ValidationError as refus:
        fautes += fautes_de(refus, ligne)
    try:
        sheet = Fiche.model_validate(fiche).model_dump(include=set(fiche))
        if horaires is not None:
            sheet["horaires"] = en_osm(de_osm(horaires))
    except ValidationError as refus:
        fautes += fautes_de(refus, ligne)
    except HorairesIllisibles as refus:
        fautes.append(Faute(ligne, "horaires", _(refus.remede)))
    return (partenaire, sheet) if partenaire and not fautes else None, fautes
