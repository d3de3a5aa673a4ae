"""Every SQL statement about the witness's journal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, cast, false, func, text, true, tuple_
from sqlalchemy.types import DateTime
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from cellule.audit.models import EntreeRow
from common.actor import Actor, Role

AJOUTER = text("""
    INSERT INTO journal (entree_id, service, acteur_id, acteur_role, organisation_id, action, objet_id, dossier_id, finalite,
        consentement_id, at)
    VALUES (:entree_id, :service, :acteur_id, :acteur_role, :organisation_id, :action, :objet_id, :dossier_id, :finalite,
        :consentement_id, :at)
    ON CONFLICT (entree_id) DO NOTHING
""")


@dataclass(frozen=True, slots=True)
class Filtre:
    """Which entries are wanted; days are of Paris, both ends included."""

    depuis: date | None = None
    jusque: date | None = None
    service: str | None = None
    action: str | None = None
    organisation_id: UUID | None = None
    dossier_id: UUID | None = None


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The journal is the auditor's, and nobody else's."""
    return true() if actor.has(Role.auditeur) else false()


async def ajouter(session: AsyncSession, valeurs: Sequence[Mapping[str, Any]]) -> None:
    """Keep entries; one heard again is already there."""
    await session.execute(AJOUTER, valeurs)


async def lister(
    session: AsyncSession, actor: Actor, filtre: Filtre, *, apres: UUID | None, limite: int
) -> Sequence[EntreeRow]:
    """Entries, the latest first, one more than `limite` when others follow; `apres` is the last one already read."""
    ordre = tuple_(col(EntreeRow.at), col(EntreeRow.entree_id))
    query = (
        select(EntreeRow)
        .where(visible_to(actor))
        .order_by(col(EntreeRow.at).desc(), col(EntreeRow.entree_id).desc())
        .limit(limite + 1)
    )
    for nom in ("service", "action", "organisation_id", "dossier_id"):
        valeur = getattr(filtre, nom)
        if valeur is not None:
            query = query.where(getattr(EntreeRow, nom) == valeur)
    if filtre.depuis:
        query = query.where(col(EntreeRow.at) >= _debut(filtre.depuis, 0))
    if filtre.jusque:
        query = query.where(col(EntreeRow.at) < _debut(filtre.jusque, 1))
    if apres:
        repere = select(EntreeRow.at, EntreeRow.entree_id).where(EntreeRow.entree_id == apres).scalar_subquery()
        query = query.where(ordre < repere)
    return (await session.exec(query)).all()


def _debut(jour: date, plus: int) -> ColumnElement[Any]:
    """The moment when `jour`, or the one after it, begins in Paris. The database adds, since the last day has no next here."""
    return func.timezone("Europe/Paris", cast(cast(jour, Date) + plus, DateTime(timezone=False)))
