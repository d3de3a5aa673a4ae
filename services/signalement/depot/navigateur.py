"""The form in progress of a browser: its cookie, and what the server keeps under it."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response

from common.clock import utc_now
from common.codes_echanges import CauseRetour
from common.database import SystemTransaction
from signalement.depot import reprise, service
from signalement.depot.domain import RECEIPT, SET_ASIDE
from signalement.depot.models import Brouillon

BASE = "/signalement/signaler"


def cookie_name(request: Request) -> str:
    """The cookie of the form in progress, tied to this one origin over HTTPS."""
    return "__Host-relais-brouillon" if request.app.state.settings.secure_cookies else "relais-brouillon"


def key_of(request: Request) -> str | None:
    """The key that this browser holds."""
    return request.cookies.get(cookie_name(request))


def give_key(request: Request, response: Response, key: str) -> None:
    """Have this browser hold that key, for as long as a form can wait at most: the server forgets the form sooner."""
    response.set_cookie(
        cookie_name(request),
        key,
        max_age=int(SET_ASIDE.total_seconds()),
        path="/",
        secure=request.app.state.settings.secure_cookies,
        httponly=True,
        samesite="lax",
    )


def take_key(request: Request, response: Response) -> None:
    """Have this browser forget its key."""
    response.delete_cookie(cookie_name(request), path="/", secure=request.app.state.settings.secure_cookies, httponly=True)


def give_receipt(request: Request, response: Response, envoi_id: UUID) -> None:
    """Have this browser hold the id of the mail that it asked for: it says whether that mail came back, nothing else."""
    response.set_cookie(
        receipt_name(request),
        envoi_id.hex,
        max_age=int(RECEIPT.total_seconds()),
        path="/",
        secure=request.app.state.settings.secure_cookies,
        httponly=True,
        samesite="lax",
    )


def receipt_name(request: Request) -> str:
    """The cookie of the mail that this browser asked for last."""
    return "__Host-relais-mis-de-cote" if request.app.state.settings.secure_cookies else "relais-mis-de-cote"


async def came_back(request: Request, session: SystemTransaction) -> CauseRetour | None:
    """Why the mail that this browser asked for last did not arrive, if it is known that it did not."""
    try:
        envoi_id = UUID(request.cookies.get(receipt_name(request), ""))
    except ValueError:
        return None
    return await reprise.injoignable(session, envoi_id, utc_now())


async def current_draft(request: Request, session: SystemTransaction) -> Brouillon | None:
    """The form in progress of this browser: nobody acts yet, and the key alone says whose it is."""
    return await service.en_cours(session, key_of(request), utc_now())


CameBack = Annotated[CauseRetour | None, Depends(came_back, scope="function")]
Draft = Annotated[Brouillon | None, Depends(current_draft, scope="function")]
