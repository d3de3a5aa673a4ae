"""Every statement about links. Their referral is loaded, and so allowed, before; by the hub itself where nobody acts yet."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from orientation.fiches.models import FicheRow
from orientation.liens.models import LienRow
from orientation.partenaires.models import PartenaireRow

L = LienRow
# A function of the database: who the members of another organisation are is nobody's to read.
A_DES_MEMBRES = text("SELECT a_des_membres(:partenaire)")
SANS_COMPTE = text("""
    SELECT f.courriel FROM fiches f WHERE f.partenaire_id = :partenaire AND f.courriel <> '' AND NOT a_des_membres(:partenaire)
""")
# One statement, since every referral that ends passes here and nearly none has a link.
CLORE = text("""
    UPDATE liens SET clos_at = CAST(:now AS timestamptz), empreintes = '{}', code = NULL, code_expire_at = NULL,
        version = version + 1
    WHERE orientation_id = :orientation AND clos_at IS NULL RETURNING id
""")


async def a_des_membres(session: AsyncSession, partenaire_id: UUID) -> bool:
    """Whether somebody signs in for this organisation."""
    return bool((await session.execute(A_DES_MEMBRES, {"partenaire": partenaire_id})).scalar_one())


async def adresse_sans_compte(session: AsyncSession, partenaire_id: UUID) -> str:
    """The registered address of an organisation for which nobody signs in; empty when there is none, or somebody does."""
    return (await session.execute(SANS_COMPTE, {"partenaire": partenaire_id})).scalar_one_or_none() or ""


async def of_orientation(session: AsyncSession, orientation_id: UUID, *, lock: bool = False) -> LienRow | None:
    """The link of a referral, if it ever had one."""
    query = select(L).where(col(L.orientation_id) == orientation_id)
    row: LienRow | None = (await session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()
    return row


async def find(session: AsyncSession, empreinte: bytes, *, lock: bool = False) -> LienRow | None:
    """The link that a token with this hash opens."""
    query = select(L).where(col(L.empreintes).contains([empreinte]))
    row: LienRow | None = (await session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()
    return row


async def lock_a_envoyer(session: AsyncSession, lien_id: UUID) -> tuple[LienRow, PartenaireRow, str] | None:
    """A link whose mail leaves now, with the partner and its registered address."""
    query = (
        select(L, PartenaireRow, col(FicheRow.courriel))
        .join(PartenaireRow, col(PartenaireRow.id) == col(L.partenaire_id))
        .join(FicheRow, col(FicheRow.partenaire_id) == col(L.partenaire_id))
        .where(col(L.id) == lien_id, col(FicheRow.courriel) != "")
        .with_for_update(of=L)
    )
    row = (await session.execute(query)).one_or_none()
    return (row[0], row[1], row[2]) if row else None


async def clore(session: AsyncSession, orientation_id: UUID, now: datetime) -> list[str]:
    """Let the link of a referral that has ended open nothing any more. Returns whose sessions are to end with it."""
    rows = await session.execute(CLORE, {"orientation": orientation_id, "now": now})
    return [str(lien_id) for lien_id in rows.scalars()]
