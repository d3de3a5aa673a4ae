"""The feed, what a member refuses, and mails by kind: over the real database, mail server and bus."""

import asyncio
import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.notifications.banc import COFFRE, Client, an_orientation, member, received, rows, settled
from tests.notifications.poste import MEMBERS, Inbox, Owners, hear, member_id, parts, posting

from common.actor import Actor, Role
from common.clock import new_id, utc_now
from common.codes import BandeBudget, EtatDiagnostic, Horizon, IssueDossier, Origine, TypePartenaire
from common.codes_echanges import Auteur, EtatRendezVous, MotifAnnulation
from common.database import Database
from common.events import orientation as o
from common.events.cellule import DiagnosticValide
from common.events.comptes import CompteDemande
from common.events.rendez_vous import RendezVousAnnule, RendezVousPropose, _RendezVous
from common.events.signalement import SignalementClos, SignalementDepose
from common.events.transferts import OrientationAffectee
from common.typographie import INSECABLE
from notifications.courriels import annonces
from notifications.courriels.service import dire
from notifications.regles.domain import Genre, Rythme
from relais.nats import NatsServer

FIL = "/notifications/fil"
PARTENAIRE, CELLULE = new_id(), new_id()


def depose(dossier_id: UUID, reference: str = "R-7F3K9") -> SignalementDepose:
    return SignalementDepose(
        dossier_id=dossier_id,
        reference=reference,
        origine=Origine.self,
        departement="34",
        region="76",
        indicateurs=(),
        horizon=Horizon.moins_3,
        emplois=5,
        budget=BandeBudget.inconnu,
    )


def cellule(**more: Any) -> o.PartenairePublie:
    values: dict[str, Any] = {
        "partenaire_id": CELLULE,
        "code": "cellule-occitanie",
        "libelle": "Cellule Occitanie",
        "type_partenaire": TypePartenaire.cellule,
        "famille": "appui_tissu_associatif",
        "departements": ("34", "30"),
        "dispositifs": (),
        "actif": True,
    }
    return o.PartenairePublie(**values | more)


ANNULE = {"etat": EtatRendezVous.annule, "par": Auteur.systeme, "motif": MotifAnnulation.orientation_close}


def rendez_vous(kind: type[_RendezVous], orientation: o._Orientation, **more: Any) -> _RendezVous:
    """An event about an appointment of that referral, by default proposed by the cell."""
    values: dict[str, Any] = orientation.model_dump(include={"orientation_id", "dossier_id", "partenaire_id", "emetteur_id"})
    values |= {
        "rendez_vous_id": new_id(),
        "etat": EtatRendezVous.propose,
        "par": Auteur.emetteur,
        "acteur_id": "somebody",
    }
    return kind(**values | more)


def _nouvelles(count: int) -> str:
    return f"Relais{INSECABLE}: {count}{INSECABLE}nouvelles"


def agent(address: str = MEMBERS[0]) -> Actor:
    return Actor(str(member_id(address)), frozenset({Role.agent}), PARTENAIRE)


async def test_a_member_reads_its_feed_and_nobody_elses(client: Client, notifications_db: Database) -> None:
    one = an_orientation(partenaire_id=PARTENAIRE, emetteur_id=CELLULE)
    await hear(notifications_db, received(depose(one.dossier_id)), received(one), received(an_orientation()))
    async with client(agent()) as http:
        page = (await http.get(FIL)).text
        assert page.count("relais-fil__titre") == 1
        assert "R-7F3K9" in page
        assert "Une nouvelle orientation vous attend" in page
        ((seq,),) = [
            row.values()
            for row in await rows(notifications_db, f"SELECT seq FROM courriels WHERE objet_id = '{one.orientation_id}'")
        ]
        opened = await http.post(f"{FIL}/{seq}/ouvrir")
        assert opened.headers["location"] == f"/orientation/orientations/{one.orientation_id}"
        assert "Tout est lu" in (await http.get(FIL)).text
    async with client(member(Role.agent, organisation=new_id())) as http:
        assert "relais-fil__titre" not in (await http.get(FIL)).text
        assert (await http.post(f"{FIL}/{seq}/ouvrir")).status_code == 404
        assert (await http.post(f"{FIL}/{seq}/lu")).status_code == 404
    async with client(member(Role.dirigeant)) as http:
        assert (await http.get(FIL)).status_code == 403


