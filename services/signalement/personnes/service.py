"""Use cases on the people of an association: who is there, invite, change what one may do, remove, and check a right."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from common import audit, sessions_store
from common.actor import Actor
from common.clock import new_id
from common.codes import Droit
from common.errors import Introuvable, TropDeDemandes
from common.isolation import as_the_hub
from common.sessions import Fin
from common.traduction import _
from signalement.espace import service as espace
from signalement.espace import store as acces
from signalement.personnes import domain, store
from signalement.personnes.models import Personne
from signalement.personnes.schemas import Invitation

HOUR = 3600


async def exiger(session: AsyncSession, actor: Actor, droit: Droit) -> Personne:
    """The person of the association who acts, held with its rights until the end of the transaction.

    The row counts and not what the session says: a right that was taken back is gone at once.

    Raises DroitManquant, Introuvable.
    """
    row = await store.mine(session, actor, hold=True)
    if droit not in row.droits:
        raise domain.DroitManquant(_("Demandez-le à l’une d’elles."))
    return row


def check_responsable(rows: Sequence[Personne], actor: Actor) -> None:
    """Raises DroitManquant unless the actor is who answers for the association."""
    domain.check_responsable(as_equipe(rows), _mine(actor))


async def une(session: AsyncSession, actor: Actor, personne_id: UUID) -> Personne:
    """One whom the actor may change, for the page that asks. Raises DroitManquant, Introuvable, PersonneResponsable."""
    rows = await store.lock(session, actor)
    domain.retirer(as_equipe(rows), _mine(actor), personne_id)
    return _row(rows, personne_id)


async def inviter(session: AsyncSession, actor: Actor, invitation: Invitation, now: datetime) -> Personne:
    """Let one more person in, and have it written to. Raises what `domain.inviter` raises, and TropDeDemandes."""
    rows = await store.lock(session, actor)
    nouvelle = domain.Personne(id=new_id(), courriel=invitation.courriel, droits=frozenset(invitation.droits))
    *_, added = domain.inviter(as_equipe(rows), _mine(actor), nouvelle)
    dossier_id = rows[0].dossier_id
    since = now - domain.INVITATIONS_WINDOW
    if await acces.mails_of_case_since(session, dossier_id, "invitation", since) >= domain.MAX_INVITATIONS:
        raise TropDeDemandes(HOUR)
    row = Personne(
        id=added.id,
        dossier_id=dossier_id,
        droits=domain.in_order(added.droits),
        responsable=False,
        depuis=now,
        **invitation.model_dump(exclude={"droits"}),
    )
    session.add(row)
    await session.flush()
    await _audit(session, actor, "personne.inviter", row, now)
    await espace.ecrire(session, row, "invitation", now)
    return row


async def changer(session: AsyncSession, actor: Actor, personne_id: UUID, droits: Iterable[Droit], now: datetime) -> None:
    """Give a person other rights. Raises what `domain.changer` raises."""
    rows = await store.lock(session, actor)
    after = domain.changer(as_equipe(rows), _mine(actor), personne_id, droits)
    row = _row(rows, personne_id)
    row.droits = domain.in_order(next(personne.droits for personne in after if personne.id == personne_id))
    await _audit(session, actor, "personne.changer", row, now)
    await sign_out(session, actor, row, now)


async def retirer(session: AsyncSession, actor: Actor, personne_id: UUID, now: datetime) -> None:
    """Close the space to a person, and forget its address. Raises what `domain.retirer` raises."""
    rows = await store.lock(session, actor)
    domain.retirer(as_equipe(rows), _mine(actor), personne_id)
    row = _row(rows, personne_id)
    row.retiree_le, row.courriel = now, None
    await _audit(session, actor, "personne.retirer", row, now)
    await sign_out(session, actor, row, now)


async def sign_out(session: AsyncSession, actor: Actor, row: Personne, now: datetime) -> None:
    """End the sessions of a person whose rights or address are others now: nobody but itself sees them."""
    async with as_the_hub(session):
        await sessions_store.end_of_persons(session, [domain.actor_id(row.id)], Fin.droits, actor, now)


def as_equipe(rows: Sequence[Personne]) -> domain.Equipe:
    """The rows as the rules see them."""
    return tuple(
        domain.Personne(
            id=row.id,
            courriel=row.courriel or "",
            droits=frozenset(Droit(droit) for droit in row.droits),
            responsable=row.responsable,
        )
        for row in rows
    )


def _mine(actor: Actor) -> UUID:
    mine = domain.personne_id(actor)
    if mine is None:
        raise Introuvable
    return mine


def _row(rows: Sequence[Personne], personne_id: UUID) -> Personne:
    return next(row for row in rows if row.id == personne_id)


async def _audit(session: AsyncSession, actor: Actor, action: str, row: Personne, now: datetime) -> None:
    await audit.write(session, "signalement", actor, action, row.id, now=now, dossier_id=row.dossier_id)
