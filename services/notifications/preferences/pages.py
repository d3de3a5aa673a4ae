"""What a member wants by mail, signed in or by the link of a mail."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel

from common.actor import Actor
from common.auth import allow
from common.clock import utc_now
from common.database import SystemTransaction, Transaction
from common.formulaires import analyser, vierge
from common.web import render
from notifications.preferences import store
from notifications.preferences.jetons import lire_jeton
from notifications.regles.domain import PREVENUS, Genre, refusables

router = APIRouter(include_in_schema=False)

Membre = Annotated[Actor, Depends(allow(*PREVENUS))]
# Longer than any of ours.
Jeton = Annotated[str, Path(max_length=400)]
PREFERENCES = "/notifications/preferences"


class Saisie(BaseModel):
    """The kinds that a member wants."""

    genres: list[Genre] = []


@router.get("/preferences")
async def preferences(
    request: Request, session: Transaction, actor: Membre, fait: Annotated[str, Query(max_length=20)] = ""
) -> HTMLResponse:
    """The form, with what the member wants today."""
    refuses = (await store.refuses(session, [actor.id])).get(actor.id, frozenset())
    f = vierge({"genres": [genre.value for genre in refusables() if genre not in refuses]})
    return _page(request, f, enregistre=fait == "enregistre")


@router.post("/preferences")
async def choisir(request: Request, session: Transaction, actor: Membre) -> Response:
    """Keep the choice."""
    f = analyser(Saisie, await request.form())
    if f.objet is None:
        return _page(request, f)
    await store.choisir(session, actor.id, set(refusables()) - set(f.objet.genres), utc_now())
    return RedirectResponse(f"{PREFERENCES}?fait=enregistre", 303)


@router.get("/desinscription/{jeton}")
async def desinscription(request: Request, jeton: Jeton) -> HTMLResponse:
    """For whoever holds the link of a mail: what is about to be refused. Programs that follow links change nothing."""
    _, genres = lire_jeton(request.app.state.coffre, jeton)
    return _desinscription(request, jeton, genres, fait=False)


@router.post("/desinscription/{jeton}")
async def desinscrire(request: Request, session: SystemTransaction, jeton: Jeton) -> HTMLResponse:
    """Refuse, by the form or by a mail program's one click (RFC 8058); no session is asked for, and none is looked at."""
    membre, genres = lire_jeton(request.app.state.coffre, jeton)
    await store.refuser(session, membre, genres, utc_now())
    return _desinscription(request, jeton, genres, fait=True)


def _desinscription(request: Request, jeton: str, genres: frozenset[Genre], *, fait: bool) -> HTMLResponse:
    libelles = [genre.libelle for genre in refusables() if genre in genres]
    context = {"genres": libelles, "tout": genres.issuperset(refusables()), "lien": jeton, "fait": fait}
    return render(request, "desinscription.html", context)


def _page(request: Request, f: object, *, enregistre: bool = False) -> HTMLResponse:
    choix = [(genre.value, genre.libelle) for genre in refusables()]
    erreurs = getattr(f, "erreurs", {})
    return render(
        request, "preferences.html", {"f": f, "choix": choix, "enregistre": enregistre}, status=422 if erreurs else 200
    )
