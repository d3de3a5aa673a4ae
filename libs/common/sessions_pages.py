"""The page of one's own sessions, at each service that keeps some: when each was opened and last seen, and how to end it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from common import sessions_store
from common.auth import SignedIn
from common.clock import utc_now
from common.database import Transaction
from common.errors import Interdit, Introuvable
from common.sessions import LIMITES, Fin, Jeton
from common.sessions_http import jeton_of, take_cookie
from common.traduction import _
from common.web import render

router = APIRouter(prefix="/mes-sessions", include_in_schema=False)

SIGNED_OUT = "/orientation/deconnexion"


async def own_session(request: Request, actor: SignedIn) -> Jeton:
    """The session in which this is asked. Raises Interdit for systems, and for people whose sessions another service keeps."""
    jeton = jeton_of(request)
    if jeton is None or jeton.owner != request.app.state.service or "authorization" in request.headers:
        raise Interdit
    return jeton


Own = Annotated[Jeton, Depends(own_session)]


@router.get("")
async def mes_sessions(request: Request, actor: SignedIn, jeton: Own, session: Transaction, fait: str = "") -> HTMLResponse:
    """For whoever is signed in here."""
    limites = LIMITES[jeton.owner]
    contexte = {
        "sessions": await sessions_store.list_of(session, actor, jeton, utc_now()),
        "ici": f"/{jeton.owner}/mes-sessions",
        "inactivite": int(limites.inactivite.total_seconds() // 60),
        "duree": int(limites.duree.total_seconds() // 3600),
        "fait": bool(fait),
    }
    return render(request, "mes_sessions.html", contexte)


@router.post("/fin")
async def tout_finir(request: Request, actor: SignedIn, jeton: Own, session: Transaction) -> RedirectResponse:
    """End all of them, this one too."""
    await sessions_store.end_of_persons(session, [actor.id], Fin.retrait, actor, utc_now())
    return _signed_out(request)


@router.post("/{session_id}/fin")
async def finir(session_id: UUID, request: Request, actor: SignedIn, jeton: Own, session: Transaction) -> RedirectResponse:
    """End one of them. Raises Introuvable for somebody else's, and for one that has ended already."""
    now = utc_now()
    if not await sessions_store.end_one(session, actor, session_id, now):
        raise Introuvable(_("Cette session est déjà terminée, ou n’est pas la vôtre."))
    if await sessions_store.is_open(session, jeton):
        return RedirectResponse(f"/{jeton.owner}/mes-sessions?fait=1", 303)
    return _signed_out(request)


def _signed_out(request: Request) -> RedirectResponse:
    response = RedirectResponse(SIGNED_OUT, 303)
    take_cookie(request, response)
    return response
