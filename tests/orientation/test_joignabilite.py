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
from tests.orientation.monde import AGENT, ANIMATEUR, MANAGER, Hub, ident
from tests.orientation.test_pages import en_ligne, envoyer, page

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


@pytest.mark.parametrize("genre", ["membre", "invite", "correspondant"])
async def test_somebody_unknown_changes_nothing(hub: Hub, genre: str) -> None:
    """A person of an association is signalement's; one that has left was forgotten."""
    await apprendre(hub, new_id(), 1, genre)
    assert "n’arrivent pas" not in await page(hub, MANAGER, EQUIPE)
