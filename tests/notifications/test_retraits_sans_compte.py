"""A recipient without an account: mailed at the address of its sheet, it takes note by the link, and by nothing else."""

import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser
from tests.browser import LARGEURS, surveillee
from tests.emptying import empty
from tests.notifications.banc import COFFRE, Client, an_orientation, make_settings, received, rows, settled
from tests.notifications.poste import Inbox, Owners, hear, parts, posting
from tests.notifications.site import Site, montrer
from tests.notifications.test_fil import PARTENAIRE, cellule, depose
from tests.notifications.test_retours import annonces
from tests.notifications.test_retraits import RYTHME, retire, taken_back

from common.clock import new_id, utc_now
from common.database import Database
from notifications.preferences.jetons import lien_de_desinscription
from notifications.regles.charger import FICHIER, lire
from notifications.regles.domain import Genre
from notifications.retours.service import juger
from notifications.retraits.jetons import CHEMIN, DUREE, LienPerime, lien_d_acte, lire_jeton, sceller
from notifications.retraits.service import insister
from relais.nats import NatsServer

GREFFE = "greffe@tribunal.example"
LIEN = re.compile(rf"http://127\.0\.0\.1:8000({CHEMIN}/[\w=-]+)")
HTML = {"Accept": "text/html"}


@pytest.fixture
def greffe(owners: Owners) -> Owners:
    """The partner has nobody who signs in, and an address."""
    owners.members, owners.sans_compte = (), GREFFE
    return owners


async def withdrawn(database: Database) -> UUID:
    """A consent taken back from a partner who had been sent a referral; its id."""
    sent, accord = an_orientation(partenaire_id=PARTENAIRE), retire(UUID(int=0))
    accord = accord.model_copy(update={"dossier_id": sent.dossier_id})
    await hear(database, received(cellule()), received(depose(sent.dossier_id)), received(sent))
    await rows(database, "UPDATE courriels SET etat = 'fil', due_at = NULL")
    await hear(database, received(accord), received(taken_back(sent), 2))
    return accord.consentement_id


def link(message: EmailMessage) -> str:
    """The path of the link of a mail, which is the same in its text and its HTML."""
    (path,) = {match for body in parts(message) for match in LIEN.findall(body)}
    return str(path)


async def state(database: Database, consentement_id: UUID) -> tuple[str, str | None]:
    """Where the withdrawal stands, and who took note of it."""
    (row,) = await rows(database, f"SELECT etat, confirme_par FROM retraits WHERE consentement_id = '{consentement_id}'")
    return row["etat"], row["confirme_par"]


@pytest.mark.usefixtures("greffe")
async def test_it_is_mailed_and_takes_note_once(
    client: Client, notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int]
) -> None:
    """Two mails, the notice and its reminder; the page of the link changes nothing until it is sent, and then once."""
    box, port = inbox
    accord = await withdrawn(notifications_db)
    async with posting(notifications_db, nats_server, port):
        await settled(notifications_db, table="courriels")
        due = (await rows(notifications_db, "SELECT due_at FROM retraits"))[0]["due_at"]
        await insister(RYTHME)(notifications_db, lambda: due)
        await rows(notifications_db, "UPDATE courriels SET due_at = now() WHERE etat = 'en_attente'")
        await settled(notifications_db, table="courriels")
    mails = [mail for address, mail in box.mails if address == GREFFE]
    assert [("prenez-en acte" in mail["Subject"], mail["Subject"].startswith("Rappel")) for mail in mails] == [
        (True, False),
        (False, True),
    ]
    for mail in mails:
        for body in parts(mail):
            assert "R-7F3K9" in body
            assert "préférences" not in body
            assert "ignorer" not in body
        assert mail["List-Unsubscribe"] is None
    assert not re.search(f"{GREFFE}|{CHEMIN}/", str(await rows(notifications_db, "SELECT * FROM courriels, envois")))
    paths = [link(mail) for mail in mails]
    async with client(None) as http:
        page = await http.get(paths[0], headers=HTML)
        assert page.status_code == 200
        assert all(words in page.text for words in ("R-7F3K9", "Cessez d’utiliser", "Effacez ce que vous avez reçu"))
        assert page.text.count('<form method="post"') == 1
        assert await state(notifications_db, accord) == ("a_confirmer", None)
        for path in (*paths, paths[0]):
            done = await http.post(path, headers=HTML)
            assert (done.status_code, done.headers["location"]) == (303, path)
        after = await http.get(paths[1], headers=HTML)
        assert "Merci, il en est pris acte" in after.text
        assert '<form method="post"' not in after.text
        assert (await http.post(paths[0], headers={"Origin": "https://ailleurs.example"})).status_code == 403
    assert await state(notifications_db, accord) == ("confirme", str(accord))
    log = await rows(notifications_db, "SELECT * FROM audit_entries WHERE action = 'retrait.prendre_acte'")
    assert [(one["acteur_role"], one["acteur_id"], one["organisation_id"]) for one in log] == [
        ("lien", str(accord), PARTENAIRE)
    ]


