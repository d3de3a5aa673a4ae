"""Documents: added, opened, removed, taken back by the association, opened by its animateur alone; and hostile files."""

import contextlib
import hashlib
import io
import zipfile
from datetime import timedelta
from uuid import UUID, uuid4

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import select

from common.actor import Actor
from common.codes import Droit
from common.codes_espace import TypeDocument
from common.database import Database
from common.errors import Erreur
from signalement.documents import domain, formats
from signalement.documents.models import Document
from signalement.signalements.models import Dossier
from signalement.worker import empty_bin
from tests.signalement import fabrique as f
from tests.signalement.conftest import Ouvrir
from tests.signalement.outils import actions, bruts, texte
from tests.signalement.test_personnes import inviter, personne

DOCUMENTS = "/signalement/espace/documents"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def archive(entries: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    """A ZIP file with these entries."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as made:
        for name, content in entries.items():
            made.writestr(name, content)
    return out.getvalue()


WORD = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"}
GOOD: dict[str, tuple[bytes, TypeDocument]] = {
    "comptes.pdf": (PDF, TypeDocument.pdf),
    "photo.jpg": (b"\xff\xd8\xff\xe0\x00\x10JFIF", TypeDocument.jpeg),
    "capture.png": (b"\x89PNG\r\n\x1a\n\x00\x00", TypeDocument.png),
    "statuts.odt": (archive({"mimetype": b"application/vnd.oasis.opendocument.text"}), TypeDocument.odt),
    "budget.ods": (archive({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}), TypeDocument.ods),
    "lettre.docx": (archive(WORD), TypeDocument.docx),
    "plan.xlsx": (archive({"[Content_Types].xml": b"", "xl/workbook.xml": b""}), TypeDocument.xlsx),
    "balance.csv": ("compte;libellé\n512;Banque\n".encode("cp1252"), TypeDocument.csv),
}
BAD: dict[str, bytes] = {
    "page.html": b"<html><script>alert(1)</script>",
    "comptes.csv": b"\xef\xbb\xbf <svg onload=alert(1)>",
    "dessin.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "programme.pdf": b"MZ\x90\x00\x03",
    "script.csv": b"#!/bin/sh\nrm -rf /\n",
    "nul.csv": b"a;b\x00;c",
    "archive.docx": archive({"a.txt": b"a"}),
    "sans-types.docx": archive({"word/document.xml": b""}),
    "tronque.docx": archive(WORD)[:60],
    "presque.zip": b"PK\x03\x04" + b"\x00" * 100,
    "menteur.odt": archive({"mimetype": b"application/vnd.oasis.opendocument.graphics"}),
    "comprime.odt": archive({"mimetype": b"application/vnd.oasis.opendocument.text"}, compression=zipfile.ZIP_DEFLATED),
    "gif.gif": b"GIF89a\x01\x00",
    "texte.txt": b"bonjour",
}
MACROS: dict[str, bytes] = {
    "macro.docx": archive(WORD | {"word/vbaProject.bin": b"x"}),
    "macro.xlsx": archive({"[Content_Types].xml": b"", "xl/workbook.xml": b"", "xl/activeX/activeX1.xml": b""}),
    "macro.odt": archive({"mimetype": b"application/vnd.oasis.opendocument.text", "Basic/Standard/Module1.xml": b""}),
}


async def ajouter(ouvrir: Ouvrir, actor: Actor, contenu: bytes = PDF, nom: str = "comptes.pdf") -> httpx2.Response:
    return await ouvrir(actor).post(DOCUMENTS, files={"fichier": (nom, contenu, "application/octet-stream")})


async def rows(database: Database) -> list[Document]:
    async with database.transaction() as session:
        return list((await session.exec(select(Document).order_by(Document.id))).all())  # type: ignore[arg-type]


async def depose(ouvrir: Ouvrir, database: Database, contenu: bytes = PDF) -> tuple[Dossier, Document]:
    """A case with one document."""
    dossier = await f.deposer(database)
    assert (await ajouter(ouvrir, f.dirigeant(dossier.id), contenu)).status_code == 303
    return dossier, (await rows(database))[-1]


async def test_a_file_of_many_pieces_comes_back_as_it_was(ouvrir: Ouvrir, signalement_db: Database) -> None:
    contenu = PDF + bytes(range(256)) * 4000
    dossier, document = await depose(ouvrir, signalement_db, contenu)
    assert (document.taille, document.empreinte) == (len(contenu), hashlib.sha256(contenu).hexdigest())
    async with signalement_db.transaction() as session:
        pieces = (await session.execute(text("SELECT length(octets) FROM documents_morceaux ORDER BY numero"))).scalars().all()
    assert max(pieces) <= domain.MORCEAU < len(contenu)
    for actor, url in (
        (f.dirigeant(dossier.id), f"{DOCUMENTS}/{document.id}"),
        (f.ANIMATEUR, f"/signalement/dossiers/{dossier.id}/documents/{document.id}"),
    ):
        answer = await ouvrir(actor).get(url)
        assert answer.content == contenu
        assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''comptes.pdf"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
        assert answer.headers["cache-control"] == "no-store"
    assert "comptes.pdf" not in await bruts(signalement_db)


async def test_the_association_sees_that_its_animateur_opened_it(ouvrir: Ouvrir, signalement_db: Database) -> None:
    await f.publier_cellule(signalement_db)
    dossier, document = await depose(ouvrir, signalement_db)
    me = ouvrir(f.dirigeant(dossier.id))
    await me.get(f"{DOCUMENTS}/{document.id}")
    assert "Personne ne l’a encore ouvert" in texte(await me.get("/signalement/espace"))
    await ouvrir(f.ANIMATEUR).get(f"/signalement/dossiers/{dossier.id}/documents/{document.id}")
    page = texte(await me.get("/signalement/espace"))
    assert "Cellule Occitanie" in page
    assert "un de vos documents" in page
    assert (await actions(signalement_db))[-2:] == ["document.ouvrir"] * 2


@pytest.mark.parametrize("nom", GOOD)
def test_each_kind_is_known_by_its_content(nom: str) -> None:
    contenu, genre = GOOD[nom]
    assert formats.identify(io.BytesIO(contenu), nom) is genre
    if genre is not TypeDocument.csv:
        assert formats.identify(io.BytesIO(contenu), "sans-nom") is genre


@pytest.mark.parametrize("nom", BAD)
def test_what_only_pretends_is_refused(nom: str) -> None:
    with pytest.raises(domain.TypeRefuse):
        formats.identify(io.BytesIO(BAD[nom]), nom)


@pytest.mark.parametrize("nom", MACROS)
def test_a_file_that_carries_a_program_is_refused(nom: str) -> None:
    with pytest.raises(domain.ContenuActif):
        formats.identify(io.BytesIO(MACROS[nom]), nom)


def test_a_directory_made_to_exhaust_us_is_not_read() -> None:
    huge = archive({f"{'x' * 100}{number}": b"" for number in range(6000)})
    with pytest.raises(domain.TypeRefuse):
        formats.identify(io.BytesIO(huge), "bombe.docx")
    bomb = archive({**WORD, "word/media/image1.png": b"\x00" * 50_000_000}, compression=zipfile.ZIP_DEFLATED)
    assert len(bomb) < 100_000
    # Nothing in it is ever unpacked.
    assert formats.identify(io.BytesIO(bomb), "lettre.docx") is TypeDocument.docx


@given(st.binary(max_size=400), st.sampled_from(["a.csv", "a.docx", "a.pdf"]), st.sampled_from([b"", b"PK\x03\x04", b"%PDF-"]))
def test_no_bytes_do_anything_but_be_known_or_refused(contenu: bytes, nom: str, debut: bytes) -> None:
    with contextlib.suppress(domain.TypeRefuse, domain.ContenuActif):
        assert formats.identify(io.BytesIO(debut + contenu), nom) in TypeDocument


@given(st.text(max_size=300), st.sampled_from(TypeDocument))
def test_a_name_is_safe_and_says_what_the_file_is(nom: str, genre: TypeDocument) -> None:
    clean = domain.nom_propre(nom, genre)
    assert clean.endswith(f".{domain.EXTENSIONS[genre]}")
    assert len(clean) <= 130
    assert not set(clean) & set('/\\<>:"|?*\x00\n\u202e')
    assert not clean.startswith((".", " "))
    assert domain.nom_propre(clean, genre) == clean


@pytest.mark.parametrize(
    ("nom", "attendu"),
    [
        ("facture.exe", "facture.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\Ana\\Comptes 2025.PDF", "Comptes 2025.pdf"),
        ("fiche\u202efdp.exe", "fichefdp.pdf"),
        ("", "document.pdf"),
        ("....", "document.pdf"),
    ],
)
def test_names_that_lie(nom: str, attendu: str) -> None:
    assert domain.nom_propre(nom, TypeDocument.pdf) == attendu


@given(st.integers(0, 12_000_000), st.integers(0, 101_000_000), st.integers(0, 210))
def test_no_case_ever_holds_more_than_it_may(taille: int, deja: int, nombre: int) -> None:
    try:
        domain.check_size(taille, deja, nombre)
    except Erreur:
        assert not 0 < taille <= domain.MAX_FICHIER or deja + taille > domain.MAX_DOSSIER or nombre >= domain.MAX_DOCUMENTS
    else:
        assert 0 < taille <= domain.MAX_FICHIER
        assert deja + taille <= domain.MAX_DOSSIER
        assert nombre < domain.MAX_DOCUMENTS


async def test_what_is_refused_is_said_beside_the_field(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    me = f.dirigeant(dossier.id)
    for contenu, nom, status, said in (
        (BAD["page.html"], "page.pdf", 422, "pas d’un type accepté"),
        (MACROS["macro.docx"], "a.docx", 422, "contient des macros"),
        (b"", "vide.pdf", 422, "ne soit pas vide"),
        (PDF + b"\x00" * domain.MAX_FICHIER, "gros.pdf", 422, "dépasse 10"),
        (PDF + b"\x00" * (domain.MAX_FICHIER + 3 * domain.MO), "enorme.pdf", 413, "trop volumineux"),
    ):
        answer = await ajouter(ouvrir, me, contenu, nom)
        assert (answer.status_code, said in texte(answer)) == (status, True), nom
    assert (await ouvrir(me).post(DOCUMENTS)).status_code == 422
    assert await rows(signalement_db) == []
    # Elsewhere the limit is what it was.
    body = {"courriel": "x" * (domain.MO * 2)}
    assert (await ouvrir(me).post("/signalement/espace/acces", data=body)).status_code == 413


async def test_a_full_case_takes_no_more_until_its_bin_is_emptied(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier, document = await depose(ouvrir, signalement_db)
    async with signalement_db.transaction() as session:
        (await session.exec(select(Document))).one().taille = domain.MAX_FICHIER
        for _ in range(9):
            facts = document.model_dump() | {"id": uuid4(), "taille": domain.MAX_FICHIER}
            session.add(Document(**facts))
    me = f.dirigeant(dossier.id)
    refused = await ajouter(ouvrir, me)
    assert (refused.status_code, "atteignent 100" in texte(refused)) == (409, True)
    await ouvrir(me).post(f"{DOCUMENTS}/{document.id}/supprimer")
    assert (await ajouter(ouvrir, me)).status_code == 409


async def test_removed_taken_back_and_in_the_end_forgotten(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier, document = await depose(ouvrir, signalement_db)
    me = ouvrir(f.dirigeant(dossier.id))
    url = f"{DOCUMENTS}/{document.id}"
    assert "Supprimer ce document" in texte(await me.get(f"{url}/supprimer"))
    assert (await me.post(f"{url}/retablir")).status_code == 409
    assert (await me.post(f"{url}/supprimer")).headers["location"] == f"{DOCUMENTS}?fait=supprimer"
    assert (await me.get(url)).status_code == 404
    assert (await ouvrir(f.ANIMATEUR).get(f"/signalement/dossiers/{dossier.id}/documents/{document.id}")).status_code == 404
    assert "Rétablir" in texte(await me.get(DOCUMENTS))
    assert (await me.post(f"{url}/retablir")).status_code == 303
    assert (await me.get(url)).content == PDF
    await me.post(f"{url}/supprimer")
    removed = (await rows(signalement_db))[0].supprime_le
    assert removed is not None
    await empty_bin(signalement_db, lambda: removed + timedelta(days=6))
    assert len(await rows(signalement_db)) == 1
    await empty_bin(signalement_db, lambda: removed + timedelta(days=7))
    assert await rows(signalement_db) == []
    async with signalement_db.transaction() as session:
        assert (await session.execute(text("SELECT count(*) FROM documents_morceaux"))).scalar_one() == 0


async def test_nobody_else_adds_opens_or_removes(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier, document = await depose(ouvrir, signalement_db)
    reader = personne(dossier, await inviter(ouvrir, signalement_db, dossier, Droit.consentir), *Droit)
    before = await actions(signalement_db)
    expected: list[tuple[Actor | None, int]] = [(None, 401), (f.AGENT, 403), (f.NATIONAL, 403), (f.ANIMATEUR, 403)]
    for actor, status in [*expected, (f.dirigeant(uuid4()), 404)]:
        browser = ouvrir(actor)
        for method, path in (("GET", ""), ("GET", "/supprimer"), ("POST", "/supprimer"), ("POST", "/retablir")):
            answer = await browser.request(method, f"{DOCUMENTS}/{document.id}{path}")
            assert answer.status_code == status, (actor, path)
            assert "comptes.pdf" not in answer.text
        sent = {"fichier": ("x.pdf", PDF, "application/pdf")}
        assert (await browser.post(DOCUMENTS, files=sent)).status_code == status
    theirs = f"/signalement/dossiers/{dossier.id}/documents/{document.id}"
    for actor, status in ((f.AUTRE_ANIMATEUR, 404), (f.AGENT, 403), (f.dirigeant(dossier.id), 403)):
        assert (await ouvrir(actor).get(theirs)).status_code == status
    # One who may only read and consent opens, and changes nothing.
    for path in ("/supprimer", "/retablir"):
        assert (await ouvrir(reader).post(f"{DOCUMENTS}/{document.id}{path}")).status_code == 403
    assert (await ajouter(ouvrir, reader)).status_code == 403
    assert await actions(signalement_db) == before
    assert (await ouvrir(reader).get(f"{DOCUMENTS}/{document.id}")).content == PDF
    assert "Ajouter ce document" not in texte(await ouvrir(reader).get(DOCUMENTS))


async def test_a_document_of_another_case_is_not_reached_through_ones_own(ouvrir: Ouvrir, signalement_db: Database) -> None:
    _, document = await depose(ouvrir, signalement_db)
    other = await f.deposer(signalement_db, association={"departement": "67", "code_postal": "67000"})
    wrong: UUID = other.id
    assert (await ouvrir(f.AUTRE_ANIMATEUR).get(f"/signalement/dossiers/{wrong}/documents/{document.id}")).status_code == 404
