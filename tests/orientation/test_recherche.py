"""Looking for something in orientation: one's own referrals and the directory, nothing of others', nothing in an address."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.actor import Actor
from common.clock import utc_now
from common.limites import Limite, Quota
from common.recherche import RESULTATS_MAX, SAISIE_MAX
from common.sessions import Jeton
from orientation.recherche.domain import lire
from tests.bench.remplir import remplir
from tests.orientation.monde import (
    AGENT,
    AGENT_APPUI,
    ANIMATEUR,
    ANIMATEUR_EST,
    AUDITEUR,
    DIRIGEANT,
    MACHINE,
    MANAGER,
    NATIONAL,
    Hub,
)
from tests.orientation.test_listes import PAIRES

HTML = {"Accept": "text/html"}


@given(st.text(max_size=200))
def test_anything_may_be_typed(texte: str) -> None:
    requete = lire(texte)
    assert len(requete.identifiants) <= 5
    assert requete.mots in (texte, "")


def test_what_is_typed_is_told_apart() -> None:
    ident = uuid4()
    for saisie in (str(ident), f"https://relais.example/orientation/orientations/{ident}/suivi", str(ident).upper()):
        assert lire(saisie).identifiants == (ident,)
    assert lire("r-7f3k").reference == "r-7f3k"
    assert lire("fonds").mots == "fonds"
    assert lire("é").vide


async def chercher(hub: Hub, actor: Actor | None, recherche: str, attendu: int = 200) -> str:
    headers = hub.cookie(actor) | HTML
    jeton = Jeton.read(headers.get("Cookie", "").partition("=")[2])
    sent = {"recherche": recherche, "csrf": jeton.csrf if jeton else ""}
    answer = await hub.client.post("/orientation/recherche", data=sent, headers=headers)
    assert answer.status_code == attendu, answer.text
    return answer.text


async def test_both_sides_find_a_referral_and_others_do_not(hub: Hub) -> None:
    orientation_id = await hub.envoyee(await hub.dossier(reference="R-7F3K-9Q2M"))
    adresse = f'href="/orientation/orientations/{orientation_id}"'
    for saisie in ("R-7F3K-9Q2M", "r7f3k9q2m", " r-7f3k ", orientation_id, f"https://x.example/{orientation_id}"):
        for actor in (AGENT, MANAGER, ANIMATEUR):
            assert adresse in await chercher(hub, actor, saisie)
        for actor in (AGENT_APPUI, ANIMATEUR_EST):
            page = await chercher(hub, actor, saisie)
            assert "Rien ne correspond" in page
            assert adresse not in page


async def test_a_draft_is_found_by_its_sender_alone(hub: Hub) -> None:
    brouillon = await hub.brouillon(await hub.dossier(reference="R-7F3K-9Q2M"))
    assert brouillon in await chercher(hub, ANIMATEUR, "R-7F3K")
    for saisie in ("R-7F3K", brouillon):
        assert f'href="/orientation/orientations/{brouillon}"' not in await chercher(hub, AGENT, saisie)


async def test_the_directory_is_found_by_name(hub: Hub) -> None:
    page = await chercher(hub, AGENT, "organisation APPUI")
    assert "Organisation appui" in page
    assert "Organisation fonds" not in page


async def test_at_most_twenty_are_shown(hub: Hub) -> None:
    bare = await hub.database.connect()
    await remplir(bare, PAIRES, utc_now(), ouvertes=200, closes=0)
    await bare.execute("UPDATE dossiers SET reference = 'R-7F3K-' || right(reference, 4)")
    await bare.close()
    page = await chercher(hub, ANIMATEUR, "R-7F3K")
    assert page.count('class="relais-carte"') == RESULTATS_MAX
    assert f"Les {RESULTATS_MAX} premières" in page


async def test_an_address_looks_for_nothing(hub: Hub) -> None:
    await hub.envoyee(await hub.dossier(reference="R-7F3K-9Q2M"))
    answer = await hub.get(AGENT, "/recherche?recherche=R-7F3K", headers=HTML)
    assert answer.status_code == 200
    assert "R-7F3K-9Q2M" not in answer.text
    page = (await hub.get(AGENT, "/orientations", headers=HTML)).text
    assert '<form method="post" action="/orientation/recherche">' in page


@pytest.mark.parametrize("actor", [None, NATIONAL, AUDITEUR, DIRIGEANT, MACHINE])
async def test_nobody_else_may_look(hub: Hub, actor: Actor | None) -> None:
    await chercher(hub, actor, "R-7F3K", 401 if actor is None else 403)
    assert (await hub.get(actor, "/recherche", headers=HTML)).status_code in (303, 403)


async def test_what_is_wrong_is_kept_and_said(hub: Hub) -> None:
    page = await chercher(hub, AGENT, "x" * (SAISIE_MAX + 1), 422)
    assert "x" * (SAISIE_MAX + 1) in page
    for saisie in ("", "%", "'; --", "\x00", "R-"):
        await chercher(hub, AGENT, saisie)


async def test_a_person_searches_so_often(hub: Hub) -> None:
    hub.app.state.limite_recherche = Limite(Quota(3, nom="recherche"))
    for _ in range(3):
        await chercher(hub, AGENT, "R-7F3K")
    assert "Trop de demandes" in await chercher(hub, AGENT, "R-7F3K", 429)
    await chercher(hub, ANIMATEUR, "R-7F3K")
