"""The animateur's pages, the menu of each, the limits, and what a person is told when a page is closed to them."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import select

from common.actor import Actor, Role
from common.clock import new_id, utc_now
from common.codes import EtatDossier
from common.database import Database
from common.events import Received
from common.events.orientation import OrientationRecue
from common.navigation import navigation
from signalement.projections.handlers import on_orientations
from signalement.signalements.models import Dossier
from tests.signalement import fabrique as f
from tests.signalement.conftest import Ouvrir
from tests.signalement.outils import actions, texte

DOSSIERS = "/signalement/dossiers"


async def test_the_list_shows_the_territory_and_can_be_searched(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    await f.deposer(signalement_db, association={"nom": "Hors territoire", "departement": "67", "code_postal": "67000"})
    browser = ouvrir(f.ANIMATEUR)
    page = await browser.get(DOSSIERS)
    assert f'href="{DOSSIERS}/{dossier.id}"' in page.text
    assert "Les Jardins de l’Étang" in texte(page)
    assert "Hors territoire" not in texte(page)
    assert "Aucun dossier ne correspond" in texte(await browser.get(DOSSIERS, params={"etat": "clos"}))


async def test_the_list_has_pages(ouvrir: Ouvrir, signalement_db: Database) -> None:
    for number in range(26):
        await f.deposer(signalement_db, association={"nom": f"Association {number:02}"})
    browser = ouvrir(f.ANIMATEUR)
    first, second = texte(await browser.get(DOSSIERS)), texte(await browser.get(DOSSIERS, params={"page": 2}))
    assert "26\u00a0dossiers" in first
    assert ("Association 24" in first, "Association 25" in first) == (True, False)
    assert ("Association 24" in second, "Association 25" in second) == (False, True)


async def test_a_late_partner_may_be_called_from_the_case(ouvrir: Ouvrir, signalement_db: Database) -> None:
    """The number is the directory's: the case leads to the referral, where it stands, and only when it is late."""
    dossier, ids = await f.deposer(signalement_db), [uuid4() for _ in range(3)]
    await f.publier(signalement_db)
    for orientation_id, later, etat in zip(ids, (-1, 1, -1), ("recue", "recue", "complement_demande"), strict=True):
        referral = {
            "orientation_id": orientation_id,
            "dossier_id": dossier.id,
            "emetteur_id": f.CELLULE,
            "partenaire_id": f.PARTENAIRE,
            "dispositif": "dla",
            "etat": etat,
            "due_at": utc_now() + timedelta(days=later),
        }
        async with signalement_db.transaction() as session:
            await on_orientations(session, [Received(new_id(), OrientationRecue(**referral), 1, utc_now())])
    page = await ouvrir(f.ANIMATEUR).get(f"{DOSSIERS}/{dossier.id}")
    assert re.findall(r'href="/orientation/orientations/([0-9a-f-]+)#appeler"', page.text) == [str(ids[0])]
    assert "dépassée : appeler France Active Occitanie" in texte(page).replace("\u00a0", " ")


async def test_a_case_is_qualified_and_closed_from_its_page(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    browser = ouvrir(f.ANIMATEUR)
    page = f"{DOSSIERS}/{dossier.id}"
    assert "Qualifier la situation" in texte(await browser.get(page))
    wrong = await browser.post(f"{page}/qualification", data={"note": "Garder cette note", "horizon_mois": "x"})
    assert wrong.status_code == 422
    assert "Choisissez un niveau de difficulté." in texte(wrong)
    assert "Garder cette note" in wrong.text
    sent = {"niveau": "faire_face", "indicateurs": ["gouvernance_fragilisee"], "note": "Appelée lundi"}
    assert (await browser.post(f"{page}/qualification", data=sent)).headers["location"] == f"{page}?fait=qualifie"
    shown = await browser.get(f"{page}?fait=qualifie")
    assert "La qualification est enregistrée." in texte(shown)
    assert f'href="/orientation/orientations/nouvelle?dossier={dossier.id}"' in shown.text
    async with signalement_db.transaction() as session:
        row = (await session.exec(select(Dossier))).one()
    assert (row.indicateurs, row.note, row.mois_avant_rupture) == (["gouvernance_fragilisee"], "Appelée lundi", 4)
    assert "Un dossier clos ne se rouvre pas" in texte(await browser.get(f"{page}/cloture"))
    unsaid = await browser.post(f"{page}/cloture")
    assert (unsaid.status_code, "Choisissez l’issue de ce dossier." in texte(unsaid)) == (422, True)
    assert (await browser.post(f"{page}/cloture", data={"issue": "redressee"})).status_code == 303
    assert "Situation redressée" in texte(await browser.get(page))
    async with signalement_db.transaction() as session:
        assert (await session.exec(select(Dossier.etat))).one() is EtatDossier.clos


PAGES = [("GET", ""), ("GET", "/{id}"), ("POST", "/{id}/qualification"), ("GET", "/{id}/cloture"), ("POST", "/{id}/cloture")]


@pytest.mark.parametrize(("method", "path"), PAGES)
async def test_pages_are_closed_to_everybody_else(ouvrir: Ouvrir, signalement_db: Database, method: str, path: str) -> None:
    dossier = await f.deposer(signalement_db)
    url = DOSSIERS + path.format(id=dossier.id)
    data = {"issue": "sans_suite", "niveau": "anticiper"} if method == "POST" else None
    nobody = await ouvrir(None).request(method, url, data=data)
    if method == "GET":
        assert nobody.headers["location"] == f"/orientation/connexion?suite={url}"
    else:
        assert nobody.status_code == 401
    for actor in (f.AGENT, f.NATIONAL, f.dirigeant(dossier.id)):
        refused = await ouvrir(actor).request(method, url, data=data)
        assert refused.status_code == 403
        assert "Les Jardins" not in refused.text
    if path:
        assert (await ouvrir(f.AUTRE_ANIMATEUR).request(method, url, data=data)).status_code == 404
    assert await actions(signalement_db) == ["dossier.deposer"]


OWN = {"Dossiers": {Role.animateur}, "Orientations": {Role.animateur, Role.agent, Role.manager}, "Mon espace": {Role.dirigeant}}


@pytest.mark.parametrize("role", Role)
def test_everybody_has_their_own_menu(role: Role) -> None:
    texts = {lien["texte"] for lien in navigation(Actor("x", frozenset({role}), uuid4()))}
    assert texts & set(OWN) == {text for text, roles in OWN.items() if role in roles}
    assert "Signaler une difficulté" not in texts


def test_nobody_in_particular_is_shown_the_ways_in() -> None:
    assert [lien["href"] for lien in navigation(None)] == [
        "/signalement/signaler",
        "/orientation/simulateur",
        "/orientation/dispositifs",
        "/signalement/espace",
    ]
