"""The JSON API of cases: filing, listing, reading, qualifying, closing, and who may."""

from uuid import uuid4

import httpx2
import pytest
from sqlmodel import select

from common.actor import Actor
from common.codes import EtatDossier
from common.database import Database
from signalement.signalements.models import Association, Contact, Dossier
from tests.signalement import fabrique as f
from tests.signalement.conftest import Ouvrir
from tests.signalement.outils import actions, bruts, evenements

API = "/signalement/api/v1"


async def test_filing_opens_a_case_and_has_the_association_written_to(ouvrir: Ouvrir, signalement_db: Database) -> None:
    response = await ouvrir(None).post(f"{API}/signalements", json=f.depot())
    assert response.status_code == 201
    assert set(response.json()) == {"dossier_id", "reference"}
    depose, entree, courriel = await evenements(signalement_db)
    assert str(depose.dossier_id) == response.json()["dossier_id"]
    assert (depose.departement, depose.region, depose.emplois) == ("34", "76", 7)
    assert (depose.horizon, depose.budget) == ("de_3_a_6", "de_200k_a_500k")
    assert depose.indicateurs == ("rupture_tresorerie", "deficit_recurrent")
    assert (entree.action, courriel.modele) == ("dossier.deposer", "acces")
    assert depose.acteur_id is None


async def test_a_case_says_which_member_filed_it(ouvrir: Ouvrir, signalement_db: Database) -> None:
    """So that it is not told of it."""
    declarant = {"nom": "Ana", "courriel": "a@roux.example"}
    depot = f.depot(origine="partenaire", declarant=declarant)
    assert (await ouvrir(f.ANIMATEUR).post(f"{API}/signalements", json=depot)).status_code == 201
    (depose,) = await evenements(signalement_db, "depose")
    assert depose.acteur_id == f.ANIMATEUR.id


async def test_nothing_personal_leaves_with_the_events(ouvrir: Ouvrir, signalement_db: Database) -> None:
    await ouvrir(None).post(f"{API}/signalements", json=f.depot())
    said = (await bruts(signalement_db)).lower()
    for planted in ("jardins", "732829320", "w341234567", "ferrand", "maëlle", "0499001234", "subvention", "34000", "320000"):
        assert planted not in said


async def test_the_same_key_files_once(ouvrir: Ouvrir, signalement_db: Database) -> None:
    key = {"Idempotency-Key": "une-seule-fois"}
    first, second = [await ouvrir(None).post(f"{API}/signalements", json=f.depot(), headers=key) for _ in range(2)]
    assert first.json() == second.json()
    async with signalement_db.transaction() as session:
        assert len((await session.exec(select(Dossier))).all()) == 1


async def test_the_siren_is_read_from_the_siret(ouvrir: Ouvrir, signalement_db: Database) -> None:
    await ouvrir(None).post(f"{API}/signalements", json=f.depot(association={"siren": None}))
    async with signalement_db.transaction() as session:
        assert (await session.exec(select(Association.siren))).one() == "732829320"


@pytest.mark.parametrize(
    ("changes", "champ"),
    [
        ({"association": {"siren": "732829321", "siret": None}}, "association.siren"),
        ({"association": {"siren": "404833048"}}, "association.siret"),
        ({"association": {"code_postal": "75001"}}, "association.code_postal"),
        ({"association": {"nom": "\x00"}}, "association.nom"),
        ({"association": {"nom": "  "}}, "association.nom"),
        ({"contact": {"courriel": "personne"}}, "contact.courriel"),
        ({"origine": "tiers", "declarant": {"nom": "Ana", "courriel": "a@roux.example"}}, "motif_tiers"),
        ({"origine": "partenaire"}, "declarant"),
        ({"etp": -1}, "etp"),
        ({"besoin": ""}, "besoin"),
        ({"inconnu": 1}, "inconnu"),
    ],
)
async def test_a_wrong_filing_is_refused_by_field(ouvrir: Ouvrir, signalement_db: Database, changes: dict, champ: str) -> None:  # type: ignore[type-arg]
    response = await ouvrir(None).post(f"{API}/signalements", json=f.depot(**changes))
    assert (response.status_code, response.json()["champ"]) == (422, champ)
    assert await evenements(signalement_db) == []


