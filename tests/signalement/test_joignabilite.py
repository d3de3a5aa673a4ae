"""Whom mails do not reach: the animateur in charge reads it on the case, with what to do; nobody else does."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from common.clock import new_id, utc_now
from common.codes_echanges import CauseRetour, GenreDestinataire
from common.database import Database
from common.events import Received
from common.events.joignabilite import JoignabiliteChangee
from signalement.personnes.handlers import on_joignabilite
from tests.signalement import fabrique as f
from tests.signalement.conftest import Ouvrir
from tests.signalement.outils import texte
from tests.signalement.test_personnes import inviter, mails
from tests.signalement.test_recuperations import COLLEGUE, page_of, proposer

DEPUIS = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)


async def apprendre(database: Database, personne_id: UUID, sequence: int, **plus: Any) -> None:
    """The event that says so, heard."""
    values: dict[str, Any] = {"joint": False, "depuis": DEPUIS, "genre": GenreDestinataire.correspondant} | plus
    event = JoignabiliteChangee(personne_id=personne_id, cause=CauseRetour.boite_pleine, **values)
    async with database.transaction() as session:
        await on_joignabilite(session, Received(new_id(), event, sequence, utc_now()))


async def test_the_animateur_reads_who_since_when_and_what_to_do(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    cell, case = ouvrir(f.ANIMATEUR), f"/signalement/dossiers/{dossier.id}"
    treasurer = await inviter(ouvrir, signalement_db, dossier)
    assert "n’arrivent pas" not in texte(await cell.get(case))
    await apprendre(signalement_db, treasurer, 1)
    shown = await cell.get(case)
    said = texte(shown).replace("\u00a0", " ").replace("\u202f", " ")
    assert "Les courriels n’arrivent pas à Idriss Benali depuis le 2 mars 2026 : la boîte est pleine." in said
    assert f'href="{page_of(dossier, treasurer)}"' in shown.text
    assert 'href="tel:' in shown.text
    for actor, page in ((f.AUTRE_ANIMATEUR, case), (f.dirigeant(dossier.id), "/signalement/espace")):
        assert "n’arrivent pas" not in texte(await ouvrir(actor).get(page))
    await apprendre(signalement_db, treasurer, 2, joint=True)
    assert "n’arrivent pas" not in texte(await cell.get(case))


async def test_the_newest_counts_and_only_of_people_of_associations(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    case = f"/signalement/dossiers/{dossier.id}"
    await apprendre(signalement_db, dossier.id, 2, joint=True)
    await apprendre(signalement_db, dossier.id, 1)
    await apprendre(signalement_db, dossier.id, 3, genre=GenreDestinataire.membre)
    await apprendre(signalement_db, new_id(), 1)
    assert "n’arrivent pas" not in texte(await ouvrir(f.ANIMATEUR).get(case))


async def test_another_address_begins_anew(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    case = f"/signalement/dossiers/{dossier.id}"
    await apprendre(signalement_db, dossier.id, 1)
    assert "n’arrivent pas" in texte(await ouvrir(f.ANIMATEUR).get(case))
    change = await proposer(ouvrir, dossier)
    assert (await ouvrir(COLLEGUE).post(f"{change}/confirmer")).status_code == 303
    assert "n’arrivent pas" not in texte(await ouvrir(f.ANIMATEUR).get(case))


@pytest.mark.parametrize("retired", [False, True])
async def test_whose_address_it_is_goes_with_it(ouvrir: Ouvrir, signalement_db: Database, retired: bool) -> None:
    """What is mailed to an address that is being replaced says nothing of the person any more."""
    dossier = await f.deposer(signalement_db)
    if retired:
        await proposer(ouvrir, dossier)
    found = (await mails(signalement_db, dossier))[-1]
    assert found.personne_id == (None if retired else dossier.id)
