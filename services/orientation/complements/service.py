"""Use cases of the thread: ask, reply, read. The referral's own state goes by its table, in `orientations`."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from common import audit
from common.actor import Actor
from common.clock import new_id
from common.errors import DonneeInvalide
from common.traduction import _
from orientation.complements import store
from orientation.complements.domain import Question, SaisiesInvalides, repondre, verifier
from orientation.complements.models import ComplementRow
from orientation.orientations import service as orientations
from orientation.orientations.domain import Action
from orientation.orientations.models import OrientationRow
from orientation.orientations.store import Vue
from orientation.orientations.store import find as find_orientation

ACTIONS = frozenset({Action.complement_demander, Action.complement_fournir})
"""The referral's actions that write in the thread."""


async def demander(
    session: AsyncSession,
    actor: Actor,
    orientation_id: UUID,
    questions: Sequence[Question],
    now: datetime,
    *,
    version: int | None = None,
) -> OrientationRow:
    """Ask one or several questions. Raises what `orientations.agir` and `verifier` raise."""

    async def ecrire(row: OrientationRow) -> None:
        verifier(questions, await store.combien(session, row.id))
        for rang, question in enumerate(questions, 1):
            session.add(
                ComplementRow(
                    id=new_id(),
                    orientation_id=row.id,
                    rang=rang,
                    type=question.type.value,
                    question=question.intitule.strip(),
                    obligatoire=question.obligatoire,
                    choix=list(question.choix),
                    posee_at=now,
                )
            )

    return await orientations.agir(
        session, actor, orientation_id, Action.complement_demander, now, version=version, ecrire=ecrire
    )


async def fournir(
    session: AsyncSession,
    actor: Actor,
    orientation_id: UUID,
    saisies: Mapping[UUID, str],
    now: datetime,
    *,
    version: int | None = None,
) -> OrientationRow:
    """Reply to all questions that wait, so that the partner's clock runs again. Raises what `agir` and `repondre` raise."""
    return await _fournir(session, actor, orientation_id, lambda _: saisies, now, version)


async def par_un_texte(
    session: AsyncSession,
    actor: Actor,
    orientation_id: UUID,
    action: Action,
    texte: str | None,
    now: datetime,
    *,
    version: int | None = None,
) -> OrientationRow:
    """The short form, a text alone: one question, or the reply to the one question that waits, read by its kind.

    Raises what the long forms raise; what is wrong with the text is named `texte`.
    """
    try:
        if action is Action.complement_demander:
            return await demander(session, actor, orientation_id, [Question(texte or "")], now, version=version)
        return await _fournir(session, actor, orientation_id, partial(_a_la_seule, texte or ""), now, version)
    except SaisiesInvalides as refus:
        raise DonneeInvalide(next(iter(refus.erreurs.values())), champ="texte") from None


def _a_la_seule(texte: str, attendues: Sequence[UUID]) -> Mapping[UUID, str]:
    if len(attendues) != 1:
        raise DonneeInvalide(_("Plusieurs questions attendent : répondez à chacune."), champ="texte")
    return {attendues[0]: texte}


async def _fournir(
    session: AsyncSession,
    actor: Actor,
    orientation_id: UUID,
    choisir: Callable[[Sequence[UUID]], Mapping[UUID, str]],
    now: datetime,
    version: int | None,
) -> OrientationRow:
    async def ecrire(row: OrientationRow) -> None:
        attendues = {c.id: c for c in await store.en_attente(session, row.id)}
        questions = {id_: c.valeur() for id_, c in attendues.items()}
        for id_, reponse in repondre(questions, choisir(list(attendues))).items():
            attendues[id_].reponse, attendues[id_].repondue_at = reponse, now

    action = Action.complement_fournir
    return await orientations.agir(session, actor, orientation_id, action, now, version=version, ecrire=ecrire)


async def revenir(
    session: AsyncSession,
    actor: Actor,
    orientation_id: UUID,
    now: datetime,
    *,
    motif: orientations.Raison | None = None,
    version: int | None = None,
) -> OrientationRow:
    """Take a step back; questions that wait are withdrawn with it. Raises what `orientations.agir` raises."""

    async def ecrire(row: OrientationRow) -> None:
        for question in await store.en_attente(session, row.id):
            question.repondue_at = now

    action = Action.revenir
    return await orientations.agir(session, actor, orientation_id, action, now, motif=motif, version=version, ecrire=ecrire)


async def lire(session: AsyncSession, actor: Actor, orientation_id: UUID, now: datetime) -> tuple[Vue, Sequence[ComplementRow]]:
    """A referral with its questions and replies; reading these is recorded, since people write freely in them."""
    vue = await find_orientation(session, actor, orientation_id)
    echanges = await store.fil(session, orientation_id)
    if echanges:
        dossier_id = vue.orientation.dossier_id
        await audit.write(
            session, orientations.SERVICE, actor, "complement.lire", orientation_id, now=now, dossier_id=dossier_id
        )
    return vue, echanges
