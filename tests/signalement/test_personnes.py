"""The people of an association: invited by the one who answers for it, each with rights, mails and tries of its own."""

import asyncio
from uuid import UUID, uuid4

import pytest
from sqlmodel import select

from common import sessions_store
from common.actor import Actor, Role
from common.clock import utc_now
from common.codes import Categorie, Droit
from common.database import Database
from common.requests import AdresseDirigeant, ContactDirigeant
from signalement.espace import domain as codes
from signalement.espace import requetes
from signalement.espace.models import Acces
from signalement.personnes.models import Personne
from signalement.signalements.models import Dossier
from tests.signalement import fabrique as f
from tests.signalement.conftest import Ouvrir
from tests.signalement.outils import actions, bruts, evenements, texte
from tests.signalement.test_espace import demander, path

ESPACE = "/signalement/espace"
PERSONNES = f"{ESPACE}/personnes"
TRESORIER = {"prenom": "Idriss", "nom": "Benali", "fonction": "trésorier", "courriel": "Tresorier@jardins.example"}


def personne(dossier: Dossier, personne_id: UUID, *droits: Droit) -> Actor:
    """That person of the case, signed in with these rights."""
    return Actor(
        f"dirigeant:{personne_id}", frozenset({Role.dirigeant}), dossier_id=dossier.id, droits=frozenset(droits) | {Droit.lire}
    )


async def inviter(ouvrir: Ouvrir, database: Database, dossier: Dossier, *droits: Droit) -> UUID:
    """The treasurer, invited by the president with these rights."""
    answer = await ouvrir(f.dirigeant(dossier.id)).post(f"{PERSONNES}/inviter", data=TRESORIER | {"droits": list(droits)})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PERSONNES}?fait=inviter")
    async with database.transaction() as session:
        return (await session.exec(select(Personne.id).where(Personne.nom == "Benali"))).one()


async def mails(database: Database, dossier: Dossier) -> list[AdresseDirigeant]:
    """Every mail that still has somewhere to go, oldest first."""
    answer = requetes.answerers(f.settings(database.url))[ContactDirigeant]
    found = []
    for asked in await evenements(database, "demande"):
        async with database.transaction() as session:
            one = await answer(session, ContactDirigeant(envoi_id=asked.envoi_id, dossier_id=dossier.id))
        assert isinstance(one, AdresseDirigeant)
        found.append(one)
    return found


