"""Reading the journal, which is itself written in the log."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from cellule.audit import store
from cellule.audit.models import EntreeRow
from cellule.audit.store import Filtre
from common import audit
from common.actor import Actor
from common.errors import DonneeInvalide
from common.traduction import _

SERVICE = "cellule"


async def consulter(
    session: AsyncSession, actor: Actor, filtre: Filtre, *, apres: UUID | None, limite: int, now: datetime
) -> tuple[Sequence[EntreeRow], UUID | None]:
    """A page of entries, the latest first, and the cursor of the next one. Raises `DonneeInvalide` on a reversed period."""
    if filtre.depuis and filtre.jusque and filtre.depuis > filtre.jusque:
        raise DonneeInvalide(_("La fin de la période précède son début."), champ="jusque")
    entrees = await store.lister(session, actor, filtre, apres=apres, limite=limite)
    await audit.write(session, SERVICE, actor, "journal.consulter", SERVICE, now=now, dossier_id=filtre.dossier_id)
    page = entrees[:limite]
    return page, page[-1].entree_id if len(entrees) > limite else None
