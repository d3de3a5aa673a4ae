"""Use cases of the association's own space: have it written to, let it in by its code, show what concerns it."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from common import audit, outbox, writes
from common.actor import SYSTEM, Actor, Role
from common.codes import Droit
from common.errors import Introuvable
from common.events.signalement import CourrielDirigeantDemande
from common.requests import AdresseDirigeant
from signalement.espace import domain, store
from signalement.espace.models import Acces
from signalement.personnes import store as personnes
from signalement.personnes.domain import actor_id
from signalement.personnes.models import Personne
from signalement.signalements import store as signalements
from signalement.signalements.models import Dossier


async def mon_dossier(session: AsyncSession, actor: Actor) -> Dossier:
    """The case of this dirigeant. Raises Introuvable for anybody else."""
    if actor.dossier_id is None:
        raise Introuvable
    return await signalements.read(session, actor, actor.dossier_id)


async def mon_dossier_entier(session: AsyncSession, actor: Actor) -> signalements.Entier:
    """The same with all that is said of it. Raises Introuvable for anybody else."""
    if actor.dossier_id is None:
        raise Introuvable
    return await signalements.read_entier(session, actor, actor.dossier_id)


async def ecrire(session: AsyncSession, personne: Personne, modele: str, now: datetime) -> UUID:
    """Have a person written to. Address, link and code are asked for when the mail leaves. Returns the mail's id."""
    return _ask(session, personne, modele, None, now)


async def prevenir(session: AsyncSession, personne: Personne, modele: str, now: datetime) -> UUID:
    """Have the present address of a person told something, whatever becomes of it; such a mail gives no access."""
    return _ask(session, personne, modele, personne.courriel, now)


def _ask(session: AsyncSession, personne: Personne, modele: str, courriel: str | None, now: datetime) -> UUID:
    envoi_id, dossier_id = uuid4(), personne.dossier_id
    writes.insert_values(
        session,
        Acces,
        id=envoi_id,
        dossier_id=dossier_id,
        personne_id=personne.id,
        modele=modele,
        courriel=courriel,
        demande_le=now,
    )
    event = CourrielDirigeantDemande(envoi_id=envoi_id, dossier_id=dossier_id, modele=modele, personne_id=personne.id)
    outbox.record(session, event, sequence=1, now=now)
    return envoi_id


async def adresse(
    session: AsyncSession, envoi_id: UUID, dossier_id: UUID, *, public_url: str, key: bytes, now: datetime
) -> AdresseDirigeant:
    """Where this mail goes, with its link and code, good for two hours from now; asked again, the same code.

    Raises Introuvable for a mail that nobody asked for, to a person who was removed meanwhile, or whose code has served:
    such a mail has arrived already.
    """
    acces = await store.lock(session, envoi_id)
    if acces is None or acces.dossier_id != dossier_id or acces.utilise_le is not None:
        raise Introuvable
    dossier = await signalements.for_the_hub(session, dossier_id)
    personne = await personnes.read(session, acces.personne_id)
    if personne.courriel is None:
        raise Introuvable
    await audit.write(session, "signalement", SYSTEM, "contact.ecrire", envoi_id, now=now, dossier_id=dossier_id)
    if acces.courriel is not None:
        way_in = f"{public_url}/signalement/espace"
        return AdresseDirigeant(courriel=acces.courriel, reference=dossier.reference, lien=way_in)
    acces.expire_le = now + domain.CODE_LIFE
    lien = f"{public_url}/signalement/espace/acces/{envoi_id}"
    return AdresseDirigeant(
        courriel=personne.courriel,
        reference=dossier.reference,
        lien=lien,
        code=domain.code_of(key, envoi_id),
        personne_id=personne.id,
    )


async def entrer(session: AsyncSession, acces_id: UUID, typed: str, key: bytes, now: datetime) -> Actor | None:
    """The person whom this code lets in, once; None when it does not, and the try is counted.

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
    personne = await personnes.read(session, row.personne_id)
    if personne.retiree_le is not None:
        return None
    actor = Actor(
        id=actor_id(personne.id),
        roles=frozenset({Role.dirigeant}),
        dossier_id=personne.dossier_id,
        nom_affiche=f"{personne.prenom} {personne.nom}",
        droits=frozenset(Droit(droit) for droit in personne.droits),
    )
    await audit.write(session, "signalement", actor, "espace.entrer", row.id, now=now, dossier_id=personne.dossier_id)
    return actor


async def redemander(session: AsyncSession, reference: str, courriel: str, now: datetime) -> None:
    """Have a new access mail sent, if this is the address of a person of that case who did not ask for it too often.

    Says nothing: the answer must be the same whether the case exists or not.
    """
    personne = await personnes.by_reference_and_address(session, reference, courriel)
    if personne is None:
        return
    if await store.mails_since(session, personne.id, "acces", now - domain.MAILS_WINDOW) < domain.MAX_MAILS:
        await ecrire(session, personne, "acces", now)