async def test_filters_pages_and_marks(client: Client, notifications_db: Database) -> None:
    told = [an_orientation(partenaire_id=PARTENAIRE) for _ in range(25)]
    late = an_orientation(o.OrientationRelancee, partenaire_id=PARTENAIRE, orientation_id=told[0].orientation_id)
    await hear(notifications_db, *map(received, (*told, late)))
    async with client(agent()) as http:
        first = (await http.get(FIL)).text
        assert first.count("relais-fil__titre") == 20
        following = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
        assert (await http.get(following)).text.count("relais-fil__titre") == 6
        assert (await http.get(f"{FIL}?genre=rappels")).text.count("relais-fil__titre") == 1
        assert "Rien ne correspond" in (await http.get(f"{FIL}?reference=R-0000")).text
        assert (await http.get(f"{FIL}?genre=inconnu")).text.count("relais-fil__titre") == 20
        last = first.split('name="jusqu_a" value="')[1].split('"')[0]
        await hear(notifications_db, received(an_orientation(partenaire_id=PARTENAIRE)))
        await http.post(f"{FIL}/lu", data={"jusqu_a": last})
        assert f"1{INSECABLE}non lu" in (await http.get(FIL)).text
        assert (await http.get(f"{FIL}?non_lus=true")).text.count("relais-fil__titre") == 1


async def test_marking_under_a_filter_leaves_what_it_hides(client: Client, notifications_db: Database) -> None:
    """By kind, and by the reference of the case; a filter that cannot be marks nothing."""
    one, two = (an_orientation(partenaire_id=PARTENAIRE) for _ in range(2))
    late = an_orientation(o.OrientationRelancee, partenaire_id=PARTENAIRE, dossier_id=one.dossier_id)
    await hear(notifications_db, received(depose(one.dossier_id, "R-AAAAA")), received(depose(two.dossier_id, "R-BBBBB")))
    await hear(notifications_db, *map(received, (one, two, late)))
    unread = f"{FIL}?non_lus=true"
    async with client(agent()) as http:
        narrow = (await http.get(f"{FIL}?genre=a_traiter&reference=r-a")).text
        assert (narrow.count("relais-fil__titre"), "Marquer cette sélection comme lue" in narrow) == (1, True)
        hidden = dict(re.findall(r'<input type="hidden" name="(genre|reference|jusqu_a)" value="([^"]*)">', narrow))
        assert hidden.keys() == {"genre", "reference", "jusqu_a"}
        await http.post(f"{FIL}/lu", data=hidden | {"genre": "inconnu", "jusqu_a": str(2**40)})
        assert (await http.get(unread)).text.count("relais-fil__titre") == 3
        answer = await http.post(f"{FIL}/lu", data=hidden)
        assert answer.headers["location"] == f"{FIL}?genre=a_traiter&reference=r-a"
        left = (await http.get(unread)).text
        assert (left.count("relais-fil__titre"), left.count("R-BBBBB"), left.count("Marquer comme lu<")) == (2, 3, 2)
        # What came after the page was shown stays unread under a filter too.
        seen = (await http.get(f"{FIL}?genre=rappels")).text.split('name="jusqu_a" value="')[1].split('"')[0]
        more = an_orientation(o.OrientationRelancee, partenaire_id=PARTENAIRE)
        await hear(notifications_db, received(more))
        await http.post(f"{FIL}/lu", data={"jusqu_a": seen, "genre": "rappels"})
        assert (await http.get(f"{unread}&genre=rappels")).text.count("relais-fil__titre") == 1
        # Its reading counts for one's own account alone.
    async with client(agent(MEMBERS[1])) as http:
        assert (await http.get(unread)).text.count("relais-fil__titre") == 4


async def test_what_is_committed_after_the_page_was_shown_stays_unread(client: Client, notifications_db: Database) -> None:
    """Two connections write at once. Whichever is numbered first, the page never shows what one committed before the other."""
    rythme, told, until = Rythme(timedelta(), a_toute_heure=True), asyncio.Event(), asyncio.Event()

    async def tell(wait: bool) -> None:
        async with notifications_db.transaction() as session:
            await dire(session, [received(an_orientation(partenaire_id=PARTENAIRE))], rythme, utc_now())
            if wait:
                told.set()
                await until.wait()

    await tell(wait=False)
    slow = asyncio.create_task(tell(wait=True))
    await told.wait()
    quick = asyncio.create_task(tell(wait=False))
    await asyncio.wait({quick}, timeout=0.5)
    async with client(agent()) as http:
        seen = (await http.get(FIL)).text.split('name="jusqu_a" value="')[1].split('"')[0]
        await http.post(f"{FIL}/lu", data={"jusqu_a": seen})
        until.set()
        await asyncio.gather(slow, quick)
        assert f"2{INSECABLE}non lus" in (await http.get(FIL)).text


