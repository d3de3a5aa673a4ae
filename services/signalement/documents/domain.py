"""Which files a case takes, what they are called, and until when a removed one may come back. Pure rules."""

import unicodedata
from datetime import datetime, timedelta

from common.codes_espace import TypeDocument
from common.errors import Conflit, DonneeInvalide, Introuvable
from common.traduction import N_

MO = 1_000_000
MAX_FICHIER = 10 * MO
MAX_DOSSIER = 100 * MO
MAX_DOCUMENTS = 200
MAX_NOM = 120
CORBEILLE = timedelta(days=7)
MORCEAU = 256 * 1024

EXTENSIONS: dict[TypeDocument, str] = {
    TypeDocument.pdf: "pdf",
    TypeDocument.jpeg: "jpg",
    TypeDocument.png: "png",
    TypeDocument.odt: "odt",
    TypeDocument.ods: "ods",
    TypeDocument.docx: "docx",
    TypeDocument.xlsx: "xlsx",
    TypeDocument.csv: "csv",
}
MIMES: dict[TypeDocument, str] = {
    TypeDocument.pdf: "application/pdf",
    TypeDocument.jpeg: "image/jpeg",
    TypeDocument.png: "image/png",
    TypeDocument.odt: "application/vnd.oasis.opendocument.text",
    TypeDocument.ods: "application/vnd.oasis.opendocument.spreadsheet",
    TypeDocument.docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    TypeDocument.xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    TypeDocument.csv: "text/csv; charset=utf-8",
}


class FichierManquant(DonneeInvalide):
    """No file came, or an empty one."""

    slug, titre = "fichier-manquant", N_("Choisissez un fichier, qui ne soit pas vide.")


class TypeRefuse(DonneeInvalide):
    """What is in the file is none of the kinds that a case takes, whatever it is called."""

    slug = "type-de-fichier-refuse"
    titre = N_("Ce fichier n’est pas d’un type accepté : PDF, image JPEG ou PNG, OpenDocument, Word, Excel ou CSV.")


class ContenuActif(DonneeInvalide):
    """The file carries a program."""

    slug, titre = "contenu-actif", N_("Ce fichier contient des macros. Enregistrez-le sans elles, puis recommencez.")


class FichierTropGrand(DonneeInvalide):
    """One file is larger than a case takes."""

    slug, titre = "fichier-trop-grand", N_("Ce fichier dépasse 10 Mo. Allégez-le, ou envoyez-le en plusieurs parties.")


class DossierPlein(Conflit):
    """The case holds as much as it may."""

    slug, titre = "dossier-plein", N_("Vos documents atteignent 100 Mo, ou 200 fichiers. Supprimez-en avant d’en ajouter.")


class CorbeilleVidee(Conflit):
    """The document was removed too long ago, or never was."""

    slug, titre = "corbeille-videe", N_("Ce document ne peut plus être rétabli.")


def check_size(taille: int, deja: int, nombre: int) -> None:
    """Whether a case that holds `nombre` files of `deja` bytes takes one more.

    Raises FichierManquant, FichierTropGrand, DossierPlein.
    """
    if taille == 0:
        raise FichierManquant(champ="fichier")
    if taille > MAX_FICHIER:
        raise FichierTropGrand(champ="fichier")
    if deja + taille > MAX_DOSSIER or nombre >= MAX_DOCUMENTS:
        raise DossierPlein(champ="fichier")


def nom_propre(nom: str, genre: TypeDocument) -> str:
    """A name that is safe on any disk and says what the file is: no path, no control or direction mark, its own extension."""
    last = unicodedata.normalize("NFC", nom).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in last if unicodedata.category(c)[0] != "C" and c not in '<>:"|?*')
    stem, dot, ending = kept.strip(" .").rpartition(".")
    base = (stem if dot and len(ending) <= 5 else kept).strip(" .") or "document"
    return f"{base[:MAX_NOM].rstrip(' .')}.{EXTENSIONS[genre]}"


def may_come_back(supprime_le: datetime | None, now: datetime) -> bool:
    """Whether a removed document may be taken back."""
    return supprime_le is not None and now < supprime_le + CORBEILLE


def check_present(supprime_le: datetime | None) -> None:
    """Raises Introuvable for a document that was removed."""
    if supprime_le is not None:
        raise Introuvable
