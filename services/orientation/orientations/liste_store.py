"""The lists of the pages: what awaits me first, a page at a time."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor
from common.codes import EtatOrientation
from orientation.dossiers.models import DossierRow
from orientation.orientations.domain import CLOSES, Cote
from orientation.orientations.models import OrientationRow
from orientation.orientations.store import Filtre, Vue, filtrer, visible_to, vues

PAR_PAGE = 20
O = OrientationRow  # noqa: E741 - the table that all of this file is about.
E = EtatOrientation
EN_COURS = tuple(etat for etat in EtatOrientation if etat not in CLOSES)


def urgence(cote: Cote, now: datetime) -> ColumnElement[int]:
    """The rank of a referral in a list: 0 is what this side must do today."""
    etat = col(O.etat)
    reponse = etat.in_([E.envoyee.value, E.recue.value])
    if cote is Cote.partenaire:
        return case(
            (reponse, 0),
            (etat == E.acceptee.value, 1),
            (etat == E.demarree.value, 2),
            (etat == E.complement_demande.value, 3),
            else_=4,
        )
    return case(
        (etat == E.complement_demande.value, 0),
        (and_(reponse, col(O.due_at) < now), 0),
        (etat == E.brouillon.value, 1),
        (reponse, 2),
        (etat.in_([E.acceptee.value, E.demarree.value]), 3),
        else_=4,
    )


async def page(
    session: AsyncSession, actor: Actor, cote: Cote, filtre: Filtre, numero: int, now: datetime
) -> tuple[Sequence[Vue], int]:
    """One page of the list, counted from 1, and how many referrals there are in all."""
    rank = urgence(cote, now)
    query = filtrer(vues(actor), filtre).order_by(rank, col(O.due_at).asc().nulls_last(), col(O.id).desc())
    rows = (await session.execute(query.limit(PAR_PAGE).offset((numero - 1) * PAR_PAGE))).all()
    counted = select(func.count()).select_from(O).join(DossierRow, col(DossierRow.id) == col(O.dossier_id))
    total = (await session.execute(filtrer(counted.where(visible_to(actor)), filtre))).scalar_one()
    return [Vue(*row) for row in rows], total