async def test_a_commit_that_fails_never_says_created(ouvrir: Ouvrir, signalement_db: Database) -> None:
    async with signalement_db.engine.begin() as connection:
        await connection.exec_driver_sql(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;"
        )
        await connection.exec_driver_sql(
            "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON dossiers DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION refuse()"
        )
    try:
        browser = ouvrir(None)
        browser._transport.raise_app_exceptions = False  # type: ignore[attr-defined]
        response = await browser.post(f"{API}/signalements", json=f.depot())
    finally:
        async with signalement_db.engine.begin() as connection:
            await connection.exec_driver_sql("DROP FUNCTION refuse() CASCADE")
    assert response.status_code == 500
    assert await evenements(signalement_db) == []
    async with signalement_db.transaction() as session:
        assert (await session.exec(select(Contact))).all() == []


async def test_the_list_is_of_the_territory_most_urgent_first(ouvrir: Ouvrir, signalement_db: Database) -> None:
    later = await f.deposer(signalement_db, mois_avant_rupture=9)
    unknown = await f.deposer(signalement_db, mois_avant_rupture=None)
    urgent = await f.deposer(signalement_db, mois_avant_rupture=1)
    await f.deposer(signalement_db, association={"departement": "67", "code_postal": "67000", "rna": None})
    browser = ouvrir(f.ANIMATEUR)
    page = (await browser.get(f"{API}/dossiers", params={"limite": 2})).json()
    assert [d["dossier_id"] for d in page["elements"]] == [str(urgent.id), str(later.id)]
    rest = (await browser.get(f"{API}/dossiers", params={"limite": 2, "apres": page["suivant"]})).json()
    assert [d["dossier_id"] for d in rest["elements"]] == [str(unknown.id)]
    assert rest["suivant"] is None
    assert "dossiers.lister" in await actions(signalement_db)


@pytest.mark.parametrize("mots", ["étang", "JARDINS etang", "73282", "reference"])
async def test_the_search_finds_reference_name_and_siren(ouvrir: Ouvrir, signalement_db: Database, mots: str) -> None:
    wanted = await f.deposer(signalement_db)
    await f.deposer(signalement_db, association={"nom": "Autre chose", "siren": None, "siret": None})
    asked = wanted.reference if mots == "reference" else mots
    page = (await ouvrir(f.ANIMATEUR).post(f"{API}/dossiers/recherche", json={"recherche": asked})).json()
    assert [d["dossier_id"] for d in page["elements"]] == [str(wanted.id)]


