"""Use cases of the association's own space: have it written to, let it in by its code, show what concerns it."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from common import audit, outbox
from common.actor import SYSTEM, Actor, Role
from common.errors import Introuvable
from common.events.signalement import CourrielDirigeantDemande
from common.requests import AdresseDirigeant
from signalement.espace import domain, store
from signalement.espace.models import Acces
from signalement.signalements import store as signalements
from signalement.signalements.models import Dossier

SESSION = timedelta(hours=2)
"""How long a dirigeant stays in: the computer may be shared."""


def actor_id(dossier_id: UUID) -> str:
    """How the log calls the dirigeant of a case."""
    return f"dirigeant:{dossier_id}"


async def mon_dossier(session: AsyncSession, actor: Actor) -> Dossier:
    """The case of this dirigeant. Raises Introuvable for anybody else."""
    if actor.dossier_id is None:
        raise Introuvable
    return await signalements.read(session, actor, actor.dossier_id)


async def ecrire(session: AsyncSession, dossier_id: UUID, modele: str, now: datetime) -> UUID:
    """Have the dirigeant written to. Address, link and code are asked for when the mail leaves. Returns the mail's id."""
    acces = Acces(id=uuid4(), dossier_id=dossier_id, modele=modele, demande_le=now)
    session.add(acces)
    await session.flush()
    event = CourrielDirigeantDemande(envoi_id=acces.id, dossier_id=dossier_id, modele=modele)
    outbox.record(session, event, sequence=1, now=now)
    return acces.id


async def adresse(
    session: AsyncSession, envoi_id: UUID, dossier_id: UUID, *, public_url: str, key: bytes, now: datetime
) -> AdresseDirigeant:
    """Where this mail goes, with its link and code, good for two hours from now; asked again, the same code.

    Raises Introuvable for a mail that nobody asked for, or whose code has served: such a mail has arrived already.
    """
    acces = await store.lock(session, envoi_id)
    if acces is None or acces.dossier_id != dossier_id or acces.utilise_le is not None:
        raise Introuvable
    dossier = await signalements.for_the_hub(session, dossier_id)
    contact = await signalements.contact(session, dossier_id)
    acces.expire_le = now + domain.CODE_LIFE
    await audit.write(session, "signalement", SYSTEM, "contact.ecrire", envoi_id, now=now, dossier_id=dossier_id)
    lien = f"{public_url}/signalement/espace/acces/{envoi_id}"
    return AdresseDirigeant(
        courriel=contact.courriel, reference=dossier.reference, lien=lien, code=domain.code_of(key, envoi_id)
    )


async def entrer(session: AsyncSession, acces_id: UUID, typed: str, key: bytes, now: datetime) -> Actor | None:
    """The dirigeant whom this code lets in, once; None when it does not, and the try is counted.

    None rather than an error, because an error would take the count back with the transaction.
    """
    row = await store.lock(session, acces_id)
    if row is None:
        return None
    acces = domain.Acces(id=row.id, expire_le=row.expire_le, utilise_le=row.utilise_le, essais=row.essais)
    if not domain.opens(acces, key, typed, now):
        if domain.is_open(acces, now):
            row.essais += 1
        return None
    row.utilise_le = now
    dossier = await signalements.for_the_hub(session, row.dossier_id)
    actor = Actor(
        id=actor_id(dossier.id),
        roles=frozenset({Role.dirigeant}),
        dossier_id=dossier.id,
        nom_affiche=f"Dossier {dossier.reference}",
    )
    await audit.write(session, "signalement", actor, "espace.entrer", row.id, now=now, dossier_id=dossier.id)
    return actor


async def redemander(session: AsyncSession, reference: str, courriel: str, now: datetime) -> None:
    """Have a new access mail sent, if this is the address of that case and it was not asked for too often.

    Says nothing: the answer must be the same whether the case exists or not.
    """
    dossier = await signalements.by_reference_and_address(session, reference, courriel)
    if dossier is None:
        return
    if await store.mails_since(session, dossier.id, "acces", now - domain.MAILS_WINDOW) < domain.MAX_MAILS:
        await ecrire(session, dossier.id, "acces", now)
