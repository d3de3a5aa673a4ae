"""The public API: what it takes and gives, what it refuses, and how often it may be asked."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from fastapi import Request
from pydantic import TypeAdapter

from common.clock import utc_now
from common.codes import Indicateur
from common.database import Database
from common.limites import adresse_de
from orientation.app import create
from orientation.dispositifs.domain import Besoin
from orientation.partenaires.service import Partenaire, charger
from orientation.settings import OrientationSettings
from tests.orientation.monde import ANIMATEUR, ISSUER, ORIGINE, Hub, organisation

CHEMIN = "/orientation/api/v1/eligibilite"
COMPLETE: dict[str, Any] = {
    "statut": "association",
    "departement": "34",
    "etp": 5,
    "budget": 350000,
    "risque_cessation": True,
    "mois_avant_cessation": 4,
    "jours_en_cessation": 0,
    "procedure_collective": False,
    "difficultes": ["rupture_tresorerie", "gouvernance"],
}
MINIMALE = {"statut": "association", "departement": "34"}


@pytest.fixture
async def client(settings: OrientationSettings, orientation_db: Database, annuaire: None) -> AsyncIterator[httpx2.AsyncClient]:
    """The application as a stranger reaches it, with ten requests a minute."""
    app = create(settings.model_copy(update={"eligibilite_par_minute": 10}))
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False, client=("203.0.113.9", 4711))
    async with httpx2.AsyncClient(transport=transport, base_url=ORIGINE) as client:
        yield client
    await app.state.database.close()


async def test_a_whole_request_is_answered_in_the_given_form(client: httpx2.AsyncClient) -> None:
    reponse = await client.post(CHEMIN, json=COMPLETE)
    assert reponse.status_code == 200, reponse.text
    corps = reponse.json()
    assert set(corps) == {"dispositifs", "prochaine_question"}
    codes = [d["code"] for d in corps["dispositifs"]]
    assert {"dla", "prevasso", "trajectoire", "ccsf", "procedures-collectives"} <= set(codes)
    assert [d["rang"] for d in corps["dispositifs"]] == list(range(1, len(codes) + 1))
    prevasso = next(d for d in corps["dispositifs"] if d["code"] == "prevasso")
    assert set(prevasso) == {"code", "version", "verdict", "rang", "rang_explication", "criteres", "places"}
    assert prevasso["verdict"] == "oui"
    assert {c["code"]: c["verdict"] for c in prevasso["criteres"]}["horizon"] == "oui"
    horizon = next(c for c in prevasso["criteres"] if c["code"] == "horizon")
    assert set(horizon) == {"code", "verdict", "fait", "regle", "explication", "source"}
    assert horizon["fait"] == "4\u00a0mois"
    documents = [s["document"] for s in horizon["source"]]
    assert "Occitanie" in documents[0]
    assert any("Avise" in document for document in documents)
    trajectoire = next(d for d in corps["dispositifs"] if d["code"] == "trajectoire")
    assert trajectoire["verdict"] == "non"
    assert reponse.headers["cache-control"] == "no-store"


async def test_what_is_left_out_or_null_is_to_be_confirmed(client: httpx2.AsyncClient) -> None:
    nuls = dict.fromkeys(COMPLETE) | MINIMALE
    sans, avec_nuls = [(await client.post(CHEMIN, json=corps)).json() for corps in (MINIMALE, nuls)]
    assert sans == avec_nuls
    assert {d["code"]: d["verdict"] for d in sans["dispositifs"]}["trajectoire"] == "a_confirmer"
    assert set(sans["prochaine_question"]) == {"champ", "pourquoi", "departage"}
    assert sans["prochaine_question"]["departage"] > 0


@pytest.mark.parametrize(
    ("change", "champ", "dit"),
    [
        ({"departement": "20"}, "departement", "2A, 2B"),
        ({"departement": "999"}, "departement", "974, 975, 976"),
        ({"statut": "sarl"}, "statut", None),
        ({"difficultes": ["inconnue"]}, "difficultes.0", "gouvernance_fragilisee"),
        ({"etp": -1}, "etp", None),
        ({"etp": "5"}, "etp", None),
        ({"etp": True}, "etp", None),
        ({"budget": -1}, "budget", None),
        ({"mois_avant_cessation": 1.5}, "mois_avant_cessation", None),
        ({"risque_cessation": "oui"}, "risque_cessation", None),
        ({"inconnu": 1}, "inconnu", None),
        ({"difficultes": ["autre"] * 41}, "difficultes", None),
    ],
)
async def test_what_is_wrong_is_refused_by_field(
    client: httpx2.AsyncClient, change: dict[str, Any], champ: str, dit: str | None
) -> None:
    reponse = await client.post(CHEMIN, json=MINIMALE | change)
    assert reponse.status_code == 422
    assert reponse.headers["content-type"] == "application/problem+json"
    erreur = reponse.json()["erreurs"][0]
    assert erreur["champ"] == champ
    assert dit is None or dit in erreur["message"]


@pytest.mark.parametrize("manquant", ["statut", "departement"])
async def test_status_and_departement_are_needed(client: httpx2.AsyncClient, manquant: str) -> None:
    reponse = await client.post(CHEMIN, json={k: v for k, v in MINIMALE.items() if k != manquant})
    assert (reponse.status_code, reponse.json()["champ"]) == (422, manquant)


async def test_every_difficulty_of_both_lists_is_taken(client: httpx2.AsyncClient) -> None:
    codes = [code.value for liste in (Indicateur, Besoin) for code in liste]
    assert (await client.post(CHEMIN, json=MINIMALE | {"difficultes": codes})).status_code == 200


@pytest.mark.parametrize(
    ("faits", "champs"),
    [
        ({"jours_en_cessation": 3, "risque_cessation": False}, {"jours_en_cessation", "risque_cessation"}),
        ({"jours_en_cessation": 3, "mois_avant_cessation": 2}, {"jours_en_cessation", "mois_avant_cessation"}),
    ],
)
async def test_contradictory_facts_are_refused(client: httpx2.AsyncClient, faits: dict[str, Any], champs: set[str]) -> None:
    reponse = await client.post(CHEMIN, json=MINIMALE | faits)
    probleme = reponse.json()
    assert (reponse.status_code, probleme["type"]) == (422, "urn:relais:erreur:faits-contradictoires")
    assert {erreur["champ"] for erreur in probleme["erreurs"]} == champs
    assert "indiquez 0 jour en cessation" in probleme["detail"]


async def test_a_stranger_is_stopped_after_the_limit_and_told_until_when(client: httpx2.AsyncClient) -> None:
    reponses = [await client.post(CHEMIN, json=MINIMALE) for _ in range(11)]
    assert [r.status_code for r in reponses] == [200] * 10 + [429]
    assert [r.headers["ratelimit"].split(";")[1] for r in reponses] == [*(f"r={n}" for n in range(9, -1, -1)), "r=0"]
    refus = reponses[-1]
    assert refus.headers["ratelimit-policy"] == '"adresse";q=10;w=60'
    assert 1 <= int(refus.headers["retry-after"]) <= 60
    assert refus.json()["type"] == "urn:relais:erreur:trop-de-demandes"
    # A request that is wrong counts as well, and another address does not wait for this one.
    transport = httpx2.ASGITransport(app=client._transport.app, client=("203.0.113.10", 1))  # type: ignore[attr-defined]
    async with httpx2.AsyncClient(transport=transport, base_url=ORIGINE) as autre:
        assert (await autre.post(CHEMIN, json={})).status_code == 422
        assert (await autre.post(CHEMIN, json=MINIMALE)).headers["ratelimit"].startswith('"adresse";r=8;')


async def test_nobody_chooses_his_address(client: httpx2.AsyncClient) -> None:
    """A header that a stranger sends counts for nothing: only our front's does, and uvicorn reads it before us."""
    for n in range(10):
        await client.post(CHEMIN, json=MINIMALE, headers={"X-Forwarded-For": f"198.51.100.{n}"})
    assert (await client.post(CHEMIN, json=MINIMALE, headers={"X-Forwarded-For": "198.51.100.99"})).status_code == 429


