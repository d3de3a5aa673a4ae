"""Signing in: the choice of an identity provider, the way there and the way back. Signing out is in `sortie_pages`."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, Field

from common.auth import MaybeActor
from common.clock import utc_now
from common.database import SystemTransaction
from common.formulaires import Formulaire, analyser, vierge
from common.logs import get_logger
from common.oidc.flow import OidcClient
from common.oidc.issuers import by_domain
from common.oidc.refusals import Refused
from common.oidc.values import Attempt, Return
from common.sceau import Sceau
from common.traduction import N_, _
from common.web import render
from orientation.connexion.attentes import Attente
from orientation.connexion.cookies import poser
from orientation.connexion.domain import accueil_de, chemin_local
from orientation.connexion.ouverture import accueillir
from orientation.connexion.service import ESSAI_AUDIENCE, ESSAI_DUREE, lire_essai, nom_essai, reconnaitre

router = APIRouter(tags=["connexion"], include_in_schema=False)
log = get_logger(__name__)

Emetteur = Annotated[str, Query(max_length=30)]
Suite = Annotated[str, Query(max_length=2000)]


class ParCourriel(BaseModel):
    """The address whose domain tells the provider; nothing of it is kept or passed on."""

    courriel: str = Field(
        title=N_("Votre adresse électronique professionnelle"), max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
    )


MESSAGES = {"courriel": N_("Donnez une adresse comme prenom.nom@exemple.fr.")}
AUCUN = N_("Aucun compte de cette liste n’est connu pour cette adresse : choisissez le vôtre ci-dessus.")


@router.get("/")
async def accueil(actor: MaybeActor) -> RedirectResponse:
    """For everybody: on to the page that this person comes for."""
    return RedirectResponse(accueil_de(actor), 303)


@router.get("/connexion")
async def connexion(request: Request, suite: Suite = "", emetteur: Emetteur = "") -> Response:
    """For everybody: on to the identity provider, remembering where from in a short signed cookie; or the choice of one."""
    fournisseurs: dict[str, OidcClient] = request.app.state.fournisseurs
    client = next(iter(fournisseurs.values())) if len(fournisseurs) == 1 else fournisseurs.get(emetteur)
    if client is None:
        return _choisir(request, suite, vierge())
    now = utc_now()
    url, attempt = await client.begin(chemin_local(suite), now)
    sceau: Sceau = request.app.state.sceau
    response = RedirectResponse(url, 303)
    essai = sceau.seal(attempt.model_dump(), ESSAI_AUDIENCE, now, ESSAI_DUREE)
    poser(request, response, nom_essai(secure=request.app.state.settings.secure_cookies), essai, ESSAI_DUREE)
    return response


@router.post("/connexion")
async def connexion_par_courriel(request: Request) -> Response:
    """For everybody: the provider of an address's domain. A page leads there: a form may not, to another site (our CSP)."""
    envoye = await request.form()
    suite = str(envoye.get("suite", ""))[:2000]
    f = analyser(ParCourriel, envoye, MESSAGES)
    if f.objet is None:
        return _choisir(request, suite, f, status=422)
    trouve = by_domain(request.app.state.settings.issuers, f.objet.courriel)
    if trouve is None:
        return _choisir(request, suite, f.avec_erreur("courriel", AUCUN), status=422)
    adresse = _depart(trouve.code, suite)
    response = render(request, "vers_fournisseur.html", {"libelle": _(trouve.label), "adresse": adresse, "sortie": False})
    response.headers["Refresh"] = f"0;url={adresse}"
    return response


@router.get("/connexion/retour")
@router.get("/connexion/retour/{emetteur}")
async def retour(
    request: Request,
    session: SystemTransaction,
    state: Annotated[str, Query(max_length=500)] = "",
    code: Annotated[str, Query(max_length=4000)] = "",
    iss: Annotated[str | None, Query(max_length=500)] = None,
    error: Annotated[str, Query(max_length=500)] = "",
) -> Response:
    """For whoever comes back from the identity provider with what we gave them; anything else is told to begin again."""
    sceau: Sceau = request.app.state.sceau
    settings = request.app.state.settings
    now = utc_now()
    request.state.actor = None
    back = Return(f"{settings.public_url}{request.url.path}", state, code, iss, bool(error))
    attempt: Attempt | None = None
    try:
        attempt = lire_essai(sceau, request.cookies.get(nom_essai(secure=settings.secure_cookies), ""), now)
        identite = await reconnaitre(request.app.state, attempt, back, now)
    except Refused as refus:
        # Only the reason: what was sent may hold anything, a token or a name.
        log.warning("connexion.refusee", raison=refus.reason, fournisseur=attempt.issuer if attempt else "-")
        return _sans_essai(request, render(request, "connexion_echec.html", status=401))
    qui = Attente(
        issuer=identite.issuer,
        sub=identite.subject,
        nom=identite.nom_affiche,
        courriel=identite.courriel,
        siret=identite.siret,
        sid=identite.sid,
        id_token=identite.id_token,
        suite=chemin_local(attempt.suite),
    )
    return _sans_essai(request, await accueillir(request, session, qui, now))


def _choisir(request: Request, suite: str, f: Formulaire[ParCourriel], status: int = 200) -> HTMLResponse:
    issuers = request.app.state.settings.issuers
    choix = [(_(one.label), _depart(one.code, suite)) for one in issuers]
    contexte = {"choix": choix, "par_courriel": any(one.email_domains for one in issuers), "suite": suite, "f": f}
    return render(request, "connexion_choix.html", contexte, status=status)


def _sans_essai(request: Request, response: Response) -> Response:
    poser(request, response, nom_essai(secure=request.app.state.settings.secure_cookies), "")
    return response


def _depart(emetteur: str, suite: str) -> str:
    """Where signing in by that provider begins, to go on to `suite` afterwards."""
    return f"/orientation/connexion?{urlencode({'emetteur': emetteur, 'suite': chemin_local(suite)})}"
