"""Telling people what happened: which facts are told, and what is remembered besides."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from common.codes import Finalite, Motif
from common.events import Received
from common.events.orientation import OrientationProposee, OrientationRetiree, _Orientation
from common.events.signalement import ConsentementRetire, SignalementDepose, _Consentement
from notifications.courriels.annonces import annoncer
from notifications.regles.domain import Fait, Rythme
from notifications.regles.faits import FAIT, RETIREE_SANS_ACCORD, du_territoire
from notifications.retraits import service as retraits
from notifications.retraits import store as retraits_store
from notifications.suivis import store as suivis


async def dire(session: AsyncSession, batch: Sequence[Received[Any]], rythme: Rythme, now: datetime) -> None:
    """Tell people these events, and remember where the cases and referrals that they are about stand."""
    await suivis.suivre(session, [one for one in batch if isinstance(one.event, _Orientation)])
    faits: list[tuple[UUID, Fait]] = []
    for one in batch:
        event = one.event
        if isinstance(event, SignalementDepose):
            await suivis.deposer(session, event.dossier_id, event.departement, event.reference)
        if isinstance(event, ConsentementRetire):
            faits += await retraits.entendre(session, one)
        if not _a_dire(event):
            continue
        if isinstance(event, OrientationRetiree) and event.motif is Motif.consentement_retire:
            faits += await _sans_accord(session, one)
            continue
        if type(event) in FAIT:
            faits.append((one.id, FAIT[type(event)](event)))
        else:
            faits.append((one.id, du_territoire(event, await suivis.cellules(session, event.dossier_id))))
    await annoncer(session, faits, rythme, now)


async def _sans_accord(session: AsyncSession, received: Received[OrientationRetiree]) -> list[tuple[UUID, Fait]]:
    """Who is told that the consent is withdrawn needs no other mail to hear that the referral is."""
    event = received.event
    told = await retraits.reveiller(session, received)
    fait = FAIT[OrientationRetiree](event)
    if await retraits_store.est_annonce(session, event.dossier_id, event.partenaire_id):
        fait = replace(fait, nom=RETIREE_SANS_ACCORD)
    return [*told, (received.id, fait)]


def _a_dire(event: Any) -> bool:
    """What is in preparation is nobody's business yet, and what is cancelled before it was sent, by its missing deadline."""
    if isinstance(event, OrientationRetiree):
        return event.due_at is not None
    if isinstance(event, _Consentement):
        return event.finalite is Finalite.orientation
    return not isinstance(event, OrientationProposee)
