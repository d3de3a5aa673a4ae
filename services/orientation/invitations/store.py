"""Every statement about invitations. Their organisation is loaded, and so allowed, by `membres.store` before."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from common.errors import Introuvable
from orientation.invitations.models import InvitationRow
from orientation.partenaires.models import PartenaireRow

Inv, P = InvitationRow, PartenaireRow
EXPIREES_MONTREES = timedelta(days=30)
LISTE_MAX = 100


async def en_attente(session: AsyncSession, organisation: PartenaireRow, now: datetime) -> Sequence[InvitationRow]:
    """Those that were neither accepted nor taken back, the newest first; those that expired long ago are left out."""
    query = select(Inv).where(
        col(Inv.partenaire_id) == organisation.id,
        col(Inv.acceptee_at).is_(None),
        col(Inv.retiree_at).is_(None),
        col(Inv.expire_at) > now - EXPIREES_MONTREES,
        # What the purge has forgotten cannot be sent again.
        col(Inv.courriel) != "",
    )
    return (await session.execute(query.order_by(col(Inv.cree_at).desc(), col(Inv.id)).limit(LISTE_MAX))).scalars().all()


async def pour_adresse(session: AsyncSession, organisation: PartenaireRow, courriel: str) -> InvitationRow | None:
    """The invitation that this address was sent, if it was neither accepted nor taken back."""
    query = select(Inv).where(col(Inv.partenaire_id) == organisation.id, func.lower(col(Inv.courriel)) == courriel.lower())
    row: InvitationRow | None = (await session.execute(query)).scalar_one_or_none()
    return row


async def find(session: AsyncSession, organisation: PartenaireRow, invitation_id: UUID) -> InvitationRow:
    """One invitation of that organisation. Raises Introuvable."""
    query = select(Inv).where(col(Inv.partenaire_id) == organisation.id, col(Inv.id) == invitation_id)
    row: InvitationRow | None = (await session.execute(query)).scalar_one_or_none()
    if row is None:
        raise Introuvable
    return row


async def find_lien(session: AsyncSession, lien: bytes) -> tuple[InvitationRow, PartenaireRow] | None:
    """The invitation that a token with this hash opens, with its organisation."""
    query = select(Inv, P).join(P, col(P.id) == col(Inv.partenaire_id)).where(col(Inv.liens).contains([lien]), col(P.actif))
    row = (await session.execute(query)).one_or_none()
    return (row[0], row[1]) if row else None


async def lock(session: AsyncSession, row: InvitationRow, organisation: PartenaireRow) -> None:
    """Hold an invitation and its organisation, in the order in which everybody does, and read them as they are now."""
    for held in (organisation, row):
        await session.refresh(held, with_for_update=True)


async def lock_a_envoyer(session: AsyncSession, invitation_id: UUID) -> tuple[InvitationRow, PartenaireRow] | None:
    """An invitation whose mail leaves now, with its organisation."""
    query = select(Inv, P).join(P, col(P.id) == col(Inv.partenaire_id)).where(col(Inv.id) == invitation_id, col(P.actif))
    row = (await session.execute(query.with_for_update(of=Inv))).one_or_none()
    return (row[0], row[1]) if row else None
