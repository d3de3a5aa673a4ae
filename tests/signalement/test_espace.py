"""The association's own space: the mailed link and code, the consents, and who read what."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlmodel import select

from common.actor import Actor
from common.clock import utc_now
from common.codes import Categorie, Finalite
from common.database import Database
from common.errors import Introuvable
from common.requests import AdresseDirigeant, ContactDirigeant
from common.sessions import Jeton
from signalement.consentements import service as consentements
from signalement.espace import domain, requetes, service
from signalement.espace.models import Acces
from signalement.signalements.models import Dossier
from tests.sessions import COOKIE
from tests.signalement import fabrique as f
from tests.signalement.conftest import Ouvrir
from tests.signalement.outils import actions, bruts, evenements, texte

ESPACE = "/signalement/espace"
API = "/signalement/api/v1"


async def mail(database: Database, dossier: Dossier) -> AdresseDirigeant:
    """What notifications is told when the last mail of that case leaves."""
    demande = [event for event in await evenements(database, "demande") if event.dossier_id == dossier.id][-1]
    answer = requetes.answerers(f.settings(database.url))[ContactDirigeant]
    async with database.transaction() as session:
        found = await answer(session, ContactDirigeant(envoi_id=demande.envoi_id, dossier_id=demande.dossier_id))
    assert isinstance(found, AdresseDirigeant)
    return found


def path(adresse: AdresseDirigeant) -> str:
    return adresse.lien.removeprefix(f.ADRESSE)


async def demander(database: Database, dossier: Dossier, *categories: Categorie) -> UUID:
    """A consent asked of that case's association, for the partner."""
    async with database.transaction() as session:
        asked = await consentements.demander(
            session, dossier.id, f.PARTENAIRE, "France Active", Finalite.orientation, categories, utc_now
        )
    assert asked is not None
    return asked.id


