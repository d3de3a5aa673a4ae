"""The HTTP process of the cellule service."""

from fastapi import FastAPI

from cellule.audit import api as audit_api
from cellule.audit import pages as audit_pages
from cellule.chiffres import api as chiffres_api
from cellule.chiffres import pages as chiffres_pages
from cellule.diagnostics import api as diagnostics_api
from cellule.diagnostics import pages as diagnostics_pages
from cellule.diagnostics import redaction
from cellule.settings import CelluleSettings
from common.app import create_app, routes_of, serve
from common.navigation import navigation

ROUTERS = (
    diagnostics_api.router,
    chiffres_api.router,
    audit_api.router,
    diagnostics_pages.router,
    redaction.router,
    chiffres_pages.router,
    audit_pages.router,
)
ROUTES = routes_of("cellule", ROUTERS)


def create(settings: CelluleSettings) -> FastAPI:
    """The application with these settings."""
    return create_app("cellule", settings, ROUTES, titre="Relais – cellule", navigation=navigation)


if __name__ == "__main__":
    serve(create, CelluleSettings.load(), "cellule")
