"""Put the form aside, and come back to it by the link and the code of a mail. Nothing here tells whether a form waits."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ValidationError

from common.auth import current_actor
from common.clock import utc_now
from common.database import SystemTransaction
from common.filtres import PARIS
from common.formulaires import Formulaire, analyser, vierge
from common.identifiants import Courriel
from common.limites import par_adresse
from common.traduction import N_, _
from common.web import render
from signalement.depot import domain, etapes, reprise
from signalement.depot.navigateur import BASE, CameBack, Draft, give_key, give_receipt, take_key

router = APIRouter(include_in_schema=False, dependencies=[Depends(current_actor)])

Limited = Depends(par_adresse(60))
WRONG = N_("Ce code est faux, déjà utilisé ou trop ancien. Vérifiez-le, ou demandez un nouveau lien.")
ADDRESSES = {"vous": ("partenaire_courriel", "tiers_courriel"), "contact": ("courriel",)}


class Adresse(BaseModel):
    """Where the link is to be sent."""

    courriel: Courriel


class Code(BaseModel):
    """The code of a mail."""

    code: str


@router.get("/signaler/mettre-de-cote")
async def proposer(request: Request, draft: Draft) -> Response:
    """Ask where the link is to be sent; an address that was typed in the form is proposed."""
    if draft is None:
        return RedirectResponse(f"{BASE}/vous", 303)
    return _page_d_adresse(request, vierge({"courriel": _known_address(draft.saisies)}))


@router.post("/signaler/mettre-de-cote", dependencies=[Limited])
async def mettre_de_cote(request: Request, session: SystemTransaction, draft: Draft) -> Response:
    """Put the form aside: it leaves this browser, and its link leaves by mail."""
    if draft is None:
        return RedirectResponse(f"{BASE}/vous", 303)
    f = analyser(Adresse, await request.form(), {"courriel.missing": _("Indiquez l’adresse à laquelle envoyer le lien.")})
    if f.objet is None:
        return _page_d_adresse(request, f, status=422)
    try:
        envoi_id = await reprise.mettre_de_cote(session, draft, f.objet.courriel, _key(request), utc_now())
    except reprise.TropDeCourriels as refus:
        return _page_d_adresse(request, f.avec_erreur("courriel", refus.phrase), status=429)
    response = RedirectResponse(f"{BASE}/mis-de-cote", 303)
    take_key(request, response)
    give_receipt(request, response, envoi_id)
    return response


@router.get("/signaler/mis-de-cote")
async def confirmer(request: Request, came_back: CameBack) -> Response:
    """What happens now: a mail, a term, and nothing left in this browser; or that the mail came back, and what to do."""
    return render(request, "reprise_mise_de_cote.html", {"terme": _terme(), "retour": came_back})


@router.get("/signaler/reprendre")
async def demander(request: Request, came_back: CameBack) -> Response:
    """Ask for another mail; the browser that asked for the last one is told when it came back."""
    return render(request, "reprise_lien.html", {"f": vierge(), "envoye": False, "retour": came_back})


@router.post("/signaler/reprendre", dependencies=[Limited])
async def envoyer(request: Request, session: SystemTransaction) -> Response:
    """Have another mail sent; the page is the same whether a form waits for this address or not."""
    f = analyser(Adresse, await request.form(), {"courriel.missing": _("Indiquez l’adresse qui a reçu le premier lien.")})
    if f.objet is None:
        return render(request, "reprise_lien.html", {"f": f, "envoye": False, "retour": None}, status=422)
    await reprise.redemander(session, f.objet.courriel, _key(request), utc_now())
    return render(request, "reprise_lien.html", {"f": vierge(), "envoye": True, "retour": None})


@router.get("/signaler/reprendre/{lien}")
async def montrer(lien: str, request: Request) -> Response:
    """The form for the code: the same for every link, so that a link alone tells nothing."""
    return _page_du_code(request, vierge())


@router.post("/signaler/reprendre/{lien}", dependencies=[Limited])
async def reprendre(lien: str, request: Request, session: SystemTransaction) -> Response:
    """Give the form to this browser. A wrong code is answered without an error of ours, so that its count is committed."""
    f = analyser(Code, await request.form(), {"code": _("Saisissez les huit chiffres du courriel.")})
    if f.objet is None:
        return _page_du_code(request, f, status=422)
    opened = await reprise.reprendre(session, lien, f.objet.code, _key(request), utc_now())
    if opened is None:
        return _page_du_code(request, vierge().avec_erreur("code", WRONG), status=422)
    new_key, saisies = opened
    response = RedirectResponse(f"{BASE}/{etapes.missing(saisies) or etapes.VERIFICATION}", 303)
    give_key(request, response, new_key)
    return response


def _key(request: Request) -> bytes:
    return domain.key_of(request.app.state.settings.signing_key.get_secret_value())


def _terme() -> date:
    return (utc_now() + domain.SET_ASIDE).astimezone(ZoneInfo(PARIS)).date()


def _known_address(saisies: dict[str, etapes.Saisies]) -> str:
    """The first valid address that was typed in the form: that of whoever files, or else the association's."""
    typed = [saisies.get(etape, {}).get(nom, [""])[0] for etape, noms in ADDRESSES.items() for nom in noms]
    return next((one for one in typed if _valid(one)), "")


def _valid(courriel: str) -> bool:
    try:
        return bool(Adresse(courriel=courriel))
    except ValidationError:
        return False


def _page_d_adresse(request: Request, f: Formulaire[Any], status: int = 200) -> Response:
    return render(request, "reprise_adresse.html", {"f": f, "terme": _terme()}, status=status)


def _page_du_code(request: Request, f: Formulaire[Any], status: int = 200) -> Response:
    return render(request, "reprise_code.html", {"f": f}, status=status)
