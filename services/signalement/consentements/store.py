"""Every statement on the ledger. Changes lock their row for themselves, the door shares it until it has written its entry."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from common.actor import Actor
from common.codes import Categorie, EtatConsentement, Finalite
from common.errors import Introuvable
from common.requests import Fetch
from signalement.consentements.models import Consentement
from signalement.personnes.store import is_in

# An aggregate for each question can only be had by the index of cases and recipients. Anything else PostgreSQL may answer by
# reading every active consent there is, depending on what it knows of the table.
ACTIVE = """
    SELECT coalesce(asked.active, false)
    FROM unnest($1::uuid[], $2::uuid[], $3::text[])
        WITH ORDINALITY AS d(dossier_id, destinataire_id, finalite, rang)
    CROSS JOIN LATERAL (
        SELECT bool_or(c.finalite = d.finalite AND c.etat = 'donne' AND c.expire_le > $4) AS active
        FROM consentements c WHERE c.dossier_id = d.dossier_id AND c.destinataire_id = d.destinataire_id
    ) asked
    ORDER BY d.rang
"""


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """An association's people see its own ledger; nobody else answers at all."""
    return is_in(actor, col(Consentement.dossier_id))


async def lock(session: AsyncSession, actor: Actor, consentement_id: UUID) -> Consentement:
    """The consent, held until the end of the transaction so that no disclosure rests on it meanwhile.

    Raises Introuvable.
    """
    query = select(Consentement).where(Consentement.id == consentement_id, visible_to(actor)).with_for_update()
    row = (await session.exec(query)).one_or_none()
    if row is None:
        raise Introuvable
    return row


async def read(session: AsyncSession, actor: Actor, consentement_id: UUID) -> Consentement:
    """The consent, to be shown. Raises Introuvable."""
    query = select(Consentement).where(Consentement.id == consentement_id, visible_to(actor))
    row = (await session.exec(query)).one_or_none()
    if row is None:
        raise Introuvable
    return row


def covering(
    dossier_id: UUID, destinataire_id: UUID, finalite: Finalite, categories: Sequence[Categorie]
) -> SelectOfScalar[Consentement]:
    """The consents that would cover this recipient, purpose and every one of these categories."""
    return (
        select(Consentement)
        .where(Consentement.dossier_id == dossier_id, Consentement.destinataire_id == destinataire_id)
        .where(Consentement.finalite == finalite)
        .where(col(Consentement.categories).contains([str(categorie) for categorie in categories]))
    )


async def share(
    session: AsyncSession, dossier_id: UUID, destinataire_id: UUID, finalite: Finalite, categories: Sequence[Categorie]
) -> Consentement | None:
    """The given consent that covers this, shared until the end of the transaction: a withdrawal waits for it.

    A withdrawal that came first is waited for here, and then this finds nothing: PostgreSQL reads the row again.
    """
    query = (
        covering(dossier_id, destinataire_id, finalite, categories)
        .where(Consentement.etat == EtatConsentement.donne)
        .order_by(col(Consentement.expire_le).desc())
        .limit(1)
        .with_for_update(read=True)
    )
    return (await session.exec(query)).one_or_none()


async def active(fetch: Fetch, asked: Sequence[tuple[UUID, UUID, Finalite]], now: datetime) -> list[bool]:
    """For each case, recipient and purpose, whether a consent is given and has not come to its end."""
    columns = zip(*asked, strict=True) if asked else ([], [], [])
    return [row[0] for row in await fetch(ACTIVE, *map(list, columns), now)]


async def open_or_given(
    session: AsyncSession, dossier_id: UUID, destinataire_id: UUID, finalite: Finalite, categories: Sequence[Categorie]
) -> list[Consentement]:
    """The questions still open and the consents given that cover this, locked."""
    in_force = col(Consentement.etat).in_([EtatConsentement.demande, EtatConsentement.donne])
    query = covering(dossier_id, destinataire_id, finalite, categories).where(in_force).with_for_update()
    return list((await session.exec(query)).all())


async def lock_expired(session: AsyncSession, now: datetime, limit: int) -> list[Consentement]:
    """Given consents whose end has come, locked, those that somebody holds left for the next round."""
    query = (
        select(Consentement)
        .where(Consentement.etat == EtatConsentement.donne, col(Consentement.expire_le) <= now)
        .order_by(col(Consentement.expire_le))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list((await session.exec(query)).all())


async def of_dossier(session: AsyncSession, dossier_id: UUID) -> list[Consentement]:
    """The whole ledger of a case, oldest first, for whoever may see the case."""
    query = select(Consentement).where(Consentement.dossier_id == dossier_id).order_by(col(Consentement.id))
    return list((await session.exec(query)).all())
