"""The form set aside and resumed: by a mailed link and code, once, without telling anybody whether a form waits."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from common.clock import new_id, utc_now
from common.codes_echanges import CauseRetour, GenreDestinataire
from common.database import Database
from common.errors import Introuvable
from common.events import Received
from common.events.joignabilite import JoignabiliteChangee
from common.requests import AdresseBrouillon, ContactBrouillon
from signalement.depot import domain, requetes
from signalement.depot.models import Brouillon
from signalement.espace.domain import code_of
from signalement.personnes.handlers import on_joignabilite
from signalement.worker import forget_drafts
from tests.signalement import fabrique as f
from tests.signalement.conftest import Ouvrir
from tests.signalement.outils import bruts, evenements, texte
from tests.signalement.test_depot import ASSOCIATION, BASE, CONTACT, SITUATION, VOUS, fill

ASIDE, RESUME = f"{BASE}/mettre-de-cote", f"{BASE}/reprendre"
ADDRESS = "m.ferrand@cafe.example"


async def mail(database: Database) -> AdresseBrouillon:
    """What notifications is told when the last mail leaves."""
    demande = (await evenements(database, "mis_de_cote"))[-1]
    answer = requetes.answerers(f.settings(database.url))[ContactBrouillon]
    async with database.transaction() as session:
        found = await answer(session, ContactBrouillon(envoi_id=demande.envoi_id))
    assert isinstance(found, AdresseBrouillon)
    return found


def path(adresse: AdresseBrouillon) -> str:
    return adresse.lien.removeprefix(f.ADRESSE)


async def set_aside(browser: httpx2.AsyncClient, database: Database) -> AdresseBrouillon:
    """Two steps typed, the third one half, and put away."""
    for etape, values in (("vous", VOUS), ("association", ASSOCIATION)):
        assert (await browser.post(f"{BASE}/{etape}", data=values)).status_code == 303
    half = {"etp": "beaucoup", "besoin": "Deux déficits", "suite": "mettre-de-cote"}
    away = await browser.post(f"{BASE}/situation", data=half)
    assert (away.status_code, away.headers["location"]) == (303, ASIDE)
    sent = await browser.post(ASIDE, data={"courriel": ADDRESS})
    assert (sent.status_code, sent.headers["location"]) == (303, f"{BASE}/mis-de-cote"), texte(sent)
    return await mail(database)


async def test_a_form_set_aside_leaves_its_browser_and_comes_back_in_another(ouvrir: Ouvrir, signalement_db: Database) -> None:
    browser, elsewhere = ouvrir(None), ouvrir(None)
    adresse = await set_aside(browser, signalement_db)
    assert adresse.courriel == ADDRESS
    assert "personne" not in (await browser.get(f"{BASE}/mis-de-cote")).url.path
    assert "Café des Possibles" not in (await browser.get(f"{BASE}/association")).text
    assert "Café des Possibles" not in (await elsewhere.get(path(adresse))).text
    opened = await elsewhere.post(path(adresse), data={"code": f"{adresse.code[:4]} {adresse.code[4:]}"})
    assert (opened.status_code, opened.headers["location"]) == (303, f"{BASE}/situation")
    assert "HttpOnly" in opened.headers["set-cookie"]
    page = (await elsewhere.get(f"{BASE}/situation")).text
    # Also what was wrong when it was put away: nobody has to type it again.
    assert 'value="beaucoup"' in page
    assert "Deux déficits" in page
    await elsewhere.post(f"{BASE}/situation", data=SITUATION)
    assert (await elsewhere.post(f"{BASE}/contact", data=CONTACT)).headers["location"] == f"{BASE}/verification"
    assert (await elsewhere.post(f"{BASE}/verification")).headers["location"] == f"{BASE}/envoye"
    assert len(await evenements(signalement_db, "depose")) == 1
    async with signalement_db.transaction() as session:
        (sent,) = (await session.exec(select(Brouillon))).all()
    assert (sent.saisies, sent.courriel, sent.lien) == ({}, None, None)


async def test_the_browser_that_put_it_away_cannot_open_it_any_more(ouvrir: Ouvrir, signalement_db: Database) -> None:
    browser = ouvrir(None)
    await browser.post(f"{BASE}/association", data=ASSOCIATION)
    cookie = browser.cookies["relais-brouillon"]
    assert "Café des Possibles" in (await browser.get(f"{BASE}/association")).text
    await browser.post(ASIDE, data={"courriel": ADDRESS})
    thief = ouvrir(None)
    thief.cookies.set("relais-brouillon", cookie, domain="127.0.0.1")
    assert "Café des Possibles" not in (await thief.get(f"{BASE}/association")).text


async def test_the_link_opens_once_and_lies_nowhere(ouvrir: Ouvrir, signalement_db: Database) -> None:
    adresse = await set_aside(ouvrir(None), signalement_db)
    secret = adresse.lien.rpartition("/")[2]
    async with signalement_db.transaction() as session:
        row = (await session.exec(select(Brouillon))).one()
    assert secret not in row.model_dump_json()
    assert row.lien == domain.hash_of(secret)
    everywhere = await bruts(signalement_db)
    for known in (secret, adresse.code, ADDRESS):
        assert known not in everywhere
    for expected in (303, 422):
        assert (await ouvrir(None).post(path(adresse), data={"code": adresse.code})).status_code == expected
    with pytest.raises(Introuvable):
        await mail(signalement_db)


async def test_five_wrong_codes_close_the_link(ouvrir: Ouvrir, signalement_db: Database) -> None:
    adresse = await set_aside(ouvrir(None), signalement_db)
    wrong = "00000000" if adresse.code != "00000000" else "11111111"
    tries = await asyncio.gather(*(ouvrir(None).post(path(adresse), data={"code": wrong}) for _ in range(5)))
    assert {one.status_code for one in tries} == {422}
    assert (await ouvrir(None).post(path(adresse), data={"code": adresse.code})).status_code == 422
    # Another mail opens it again, and the first link stays shut.
    await ouvrir(None).post(RESUME, data={"courriel": ADDRESS})
    second = await mail(signalement_db)
    assert second.lien != adresse.lien
    assert (await ouvrir(None).post(path(adresse), data={"code": second.code})).status_code == 422
    assert (await ouvrir(None).post(path(second), data={"code": second.code})).status_code == 303


async def test_an_unknown_link_looks_like_any_other(ouvrir: Ouvrir, signalement_db: Database) -> None:
    adresse = await set_aside(ouvrir(None), signalement_db)
    browser, unknown = ouvrir(None), f"{RESUME}/{'x' * 64}"
    assert (await browser.get(unknown)).text == (await browser.get(path(adresse))).text
    guesses = [await browser.post(where, data={"code": "12345678"}) for where in (unknown, path(adresse))]
    assert guesses[0].status_code == guesses[1].status_code == 422
    assert guesses[0].text == guesses[1].text


async def test_nobody_can_tell_for_which_address_a_form_waits_nor_flood_it(ouvrir: Ouvrir, signalement_db: Database) -> None:
    await set_aside(ouvrir(None), signalement_db)
    browser = ouvrir(None)
    pages = [await browser.post(RESUME, data={"courriel": one}) for one in (ADDRESS, "autre@cafe.example")]
    assert pages[0].text == pages[1].text
    for _ in range(10):
        await browser.post(RESUME, data={"courriel": ADDRESS.upper()})
    assert len(await evenements(signalement_db, "mis_de_cote")) == domain.MAX_MAILS
    await browser.post(f"{BASE}/vous", data=VOUS)
    refused = await browser.post(ASIDE, data={"courriel": ADDRESS})
    assert refused.status_code == 429
    assert "Réessayez dans une heure" in texte(refused)
    # What was typed stays where it was.
    assert 'value="self"' in (await browser.get(f"{BASE}/vous")).text
    assert (await browser.post(ASIDE, data={"courriel": "autre@cafe.example"})).status_code == 303


async def test_a_form_is_forgotten_after_its_term(ouvrir: Ouvrir, signalement_db: Database) -> None:
    adresse = await set_aside(ouvrir(None), signalement_db)
    now = utc_now()
    await forget_drafts(signalement_db, lambda: now + domain.SET_ASIDE - timedelta(minutes=5))
    async with signalement_db.transaction() as session:
        row = (await session.exec(select(Brouillon))).one()
        row.expire_le = now - timedelta(seconds=1)
    # Even before the sweep has come.
    assert (await ouvrir(None).post(path(adresse), data={"code": adresse.code})).status_code == 422
    with pytest.raises(Introuvable):
        await mail(signalement_db)
    await forget_drafts(signalement_db, lambda: now)
    async with signalement_db.transaction() as session:
        assert not (await session.exec(select(Brouillon))).all()


async def test_a_form_that_is_resumed_waits_no_less_than_before(ouvrir: Ouvrir, signalement_db: Database) -> None:
    adresse = await set_aside(ouvrir(None), signalement_db)
    browser = ouvrir(None)
    await browser.post(path(adresse), data={"code": adresse.code})
    await browser.post(f"{BASE}/vous", data=VOUS)
    async with signalement_db.transaction() as session:
        row = (await session.exec(select(Brouillon))).one()
    assert row.expire_le > utc_now() + domain.SET_ASIDE - timedelta(minutes=5)


async def test_the_address_is_asked_for_in_french_and_an_address_typed_before_is_proposed(ouvrir: Ouvrir) -> None:
    browser = ouvrir(None)
    assert (await browser.get(ASIDE)).headers["location"] == f"{BASE}/vous"
    assert (await browser.post(ASIDE, data={"courriel": ADDRESS})).headers["location"] == f"{BASE}/vous"
    await browser.post(f"{BASE}/contact", data=CONTACT)
    assert f'value="{ADDRESS}"' in (await browser.get(ASIDE)).text
    for typed, said in (("", "Indiquez l’adresse"), ("pas une adresse", "Indiquez une adresse électronique complète")):
        refused = await browser.post(ASIDE, data={"courriel": typed})
        assert refused.status_code == 422
        assert said in texte(refused)
    assert 'value="pas une adresse"' in refused.text


async def test_what_is_kept_of_a_half_typed_step_is_bounded(ouvrir: Ouvrir, signalement_db: Database) -> None:
    many = {"besoin": "x" * 50_000, "indicateurs": ["autre"] * 500, "inconnu": "y", "suite": "mettre-de-cote"}
    await ouvrir(None).post(f"{BASE}/situation", data=many)
    async with signalement_db.transaction() as session:
        kept = (await session.exec(select(Brouillon))).one().saisies["situation"]
    assert (len(kept["besoin"][0]), len(kept["indicateurs"]), set(kept)) == (6000, 40, {"besoin", "indicateurs"})


async def test_modifier_comes_back_to_the_review(ouvrir: Ouvrir) -> None:
    browser = ouvrir(None)
    recap = (await fill(browser)).text
    for where in ("association#nom", "association#code_postal", "situation#besoin", "contact#telephone", "vous#origine"):
        assert f'href="{BASE}/{where}"' in recap
    assert "revenir à la relecture" in texte(await browser.get(f"{BASE}/association"))
    changed = await browser.post(f"{BASE}/association", data=ASSOCIATION | {"nom": "Café du Port"})
    assert changed.headers["location"] == f"{BASE}/verification"
    assert "Café du Port" in texte(await browser.get(f"{BASE}/verification"))


MOMENTS = st.integers(0, 400).map(lambda days: f.NOW + timedelta(days=days))


@given(st.uuids(), MOMENTS, MOMENTS, st.integers(0, 5), st.integers(0, 10**8 - 1))
def test_a_link_opens_by_its_code_alone_in_time_and_within_its_tries(
    envoi_id: UUID, expire_le: datetime, now: datetime, essais: int, guess: int
) -> None:
    key = domain.key_of("a secret of the service, long enough")
    lien = domain.Lien(envoi_id, expire_le, essais)
    right = code_of(key, envoi_id)
    assert domain.opens(lien, key, f" {right[:4]} {right[4:]}", now) is (now < expire_le and essais < 5)
    assert domain.opens(lien, key, f"{guess:08d}", now) is (f"{guess:08d}" == right and now < expire_le and essais < 5)
    assert domain.lien_of(key, envoi_id) != domain.lien_of(key, uuid4())
    assert len(domain.lien_of(key, envoi_id)) == 64


async def bounce(database: Database, cause: CauseRetour | None = CauseRetour.adresse_inconnue) -> None:
    """The last mail about a form set aside came back, as notifications announces it."""
    envoi_id = (await evenements(database, "mis_de_cote"))[-1].envoi_id
    event = JoignabiliteChangee(
        personne_id=envoi_id, genre=GenreDestinataire.declarant, joint=False, depuis=utc_now(), cause=cause
    )
    async with database.transaction() as session:
        await on_joignabilite(session, Received(new_id(), event, 1, utc_now()))


@pytest.mark.parametrize("cause", [None, CauseRetour.adresse_inconnue, CauseRetour.boite_pleine])
async def test_the_browser_that_asked_is_told_that_the_mail_came_back(
    ouvrir: Ouvrir, signalement_db: Database, cause: CauseRetour | None
) -> None:
    """That browser alone, and never what was typed or where it went."""
    browser, elsewhere = ouvrir(None), ouvrir(None)
    await set_aside(browser, signalement_db)
    assert "n’est pas arrivé" not in texte(await browser.get(f"{BASE}/mis-de-cote"))
    await bounce(signalement_db, cause)
    for page in ("mis-de-cote", "reprendre"):
        said = texte(await browser.get(f"{BASE}/{page}")).replace("\u00a0", " ")
        assert f"Notre courriel n’est pas arrivé : {(cause or CauseRetour.autre).libelle}" in said
        assert ("Faites de la place" in said) is (cause is CauseRetour.boite_pleine)
        assert ADDRESS not in said
        assert "n’est pas arrivé" not in texte(await elsewhere.get(f"{BASE}/{page}"))
    assert "n’est pas arrivé" not in texte(await elsewhere.post(RESUME, data={"courriel": ADDRESS}))
    cookies = " ".join(browser.cookies.values())
    assert ADDRESS not in cookies
    for guess in ("", "devine", uuid4().hex):
        elsewhere.cookies.set("relais-mis-de-cote", guess, domain="127.0.0.1")
        assert "n’est pas arrivé" not in texte(await elsewhere.get(f"{BASE}/mis-de-cote"))


async def test_what_came_back_of_an_earlier_mail_says_nothing_of_the_next(ouvrir: Ouvrir, signalement_db: Database) -> None:
    browser = ouvrir(None)
    await set_aside(browser, signalement_db)
    await bounce(signalement_db)
    first = (await evenements(signalement_db, "mis_de_cote"))[-1].envoi_id
    await browser.post(RESUME, data={"courriel": ADDRESS})
    assert (await evenements(signalement_db, "mis_de_cote"))[-1].envoi_id != first
    assert "n’est pas arrivé" not in texte(await browser.get(RESUME))
    adresse = await mail(signalement_db)
    assert (await browser.post(path(adresse), data={"code": adresse.code})).status_code == 303
    async with signalement_db.transaction() as session:
        assert (await session.exec(select(Brouillon.injoignable_cause))).one() is None