async def test_what_is_not_meant_for_it_is_not_mailed(
    notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int], greffe: Owners
) -> None:
    """Other notices of an organisation without members stay nobody's, and so does this one where the sheet has no address."""
    await hear(notifications_db, received(an_orientation()))
    async with posting(notifications_db, nats_server, inbox[1]):
        (row,) = await settled(notifications_db, table="courriels")
    assert (row["etat"], row["echec"]) == ("abandonne", "sans_destinataire")
    greffe.sans_compte = None
    await rows(notifications_db, "DELETE FROM courriels")
    await withdrawn(notifications_db)
    async with posting(notifications_db, nats_server, inbox[1]):
        await settled(notifications_db, table="courriels")
    (row,) = await rows(notifications_db, "SELECT etat, echec FROM courriels WHERE modele = 'retrait'")
    assert (row["etat"], row["echec"]) == ("abandonne", "sans_destinataire")
    assert inbox[0].mails == []


@pytest.mark.usefixtures("greffe")
async def test_a_mail_that_does_not_arrive_is_told_of_its_organisation(
    notifications_db: Database, nats_server: NatsServer, inbox: tuple[Inbox, int]
) -> None:
    box, port = inbox
    box.verdict = lambda recipient, times: "550 5.1.1 no such user" if recipient == GREFFE else None
    await withdrawn(notifications_db)
    async with posting(notifications_db, nats_server, port):
        await settled(notifications_db, table="courriels")
    await juger(notifications_db, utc_now)
    (told,) = await annonces(notifications_db)
    assert (told.genre.value, told.cause, told.joint) == ("sans_compte", "adresse_inconnue", False)
    assert (told.personne_id, told.organisation_id, told.dossier_id) == (PARTENAIRE, PARTENAIRE, None)


async def test_another_token_opens_nothing(client: Client, notifications_db: Database) -> None:
    """Forged, of another kind, over, of another recipient or of nothing: a plain page says what to do, and nothing moves."""
    accord, settings = await withdrawn(notifications_db), make_settings(notifications_db)
    now = utc_now()
    good = lien_d_acte(settings, accord, PARTENAIRE, now).rpartition("/")[2]
    bad = {
        "forged": f"{good[:-9]}AAAAAAAA=",
        "cut": good[:-20],
        "words": "rien",
        "to refuse mails": lien_de_desinscription(settings, "test|x", [Genre.rappels]).rpartition("/")[2],
        "over": lien_d_acte(settings, accord, PARTENAIRE, now - DUREE).rpartition("/")[2],
        "another recipient's": lien_d_acte(settings, accord, new_id(), now).rpartition("/")[2],
        "of nothing": lien_d_acte(settings, new_id(), PARTENAIRE, now).rpartition("/")[2],
    }
    async with client(None) as http:
        for kind, token in bad.items():
            page = await http.get(f"{CHEMIN}/{token}", headers=HTML)
            assert page.status_code == 404, kind
            assert "appelez la cellule régionale" in page.text, kind
            assert "R-7F3K9" not in page.text, kind
            assert (await http.post(f"{CHEMIN}/{token}", headers=HTML)).status_code == 404, kind
        assert await state(notifications_db, accord) == ("a_confirmer", None)
        assert (await http.get(f"{CHEMIN}/{good}", headers=HTML)).status_code == 200
        assert (await http.post(f"{CHEMIN}/{good}", headers=HTML)).status_code == 303
    assert (await state(notifications_db, accord))[0] == "confirme"


@given(st.uuids(), st.uuids(), st.timedeltas(timedelta(), timedelta(days=9999)), st.text(max_size=60))
def test_a_token_says_who_acts_until_its_end(consentement: UUID, destinataire: UUID, later: timedelta, bruit: str) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC) + later
    jeton = sceller(COFFRE, consentement, destinataire, now)
    assert len(jeton) < 400
    actor = lire_jeton(COFFRE, jeton, now + DUREE - timedelta(seconds=2))
    assert (actor.id, actor.organisation_id, actor.roles) == (str(consentement), destinataire, frozenset({"lien"}))
    for faux, quand in ((jeton, now + DUREE), (jeton[:-1], now), (bruit, now), (COFFRE.sceller(bruit), now)):
        with pytest.raises(LienPerime):
            lire_jeton(COFFRE, faux, quand)


def test_a_notice_without_an_account_needs_a_page_for_it() -> None:
    avis = "orientation_perdue: {"
    texte = FICHIER.read_text().replace(avis, f"{avis}sans_compte: oui, ")
    with pytest.raises(ValueError, match="orientation_perdue leads to a page that nobody opens without an account"):
        lire(texte)


@pytest.mark.parametrize("largeur", LARGEURS)
def test_taking_note_by_the_link_in_a_browser(site: Site, navigateur: Browser, largeur: int) -> None:
    """By the keyboard; a link that was cut says what to do."""
    site.faire(empty(site.database))
    accord = site.faire(withdrawn(site.database))
    lien = lien_d_acte(make_settings(site.database, public_url=site.origine), accord, PARTENAIRE, utc_now())
    with surveillee(navigateur, site.origine, largeur) as page:
        page.goto(lien)
        page.get_by_role("heading", name="Une association retire son accord").wait_for()
        montrer(page, "retrait-acte")
        page.get_by_role("button", name="Prendre acte").focus()
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Merci, il en est pris acte").wait_for()
        montrer(page, "retrait-acte-pris")
        page.goto(f"{lien[:-12]}")
        page.get_by_role("heading", name=re.compile("Ce lien n’est pas valable")).wait_for()
        montrer(page, "retrait-acte-perime")
