"""What the other services ask the directory."""

from sqlmodel.ext.asyncio.session import AsyncSession

from common.clock import utc_now
from common.requests import ActeurTrouve, AdressesMembres, AnnuaireActeur, Answerers, ContactMembres
from orientation.connexion.service import au_nom_de
from orientation.partenaires import store


async def annuaire_acteur(session: AsyncSession, request: AnnuaireActeur) -> ActeurTrouve:
    """Who this identity is. Refused with Interdit when it belongs to no organisation."""
    actor = await au_nom_de(session, request.issuer, request.subject_id, request.portees, utc_now())
    return ActeurTrouve(claims=actor.claims())


async def contact_adresse(session: AsyncSession, request: ContactMembres) -> AdressesMembres:
    """Where to write to an organisation's members. Nobody there is an empty answer."""
    membres = await store.contacts(session, request.organisation_id, request.roles)
    return AdressesMembres(courriels=tuple(membre.courriel for membre in membres), membres=membres)


ANSWERERS: Answerers = {AnnuaireActeur: annuaire_acteur, ContactMembres: contact_adresse}
