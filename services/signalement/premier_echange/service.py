"""The use case of the first talk: note when it is, and have the association told of one to come."""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from common import audit
from common.actor import Actor
from signalement.espace import service as espace
from signalement.personnes import store as personnes
from signalement.premier_echange import domain
from signalement.signalements import store
from signalement.signalements.models import Dossier

MAIL = "premier_echange"


async def convenir(session: AsyncSession, actor: Actor, dossier_id: UUID, quand: datetime, now: datetime) -> Dossier:
    """Note when the first talk is, for an animateur of the territory. The same moment again changes and sends nothing.

    Everybody of the association is written to about a talk to come. Raises Introuvable, DossierDejaClos, EchangeHorsPeriode.
    """
    dossier = await store.lock(session, actor, dossier_id)
    domain.verifier(dossier.etat, dossier.departement, dossier.depose_le, quand, now)
    if dossier.premier_echange_le == quand:
        return dossier
    dossier.premier_echange_le = quand
    await audit.write(session, "signalement", actor, "dossier.convenir", dossier.id, now=now, dossier_id=dossier.id)
    if quand > now:
        for personne in await personnes.of_dossier(session, dossier.id):
            await espace.ecrire(session, personne, MAIL, now)
    return dossier
