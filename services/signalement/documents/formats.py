"""What a file is, by its content and not by its name: the few kinds that a case takes are told apart here, and macros found."""

import zipfile
from typing import BinaryIO

from common.codes_espace import TypeDocument
from signalement.documents.domain import MORCEAU, ContenuActif, TypeRefuse

DEBUTS: tuple[tuple[bytes, TypeDocument], ...] = (
    (b"%PDF-", TypeDocument.pdf),
    (b"\xff\xd8\xff", TypeDocument.jpeg),
    (b"\x89PNG\r\n\x1a\n", TypeDocument.png),
)
OPEN_DOCUMENT = {
    b"application/vnd.oasis.opendocument.text": TypeDocument.odt,
    b"application/vnd.oasis.opendocument.spreadsheet": TypeDocument.ods,
}
OFFICE_OPEN = {"word/document.xml": TypeDocument.docx, "xl/workbook.xml": TypeDocument.xlsx}
MACROS = ("vbaproject.bin", "vbadata.xml", "activex", "basic/", "scripts/", "oleobject")
# Of a ZIP only its directory is read, and no directory of an honest document comes near this.
MAX_DIRECTORY = 512 * 1024
END = b"PK\x05\x06"
END_SIZE = 22
ZIP64 = b"PK\x06\x07"
# The signs of a page or a script, which a browser might take a text for.
PAGES = (b"<", b"{\\rtf", b"#!")
ALLOWED_CONTROLS = frozenset(b"\t\n\r")


def identify(fichier: BinaryIO, nom: str) -> TypeDocument:
    """The kind of the file, read from its beginning or its directory. Raises TypeRefuse, ContenuActif."""
    fichier.seek(0)
    head = fichier.read(16)
    found = next((genre for start, genre in DEBUTS if head.startswith(start)), None)
    if found is not None:
        return found
    if head.startswith(b"PK\x03\x04"):
        return _of_zip(fichier)
    if nom.lower().endswith(".csv") and _is_plain_text(fichier):
        return TypeDocument.csv
    raise TypeRefuse(champ="fichier")


def _of_zip(fichier: BinaryIO) -> TypeDocument:
    _check_directory(fichier)
    try:
        with zipfile.ZipFile(fichier) as archive:
            names = archive.namelist()
            lowered = [name.lower() for name in names]
            if any(sign in name for name in lowered for sign in MACROS):
                raise ContenuActif(champ="fichier")
            found = _open_document(archive, names) or next((OFFICE_OPEN[name] for name in names if name in OFFICE_OPEN), None)
            if found is None or (found in OFFICE_OPEN.values() and "[Content_Types].xml" not in names):
                raise TypeRefuse(champ="fichier")
            return found
    # NotImplementedError is zipfile's word for a compression it does not know, RuntimeError for an archive with a password.
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, OSError) as error:
        raise TypeRefuse(champ="fichier") from error


def _open_document(archive: zipfile.ZipFile, names: list[str]) -> TypeDocument | None:
    if names[:1] != ["mimetype"]:
        return None
    entry = archive.getinfo("mimetype")
    if entry.file_size > 100 or entry.compress_type != zipfile.ZIP_STORED:
        return None
    return OPEN_DOCUMENT.get(archive.read(entry).strip())


def _check_directory(fichier: BinaryIO) -> None:
    """Refuse what would make the directory huge before it is read. Raises TypeRefuse."""
    size = fichier.seek(0, 2)
    fichier.seek(max(0, size - 65_535 - END_SIZE - 20))
    tail = fichier.read()
    place = tail.rfind(END)
    if place < 0 or ZIP64 in tail or int.from_bytes(tail[place + 12 : place + 16], "little") > MAX_DIRECTORY:
        raise TypeRefuse(champ="fichier")
    fichier.seek(0)


def _is_plain_text(fichier: BinaryIO) -> bool:
    """Whether all of it is text of any usual encoding of one byte or UTF-8, and does not begin like a page or a script."""
    fichier.seek(0)
    first = True
    while chunk := fichier.read(MORCEAU):
        if first and chunk.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(PAGES):
            return False
        first = False
        if any(byte < 32 and byte not in ALLOWED_CONTROLS for byte in set(chunk)):
            return False
    return not first