async def test_nobody_is_told_what_it_did_and_one_person_what_is_its_own(client: Client, notifications_db: Database) -> None:
    mine = agent()
    given = an_orientation(OrientationAffectee, partenaire_id=PARTENAIRE, responsable_id=UUID(mine.id), acteur_id="chef")
    sent = an_orientation(o.OrientationRenvoyee, partenaire_id=PARTENAIRE, acteur_id=mine.id, retour="erreur")
    await hear(notifications_db, received(given), received(sent))
    async with client(mine) as http:
        page = (await http.get(FIL)).text
        assert ("Une orientation vous est confiée" in page, page.count("relais-fil__titre")) == (True, 1)
    async with client(agent(MEMBERS[1])) as http:
        page = (await http.get(FIL)).text
        assert ("Une orientation vous est confiée" in page, page.count("relais-fil__titre")) == (False, 1)


async def test_an_administrateur_reads_what_it_alone_is_told(client: Client, notifications_db: Database) -> None:
    """An account to confirm where nobody else may: in its feed and its bell, and in no other's."""
    asked = CompteDemande(compte_id=new_id(), partenaire_id=PARTENAIRE, decideur_id=CELLULE, administrateur=True)
    await hear(notifications_db, received(asked), received(an_orientation(partenaire_id=PARTENAIRE, emetteur_id=CELLULE)))
    ((seq,),) = [
        row.values() for row in await rows(notifications_db, "SELECT seq FROM courriels WHERE modele = 'compte_demande'")
    ]
    async with client(member(Role.administrateur, organisation=CELLULE)) as http:
        page = (await http.get(FIL)).text
        assert (page.count("relais-fil__titre"), "compte" in page) == (1, True)
        assert (await http.get("/notifications/preferences")).status_code == 200
        opened = await http.post(f"{FIL}/{seq}/ouvrir")
        assert opened.headers["location"] == f"/orientation/comptes/{asked.compte_id}"
    others = (
        member(Role.administrateur, organisation=PARTENAIRE),
        member(Role.manager, organisation=CELLULE),
        member(Role.animateur, organisation=CELLULE),
    )
    for other in others:
        async with client(other) as http:
            assert "/ouvrir" not in (await http.get(FIL)).text
            assert (await http.post(f"{FIL}/{seq}/ouvrir")).status_code == 404
    for refused in (member(Role.dirigeant), member(Role.machine, organisation=CELLULE)):
        async with client(refused) as http:
            assert (await http.get(FIL)).status_code == 403
            assert (await http.get(f"{FIL}/flux")).status_code == 403


async def test_the_cell_of_the_territory_learns_of_a_case(client: Client, notifications_db: Database) -> None:
    dossier = new_id()
    await hear(notifications_db, received(cellule()), received(depose(dossier)))
    async with client(member(Role.animateur, organisation=CELLULE)) as http:
        page = (await http.get(FIL)).text
        assert "Un nouveau dossier est à qualifier" in page


async def test_an_animateur_is_told_of_no_case_that_it_filed_nor_diagnostic_that_it_validated(
    client: Client, notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int], owners: Owners
) -> None:
    """Neither in its feed nor by mail; its colleague is told of both."""
    box, port = inbox
    mine, dossier = str(member_id(MEMBERS[0])), new_id()
    validated = DiagnosticValide(
        diagnostic_id=new_id(),
        dossier_id=dossier,
        etat=EtatDiagnostic.valide,
        numero=1,
        par=Role.animateur,
        acteur_id=mine,
    )
    filed = depose(dossier).model_copy(update={"acteur_id": mine})
    await hear(notifications_db, received(cellule()), received(filed), received(validated))
    async with posting(notifications_db, nats_server, port):
        await settled(notifications_db, table="courriels")
    assert {address for address, _ in box.mails} == {MEMBERS[1]}
    for address, count in zip(MEMBERS, (0, 2), strict=True):
        async with client(Actor(str(member_id(address)), frozenset({Role.animateur}), CELLULE)) as http:
            assert (await http.get(FIL)).text.count("relais-fil__titre") == count


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
    assert (mails[MEMBERS[0]]["Subject"], mails[MEMBERS[1]]["Subject"]) == (_nouvelles(3), _nouvelles(2))
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


