"""The HTTP process of signalement."""

from fastapi import FastAPI

from common import sessions_pages
from common.app import create_app, routes_of, serve
from common.navigation import navigation
from signalement.consentements import api as consentements_api
from signalement.depot import pages as depot_pages
from signalement.depot import reprise_pages
from signalement.documents import pages as documents_pages
from signalement.espace import acces_pages
from signalement.espace import api as espace_api
from signalement.espace import pages as espace_pages
from signalement.messages import pages as messages_pages
from signalement.personnes import pages as personnes_pages
from signalement.premier_echange import pages as premier_echange_pages
from signalement.recherche import pages as recherche_pages
from signalement.recuperations import pages as recuperations_pages
from signalement.settings import SignalementSettings
from signalement.signalements import api as signalements_api
from signalement.signalements import pages as signalements_pages

ROUTERS = (
    signalements_api.router,
    consentements_api.router,
    espace_api.router,
    # Before the steps of the form, whose names are any.
    reprise_pages.router,
    depot_pages.router,
    recherche_pages.router,
    signalements_pages.router,
    premier_echange_pages.router,
    acces_pages.router,
    sessions_pages.router,
    espace_pages.router,
    personnes_pages.router,
    recuperations_pages.router,
    documents_pages.router,
    messages_pages.router,
)
ROUTES = routes_of("signalement", ROUTERS)


def create(settings: SignalementSettings) -> FastAPI:
    """The application with all its routes under /signalement."""
    return create_app(
        "signalement",
        settings,
        ROUTES,
        titre="Relais – signalement",
        navigation=navigation,
        larger_bodies=documents_pages.ENVOI,
    )


if __name__ == "__main__":
    serve(create, SignalementSettings.load(), "signalement")
