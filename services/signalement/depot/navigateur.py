"""The form in progress of a browser: its cookie, and what the server keeps under it."""

from typing import Annotated

from fastapi import Depends, Request, Response

from common.clock import utc_now
from common.database import SystemTransaction
from signalement.depot import service
from signalement.depot.domain import SET_ASIDE
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


async def current_draft(request: Request, session: SystemTransaction) -> Brouillon | None:
    """The form in progress of this browser: nobody acts yet, and the key alone says whose it is."""
    return await service.en_cours(session, key_of(request), utc_now())


Draft = Annotated[Brouillon | None, Depends(current_draft, scope="function")]
