"""Whom mails do not reach: told to the team by name, to the sender of its referrals by number, and to nobody else."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlmodel import col

from common.clock import new_id, utc_now
from common.codes_echanges import CauseRetour, GenreDestinataire
from common.events import Received
from common.events.joignabilite import JoignabiliteChangee
from orientation.membres.handlers import on_joignabilite
from orientation.partenaires.models import MembreRow
from tests.orientation import greffe
from tests.orientation.equipe import aller, lignes
from tests.orientation.monde import AGENT, ANIMATEUR, ANIMATEUR_EST, MANAGER, Hub, ident
from tests.orientation.test_pages import HTML, en_ligne, envoyer, page

EQUIPE = f"/equipes/{ident('fonds')}"
DEPUIS = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
A_TOUS = "Les courriels n’arrivent à personne de Organisation fonds depuis le 2 mars 2026."


async def membres(hub: Hub) -> dict[str, UUID]:
    """The people of the partner, by their role."""
    async with hub.database.transaction() as session:
        found = await session.execute(select(MembreRow).where(col(MembreRow.partenaire_id) == ident("fonds")))
        return {row.roles[0]: row.id for row in found.scalars()}


async def apprendre(hub: Hub, personne_id: UUID, sequence: int, genre: str = "membre", **plus: Any) -> None:
    """The event that says so, heard."""
    values: dict[str, Any] = {"joint": False, "depuis": DEPUIS, "cause": CauseRetour.boite_pleine} | plus
    event = JoignabiliteChangee(
        personne_id=personne_id, genre=GenreDestinataire(genre), organisation_id=ident("fonds"), **values
    )
    async with hub.database.transaction() as session:
        await on_joignabilite(session, Received(new_id(), event, sequence, utc_now()))


async def test_the_team_reads_who_and_the_sender_how_many(hub: Hub) -> None:
    orientation, qui = await hub.envoyee(), await membres(hub)
    await apprendre(hub, qui["agent"], 1)
    assert "Les courriels n’arrivent pas à Agent Martin depuis le 2 mars 2026 : la boîte est pleine." in await page(
        hub, MANAGER, EQUIPE
    )
    vue = await page(hub, ANIMATEUR, f"/orientations/{orientation}")
    assert "Les courriels n’arrivent pas à 1 personne sur 2 de Organisation fonds depuis le 2 mars 2026." in vue
    assert "Aucun numéro de téléphone n’est connu pour Organisation fonds" in vue
    assert "Agent Martin" not in vue
    assert "n’arrivent" not in await page(hub, AGENT, f"/orientations/{orientation}")
    await page(hub, ANIMATEUR, EQUIPE, 403)
    await apprendre(hub, qui["manager"], 1)
    assert A_TOUS in await page(hub, ANIMATEUR, f"/orientations/{orientation}")


async def test_the_newest_counts_whatever_the_order(hub: Hub) -> None:
    agent = (await membres(hub))["agent"]
    await apprendre(hub, agent, 2, joint=True)
    await apprendre(hub, agent, 1)
    assert "n’arrivent pas" not in await page(hub, MANAGER, EQUIPE)
    await apprendre(hub, agent, 3, cause=None)
    assert "à Agent Martin depuis le 2 mars 2026." in await page(hub, MANAGER, EQUIPE)
    await apprendre(hub, agent, 4, joint=True)
    assert "n’arrivent pas" not in await page(hub, MANAGER, EQUIPE)


async def test_an_invitation_that_does_not_arrive(hub: Hub) -> None:
    invitation = {"courriel": "alex@fonds.example", "roles": ["agent"]}
    assert (await envoyer(hub, MANAGER, f"{EQUIPE}/invitations/nouvelle", invitation)).status_code == 303
    async with hub.database.transaction() as session:
        invitation_id = (await session.execute(text("SELECT id FROM invitations"))).scalar_one()
    await apprendre(hub, invitation_id, 1, "invite", cause=CauseRetour.adresse_inconnue)
    dit = "à alex@fonds.example depuis le 2 mars 2026 : cette adresse n’existe pas, ou plus."
    assert dit in en_ligne(await page(hub, MANAGER, EQUIPE))


async def test_a_partner_without_an_account_is_called(hub: Hub) -> None:
    """Its sender alone reads it, with the number of its sheet, until mails arrive again or somebody signs in there."""
    await greffe.installer(hub)
    orientation = await hub.envoyee(partenaire=greffe.GREFFE)
    dit = "Les courriels n’arrivent pas à Greffe du tribunal depuis le 2 mars 2026 : cette adresse n’existe pas, ou plus."
    la, ailleurs = f"/orientations/{orientation}", await hub.envoyee(await hub.dossier(reference="R-2"))
    assert "n’arrivent" not in await page(hub, ANIMATEUR, la)
    await apprendre(hub, ident(greffe.GREFFE), 2, "sans_compte", cause=CauseRetour.adresse_inconnue)
    await apprendre(hub, ident(greffe.GREFFE), 1, "sans_compte", joint=True)
    vue = en_ligne(await page(hub, ANIMATEUR, la))
    assert dit in vue
    assert "Faites corriger le courriel de sa fiche, puis envoyez un autre lien." in vue
    assert "Aucun numéro de téléphone n’est connu pour Greffe du tribunal" in vue
    await lignes(hub, "UPDATE fiches SET telephone = '0467000000' WHERE partenaire_id = :p RETURNING 1", p=ident(greffe.GREFFE))
    assert 'href="tel:0467000000"' in await page(hub, ANIMATEUR, la)
    assert "n’arrivent" not in await page(hub, ANIMATEUR, f"/orientations/{ailleurs}")
    assert (await hub.get(None, la, headers=HTML)).status_code in (303, 401)
    clerk = await aller(hub, "GET", la, await greffe.entree(hub, orientation))
    assert (clerk.status_code, "n’arrivent" in clerk.text) == (200, False)
    await page(hub, AGENT, la, 404)
    await page(hub, ANIMATEUR_EST, la, 404)
    await apprendre(hub, ident(greffe.GREFFE), 3, "sans_compte", joint=True)
    assert "n’arrivent" not in await page(hub, ANIMATEUR, la)


@pytest.mark.parametrize("genre", ["membre", "invite", "correspondant", "sans_compte", "declarant"])
async def test_somebody_unknown_changes_nothing(hub: Hub, genre: str) -> None:
    """A person of an association is signalement's; one that has left was forgotten."""
    await apprendre(hub, new_id(), 1, genre)
    assert "n’arrivent pas" not in await page(hub, MANAGER, EQUIPE)
