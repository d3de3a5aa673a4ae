"""Where the mail relay brings what came back. It holds the hub's key for this and nothing else; nobody else is let in."""

import hmac

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from common.errors import Introuvable, NonAuthentifie
from common.traduction import N_
from notifications.retours import service
from notifications.retours.lecture import TAILLE_MAX
from notifications.settings import NotificationsSettings

# Not for partners: it is described where the relay is plugged in (docs/deploy.md), not in the public API.
router = APIRouter(prefix="/api/v1/retours", include_in_schema=False)

CHEMIN = "/notifications/api/v1/retours"
LARGER = {CHEMIN: TAILLE_MAX}


async def le_relais(request: Request) -> None:
    """The relay, by its key. Raises NonAuthentifie; Introuvable where the hub was given no key, and takes nothing."""
    settings: NotificationsSettings = request.app.state.settings
    key = settings.retours_key.get_secret_value()
    if not key:
        raise Introuvable
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), key.encode()):
        raise NonAuthentifie(N_("Envoyez la clé des retours (RELAIS_RETOURS_KEY) comme jeton « Bearer »."))


@router.post("", dependencies=[Depends(le_relais)])
async def recevoir(request: Request) -> JSONResponse:
    """One mail as it came (message/rfc822). What is no report of one of ours is taken too, and changes nothing."""
    corps = await request.body()
    return JSONResponse({"retenu": await service.recevoir(request.app.state.database, corps)}, 202)
