"""What was heard of partners, referrals and diagnostics. Upserts that never go back to an older version."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from common.codes import TypePartenaire
from signalement.projections.models import Diagnostic, Dispositif, Orientation, Partenaire

Projection = type[Partenaire] | type[Dispositif] | type[Orientation] | type[Diagnostic]


async def keep_newest(session: AsyncSession, projection: Projection, rows: Sequence[dict[str, Any]]) -> None:
    """Write the rows, all of one form, except where a newer version of the same aggregate is known."""
    statement = insert(projection)
    newer = statement.on_conflict_do_update(
        index_elements=["id"],
        set_={name: statement.excluded[name] for name in rows[0] if name != "id"},
        where=col(projection.sequence) < statement.excluded["sequence"],
    )
    # In their order, one after the other to the server: the same aggregate may be there twice.
    await (await session.connection()).execute(newer, rows)


async def partenaire(session: AsyncSession, partenaire_id: UUID) -> Partenaire | None:
    """The organisation of this id, if the directory has announced it."""
    return (await session.exec(select(Partenaire).where(Partenaire.id == partenaire_id))).one_or_none()


async def cellule_of(session: AsyncSession, departement: str) -> Partenaire | None:
    """The regional cell that works in this département, if the directory has announced one."""
    query = (
        select(Partenaire)
        .where(Partenaire.type_partenaire == TypePartenaire.cellule, col(Partenaire.actif))
        .where(col(Partenaire.departements).contains([departement]))
        .order_by(col(Partenaire.id))
        .limit(1)
    )
    return (await session.exec(query)).one_or_none()


async def libelles(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, str]:
    """What these organisations are called; those not announced are missing."""
    query = select(Partenaire.id, Partenaire.libelle).where(col(Partenaire.id).in_(set(ids)))
    return dict((await session.exec(query)).all())


async def orientation(session: AsyncSession, orientation_id: UUID) -> Orientation | None:
    """The referral of this id, as last heard."""
    return (await session.exec(select(Orientation).where(Orientation.id == orientation_id))).one_or_none()


async def orientations_of(session: AsyncSession, dossier_id: UUID) -> Sequence[tuple[Orientation, str | None]]:
    """The referrals of a case, oldest first, each with the name of its dispositif where one was announced."""
    query = (
        select(Orientation, Dispositif.libelle)
        .join(Dispositif, col(Dispositif.id) == col(Orientation.dispositif), isouter=True)
        .where(Orientation.dossier_id == dossier_id)
        .order_by(col(Orientation.id))
    )
    return (await session.exec(query)).all()


async def diagnostics_of(session: AsyncSession, dossier_id: UUID) -> list[Diagnostic]:
    """The diagnostics of a case, oldest first."""
    query = select(Diagnostic).where(Diagnostic.dossier_id == dossier_id).order_by(col(Diagnostic.id))
    return list((await session.exec(query)).all())
