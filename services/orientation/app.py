"""The HTTP process of orientation: directory, referrals, and the sign-in of members."""

from fastapi import FastAPI

from common import sessions_pages
from common.app import create_app, routes_of, serve
from common.navigation import navigation
from common.oidc.flow import OidcClient
from common.sceau import Sceau
from orientation import limites
from orientation.acteurs import pages as acteurs
from orientation.adhesions import pages as adhesions
from orientation.avancement import pages as avancement
from orientation.calendriers import pages as calendriers
from orientation.cas import api as cas_api
from orientation.changements import api as changements_api
from orientation.complements import api as complements_api
from orientation.complements import pages as complements
from orientation.comptes import pages as comptes
from orientation.connexion import choix_pages as choix
from orientation.connexion import pages as connexion
from orientation.connexion import sortie_pages as sortie
from orientation.connexion.service import find_actor
from orientation.couverture import pages as couverture
from orientation.dispositifs import api as dispositifs_api
from orientation.dispositifs import edition_pages
from orientation.dispositifs import pages as dispositifs
from orientation.donnees import api as donnees_api
from orientation.eligibilite import api as eligibilite_api
from orientation.eligibilite import pages as simulateur
from orientation.fiches import pages as fiches
from orientation.invitations import pages as invitations
from orientation.journee import pages as journee
from orientation.liens import pages as liens
from orientation.listes import exports
from orientation.listes import pages as listes
from orientation.lots import api as lots_api
from orientation.lots import pages as lots
from orientation.machines import api as machines_api
from orientation.machines import pages as machines
from orientation.membres import api as membres_api
from orientation.membres import pages as membres
from orientation.orientations import api as orientations_api
from orientation.orientations import composition, pages
from orientation.partenaires import api as partenaires_api
from orientation.partenaires import pages as annuaire
from orientation.recherche import pages as recherche
from orientation.rendez_vous import api as rendez_vous_api
from orientation.rendez_vous import pages as rendez_vous
from orientation.settings import OrientationSettings
from orientation.tableaux import api as tableaux_api
from orientation.tableaux import pages as tableaux
from orientation.transferts import api as transferts_api
from orientation.transferts import pages as transferts

# `nouvelle`, the changes and the lists come before the page of one referral, whose address would match it.
ROUTERS = (
    partenaires_api.router,
    lots_api.router,
    dispositifs_api.router,
    dispositifs.router,
    edition_pages.router,
    changements_api.router,
    orientations_api.router,
    complements_api.router,
    cas_api.router,
    eligibilite_api.router,
    simulateur.router,
    rendez_vous_api.router,
    tableaux_api.router,
    transferts_api.router,
    membres_api.router,
    machines_api.router,
    connexion.router,
    sortie.router,
    choix.router,
    sessions_pages.router,
    composition.router,
    journee.router,
    avancement.router,
    recherche.router,
    lots.router,
    listes.router,
    exports.router,
    tableaux.router,
    liens.router,
    pages.router,
    complements.router,
    rendez_vous.router,
    calendriers.router,
    transferts.router,
    annuaire.router,
    acteurs.router,
    couverture.router,
    donnees_api.router,
    fiches.router,
    membres.router,
    comptes.router,
    invitations.router,
    adhesions.router,
    machines.router,
)
ROUTES = routes_of("orientation", ROUTERS)


def create(settings: OrientationSettings) -> FastAPI:
    """The application with these settings."""
    app = create_app(
        "orientation",
        settings,
        ROUTES,
        titre="Relais – orientations et annuaire",
        navigation=navigation,
        find_actor=find_actor,
    )
    limites.installer(app, settings.eligibilite_par_minute)
    app.state.sceau = Sceau(settings.signing_key.get_secret_value())
    app.state.fournisseurs = {one.code: OidcClient(one, settings.redirect_uri(one)) for one in settings.issuers}
    return app


if __name__ == "__main__":
    serve(create, OrientationSettings.load(), "orientation")