async def test_a_case_is_read_in_full_and_the_reading_is_logged(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    body = (await ouvrir(f.ANIMATEUR).get(f"{API}/dossiers/{dossier.id}")).json()
    assert body["identite"]["nom"] == "Les Jardins de l’Étang"
    assert body["contact"]["telephone"] == "0499001234"
    assert body["finances"] == {"budget": 320_000, "etp": 6.5, "mois_avant_rupture": 4}
    assert (body["version"], body["actions"], body["doublons"]) == (1, ["qualifier", "clore"], [])
    assert (await actions(signalement_db))[-1] == "dossier.lire"


async def test_qualifying_then_closing(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    browser = ouvrir(f.ANIMATEUR)
    sent = {"niveau": "gerer_crise", "horizon_mois": 2, "note": "À rappeler"}
    qualified = await browser.post(f"{API}/dossiers/{dossier.id}/qualification", json=sent)
    assert qualified.json() == {"etat": "qualifie", "version": 2}
    closed = await browser.post(f"{API}/dossiers/{dossier.id}/cloture", json={"issue": "redressee"})
    assert closed.json() == {"etat": "clos", "version": 3}
    refused = await browser.post(f"{API}/dossiers/{dossier.id}/qualification", json=sent)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:relais:erreur:transition-interdite")
    assert (refused.json()["etat"], refused.json()["permis"]) == ("clos", [])
    qualifie, clos = (await evenements(signalement_db, "qualifie"))[0], (await evenements(signalement_db, "clos"))[0]
    assert (qualifie.niveau, qualifie.horizon, qualifie.indicateurs[0]) == ("gerer_crise", "moins_3", "rupture_tresorerie")
    assert clos.issue == "redressee"
    assert "rappeler" not in await bruts(signalement_db)


async def test_duplicates_are_shown_to_the_animateur_alone(ouvrir: Ouvrir, signalement_db: Database) -> None:
    first = await f.deposer(signalement_db)
    no_number = {"siren": None, "siret": None, "rna": None}
    close = await f.deposer(signalement_db, association=no_number | {"nom": "Association Jardins de l'Etang"})
    await f.deposer(signalement_db, association=no_number | {"nom": "Les Amis du Théâtre"})
    elsewhere = await f.deposer(signalement_db, association={"departement": "67", "code_postal": "67000", "rna": None})
    closed = await f.deposer(signalement_db)
    browser = ouvrir(f.ANIMATEUR)
    await browser.post(f"{API}/dossiers/{closed.id}/cloture", json={"issue": "doublon"})
    found = (await browser.get(f"{API}/dossiers/{first.id}")).json()["doublons"]
    assert [(d["dossier_id"], d["raison"]) for d in found] == [(str(close.id), "nom"), (str(elsewhere.id), "siren")]
    # The list says of which new cases one should look twice.
    listed = (await browser.get("/signalement/dossiers")).text
    assert listed.count("Peut-être déjà signalée") == 2
    # Of another territory no name is given.
    assert [d["nom"] for d in found] == ["Association Jardins de l'Etang", None]
    assert str(close.id) not in (await ouvrir(f.dirigeant(first.id)).get("/signalement/espace")).text
    filed = await ouvrir(None).post(f"{API}/signalements", json=f.depot())
    assert set(filed.json()) == {"dossier_id", "reference"}


ANIMATEURS_ONLY = [
    ("GET", "/dossiers", None),
    ("GET", "/dossiers/{id}", None),
    ("POST", "/dossiers/{id}/qualification", {"niveau": "anticiper"}),
    ("POST", "/dossiers/{id}/cloture", {"issue": "sans_suite"}),
]


@pytest.mark.parametrize(("method", "path", "body"), ANIMATEURS_ONLY)
@pytest.mark.parametrize(
    "actor", [None, f.AGENT, f.NATIONAL, f.dirigeant(uuid4())], ids=lambda a: (a and a.role_principal) or "nobody"
)
async def test_everybody_else_is_refused(
    ouvrir: Ouvrir, signalement_db: Database, method: str, path: str, body: object, actor: Actor | None
) -> None:
    dossier = await f.deposer(signalement_db)
    response = await ouvrir(actor).request(method, API + path.format(id=dossier.id), json=body)
    assert response.status_code == (401 if actor is None else 403)
    await unchanged(signalement_db)


@pytest.mark.parametrize(("method", "path", "body"), ANIMATEURS_ONLY[1:])
async def test_another_territory_finds_nothing(
    ouvrir: Ouvrir, signalement_db: Database, method: str, path: str, body: object
) -> None:
    dossier = await f.deposer(signalement_db)
    response = await ouvrir(f.AUTRE_ANIMATEUR).request(method, API + path.format(id=dossier.id), json=body)
    assert response.status_code == 404
    await unchanged(signalement_db)


async def test_a_form_from_elsewhere_is_refused(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    headers = httpx2.Headers({"origin": "https://ailleurs.example"})
    sent = await ouvrir(f.ANIMATEUR).post(f"{API}/dossiers/{dossier.id}/cloture", json={"issue": "sans_suite"}, headers=headers)
    assert sent.status_code == 403
    await unchanged(signalement_db)


async def unchanged(database: Database) -> None:
    """The one case is as it was filed."""
    async with database.transaction() as session:
        assert (await session.exec(select(Dossier.etat))).one() is EtatDossier.depose
    assert await actions(database) == ["dossier.deposer"]
