"""Audit entries: every change, and every read of confidential data, written in the transaction that does it."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from common import outbox, writes
from common.actor import Actor
from common.clock import new_id
from common.codes import Categorie, Finalite
from common.events.audit import ENTREES

COLUMNS = (
    "id uuid, acteur_id text, acteur_role text, organisation_id uuid, action text, objet_id text, dossier_id uuid, "
    "finalite text, consentement_id uuid, categories text[], at timestamptz"
)


async def write(
    session: AsyncSession,
    service: str,
    actor: Actor,
    action: str,
    objet_id: UUID | str,
    *,
    now: datetime,
    dossier_id: UUID | None = None,
    finalite: Finalite | None = None,
    consentement_id: UUID | None = None,
    categories: Iterable[Categorie] = (),
) -> UUID:
    """Write that `actor` did `action` to `objet_id`, and announce it on AUDIT. Returns the entry's id.

    `action` is `<noun>.<verb>` in French, like `dossier.ouvrir`. No confidential content in any field.
    """
    entree = ENTREES[service](
        entree_id=new_id(),
        acteur_id=actor.id,
        acteur_role=actor.role_principal,
        organisation_id=actor.organisation_id,
        action=action,
        objet_id=str(objet_id),
        dossier_id=dossier_id,
        finalite=finalite,
        consentement_id=consentement_id,
        at=now,
    )
    row = entree.model_dump(exclude={"entree_id"}) | {"id": entree.entree_id, "categories": [str(c) for c in categories]}
    writes.add(session, "audit_entries", COLUMNS, row)
    outbox.record(session, entree, sequence=0, now=now)
    return entree.entree_id
