"""Pages open to everybody: the home page, and the form in steps. Nothing here needs a script."""

from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from common.auth import MaybeActor, current_actor
from common.clock import utc_now
from common.codes import Indicateur
from common.database import SystemTransaction
from common.errors import Introuvable
from common.formulaires import Formulaire, vierge
from common.identifiants import rna_attendu
from common.limites import par_adresse
from common.territoires import departements_of_code_postal, nom_departement
from common.traduction import _
from common.web import render
from signalement.depot import etapes, service
from signalement.depot.models import Brouillon
from signalement.depot.navigateur import BASE, Draft, give_key, key_of, take_key
from signalement.espace.etapes import limite_du_diagnostic
from signalement.signalements.libelles import lisible

router = APIRouter(include_in_schema=False, dependencies=[Depends(current_actor)])

Limited = Depends(par_adresse(600))
# The button that puts the form away, with what is typed in the step, right or wrong.
SUITE, METTRE_DE_COTE = "suite", "mettre-de-cote"


@router.get("/")
async def accueil(request: Request) -> Response:
    """What Relais is, and the two ways in."""
    return render(request, "accueil.html")


@router.get("/confidentialite")
async def expliquer(request: Request) -> Response:
    """What becomes of what is written here, in plain words."""
    return render(request, "confidentialite.html")


@router.get("/accessibilite")
async def declarer(request: Request) -> Response:
    """How far everybody may use the hub, honestly, and how to say what does not work."""
    return render(request, "accessibilite.html", {"contact": request.app.state.settings.contact_accessibilite})


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
async def envoyer(request: Request, session: SystemTransaction, actor: MaybeActor, draft: Draft) -> Response:
    """Send the form. A second click finds it sent, and is shown the same confirmation."""
    if draft is None:
        return RedirectResponse(f"{BASE}/envoye", 303)
    if etapes.missing(draft.saisies):
        return _to_first_missing(draft)
    await service.envoyer(session, actor, draft, utc_now())
    return RedirectResponse(f"{BASE}/envoye", 303)


@router.get("/signaler/envoye")
async def confirmer(request: Request, session: SystemTransaction) -> Response:
    """The reference, and what happens now."""
    dossier = await service.depose(session, key_of(request), utc_now())
    if dossier is None:
        return RedirectResponse(f"{BASE}/vous", 303)
    limite = limite_du_diagnostic(dossier.depose_le, dossier.departement)
    context = {"reference": dossier.reference, "origine": dossier.origine, "limite": limite}
    return render(request, "signaler_envoye.html", context)


@router.post("/signaler/effacer")
async def effacer(request: Request, session: SystemTransaction) -> Response:
    """Forget what was typed, on a shared computer for instance."""
    await service.oublier(session, key_of(request))
    response = RedirectResponse("/signalement/", 303)
    take_key(request, response)
    return response


@router.post("/signaler/reprise", dependencies=[Limited])
async def reprendre(request: Request, session: SystemTransaction, draft: Draft) -> Response:
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
async def garder(etape: str, request: Request, session: SystemTransaction, draft: Draft) -> Response:
    """Keep a step and go on, or put the form away; with a mistake, show the step again as it was typed."""
    _known(etape)
    sent = await request.form()
    kept = draft.saisies if draft else {}
    if sent.get(SUITE) == METTRE_DE_COTE:
        away = RedirectResponse(f"{BASE}/{METTRE_DE_COTE}", 303)
        return await _keep(request, session, draft, etape, etapes.brut(etape, sent), away)
    f = etapes.lire(etape, sent)
    if f.objet is None:
        return _page(request, etape, f, kept, status=422)
    typed = etapes.brut(etape, sent)
    response = RedirectResponse(f"{BASE}/{etapes.missing(kept | {etape: typed}) or etapes.VERIFICATION}", 303)
    return await _keep(request, session, draft, etape, typed, response)


async def _keep(
    request: Request, session: SystemTransaction, draft: Brouillon | None, etape: str, typed: etapes.Saisies, response: Response
) -> Response:
    """Keep what was typed in a step, in this browser's form; a browser that has none gets its key."""
    if draft is not None:
        service.garder(draft, etape, typed, utc_now())
        return response
    give_key(request, response, await service.commencer(session, etape, typed, utc_now()))
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
        # Whoever has come to the review goes back to it.
        "relecture": etapes.missing(kept) is None,
    }
    return render(request, etapes.ETAPES[etape].page, context, status=status)


def _possible(code_postal: str) -> tuple[str, ...]:
    try:
        return departements_of_code_postal("".join(code_postal.split()))
    except ValueError:
        return ()


def _steps() -> list[Any]:
    """The steps as the page's progress shows them; one may go back to those that are done."""
    return [(_(step.titre), f"{BASE}/{etape}") for etape, step in etapes.ETAPES.items()] + [_("Relecture")]


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