@pytest.mark.parametrize("par_morceaux", [False, True])
async def test_a_large_body_is_refused(client: httpx2.AsyncClient, par_morceaux: bool) -> None:
    corps = b'{"statut":"association","departement":"34","difficultes":[' + b" " * 20_000 + b"]}"

    async def morceaux() -> AsyncIterator[bytes]:
        for debut in range(0, len(corps), 1000):
            yield corps[debut : debut + 1000]

    reponse = await client.post(
        CHEMIN, content=morceaux() if par_morceaux else corps, headers={"Content-Type": "application/json"}
    )
    assert (reponse.status_code, reponse.json()["type"]) == (413, "urn:relais:erreur:trop-grand")


@pytest.mark.parametrize("corps", [b"", b"{", b"[]", b"null", b'"x"', b'{"statut": NaN}', b"\xff"])
async def test_what_is_no_request_is_refused(client: httpx2.AsyncClient, corps: bytes) -> None:
    reponse = await client.post(CHEMIN, content=corps, headers={"Content-Type": "application/json"})
    assert reponse.status_code == 422


async def test_somebody_signed_in_may_ask_from_anywhere(hub: Hub) -> None:
    """It changes nothing and shows nothing of anybody: there is nothing for a forged form to gain."""
    entetes = hub.cookie(ANIMATEUR) | {"Origin": "https://elsewhere.example"}
    assert (await hub.client.post(CHEMIN, json=MINIMALE, headers=entetes)).status_code == 200


async def test_places_left_are_told_and_never_hide(hub: Hub) -> None:
    deux = {"prevasso": None, "ccsf": None}
    partenaire = organisation("relais", "dla", ["34"], list(deux), [])
    for capacite, places in ((0, 0), (7, 7)):
        partenaire["offres"] = [{"dispositif": "prevasso", "capacite": capacite, "periode": "annee"}]
        async with hub.database.transaction() as session:
            await charger(session, TypeAdapter(list[Partenaire]).validate_python([partenaire]), ISSUER, utc_now())
        reponse = (await hub.client.post(CHEMIN, json=COMPLETE)).json()
        connus = {d["code"]: d for d in reponse["dispositifs"]}
        assert {code: connus[code]["places"] for code in deux} == {"prevasso": places, "ccsf": None}
        assert ("plus de place" in connus["prevasso"]["rang_explication"]) == (places == 0)
        ailleurs = (await hub.client.post(CHEMIN, json=COMPLETE | {"departement": "33"})).json()["dispositifs"]
        assert {d["code"]: d["places"] for d in ailleurs}["prevasso"] is None


@pytest.mark.parametrize(
    ("une", "autre", "pareilles"),
    [
        ("203.0.113.1", "203.0.113.2", False),
        ("::ffff:203.0.113.1", "203.0.113.1", True),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
    ],
)
def test_which_addresses_count_as_one(une: str, autre: str, pareilles: bool) -> None:
    cles = [adresse_de(Request({"type": "http", "client": (hote, 1)})) for hote in (une, autre)]
    assert (cles[0] == cles[1]) is pareilles