async def test_link_and_code_open_the_space_once(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    adresse = await mail(signalement_db, dossier)
    assert adresse.courriel == "contact@jardins.example"
    assert adresse.reference == dossier.reference
    browser = ouvrir(None)
    assert dossier.reference not in (await browser.get(path(adresse))).text
    assert adresse.code
    entered = await browser.post(path(adresse), data={"code": f"{adresse.code[:4]} {adresse.code[4:]}"})
    assert (entered.status_code, entered.headers["location"]) == (303, ESPACE)
    cookie = entered.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert dossier.reference in (await browser.get(ESPACE)).text
    again = await ouvrir(None).post(path(adresse), data={"code": adresse.code})
    assert again.status_code == 422
    assert adresse.code not in await bruts(signalement_db)


async def test_each_entry_has_a_session_of_its_own(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    browser, cookies = ouvrir(None), [Jeton.new("signalement").cookie]
    browser.cookies.set(COOKIE, cookies[0], domain="127.0.0.1")
    for _ in range(2):
        async with signalement_db.transaction() as session:
            await service.redemander(session, dossier.reference, "contact@jardins.example", utc_now())
        adresse = await mail(signalement_db, dossier)
        assert (await browser.post(path(adresse), data={"code": adresse.code})).status_code == 303
        cookies.append(browser.cookies[COOKIE])
    assert len(set(cookies)) == 3
    for cookie, expected in zip(cookies, (401, 401, 200), strict=True):
        other = ouvrir(None)
        other.cookies.set(COOKIE, cookie, domain="127.0.0.1")
        assert (await other.get("/signalement/api/v1/espace")).status_code == expected


async def test_a_mail_sent_again_carries_the_same_code_and_none_once_used(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    first, second = await mail(signalement_db, dossier), await mail(signalement_db, dossier)
    assert first == second
    await ouvrir(None).post(path(first), data={"code": first.code})
    with pytest.raises(Introuvable):
        await mail(signalement_db, dossier)


async def test_a_mail_nobody_asked_for_gets_no_address(signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    answer = requetes.answerers(f.settings(signalement_db.url))[ContactDirigeant]
    known = (await evenements(signalement_db, "demande"))[0].envoi_id
    for envoi_id, dossier_id in ((uuid4(), dossier.id), (known, uuid4())):
        with pytest.raises(Introuvable):
            async with signalement_db.transaction() as session:
                await answer(session, ContactDirigeant(envoi_id=envoi_id, dossier_id=dossier_id))


async def test_five_wrong_tries_close_the_access(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    adresse = await mail(signalement_db, dossier)
    wrong = "00000000" if adresse.code != "00000000" else "11111111"
    browser = ouvrir(None)
    # Side by side, as a machine would try them: none goes uncounted.
    answers = await asyncio.gather(*(browser.post(path(adresse), data={"code": wrong}) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {422}
    async with signalement_db.transaction() as session:
        assert (await session.exec(select(Acces.essais))).one() == 5
    refused = await browser.post(path(adresse), data={"code": adresse.code})
    assert (refused.status_code, "set-cookie" in refused.headers) == (422, False)


async def test_before_the_mail_has_left_no_code_opens(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    adresse = await mail(signalement_db, dossier)
    async with signalement_db.transaction() as session:
        (await session.exec(select(Acces))).one().expire_le = utc_now() - timedelta(seconds=1)
    refused = await ouvrir(None).post(path(adresse), data={"code": adresse.code})
    assert refused.status_code == 422


async def test_an_unknown_link_looks_like_any_other(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    adresse = await mail(signalement_db, dossier)
    unknown = f"{ESPACE}/acces/{uuid4()}"
    browser = ouvrir(None)
    assert (await browser.get(unknown)).text == (await browser.get(path(adresse))).text
    wrong, real = [await browser.post(p, data={"code": "12345678"}) for p in (unknown, path(adresse))]
    assert (wrong.status_code, wrong.text) == (real.status_code, real.text)


async def test_a_new_mail_goes_to_the_right_address_and_nobody_can_tell(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db, now=utc_now())
    browser = ouvrir(None)
    right = {"reference": dossier.reference.lower(), "courriel": "Contact@Jardins.example"}
    wrong = right | {"courriel": "autre@jardins.example"}
    pages = [await browser.post(f"{ESPACE}/acces", data=data) for data in (right, wrong)]
    assert pages[0].text == pages[1].text
    assert len(await evenements(signalement_db, "demande")) == 2
    for _ in range(10):
        await browser.post(f"{ESPACE}/acces", data=right)
    assert len(await evenements(signalement_db, "demande")) == domain.MAX_MAILS


async def test_the_dirigeant_gives_refuses_and_withdraws(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    await f.publier(signalement_db, libelle="France Active")
    asked = await demander(signalement_db, dossier, Categorie.contact, Categorie.identite)
    browser = ouvrir(f.dirigeant(dossier.id))
    shown = (await browser.get(f"{API}/espace")).json()["consentements"][0]
    assert (shown["id"], shown["etat"], shown["categories"]) == (str(asked), "demande", ["identite", "contact"])
    assert "cet organisme, France Active, consulte" in shown["texte"]
    other_text = await browser.post(f"{API}/consentements/{asked}/donner", json={"texte_version": "2020-01"})
    assert (other_text.status_code, other_text.json()["type"]) == (409, "urn:relais:erreur:texte-modifie")
    given = await browser.post(f"{API}/consentements/{asked}/donner", json={"texte_version": shown["texte_version"]})
    assert given.json() == {"etat": "donne"}
    withdrawn = await browser.post(f"{API}/consentements/{asked}/retirer")
    assert withdrawn.json() == {"etat": "retire"}
    again = await browser.post(f"{API}/consentements/{asked}/donner", json={"texte_version": shown["texte_version"]})
    assert (again.status_code, again.json()["permis"]) == (409, [])
    second = await demander(signalement_db, dossier, Categorie.contact, Categorie.identite)
    assert second != asked
    refused = await browser.post(f"{API}/consentements/{second}/refuser")
    assert refused.json() == {"etat": "refuse"}
    donne, retire = (await evenements(signalement_db, "donne"))[0], (await evenements(signalement_db, "retire"))[0]
    assert donne.expire_le.year == datetime.now(UTC).year + 1
    assert donne.categories == retire.categories == ("identite", "contact")


async def test_the_same_from_the_pages(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    await f.publier(signalement_db, libelle="France Active")
    asked = await demander(signalement_db, dossier, Categorie.identite)
    browser = ouvrir(f.dirigeant(dossier.id))
    base = f"{ESPACE}/consentements/{asked}"
    assert (await browser.post(f"{base}/donner", data={"texte_version": "2026-11"})).status_code == 303
    page = await browser.get(f"{ESPACE}?fait=donner")
    assert "Votre accord est enregistré" in texte(page)
    assert f'href="{base}/retirer"' in page.text
    assert "France Active" in texte(await browser.get(f"{base}/retirer"))
    assert (await browser.post(f"{base}/retirer")).headers["location"] == f"{ESPACE}?fait=retirer"
    assert (await actions(signalement_db))[-1] == "consentement.retirer"


@pytest.mark.parametrize("action", ["donner", "refuser", "retirer"])
async def test_nobody_else_answers(ouvrir: Ouvrir, signalement_db: Database, action: str) -> None:
    dossier = await f.deposer(signalement_db)
    asked = await demander(signalement_db, dossier, Categorie.identite)
    body = {"texte_version": "2026-11"}
    expected: list[tuple[Actor | None, int]] = [(None, 401), (f.ANIMATEUR, 403), (f.AGENT, 403), (f.dirigeant(uuid4()), 404)]
    for actor, status in expected:
        response = await ouvrir(actor).post(f"{API}/consentements/{asked}/{action}", json=body)
        assert response.status_code == status
        page = await ouvrir(actor).post(f"{ESPACE}/consentements/{asked}/{action}", data=body)
        assert page.status_code == status
    assert (await ouvrir(f.AGENT).get(ESPACE)).status_code == 403
    assert (await ouvrir(None).get(ESPACE)).headers["location"] == f"{ESPACE}/acces"
    assert (await ouvrir(f.ANIMATEUR).get(f"{API}/espace")).status_code == 403


async def test_the_association_sees_who_read_its_file(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    await f.publier_cellule(signalement_db)
    await ouvrir(f.ANIMATEUR).get(f"{API}/dossiers/{dossier.id}")
    browser = ouvrir(f.dirigeant(dossier.id))
    seen = (await browser.get(f"{API}/espace")).json()["ouvertures"]
    assert [(one["organisation"], one["finalite"]) for one in seen] == [("Cellule Occitanie", None)]
    assert "Cellule Occitanie" in texte(await browser.get(ESPACE))
