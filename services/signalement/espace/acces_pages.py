"""How a dirigeant comes in: the link of a mail shows a form for its code and nothing else, not even whether it exists."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel

from common.auth import current_actor
from common.clock import utc_now
from common.database import SystemTransaction
from common.formulaires import Formulaire, analyser, vierge
from common.identifiants import Courriel, Reference
from common.limites import par_adresse
from common.sessions_http import give_cookie, renew_session
from common.traduction import N_, _
from common.web import render
from signalement.espace import domain, service
from signalement.espace.entree import ESPACE

router = APIRouter(include_in_schema=False, dependencies=[Depends(current_actor)])

WRONG = N_("Ce code est faux, déjà utilisé ou trop ancien. Vérifiez-le, ou demandez un nouveau lien.")


class Code(BaseModel):
    """The code of a mail."""

    code: str


class Demande(BaseModel):
    """Who asks for a new mail."""

    reference: Reference
    courriel: Courriel


@router.get("/espace/acces")
async def demander(request: Request) -> Response:
    """Ask for a new mail."""
    return render(request, "espace_acces.html", {"f": vierge(), "envoye": False})


@router.post("/espace/acces", dependencies=[Depends(par_adresse(300))])
async def envoyer(request: Request, session: SystemTransaction) -> Response:
    """Have a new mail sent; the page is the same whether the case exists or not."""
    f = analyser(Demande, await request.form())
    if f.objet is None:
        return render(request, "espace_acces.html", {"f": f, "envoye": False}, status=422)
    await service.redemander(session, f.objet.reference, f.objet.courriel, utc_now())
    return render(request, "espace_acces.html", {"f": vierge(), "envoye": True})


@router.get("/espace/acces/{acces_id}")
async def montrer(acces_id: UUID, request: Request) -> Response:
    """The form for the code: the same for every link, so that a link alone tells nothing."""
    return _code_page(request, vierge())


@router.post("/espace/acces/{acces_id}", dependencies=[Depends(par_adresse(300))])
async def entrer(acces_id: UUID, request: Request, session: SystemTransaction) -> Response:
    """Let the dirigeant in. A wrong code is answered without an error of ours, so that its count is committed."""
    f = analyser(Code, await request.form(), {"code": _("Saisissez les huit chiffres du courriel.")})
    if f.objet is None:
        return _code_page(request, f, status=422)
    settings = request.app.state.settings
    key = domain.key_of(settings.signing_key.get_secret_value())
    now = utc_now()
    actor = await service.entrer(session, acces_id, f.objet.code, key, now)
    if actor is None:
        return _code_page(request, vierge().avec_erreur("code", WRONG), status=422)
    response = RedirectResponse(ESPACE, 303)
    give_cookie(request, response, await renew_session(request, session, actor, now))
    return response


def _code_page(request: Request, f: Formulaire[Any], status: int = 200) -> Response:
    return render(request, "espace_code.html", {"f": f}, status=status)
