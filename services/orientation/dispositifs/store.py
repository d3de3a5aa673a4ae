"""Every statement about the catalogue. What is published is for everybody; drafts are loaded by those who may edit."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, false, func, select, text, true, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor, Role
from common.errors import Introuvable, VersionPerimee
from common.traduction import _
from orientation.dispositifs.format import Document
from orientation.dispositifs.models import BrouillonRow, DispositifRow, EtatCatalogueRow, SourceRow

D, B = DispositifRow, BrouillonRow

VERROU = text("INSERT INTO dispositifs_etat (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET id = 1")
CHANGER = text("UPDATE dispositifs_etat SET jeton = gen_random_uuid()")


async def jeton(session: AsyncSession) -> UUID | None:
    """What changes with every publication; None before the first one."""
    jeton: UUID | None = (await session.execute(select(col(EtatCatalogueRow.jeton)))).scalar_one_or_none()
    return jeton


async def verrouiller(session: AsyncSession) -> None:
    """Publications happen one after the other: hold this until the end of the transaction."""
    await session.execute(VERROU)


async def newest(session: AsyncSession) -> dict[str, DispositifRow]:
    """The newest version of each dispositif, by code."""
    derniers = select(col(D.code), func.max(col(D.version))).group_by(col(D.code))
    query = select(D).where(tuple_(col(D.code), col(D.version)).in_(derniers)).order_by(col(D.code))
    return {row.code: row for row in (await session.execute(query)).scalars()}


async def find(session: AsyncSession, code: str, version: int) -> DispositifRow:
    """One published version. Raises Introuvable."""
    row: DispositifRow | None = await session.get(D, (code, version))
    if row is None:
        raise Introuvable(_("Aucun dispositif n’a ce code et cette version."))
    return row


async def versions(session: AsyncSession, code: str, limite: int = 100) -> Sequence[DispositifRow]:
    """The published versions of a dispositif, the newest first."""
    query = select(D).where(col(D.code) == code).order_by(col(D.version).desc()).limit(limite)
    return (await session.execute(query)).scalars().all()


async def empreintes(session: AsyncSession, code: str) -> frozenset[str]:
    """The digests of all that was ever published under this code."""
    return frozenset((await session.execute(select(col(D.empreinte)).where(col(D.code) == code))).scalars())


async def sources(session: AsyncSession) -> dict[str, Document]:
    """The source documents, by key."""
    rows = (await session.execute(select(SourceRow).order_by(col(SourceRow.cle)))).scalars()
    return {row.cle: Document(document=row.document, date=row.date, lien=row.lien) for row in rows}


async def prendre_sources(session: AsyncSession, documents: Mapping[str, Document]) -> None:
    """Bring the source documents to what a file says of them."""
    if documents:
        valeurs = [{"cle": cle, **document.model_dump()} for cle, document in documents.items()]
        query = insert(SourceRow).values(valeurs)
        nouveau = {nom: query.excluded[nom] for nom in ("document", "date", "lien")}
        await session.execute(query.on_conflict_do_update(index_elements=["cle"], set_=nouveau))


async def publier(session: AsyncSession, rows: Iterable[DispositifRow]) -> None:
    """Add versions, and let every process know. The lock of `verrouiller` is held."""
    session.add_all(rows)
    await session.flush()
    await session.execute(CHANGER)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Drafts are for the animateurs whom the directory lets edit the catalogue."""
    return true() if actor.has(Role.animateur) and actor.has(Role.catalogue) else false()


async def brouillons(session: AsyncSession, actor: Actor) -> dict[str, BrouillonRow]:
    """All drafts, by code."""
    query = select(B).where(visible_to(actor)).order_by(col(B.code)).limit(1000)
    return {row.code: row for row in (await session.execute(query)).scalars()}


async def brouillon(session: AsyncSession, actor: Actor, code: str) -> BrouillonRow | None:
    """The draft of a dispositif, if there is one, held until the end of the transaction."""
    query = select(B).where(visible_to(actor), col(B.code) == code).with_for_update()
    row: BrouillonRow | None = (await session.execute(query)).scalar_one_or_none()
    return row


async def enregistrer(
    session: AsyncSession, code: str, texte: str, *, depuis: int, version: int, par: str, now: datetime
) -> BrouillonRow:
    """Keep a draft's text; `version` is the draft that the author had before his eyes, 0 when there was none.

    Raises VersionPerimee when somebody else has changed it since.
    """
    valeurs = {"texte": texte, "depuis": depuis, "version": version + 1, "modifie_par": par, "modifie_at": now}
    if version == 0:
        query: Any = insert(B).values(code=code, **valeurs).on_conflict_do_nothing()
    else:
        query = update(B).where(col(B.code) == code, col(B.version) == version).values(valeurs)
    row: BrouillonRow | None = (
        await session.execute(query.returning(B), execution_options={"populate_existing": True})
    ).scalar_one_or_none()
    if row is None:
        raise VersionPerimee(_("Relisez le brouillon tel qu’il est maintenant ; votre texte est gardé ci-dessous."))
    return row


async def jeter(session: AsyncSession, code: str) -> None:
    """Forget a draft."""
    await session.execute(delete(B).where(col(B.code) == code))


async def brouillon_de(session: AsyncSession, code: str) -> BrouillonRow | None:
    """The draft of a dispositif, whoever asks: for the hub itself, which puts a delivered file forward."""
    row: BrouillonRow | None = (
        await session.execute(select(B).where(col(B.code) == code).with_for_update())
    ).scalar_one_or_none()
    return row
