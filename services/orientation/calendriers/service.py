"""Use cases: give oneself an address, another one, or none; and what is read there. None of them commits."""

import hashlib
import secrets
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from common import audit
from common.actor import SYSTEM, Actor, Role
from common.database import Database
from common.errors import Conflit, Introuvable
from common.traduction import N_, _
from orientation.calendriers import domain, presentation, store
from orientation.calendriers.fichier import fichier

SERVICE = "orientation"
ADRESSE = "/orientation/calendriers"
ROLES = (Role.animateur, Role.agent, Role.manager)
"""Who sees referrals, and so has deadlines."""
OCTETS = 32


class CalendrierExiste(Conflit):
    """A member has one address at a time; only a renewal, which ends the one before, gives another."""

    slug, titre = "calendrier-existe", N_("Vous avez déjà un lien.")


def empreinte(jeton: str) -> bytes:
    """What is kept of a token: 256 bits are not guessed, so a plain hash is enough."""
    return hashlib.sha256(jeton.encode()).digest()


async def creer(session: AsyncSession, actor: Actor, now: datetime) -> str:
    """Give oneself an address. Returns the secret in it, which is shown once. Raises Introuvable, CalendrierExiste."""
    if await store.find(session, actor):
        raise CalendrierExiste(_("Renouvelez-le si vous l’avez perdu : l’ancien ne servira plus."))
    return await _poser(session, actor, "creer", now)


async def renouveler(session: AsyncSession, actor: Actor, now: datetime) -> str:
    """Take another address: the one before is nobody's from now on. Raises Introuvable."""
    if await store.find(session, actor) is None:
        raise Introuvable(_("Vous n’avez pas de lien à renouveler."))
    return await _poser(session, actor, "renouveler", now)


async def revoquer(session: AsyncSession, actor: Actor, now: datetime) -> None:
    """Be without an address. Raises Introuvable."""
    membre_id = await store.membre_of(session, actor)
    if not await store.remove(session, membre_id):
        raise Introuvable(_("Ce lien ne sert déjà plus."))
    await audit.write(session, SERVICE, actor, "calendrier.revoquer", membre_id, now=now)


async def lire(database: Database, jeton: str, origine: str, now: datetime) -> bytes:
    """The calendar behind a secret. Raises Introuvable: unknown, taken back, or of somebody who may not see it any more.

    Who it is of is asked as the hub, and what it holds as that member, in a transaction of its own.
    """
    async with database.transaction(SYSTEM) as session:
        actor = await store.titulaire(session, empreinte(jeton), now.date())
    if actor is None or not actor.has(*ROLES):
        raise Introuvable
    de, a = domain.fenetre(now)
    async with database.transaction(actor) as session:
        vues = await store.echeances(session, actor, de, a, now)
        retenus = await store.rendez_vous(session, actor, de, a, now)
    entrees = [*presentation.echeances(vues, actor, origine, now), *presentation.rendez_vous(retenus, origine)]
    return fichier(domain.ordonner(entrees))


async def _poser(session: AsyncSession, actor: Actor, action: str, now: datetime) -> str:
    membre_id, jeton = await store.membre_of(session, actor), secrets.token_urlsafe(OCTETS)
    if actor.organisation_id is None:
        raise Introuvable
    await store.put(session, membre_id, actor.organisation_id, empreinte(jeton), now)
    await audit.write(session, SERVICE, actor, f"calendrier.{action}", membre_id, now=now)
    return jeton
