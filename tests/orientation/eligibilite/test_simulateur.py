"""The simulator as a browser without script uses it: nothing kept, nothing in addresses, nothing lost on the way back."""

import re
from html import unescape
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from starlette.datastructures import FormData

from common.database import Database
from common.limites import Limite, Quota
from orientation.dispositifs.domain import Champ, Statut
from orientation.eligibilite import simulateur
from orientation.eligibilite.faits import Faits, contradiction
from orientation.eligibilite.simulateur import Parcours
from tests.orientation.monde import Hub

CHEMIN = "/orientation/simulateur"
REPONSES: dict[str, Any] = {
    "statut": "association",
    "departement": "34",
    "etp": "5,5",
    "budget": "350 000",
    "risque_cessation": "oui",
    "mois_avant_cessation": "4",
    "jours_en_cessation": "0",
    "procedure_collective": "non",
    "difficultes": ["rupture_tresorerie", "gouvernance_fragilisee"],
}


def caches(page: httpx2.Response, formulaire: str = CHEMIN) -> dict[str, list[str]]:
    """The hidden fields of the form that is sent to that address."""
    corps = page.text.split(f'action="{formulaire}"')[-1].split("</form>")[0]
    champs: dict[str, list[str]] = {}
    for nom, valeur in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', corps):
        champs.setdefault(nom, []).append(unescape(valeur))
    return champs


def titre(page: httpx2.Response) -> str:
    trouve = re.search(r"<h1>(.*?)</h1>", page.text, re.DOTALL)
    assert trouve, page.text
    return simple(trouve[1])


def simple(html: str) -> str:
    """The text with ordinary spaces."""
    return re.sub("[\u00a0\u202f]", " ", unescape(html))


async def avancer(client: httpx2.AsyncClient, page: httpx2.Response, action: str = "continuer", **plus: Any) -> httpx2.Response:
    envoi = caches(page) | {"action": action}
    question = envoi.get("question", [""])[0]
    # A browser sends what stands in the visible field: what was typed, or what had been answered before.
    repondue = action == "retour" and question in envoi.get("ordre", [])
    if (action == "continuer" or repondue) and question and question not in plus:
        plus[question] = REPONSES[question]
    suite = await client.post(CHEMIN, data=envoi | plus)
    assert "set-cookie" not in suite.headers
    assert suite.headers["cache-control"] == "no-store"
    assert not suite.history
    return suite


@pytest.fixture
def client(hub: Hub) -> httpx2.AsyncClient:
    return hub.client


async def jusqu_au_bout(
    client: httpx2.AsyncClient, action: str = "continuer", page: httpx2.Response | None = None
) -> httpx2.Response:
    page = page or await client.get(CHEMIN)
    for _ in range(12):
        assert page.status_code == 200, page.text
        if "Ce qui peut vous aider" in titre(page):
            return page
        page = await avancer(client, page, action)
    raise AssertionError("the questions never end")


async def test_answers_lead_to_explained_results(client: httpx2.AsyncClient) -> None:
    debut = await client.get(CHEMIN)
    assert titre(debut) == "Quelle structure dirigez-vous ?"
    assert "set-cookie" not in debut.headers
    dit = simple((await jusqu_au_bout(client)).text)
    for part in ("Prev’Asso", "Possibles (", "Trajectoire", "Organisation appui", "5,5 ETP", "Signaler la difficulté avec ces"):
        assert part in dit, part
    # Prev’Asso comes with the reason and both of its sources.
    carte = dit.split("Prev’Asso (Le")[1].split("</article>")[0]
    for part in ("12 mois", "Occitanie", "6 ou 9 mois", "Pourquoi cette réponse"):
        assert part in carte, part


async def test_nothing_at_all_may_be_known(client: httpx2.AsyncClient) -> None:
    page = await jusqu_au_bout(client, "passer")
    assert "Possibles (" not in page.text
    assert "Il manque le statut juridique." in page.text
    assert caches(page)["inconnu"][:2] == ["statut", "departement"]
    assert caches(page, "/signalement/signaler/reprise") == {}


async def test_going_back_loses_nothing(client: httpx2.AsyncClient) -> None:
    page = await client.get(CHEMIN)
    for _ in range(3):
        page = await avancer(client, page)
    champ = caches(page)["question"][0]
    assert len(caches(page)["ordre"]) == 3
    # What is being typed is taken along, and found again.
    page = await avancer(client, page, "retour", **{champ: REPONSES[champ]})
    precedente = caches(page)["question"][0]
    assert caches(page)[champ] == ([REPONSES[champ]] if isinstance(REPONSES[champ], str) else REPONSES[champ])
    if isinstance(REPONSES[precedente], str) and precedente in ("etp", "budget"):
        assert f'value="{REPONSES[precedente]}"' in page.text
    for _ in range(2):
        page = await avancer(client, page, "retour")
    assert caches(page)["question"] == ["statut"]
    assert set(caches(page)["ordre"]) >= {"statut", "departement", precedente, champ}
    assert "Question précédente" not in page.text
    # The other answers are still there: the next page is the next open question.
    page = await avancer(client, page)
    assert caches(page).get("question", ["none"])[0] not in ("statut", "departement", precedente, champ)


