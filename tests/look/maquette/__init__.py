"""A service that exists only for its page: every macro of the common look, with invented content."""

from datetime import date

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, Field
from starlette.middleware.base import RequestResponseEndpoint

from common.actor import Actor, Role
from common.formulaires import analyser, vierge
from common.web import STATIC, render

CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'"
NAVIGATION = [
    {"texte": "Ce qui m’attend", "href": "/maquette/attente"},
    {"texte": "Signalements", "href": "/maquette/"},
    {"texte": "Orientations", "href": "/maquette/orientations"},
    {"texte": "Séances", "href": "/maquette/seances"},
    {"texte": "Chiffres", "href": "/maquette/chiffres"},
]


ACTEUR = Actor("maquette", frozenset({Role.agent}), nom_affiche="Camille Durand")


class Demande(BaseModel):
    """A form with one field of each kind."""

    siren: str = Field(title="Numéro SIREN", min_length=9)
    courriel: str = Field(title="Adresse de courriel")
    etp: int = Field(title="Salariés")
    budget: int | None = Field(default=None, title="Budget annuel")
    situation: str = Field(title="Que se passe-t-il", max_length=600)
    origine: str = Field(title="Qui signale")
    indicateurs: list[str] = Field(title="Que constatez-vous")
    departement: str = Field(title="Département")
    rupture: date = Field(title="Date de rupture")
    accord: bool = Field(title="Votre accord")


def application() -> FastAPI:
    """The style page, a form that answers with its errors, and one error page per kind."""
    app = FastAPI()
    app.state.service = __name__
    app.state.navigation = lambda acteur: NAVIGATION if acteur else ()
    app.mount(f"/{__name__}/static", StaticFiles(directory=STATIC))

    @app.middleware("http")
    async def _politique(request: Request, call_next: RequestResponseEndpoint) -> Response:
        request.state.actor = None if "anonyme" in request.query_params else ACTEUR
        reponse = await call_next(request)
        reponse.headers["Content-Security-Policy"] = CSP
        return reponse

    @app.get("/maquette/")
    def _page(request: Request) -> HTMLResponse:
        return render(request, "maquette.html", {"f": vierge({"origine": "association", "etp": 12}), "jour": date(2026, 3, 3)})

    @app.post("/maquette/")
    async def _envoi(request: Request) -> HTMLResponse:
        formulaire = analyser(Demande, await request.form())
        return render(request, "maquette.html", {"f": formulaire, "jour": date(2026, 3, 3)}, 422)

    @app.get("/maquette/vide")
    def _vide(request: Request) -> HTMLResponse:
        return render(request, "maquette_confirmation.html")

    @app.get("/maquette/erreur/{numero}")
    def _erreur(request: Request, numero: int) -> HTMLResponse:
        titres = {
            404: "Cette page n’existe pas, ou ne vous est pas accessible.",
            503: "Le service est momentanément indisponible.",
        }
        probleme = {"title": titres[numero], "status": numero, "type": "about:blank"}
        return render(request, "erreur.html", {"probleme": probleme, "reference": "7f3a91c4"}, numero)

    return app
