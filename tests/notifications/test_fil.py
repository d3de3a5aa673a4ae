"""The feed: whose it is, in what order, and what is read of it, over the real database."""

import asyncio
import re
from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.notifications.banc import Client, an_orientation, member, received, rows, settled
from tests.notifications.poste import MEMBERS, Inbox, Owners, hear, member_id, posting

from common.actor import Actor, Role
from common.clock import new_id, utc_now
from common.codes import BandeBudget, EtatDiagnostic, Horizon, Origine, TypePartenaire
from common.codes_echanges import Auteur, EtatRendezVous, MotifAnnulation
from common.database import Database
from common.events import orientation as o
from common.events.cellule import DiagnosticValide
from common.events.comptes import CompteDemande
from common.events.rendez_vous import _RendezVous
from common.events.signalement import SignalementDepose
from common.events.transferts import OrientationAffectee
from common.typographie import INSECABLE
from notifications.courriels.service import dire
from notifications.regles.domain import Rythme
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


def nouvelles(count: int) -> str:
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


async def test_the_table_is_shown(client: Client) -> None:
    async with client(agent()) as http:
        page = (await http.get("/notifications/regles")).text
    assert page.index('id="agent"') < page.index('id="manager"')
    assert "Résumé du matin" in page
