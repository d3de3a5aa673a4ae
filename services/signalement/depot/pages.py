"""Pages open to everybody: the home page, and the form in steps. Nothing here needs a script."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from common.auth import MaybeActor, current_actor
from common.clock import utc_now
from common.codes import Indicateur
from common.database import Transaction
from common.errors import Introuvable
from common.formulaires import Formulaire, vierge
from common.identifiants import rna_attendu
from common.limites import par_adresse
from common.territoires import departements_of_code_postal, nom_departement
from common.web import render
from signalement.depot import etapes, service
from signalement.depot.models import Brouillon
from signalement.signalements.libelles import lisible

router = APIRouter(include_in_schema=False, dependencies=[Depends(current_actor)])

BASE = "/signalement/signaler"
Limited = Depends(par_adresse(600))


def cookie_name(request: Request) -> str:
    """The cookie of the form in progress, tied to this one origin over HTTPS."""
    return "__Host-relais-brouillon" if request.app.state.settings.secure_cookies else "relais-brouillon"


def key_of(request: Request) -> str | None:
    """The key that this browser holds."""
    return request.cookies.get(cookie_name(request))


async def current_draft(request: Request, session: Transaction) -> Brouillon | None:
    """The form in progress of this browser."""
    return await service.en_cours(session, key_of(request), utc_now())


Draft = Annotated[Brouillon | None, Depends(current_draft, scope="function")]


@router.get("/")
async def accueil(request: Request) -> Response:
    """What Relais is, and the two ways in."""
    return render(request, "accueil.html")


@router.get("/confidentialite")
async def expliquer(request: Request) -> Response:
    """What becomes of what is written here, in plain words."""
    return render(request, "confidentialite.html")


@router.get("/signaler")
async def commencer() -> Response:
    """The first step."""
    return RedirectResponse(f"{BASE}/vous", 303)


@router.get("/signaler/verification")
async def verifier(request: Request, draft: Draft) -> Response:
    """Everything that was typed, before it is sent."""
    if draft is None or etapes.missing(draft.saisies):
        return _to_first_missing(draft)
    return render(request, "signaler_verification.html", _recap(draft))


@router.post("/signaler/verification", dependencies=[Limited])
async def envoyer(request: Request, session: Transaction, actor: MaybeActor, draft: Draft) -> Response:
    """Send the form. A second click finds it sent, and is shown the same confirmation."""
    if draft is None:
        return RedirectResponse(f"{BASE}/envoye", 303)
    if etapes.missing(draft.saisies):
        return _to_first_missing(draft)
    await service.envoyer(session, actor, draft, utc_now())
    return RedirectResponse(f"{BASE}/envoye", 303)


@router.get("/signaler/envoye")
async def confirmer(request: Request, session: Transaction) -> Response:
    """The reference, and what happens now."""
    dossier = await service.depose(session, key_of(request), utc_now())
    if dossier is None:
        return RedirectResponse(f"{BASE}/vous", 303)
    return render(request, "signaler_envoye.html", {"reference": dossier.reference, "origine": dossier.origine})


@router.post("/signaler/effacer")
async def effacer(request: Request, session: Transaction) -> Response:
    """Forget what was typed, on a shared computer for instance."""
    await service.oublier(session, key_of(request))
    response = RedirectResponse("/signalement/", 303)
    response.delete_cookie(cookie_name(request), path="/", secure=request.app.state.settings.secure_cookies, httponly=True)
    return response


@router.post("/signaler/reprise", dependencies=[Limited])
async def reprendre(request: Request, session: Transaction, draft: Draft) -> Response:
    """Begin the form with answers given elsewhere on this hub: to be read again, like all that is typed, before it is sent."""
    repris = etapes.reprise(await request.form())
    kept = draft.saisies if draft else {}
    # What somebody has typed there already counts more.
    situation = repris | {nom: valeurs for nom, valeurs in kept.get("situation", {}).items() if any(valeurs)}
    response = RedirectResponse(f"{BASE}/{etapes.missing(kept | {'situation': situation}) or etapes.VERIFICATION}", 303)
    return await _keep(request, session, draft, "situation", situation, response) if repris else response


@router.get("/signaler/{etape}")
async def montrer(etape: str, request: Request, draft: Draft) -> Response:
    """A step, with what was typed in it before."""
    kept = draft.saisies if draft else {}
    _known(etape)
    f = Formulaire(saisies=kept[etape]) if etape in kept else vierge()
    return _page(request, etape, f, kept)


@router.post("/signaler/{etape}", dependencies=[Limited])
async def garder(etape: str, request: Request, session: Transaction, draft: Draft) -> Response:
    """Keep a step and go on; with a mistake, show it again as it was typed."""
    _known(etape)
    sent = await request.form()
    f = etapes.lire(etape, sent)
    kept = draft.saisies if draft else {}
    if f.objet is None:
        return _page(request, etape, f, kept, status=422)
    typed = {nom: list(valeurs) for nom, valeurs in f.saisies.items()}
    response = RedirectResponse(f"{BASE}/{etapes.missing(kept | {etape: typed}) or etapes.VERIFICATION}", 303)
    return await _keep(request, session, draft, etape, typed, response)


async def _keep(
    request: Request, session: Transaction, draft: Brouillon | None, etape: str, typed: etapes.Saisies, response: Response
) -> Response:
    """Keep what was typed in a step, in this browser's form; a browser that has none gets its key."""
    if draft is not None:
        service.garder(draft, etape, typed, utc_now())
        return response
    key = await service.commencer(session, etape, typed, utc_now())
    response.set_cookie(
        cookie_name(request),
        key,
        max_age=int(service.KEPT.total_seconds()),
        path="/",
        secure=request.app.state.settings.secure_cookies,
        httponly=True,
        samesite="lax",
    )
    return response


def _known(etape: str) -> None:
    if etape not in etapes.ETAPES:
        raise Introuvable


def _to_first_missing(draft: Brouillon | None) -> Response:
    return RedirectResponse(f"{BASE}/{(etapes.missing(draft.saisies) if draft else None) or 'vous'}", 303)


def _page(request: Request, etape: str, f: Formulaire[Any], kept: dict[str, Any], status: int = 200) -> Response:
    """The page of a step: its form, where one is, and what the earlier answers change in it."""
    origine = kept.get("vous", {}).get("origine", ["self"])[0]
    choix = [(code, nom_departement(code)) for code in _possible(f.valeur("code_postal"))] if etape == "association" else []
    context = {
        "f": f,
        "parcours": _steps(),
        "origine": origine,
        "indicateurs": [(indicateur, indicateur.libelle) for indicateur in Indicateur],
        "departements": choix if len(choix) > 1 else [],
    }
    return render(request, etapes.ETAPES[etape].page, context, status=status)


def _possible(code_postal: str) -> tuple[str, ...]:
    try:
        return departements_of_code_postal("".join(code_postal.split()))
    except ValueError:
        return ()


def _steps() -> list[Any]:
    """The steps as the page's progress shows them; one may go back to those that are done."""
    return [(step.titre, f"{BASE}/{etape}") for etape, step in etapes.ETAPES.items()] + ["Relecture"]


def _recap(draft: Brouillon) -> dict[str, Any]:
    """What the last page shows: the answers as they were understood."""
    depot = etapes.depot_of(draft.saisies)
    departement = depot.association.departement
    return {
        "depot": depot,
        "departement": nom_departement(departement),
        "rna_attendu": rna_attendu(departement),
        "parcours": _steps(),
        "base": BASE,
        "lisible": lisible,
    }
