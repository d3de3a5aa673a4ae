"""What is told by mail, together or no more, and when: to a real mail server, addresses asked over the real bus."""

from typing import Any
from uuid import UUID

import pytest
from tests.notifications.banc import an_orientation, received, rows, settled
from tests.notifications.poste import MEMBERS, Inbox, Owners, hear, member_id, parts, posting, posting_at
from tests.notifications.test_fil import ANNULE, PARTENAIRE, depose, nouvelles, rendez_vous

from common.actor import Role
from common.codes import IssueDossier
from common.database import Database
from common.events import orientation as o
from common.events.rendez_vous import RendezVousAnnule, RendezVousPropose
from common.events.signalement import SignalementClos
from common.events.transferts import OrientationAffectee
from notifications.courriels import annonces
from relais.nats import NatsServer


async def test_what_comes_together_leaves_together_and_says_all(
    notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int], owners: Owners
) -> None:
    """One mail a member, with what concerns it: an agent's are not the manager's, and the author's own is left out."""
    box, port = inbox
    owners.roles = {MEMBERS[0]: (Role.agent,), MEMBERS[1]: (Role.manager,)}
    one, two = (an_orientation(partenaire_id=PARTENAIRE) for _ in range(2))
    own = an_orientation(o.OrientationRenvoyee, partenaire_id=PARTENAIRE, retour="erreur", acteur_id=str(member_id(MEMBERS[1])))
    await hear(notifications_db, received(depose(one.dossier_id, "R-AAAAA")), received(one), received(two), received(own))
    async with posting(notifications_db, nats_server, port):
        await settled(notifications_db, table="courriels")
    mails = dict(box.mails)
    assert len(box.mails) == 2
    assert (mails[MEMBERS[0]]["Subject"], mails[MEMBERS[1]]["Subject"]) == (nouvelles(3), nouvelles(2))
    for body in parts(mails[MEMBERS[1]]):
        assert "R-AAAAA" in body
        assert str(two.orientation_id) in body
        assert str(own.orientation_id) not in body


async def test_a_case_that_is_settled_is_written_about_no_more(
    notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int], owners: Owners
) -> None:
    box, port = inbox
    answered, closed = an_orientation(o.OrientationRelancee), an_orientation(o.OrientationRelancee)
    accepted = an_orientation(
        o.OrientationRecue, orientation_id=answered.orientation_id, dossier_id=answered.dossier_id, etat="acceptee"
    )
    await hear(
        notifications_db, received(depose(closed.dossier_id)), received(answered), received(closed), received(accepted, 2)
    )
    await hear(notifications_db, received(SignalementClos(dossier_id=closed.dossier_id, issue=next(iter(IssueDossier)))))
    async with posting(notifications_db, nats_server, port):
        found = await settled(notifications_db, table="courriels")
    assert {row["etat"] for row in found} == {"sans_objet", "fil"}
    assert (box.mails, owners.asked) == ([], 0)


async def test_a_referral_that_is_over_is_written_about_no_more_but_for_its_end(
    notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int], owners: Owners
) -> None:
    """What waited for the morning while the referral was taken back: only what still matters leaves."""
    _, port = inbox
    one = an_orientation(OrientationAffectee, partenaire_id=PARTENAIRE, responsable_id=member_id(MEMBERS[0]), acteur_id="chef")
    proposed, cancelled = rendez_vous(RendezVousPropose, one, tour=1), rendez_vous(RendezVousAnnule, one, **ANNULE)
    over = an_orientation(
        o.OrientationRetiree,
        orientation_id=one.orientation_id,
        dossier_id=one.dossier_id,
        partenaire_id=PARTENAIRE,
        emetteur_id=one.emetteur_id,
        etat="retiree",
    )
    other = rendez_vous(RendezVousPropose, an_orientation(partenaire_id=PARTENAIRE), tour=1)
    await hear(notifications_db, *map(received, (one, proposed, cancelled, other)), received(over, 2))
    async with posting(notifications_db, nats_server, port):
        await settled(notifications_db, table="courriels")
    query = f"SELECT modele, etat FROM courriels WHERE objet_id = '{one.orientation_id}' AND destinataire <> 'emetteur'"
    found = {row["modele"]: row["etat"] for row in await rows(notifications_db, query)}
    assert found == {
        "orientation_confiee": "sans_objet",
        "rendez_vous_propose": "sans_objet",
        "rendez_vous_annule": "envoye",
        "orientation_retiree": "envoye",
    }
    (autre,) = await rows(notifications_db, f"SELECT etat FROM courriels WHERE objet_id = '{other.orientation_id}'")
    assert autre["etat"] == "envoye"


@pytest.mark.parametrize("hour", ["02:00", "23:30"])
async def test_a_mail_that_fell_due_while_nobody_worked_waits_for_the_morning(
    notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int], owners: Owners, hour: str
) -> None:
    """What is urgent leaves; the other keeps its tries."""
    box, port = inbox
    await hear(notifications_db, received(an_orientation()), received(an_orientation(o.OrientationRetiree, etat="retiree")))
    async with posting_at(notifications_db, nats_server, port, f"2027-03-02T{hour}:00+01:00"):
        pass
    left = await rows(notifications_db, "SELECT etat, tentatives, due_at FROM courriels WHERE etat = 'en_attente'")
    assert [(row["tentatives"], row["due_at"].hour) for row in left] == [(0, 7)]
    assert {mail["Subject"] for _, mail in box.mails} == {"Une orientation est retirée"}


async def test_a_fact_that_cannot_be_told_holds_up_no_other(
    notifications_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It waits, and is told once it can be."""
    good, bad = (received(an_orientation(partenaire_id=PARTENAIRE)) for _ in range(2))
    real, refused = annonces.annonces, {bad.id}

    def faulty(event_id: UUID, *more: Any) -> Any:
        if event_id in refused:
            raise RuntimeError("a fault of ours")
        return real(event_id, *more)

    monkeypatch.setattr(annonces, "annonces", faulty)
    await hear(notifications_db, bad, good)
    assert [row["event_id"] for row in await rows(notifications_db, "SELECT event_id FROM courriels")] == [good.id]
    assert [row["event_id"] for row in await rows(notifications_db, "SELECT event_id FROM faits WHERE apres > now()")] == [
        bad.id
    ]
    refused.clear()
    await rows(notifications_db, "UPDATE faits SET apres = now()")
    await hear(notifications_db)
    assert {row["event_id"] for row in await rows(notifications_db, "SELECT event_id FROM courriels")} == {good.id, bad.id}