async def test_an_answer_can_be_changed_from_the_results(client: httpx2.AsyncClient) -> None:
    page = await jusqu_au_bout(client)
    page = await client.post(CHEMIN, data=caches(page) | {"action": "departement"})
    assert titre(page) == "Où est son siège ?"
    page = await jusqu_au_bout(client, page=await avancer(client, page, departement="33"))
    assert "Projection (ATIS)" in page.text.split("Pas ouverts")[0]


async def test_somebody_who_does_not_know_may_find_out(client: httpx2.AsyncClient) -> None:
    page = await jusqu_au_bout(client, "passer")
    page = await client.post(CHEMIN, data=caches(page) | {"action": "statut"})
    assert "Vous aviez répondu" in page.text
    page = await avancer(client, page)
    assert "statut" not in caches(page)["inconnu"]


async def test_a_visitor_who_asks_too_much_is_told_in_words(hub: Hub) -> None:
    hub.app.state.limite_publique = Limite(Quota(1))
    reponses = [await hub.client.get(CHEMIN, headers={"Accept": "text/html"}) for _ in range(2)]
    assert [r.status_code for r in reponses] == [200, 429]
    assert "Trop de demandes" in reponses[1].text
    assert int(reponses[1].headers["retry-after"]) >= 1


@pytest.mark.parametrize(
    ("champ", "saisie", "message"),
    [
        ("statut", "", "Choisissez une réponse"),
        ("statut", "sarl", "Choisissez une réponse"),
        ("departement", "20", "Choisissez un département de la liste"),
        ("etp", "beaucoup", ""),
        ("etp", "-1", ""),
        ("budget", "", "Donnez un nombre"),
        ("difficultes", "", "Cochez ce que vous constatez"),
        ("mois_avant_cessation", "1,5", ""),
    ],
)
async def test_a_wrong_answer_is_asked_again(client: httpx2.AsyncClient, champ: str, saisie: str, message: str) -> None:
    page = await client.post(CHEMIN, data={"question": champ, "action": "continuer", champ: saisie})
    assert page.status_code == 422
    assert caches(page)["question"] == [champ]
    assert "Il reste des points à corriger" in page.text
    assert message in page.text
    assert not saisie or champ in ("statut", "departement") or f'value="{saisie}"' in page.text


async def test_a_contradiction_is_told_at_once(client: httpx2.AsyncClient) -> None:
    etat = {"ordre": ["risque_cessation"], "risque_cessation": "non", "question": "jours_en_cessation", "action": "continuer"}
    page = await client.post(CHEMIN, data=etat | {"jours_en_cessation": "3"})
    assert page.status_code == 422
    assert "indiquez 0 jour en cessation" in simple(page.text)
    page = await client.post(CHEMIN, data=etat | {"question": "difficultes", "difficultes": ["aucune", "autre"]})
    assert "ne va pas avec une autre réponse" in page.text


async def test_nothing_is_stored(client: httpx2.AsyncClient, orientation_db: Database) -> None:
    async def lignes() -> dict[str, int]:
        async with orientation_db.transaction() as session:
            tables = (
                (await session.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))).scalars().all()
            )
            return {t: (await session.execute(text(f'SELECT count(*) FROM "{t}"'))).scalar_one() for t in tables}

    avant = await lignes()
    await jusqu_au_bout(client)
    assert await lignes() == avant


async def test_what_is_sent_is_shown_as_text(client: httpx2.AsyncClient) -> None:
    page = await client.post(CHEMIN, data={"question": "etp", "action": "continuer", "etp": '"><script>x</script>'})
    assert "<script>x" not in page.text


@given(
    st.lists(
        st.tuples(
            st.sampled_from(("question", "ordre", "inconnu", "action", *Champ)),
            st.sampled_from((*Champ, *Statut, "34", "0", "3", "oui", "non", "autre", "x", "", "-1", "1e9", "nan")) | st.text(),
        ),
        max_size=30,
    )
)
def test_whatever_is_sent_back_makes_facts_that_hold_together(envoi: list[tuple[str, str]]) -> None:
    parcours, question = simulateur.relire(FormData([*envoi]))
    assert isinstance(parcours.faits(), Faits)
    assert contradiction(parcours.faits()) is None
    assert question not in parcours.saisies
    assert not set(parcours.passes) & set(parcours.saisies)


def test_the_facts_are_what_was_answered() -> None:
    parcours = Parcours()
    for champ in simulateur.MODELES:
        valeur = REPONSES[champ.value]
        parcours = parcours.repondre(champ, (valeur,) if isinstance(valeur, str) else tuple(valeur))
    assert parcours.faits() == Faits(
        Statut.association,
        "34",
        etp=5.5,
        budget=350_000,
        risque_cessation=True,
        mois_avant_cessation=4,
        jours_en_cessation=0,
        procedure_collective=False,
        difficultes=frozenset({"rupture_tresorerie", "gouvernance_fragilisee"}),
    )
    assert parcours.repondre(Champ.difficultes, ("aucune",)).faits().difficultes == frozenset()
    assert parcours.passer(Champ.difficultes).faits().difficultes is None
