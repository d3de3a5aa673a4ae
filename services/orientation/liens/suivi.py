"""What becomes of a link with its referral: mailed when the partner is to act, over when the referral is. Knows no use case."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from common import audit, outbox, sessions_store
from common.actor import Actor
from common.clock import new_id
from common.codes import EtatOrientation
from common.events.liens import LienEnvoye
from common.isolation import as_the_hub
from common.sessions import Fin
from orientation.liens import store
from orientation.liens.domain import DUREE, Etat
from orientation.liens.models import LienRow
from orientation.orientations.models import OrientationRow
from orientation.transitions.domain import CLOSES, Action

SERVICE = "orientation"
# What opens a referral to its partner, and so begins its link anew, whatever became of the last one.
OUVRENT = frozenset({Action.envoyer, Action.renvoyer})
RAPPELLENT = frozenset({Action.relancer, Action.complement_fournir})


async def suivre(session: AsyncSession, row: OrientationRow, action: Action, actor: Actor, now: datetime) -> None:
    """Follow an action that was just done to a referral that is held."""
    if EtatOrientation(row.etat) in CLOSES:
        acteurs = await store.clore(session, row.id, now)
        if acteurs:
            # Whoever ends a referral may not see the sessions of somebody else.
            async with as_the_hub(session):
                await sessions_store.end_of_persons(session, acteurs, Fin.droits, actor, now)
    elif action in OUVRENT | RAPPELLENT and await store.adresse_sans_compte(session, row.partenaire_id):
        lien = await store.of_orientation(session, row.id, lock=True)
        # A reminder gives back nothing that was taken back or locked.
        if action in OUVRENT or lien is None or lien.valeur().etat(now) in (Etat.actif, Etat.expire):
            await envoyer(session, row, lien, actor, "lien.envoyer", now, renouveler=action in OUVRENT)


async def envoyer(
    session: AsyncSession,
    orientation: OrientationRow,
    lien: LienRow | None,
    actor: Actor,
    action: str,
    now: datetime,
    *,
    renouveler: bool,
) -> LienRow:
    """Have the link of a referral mailed, for another month; renewed, whatever was mailed before opens nothing."""
    if lien is None:
        lien = LienRow(
            id=new_id(),
            orientation_id=orientation.id,
            partenaire_id=orientation.partenaire_id,
            cree_at=now,
            expire_at=now + DUREE,
        )
        session.add(lien)
    else:
        if renouveler:
            lien.oublier()
            lien.retire_at = lien.clos_at = lien.codes_depuis = None
            lien.essais = lien.codes = 0
            async with as_the_hub(session):
                await sessions_store.end_of_persons(session, [str(lien.id)], Fin.droits, actor, now)
        lien.expire_at, lien.version = now + DUREE, lien.version + 1
    event = LienEnvoye(
        lien_id=lien.id,
        orientation_id=orientation.id,
        partenaire_id=orientation.partenaire_id,
        due_at=orientation.due_at,
    )
    outbox.record(session, event, sequence=lien.version, now=now)
    await audit.write(session, SERVICE, actor, action, lien.id, now=now, dossier_id=orientation.dossier_id)
    return lien