async def test_one_click_without_signing_in(
    client: Client, notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int], owners: Owners
) -> None:
    """A mail program's POST is enough; a program that only follows links changes nothing; the next mail does not leave."""
    box, port = inbox
    owners.roles = dict.fromkeys(MEMBERS, (Role.agent,))
    await hear(notifications_db, received(an_orientation()))
    async with posting(notifications_db, nats_server, port):
        await settled(notifications_db, table="courriels")
    (link,) = {str(mail["List-Unsubscribe"])[1:-1] for address, mail in box.mails if address == MEMBERS[0]}
    path = link.removeprefix("http://127.0.0.1:8000")
    assert not {str(member_id(MEMBERS[0])), MEMBERS[0]} & set(link.split("/"))
    async with client(None) as http:
        assert "Ce qui attend une action" in (await http.get(path)).text
        assert await rows(notifications_db, "SELECT * FROM desinscriptions") == []
        # Not a browser: it does not say where it comes from.
        del http.headers["Origin"]
        answer = await http.post(path, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert (await http.post(path[:-8] + "AAAAAAA=")).status_code == 404
    (row,) = await rows(notifications_db, "SELECT membre_id, genre FROM desinscriptions")
    assert row == {"membre_id": str(member_id(MEMBERS[0])), "genre": "a_traiter"}
    box.mails.clear()
    legal = an_orientation(o.OrientationRetiree, etat="retiree")
    await hear(notifications_db, received(an_orientation()), received(legal))
    async with posting(notifications_db, nats_server, port):
        await settled(notifications_db, table="courriels")
    assert sorted(address for address, _ in box.mails) == sorted([*MEMBERS, MEMBERS[1]])


async def test_one_click_refuses_the_kinds_of_the_mail_and_no_other(
    client: Client, notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int], owners: Owners
) -> None:
    """Of a mail that tells of two."""
    box, port = inbox
    owners.members, owners.roles = MEMBERS[:1], {MEMBERS[0]: (Role.agent,)}
    told = [an_orientation(kind, partenaire_id=PARTENAIRE) for kind in (o.OrientationEnvoyee, o.OrientationRelancee)]
    await hear(notifications_db, *map(received, told))
    async with posting(notifications_db, nats_server, port):
        await settled(notifications_db, table="courriels")
    ((_, mail),) = box.mails
    assert mail["Subject"] == _nouvelles(2)
    path = str(mail["List-Unsubscribe"])[1:-1].removeprefix("http://127.0.0.1:8000")
    async with client(None) as http:
        page = (await http.get(path)).text
        assert [genre.libelle in page for genre in (Genre.a_traiter, Genre.rappels, Genre.nouvelles)] == [True, True, False]
        assert "Tous les courriels" not in page
        assert "Les rappels et les retards" in (await http.post(path, data={"List-Unsubscribe": "One-Click"})).text
    found = {row["genre"] for row in await rows(notifications_db, "SELECT genre FROM desinscriptions")}
    assert found == {"a_traiter", "rappels"}


async def test_preferences_are_ones_own(client: Client, notifications_db: Database) -> None:
    path = "/notifications/preferences"
    async with client(agent()) as http:
        wanted = {"genres": [genre.value for genre in Genre if genre not in (Genre.nouvelles, Genre.obligatoire)]}
        assert (await http.post(path, data=wanted)).status_code == 303
        found = await rows(notifications_db, "SELECT membre_id, genre FROM desinscriptions")
        assert found == [{"membre_id": agent().id, "genre": "nouvelles"}]
        await http.post(path, data={"genres": [*wanted["genres"], "nouvelles"]})
        assert await rows(notifications_db, "SELECT * FROM desinscriptions") == []
        assert (await http.post(path, data={"genres": "inconnu"})).status_code == 422
    async with client(None) as http:
        assert (await http.get(path, headers={"Accept": "text/html"})).headers["location"].startswith("/orientation/connexion")


async def test_the_link_of_everything_refuses_all_that_may_be(client: Client, notifications_db: Database) -> None:
    """As the mails of an older release carry it, that told of several kinds."""
    path = f"/notifications/desinscription/{COFFRE.sceller('desinscription:tout:somebody')}"
    async with client(None) as http:
        assert "Tous les courriels de Relais" in (await http.get(path)).text
        assert (await http.post(path)).status_code == 200
    found = {row["genre"] for row in await rows(notifications_db, "SELECT genre FROM desinscriptions")}
    assert found == {genre.value for genre in Genre} - {"obligatoire"}


async def test_the_table_is_shown(client: Client) -> None:
    async with client(agent()) as http:
        page = (await http.get("/notifications/regles")).text
    assert page.index('id="agent"') < page.index('id="manager"')
    assert "Résumé du matin" in page


@pytest.mark.parametrize("hour", ["02:00", "23:30"])
async def test_a_mail_that_fell_due_while_nobody_worked_waits_for_the_morning(
    notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int], owners: Owners, hour: str
) -> None:
    """What is urgent leaves; the other keeps its tries."""
    from tests.notifications.poste import posting_at

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
