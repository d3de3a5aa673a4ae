"""The statement of a search: cases of the actor's territory, however they were named."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor
from common.codes import EtatDossier
from signalement.recherche.domain import identifiant, mots, references
from signalement.signalements.models import Association, Dossier
from signalement.signalements.store import URGENCE, mentions, visible_to


async def chercher(session: AsyncSession, actor: Actor, texte: str, limite: int) -> Sequence[tuple[Dossier, Association]]:
    """At most `limite` cases that this actor sees, open ones first, then the most urgent."""
    query = select(Dossier, Association).join(Association).where(visible_to(actor), _correspond(texte))
    query = query.order_by(col(Dossier.etat) == EtatDossier.clos, URGENCE, col(Dossier.id)).limit(limite)
    return (await session.exec(query)).all()


def _correspond(texte: str) -> ColumnElement[bool]:
    if ident := identifiant(texte):
        return col(Dossier.id) == ident
    par_reference = [col(Dossier.reference).startswith(debut, autoescape=True) for debut in references(texte)]
    return or_(and_(*map(mentions, mots(texte))), *par_reference)