async def test_who_files_is_the_first_and_may_do_everything(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    async with signalement_db.transaction() as session:
        (row,) = (await session.exec(select(Personne))).all()
    assert (row.id, row.responsable, row.droits) == (dossier.id, True, ["lire", "consentir", "valider"])
    page = texte(await ouvrir(f.dirigeant(dossier.id)).get(PERSONNES))
    assert "Maëlle Ferrand (vous)" in page
    assert "Répond de l’association" in page


async def test_an_invited_person_comes_in_by_its_own_mail(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    await inviter(ouvrir, signalement_db, dossier)
    first, invitation = await mails(signalement_db, dossier)
    assert (first.courriel, invitation.courriel) == ("contact@jardins.example", "tresorier@jardins.example")
    assert first.code != invitation.code
    browser = ouvrir(None)
    assert (await browser.post(path(invitation), data={"code": first.code})).status_code == 422
    assert (await browser.post(path(invitation), data={"code": invitation.code})).status_code == 303
    page = texte(await browser.get(ESPACE))
    assert "Idriss Benali" in page
    assert "tresorier" not in await bruts(signalement_db)
    assert "personne.inviter" in await actions(signalement_db)


async def test_the_log_says_which_person_consented(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    who = await inviter(ouvrir, signalement_db, dossier, Droit.consentir)
    asked = await demander(signalement_db, dossier, Categorie.identite)
    to = [mail.courriel for mail in await mails(signalement_db, dossier)][-2:]
    assert to == ["contact@jardins.example", "tresorier@jardins.example"]
    answer = await ouvrir(personne(dossier, who)).post(
        f"{ESPACE}/consentements/{asked}/donner", data={"texte_version": "2026-11"}
    )
    assert answer.status_code == 303
    assert f'"acteur_id": "dirigeant:{who}"' in (await bruts(signalement_db)).replace('":"', '": "')


async def test_whoever_only_reads_neither_consents_nor_is_asked(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    who = await inviter(ouvrir, signalement_db, dossier, Droit.valider)
    asked = await demander(signalement_db, dossier, Categorie.identite)
    assert [mail.courriel for mail in await mails(signalement_db, dossier)][2:] == ["contact@jardins.example"]
    browser = ouvrir(personne(dossier, who, Droit.consentir))
    assert "Je donne mon accord" not in texte(await browser.get(ESPACE))
    # What the session says does not count: the row does.
    for action in ("donner", "refuser", "retirer"):
        answer = await browser.post(f"{ESPACE}/consentements/{asked}/{action}", data={"texte_version": "2026-11"})
        assert answer.status_code == 403
        assert "d’autres personnes ont le droit" in texte(answer)
    assert "consentement.donner" not in await actions(signalement_db)


async def test_rights_taken_back_are_gone_at_the_next_click(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    who = await inviter(ouvrir, signalement_db, dossier, Droit.consentir)
    asked = await demander(signalement_db, dossier, Categorie.identite)
    president, treasurer = ouvrir(f.dirigeant(dossier.id)), ouvrir(personne(dossier, who, Droit.consentir))
    assert "Idriss Benali" in texte(await president.get(f"{PERSONNES}/{who}"))
    async with signalement_db.transaction() as session:
        jeton = await sessions_store.open_session(session, personne(dossier, who, Droit.consentir), utc_now())
    assert (await president.post(f"{PERSONNES}/{who}", data={"droits": ["valider"]})).status_code == 303
    async with signalement_db.transaction() as session:
        assert not await sessions_store.is_open(session, jeton)
    data = {"texte_version": "2026-11"}
    assert (await treasurer.post(f"{ESPACE}/consentements/{asked}/donner", data=data)).status_code == 403
    assert "ne peut plus ouvrir cet espace" in texte(await president.get(f"{PERSONNES}/{who}/retirer"))
    assert (await president.post(f"{PERSONNES}/{who}/retirer")).status_code == 303
    for url in (ESPACE, PERSONNES, "/signalement/api/v1/espace"):
        assert (await treasurer.get(url)).status_code == 404
    async with signalement_db.transaction() as session:
        row = (await session.exec(select(Personne).where(Personne.id == who))).one()
    assert (row.courriel, row.nom) == (None, "Benali")


async def test_a_removed_person_gets_neither_mail_nor_code(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    who = await inviter(ouvrir, signalement_db, dossier)
    _, invitation = await mails(signalement_db, dossier)
    await ouvrir(f.dirigeant(dossier.id)).post(f"{PERSONNES}/{who}/retirer")
    assert (await ouvrir(None).post(path(invitation), data={"code": invitation.code})).status_code == 422
    before = len(await evenements(signalement_db, "demande"))
    form = {"reference": dossier.reference, "courriel": TRESORIER["courriel"]}
    await ouvrir(None).post(f"{ESPACE}/acces", data=form)
    assert len(await evenements(signalement_db, "demande")) == before
    # The address is free again.
    again = await ouvrir(f.dirigeant(dossier.id)).post(f"{PERSONNES}/inviter", data=TRESORIER)
    assert again.status_code == 303


async def test_only_who_answers_for_the_association_decides(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    who = await inviter(ouvrir, signalement_db, dossier, Droit.consentir, Droit.valider)
    treasurer = ouvrir(personne(dossier, who, *Droit))
    assert (await treasurer.get(PERSONNES)).status_code == 200
    before = await actions(signalement_db)
    other = TRESORIER | {"courriel": "autre@jardins.example"}
    for method, url in (
        ("GET", f"{PERSONNES}/inviter"),
        ("POST", f"{PERSONNES}/inviter"),
        ("GET", f"{PERSONNES}/{dossier.id}"),
        ("POST", f"{PERSONNES}/{dossier.id}"),
        ("GET", f"{PERSONNES}/{dossier.id}/retirer"),
        ("POST", f"{PERSONNES}/{dossier.id}/retirer"),
    ):
        answer = await treasurer.request(method, url, data=other if method == "POST" else None)
        assert answer.status_code in (403, 422), url
    president = ouvrir(f.dirigeant(dossier.id))
    # Not even itself: the one who answers keeps every right.
    assert (await president.post(f"{PERSONNES}/{dossier.id}/retirer")).status_code == 409
    assert (await president.post(f"{PERSONNES}/{dossier.id}", data={})).status_code == 409
    assert await actions(signalement_db) == before


@pytest.mark.parametrize("path_", ["", "/inviter", "/{who}", "/{who}/retirer"])
async def test_nobody_else_comes_near(ouvrir: Ouvrir, signalement_db: Database, path_: str) -> None:
    dossier = await f.deposer(signalement_db)
    who = await inviter(ouvrir, signalement_db, dossier)
    elsewhere = await f.deposer(signalement_db, contact={"courriel": "ailleurs@autre.example"})
    url = PERSONNES + path_.format(who=who)
    for actor, status in ((None, 401), (f.ANIMATEUR, 403), (f.AGENT, 403), (f.NATIONAL, 403), (f.dirigeant(uuid4()), 404)):
        answer = await ouvrir(actor).get(url)
        assert answer.status_code == status
        assert "Benali" not in answer.text
    foreign = await ouvrir(f.dirigeant(elsewhere.id)).get(url)
    assert "Benali" not in foreign.text
    assert foreign.status_code == (404 if "{who}" in path_ else 200)


async def test_what_is_wrong_comes_back_as_it_was_typed(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    await inviter(ouvrir, signalement_db, dossier)
    president = ouvrir(f.dirigeant(dossier.id))
    again = await president.post(f"{PERSONNES}/inviter", data=TRESORIER | {"prenom": "Idriss-Yanis"})
    assert again.status_code == 422
    assert "a déjà cette adresse" in texte(again)
    assert 'value="Idriss-Yanis"' in again.text
    wrong = await president.post(f"{PERSONNES}/inviter", data={"prenom": "Zoé", "droits": "tout"})
    assert wrong.status_code == 422
    assert 'value="Zoé"' in wrong.text


async def test_two_invitations_at_once_do_not_pass_the_limit(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    president = ouvrir(f.dirigeant(dossier.id))
    sent = [TRESORIER | {"courriel": f"p{number}@jardins.example"} for number in range(12)]
    answers = await asyncio.gather(*(president.post(f"{PERSONNES}/inviter", data=data) for data in sent))
    assert sorted(answer.status_code for answer in answers) == [303] * 9 + [409] * 3


async def test_mails_and_tries_are_counted_for_each_person(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db, now=utc_now())
    await inviter(ouvrir, signalement_db, dossier)
    browser = ouvrir(None)
    for courriel in ("contact@jardins.example", TRESORIER["courriel"]):
        for _ in range(codes.MAX_MAILS + 2):
            await browser.post(f"{ESPACE}/acces", data={"reference": dossier.reference, "courriel": courriel})
    to = [mail.courriel for mail in await mails(signalement_db, dossier)]
    assert to.count("contact@jardins.example") == codes.MAX_MAILS
    assert to.count("tresorier@jardins.example") == codes.MAX_MAILS + 1
    *_, mine = [mail for mail in await mails(signalement_db, dossier) if mail.courriel.startswith("tresorier")]
    for _ in range(codes.MAX_TRIES):
        await browser.post(path(mine), data={"code": "00000000"})
    async with signalement_db.transaction() as session:
        assert sorted((await session.exec(select(Acces.essais))).all())[-2:] == [0, 5]


async def test_the_animateur_sees_who_is_there(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    await inviter(ouvrir, signalement_db, dossier, Droit.consentir)
    page = texte(await ouvrir(f.ANIMATEUR).get(f"/signalement/dossiers/{dossier.id}"))
    assert "Idriss Benali" in page
    assert "tresorier@jardins.example" in page
