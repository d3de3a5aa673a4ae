"""What the other services ask the directory."""

from sqlmodel.ext.asyncio.session import AsyncSession

from common.clock import utc_now
from common.requests import ActeurTrouve, AdressesMembres, AnnuaireActeur, Answerers, ContactMembres
from orientation.connexion.service import au_nom_de
from orientation.liens import store as liens
from orientation.partenaires import store


async def annuaire_acteur(session: AsyncSession, request: AnnuaireActeur) -> ActeurTrouve:
    """Who this identity is. Refused with Interdit when it belongs to no organisation."""
    actor = await au_nom_de(session, request.issuer, request.subject_id, request.portees, utc_now())
    return ActeurTrouve(claims=actor.claims())


async def contact_adresse(session: AsyncSession, request: ContactMembres) -> AdressesMembres:
    """Where to write to an organisation's members. Nobody there is an empty answer, with its sheet's address if it has one."""
    membres = await store.contacts(session, request.organisation_id, request.roles)
    # Whoever has members is written to through them, whatever their roles.
    sans_compte = None if membres else await liens.adresse_sans_compte(session, request.organisation_id)
    courriels = tuple(membre.courriel for membre in membres)
    return AdressesMembres(courriels=courriels, membres=membres, sans_compte=sans_compte or None)


ANSWERERS: Answerers = {AnnuaireActeur: annuaire_acteur, ContactMembres: contact_adresse}
