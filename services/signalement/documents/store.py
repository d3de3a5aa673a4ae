"""Every statement on documents. Whoever sees the case sees its documents: its own people, and the animateur in charge."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, text
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor
from common.errors import Introuvable
from signalement.documents.models import Document
from signalement.personnes.models import Personne
from signalement.signalements.models import Dossier
from signalement.signalements.store import visible_to

PUT = text("INSERT INTO documents_morceaux (document_id, numero, octets) VALUES (:document_id, :numero, :octets)")
GET = text("SELECT octets FROM documents_morceaux WHERE document_id = :document_id AND numero = :numero")


async def read(session: AsyncSession, actor: Actor, document_id: UUID, *, hold: bool = False) -> Document:
    """The document, removed or not. Raises Introuvable."""
    query = select(Document).join(Dossier).where(Document.id == document_id, visible_to(actor))
    if hold:
        query = query.with_for_update(of=Document)
    row = (await session.exec(query)).one_or_none()
    if row is None:
        raise Introuvable
    return row


async def of_dossier(session: AsyncSession, dossier_id: UUID) -> Sequence[tuple[Document, Personne]]:
    """The documents of a case that was loaded before, newest first, with who added each; removed ones too."""
    query = (
        select(Document, Personne)
        .join(Personne, col(Personne.id) == col(Document.ajoute_par))
        .where(Document.dossier_id == dossier_id)
        .order_by(col(Document.id).desc())
    )
    return (await session.exec(query)).all()


@dataclass(frozen=True, slots=True)
class Gens:
    """The people of a case, who answers for the association first, and the documents that they or others before added."""

    presentes: Sequence[Personne]
    documents: Sequence[tuple[Document, Personne]]


async def with_people(session: AsyncSession, dossier_id: UUID) -> Gens:
    """The people and the documents of a case that was loaded before, in one statement."""
    query = (
        select(Personne, Document)
        .join(Document, col(Document.ajoute_par) == col(Personne.id), isouter=True)
        .where(Personne.dossier_id == dossier_id)
        .order_by(col(Personne.responsable).desc(), col(Personne.depuis), col(Personne.id))
    )
    rows = (await session.exec(query)).all()
    presentes = {who.id: who for who, _ in rows if who.retiree_le is None}
    added = [(row, who) for who, row in rows if row is not None]
    return Gens(list(presentes.values()), sorted(added, key=lambda one: one[0].id, reverse=True))


async def held(session: AsyncSession, dossier_id: UUID) -> tuple[int, int]:
    """How many bytes a case holds and how many files, removed ones included; the case is held, so that none slips past."""
    await session.exec(select(Dossier.id).where(Dossier.id == dossier_id).with_for_update(key_share=True))
    query = select(func.coalesce(func.sum(Document.taille), 0), func.count()).where(Document.dossier_id == dossier_id)
    taille, nombre = (await session.exec(query)).one()
    return int(taille), nombre


async def put(session: AsyncSession, document_id: UUID, numero: int, octets: bytes) -> None:
    """Write a piece."""
    await session.execute(PUT, {"document_id": document_id, "numero": numero, "octets": octets})


async def get(session: AsyncSession, document_id: UUID, numero: int) -> bytes | None:
    """A piece of a document that was loaded before; None after the last."""
    found = (await session.execute(GET, {"document_id": document_id, "numero": numero})).scalar_one_or_none()
    return None if found is None else bytes(found)


async def empty_bin(session: AsyncSession, before: datetime) -> None:
    """Forget the documents that were removed before that moment, content and name."""
    await session.execute(delete(Document).where(col(Document.supprime_le) <= before))
