"""Use cases of the thread: read it, write in it. The other side is told that a message waits, and nothing more."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from common import audit, outbox
from common.actor import Actor, Role
from common.clock import new_id
from common.codes_espace import CoteMessage
from common.errors import TropDeDemandes
from common.events.signalement import MessageEcrit
from common.traduction import _
from signalement.espace import service as espace
from signalement.espace import store as acces
from signalement.messages import domain, store
from signalement.messages.models import Message
from signalement.messages.schemas import Ecrit
from signalement.personnes import store as personnes
from signalement.projections import store as projections
from signalement.signalements import store as signalements
from signalement.signalements.models import Dossier

MAIL = "message_recu"


def cote_of(actor: Actor) -> CoteMessage:
    """On which side of the thread somebody stands who may see the case."""
    return CoteMessage.association if actor.has(Role.dirigeant) else CoteMessage.cellule


async def lire(
    session: AsyncSession, actor: Actor, dossier_id: UUID, now: datetime, avant: UUID | None = None
) -> tuple[Dossier, Sequence[Message]]:
    """The case and its last messages; that the cell read them is in the log. Raises Introuvable."""
    dossier = await signalements.read(session, actor, dossier_id)
    if cote_of(actor) is CoteMessage.cellule:
        await audit.write(session, "signalement", actor, "messages.lire", dossier.id, now=now, dossier_id=dossier.id)
    return dossier, await store.page(session, actor, dossier.id, avant)


async def ecrire(session: AsyncSession, actor: Actor, dossier_id: UUID, ecrit: Ecrit, now: datetime) -> Message:
    """Add a message, and have its other side told: the association's people at most once an hour each, the cell by an event.

    Raises Introuvable, DossierClos, TropDeDemandes.
    """
    dossier = await signalements.lock(session, actor, dossier_id)
    domain.check_open(dossier.etat)
    since = now - domain.WINDOW
    if await store.written_since(session, actor.id, since) >= domain.MAX_PAR_HEURE:
        raise TropDeDemandes(int(domain.WINDOW.total_seconds()))
    last = await store.last(session, dossier.id)
    message = Message(
        id=new_id(),
        dossier_id=dossier.id,
        cote=cote_of(actor),
        auteur_id=actor.id,
        auteur=await _name(session, actor),
        attend_reponse=ecrit.attend_reponse,
        texte=ecrit.texte,
        envoye_le=now,
    )
    session.add(message)
    await session.flush()
    await audit.write(session, "signalement", actor, "message.ecrire", message.id, now=now, dossier_id=dossier.id)
    if message.cote is CoteMessage.cellule:
        for personne in await personnes.of_dossier(session, dossier.id):
            if await acces.mails_since(session, personne.id, MAIL, since) == 0:
                await espace.ecrire(session, personne, MAIL, now)
    else:
        suite = domain.is_suite((last.cote, last.envoye_le) if last else None, message.cote, now)
        event = MessageEcrit(message_id=message.id, dossier_id=dossier.id, suite=suite)
        outbox.record(session, event, sequence=1, now=now)
    return message


async def turn(session: AsyncSession, dossier_id: UUID) -> CoteMessage | None:
    """Who is to answer in a case that was loaded before."""
    last = await store.last(session, dossier_id)
    return domain.turn_of((last.cote, last.attend_reponse) if last else None)


async def _name(session: AsyncSession, actor: Actor) -> str:
    """Who writes, as the other side reads it: a person of the association, or the cell, which speaks with one voice."""
    if actor.has(Role.dirigeant):
        row = await personnes.mine(session, actor)
        return f"{row.prenom} {row.nom}"
    ids = [actor.organisation_id] if actor.organisation_id else []
    return next(iter((await projections.libelles(session, ids)).values()), _("La cellule de votre région"))
