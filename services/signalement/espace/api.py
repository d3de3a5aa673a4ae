"""JSON API of the association's own space: what its pages say, with the same rights."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from common.actor import Actor, Role
from common.auth import allow
from common.clock import utc_now
from common.database import Transaction
from signalement.espace import vue
from signalement.espace.schemas import ConsentementDetaille, Espace

router = APIRouter(prefix="/api/v1", tags=["espace"])

Dirigeant = Annotated[Actor, Depends(allow(Role.dirigeant))]


@router.get("/espace", summary="Lire son espace")
async def espace(session: Transaction, actor: Dirigeant) -> Espace:
    """For the people of the association. `attendus` is what only they can do, the next one first; `appuis` who helps, and
    what comes next; `ouvertures` who read the file, when and which categories; `phases` and `semaines` where it stands."""
    page, _moi = await vue.espace(session, actor, utc_now())
    return page


@router.get("/espace/consentements/{consentement_id}", summary="Lire un accord, champ par champ")
async def consentement(consentement_id: UUID, session: Transaction, actor: Dirigeant) -> ConsentementDetaille:
    """For the people of the association. `montre` is exactly what the recipient would read if they agreed, or reads since
    they did; it is empty once the consent has ended. `actions` is what this person may do now."""
    return await vue.consentement(session, actor, consentement_id, utc_now())
