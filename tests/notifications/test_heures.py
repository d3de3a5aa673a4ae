"""By whose clock mails leave: that of the organisation which reads, over the real database and mail server."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from tests.notifications.banc import an_orientation, received, rows
from tests.notifications.poste import Inbox, Owners, hear, posting_at
from tests.notifications.test_fil import ANNULE, CELLULE, PARTENAIRE, cellule, depose, rendez_vous

from common.clock import new_id
from common.codes import TypePartenaire
from common.database import Database
from common.events.comptes import CompteConfirme
from common.events.liens import LienEnvoye
from common.events.membres import AdhesionDemandee, InvitationEnvoyee
from common.events.rendez_vous import RendezVousAnnule
from notifications.courriels import handlers
from notifications.courriels.service import dire
from notifications.livraisons.avis import tell_managers
from notifications.regles.domain import Rythme
from relais.nats import NatsServer

# In the afternoon at Papeete, which is eleven hours behind Paris in winter, and the middle of the night there.
NUIT = datetime.fromisoformat("2027-03-02T02:00:00+01:00")
# The other way round.
JOUR = datetime.fromisoformat("2027-03-02T10:00:00+01:00")


def partenaire() -> Any:
    """A partner of Polynésie, as the directory publishes it."""
    more: dict[str, Any] = {"code": "appui-polynesie", "type_partenaire": TypePartenaire.conseil, "departements": ("987",)}
    return received(cellule(partenaire_id=PARTENAIRE, **more))


async def dus(database: Database) -> dict[UUID, datetime]:
    """When the mails to each organisation leave."""
    return {
        row["organisation_id"]: row["due_at"] for row in await rows(database, "SELECT * FROM courriels WHERE due_at > 'epoch'")
    }


@pytest.mark.parametrize("now", [NUIT, JOUR])
async def test_each_side_of_a_referral_has_its_own_hours(notifications_db: Database, now: datetime) -> None:
    """A case of Hérault whose cell is there, and a partner of Polynésie: one of them is written to now, the other later."""
    await hear(notifications_db, received(cellule()), partenaire())
    one = an_orientation(partenaire_id=PARTENAIRE, emetteur_id=CELLULE)
    told = [received(depose(one.dossier_id)), received(rendez_vous(RendezVousAnnule, one, **ANNULE))]
    async with notifications_db.transaction() as session:
        await dire(session, told, Rythme(), now)
    found = await dus(notifications_db)
    soon = now + Rythme().regroupement
    assert {organisation for organisation, at in found.items() if at == soon} == {PARTENAIRE if now == NUIT else CELLULE}
    assert {organisation for organisation, at in found.items() if at > soon} == {CELLULE if now == NUIT else PARTENAIRE}


@pytest.mark.parametrize("known", [True, False])
async def test_what_concerns_no_case_has_the_organisations_hours(
    notifications_db: Database, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    """Where nobody knows where it is, those of Paris. What is urgent leaves at once."""
    if known:
        await hear(notifications_db, partenaire())
    monkeypatch.setattr(handlers, "utc_now", lambda: NUIT)
    membre = {"compte_id": new_id(), "membre_id": new_id(), "decideur_id": new_id()}
    facts = (
        LienEnvoye(lien_id=new_id(), orientation_id=new_id(), partenaire_id=PARTENAIRE),
        InvitationEnvoyee(invitation_id=new_id(), partenaire_id=PARTENAIRE, expire_at=JOUR),
        CompteConfirme(partenaire_id=PARTENAIRE, decideur_organisation_id=PARTENAIRE, **membre),
    )
    direct = handlers.handlers(Rythme())
    async with notifications_db.transaction() as session:
        for fact in facts:
            await direct[type(fact)](session, received(fact))
        asked = AdhesionDemandee(adhesion_id=new_id(), partenaire_id=PARTENAIRE)
        await dire(session, [received(asked)], Rythme(), NUIT)
    due = {row["modele"]: row["due_at"] for row in await rows(notifications_db, "SELECT modele, due_at FROM courriels")}
    urgent = {"invitation_equipe", "compte_change", "compte_confirme"}
    assert {nom: at for nom, at in due.items() if nom in urgent} == dict.fromkeys(urgent, NUIT)
    morning = NUIT.replace(hour=8)
    assert due["lien_orientation"] == (NUIT if known else morning)
    assert due["adhesion_demandee"] == (NUIT + Rythme().regroupement if known else morning)


async def test_what_fell_due_meanwhile_waits_for_the_morning_of_whoever_reads(
    notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int], owners: Owners
) -> None:
    box, port = inbox
    await hear(notifications_db, partenaire())
    one = an_orientation(partenaire_id=PARTENAIRE)
    await hear(notifications_db, received(depose(one.dossier_id)), received(one))
    async with posting_at(notifications_db, nats_server, port, JOUR.isoformat()):
        assert (box.mails, owners.asked) == ([], 0)
        assert (await dus(notifications_db))[PARTENAIRE] == datetime.fromisoformat("2027-03-02T08:00:00-10:00")
    await rows(notifications_db, "UPDATE courriels SET due_at = now()")
    async with posting_at(notifications_db, nats_server, port, NUIT.isoformat()):
        assert box.mails


@pytest.mark.parametrize("a_toute_heure", [True, False])
async def test_a_word_about_an_endpoint_leaves_to_the_rhythm_of_the_settings(
    notifications_db: Database, a_toute_heure: bool
) -> None:
    """By the clock of the organisation whose endpoint it is."""
    await hear(notifications_db, partenaire())
    await rows(
        notifications_db,
        f"""
        INSERT INTO webhooks (webhook_id, partenaire_id, url, types, secret, etat, cree_le, description, avis)
        VALUES (gen_random_uuid(), '{PARTENAIRE}', 'https://x.example', '{{*}}', 's', 'actif', now(), '', 'difficulte')
        """,
    )
    await tell_managers(Rythme(a_toute_heure=a_toute_heure))(notifications_db, lambda: JOUR)
    morning = datetime.fromisoformat("2027-03-02T08:00:00-10:00")
    assert await dus(notifications_db) == {PARTENAIRE: JOUR if a_toute_heure else morning}
