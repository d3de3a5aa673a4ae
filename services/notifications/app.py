"""The HTTP process of notifications: `python -m notifications.app`."""

from fastapi import FastAPI

from common.app import create_app, routes_of, serve
from common.auth import FindActor
from common.navigation import navigation
from notifications.developpeurs import pages as developpeurs
from notifications.fil import pages as fil
from notifications.preferences import pages as preferences
from notifications.regles import pages as regles
from notifications.retours import api as retours
from notifications.retraits import acte_pages
from notifications.retraits import api as retraits_api
from notifications.retraits import pages as retraits
from notifications.settings import NotificationsSettings
from notifications.webhooks import api, direct, journal_api, journal_pages, pages

ROUTES = routes_of(
    "notifications",
    (
        api.router,
        journal_api.router,
        direct.router,
        developpeurs.router,
        pages.router,
        journal_pages.router,
        fil.router,
        preferences.router,
        regles.router,
        retours.router,
        acte_pages.router,
        retraits.router,
        retraits_api.router,
    ),
)


def create(settings: NotificationsSettings, find_actor: FindActor | None = None) -> FastAPI:
    """The application."""
    app = create_app(
        "notifications",
        settings,
        ROUTES,
        titre="Relais – notifications",
        navigation=navigation,
        find_actor=find_actor,
        larger_bodies=retours.LARGER,
    )
    app.state.coffre = settings.coffre
    return app


if __name__ == "__main__":
    serve(create, NotificationsSettings.load(), "notifications")
