"""Several organisations or none: the choice at sign-in, and asking to join by a SIRET that opens nothing by itself."""

from typing import Any

from common.clock import utc_now
from orientation.fiches.models import FicheRow
from orientation.partenaires.models import MembreRow
from tests.orientation.equipe import API, EQUIPE, MANAGER_APPUI, aller, identifie, lignes, membre_id, poses
from tests.orientation.monde import AGENT, ISSUER, MANAGER, Hub, ident
from tests.orientation.test_pages import envoyer, lisible, page
from tests.sessions import COOKIE

SIRET = "73282932000074"
CHOIX = "/connexion/organisation"


async def publier_siret(hub: Hub, code: str = "fonds") -> None:
    async with hub.database.transaction() as session:
        session.add(FicheRow(partenaire_id=ident(code), siret=SIRET, modifiee_at=utc_now()))


async def demander(hub: Hub, cookies: dict[str, str], code: str = "fonds", siret: str = SIRET) -> Any:
    return await aller(hub, "POST", "/adhesions", cookies, {"organisation": str(ident(code)), "siret": siret})


async def test_somebody_of_two_organisations_acts_for_one_at_a_time(hub: Hub) -> None:
    async with hub.database.transaction() as session:
        row = MembreRow(
            id=ident("double"),
            partenaire_id=ident("appui"),
            issuer=ISSUER,
            sub="fonds-agent",
            nom="M",
            prenom="C",
            courriel="c@appui.example",
            roles=["manager"],
        )
        session.add(row)
    cookies = identifie(hub, "fonds-agent", suite="/orientation/tableau")
    choix = await aller(hub, "GET", CHOIX, cookies)
    assert "Organisation appui" in lisible(choix)
    assert "Organisation fonds" in lisible(choix)
    inconnu = await aller(hub, "POST", CHOIX, cookies, {"membre": await membre_id(hub, "appui", "appui-agent")})
    assert inconnu.status_code == 404
    entree = await aller(hub, "POST", CHOIX, cookies, {"membre": str(ident("double"))})
    assert entree.headers["location"] == "/orientation/tableau"
    appui = {COOKIE: poses(entree)[COOKIE]}
    assert (await aller(hub, "GET", f"/equipes/{ident('appui')}", appui)).status_code == 200
    assert (await aller(hub, "GET", EQUIPE, appui)).status_code == 404
    assert "En ce moment" in lisible(await aller(hub, "GET", CHOIX, appui))
    # Changing ends the session that was, so that nothing of the other organisation stays open.
    change = await aller(hub, "POST", CHOIX, appui, {"membre": await membre_id(hub, "fonds", "fonds-agent")})
    assert change.status_code == 303
    assert (await aller(hub, "GET", f"/equipes/{ident('appui')}", appui)).status_code == 303
    fonds = {COOKIE: poses(change)[COOKIE]}
    assert (await aller(hub, "GET", f"/equipes/{ident('appui')}", fonds)).status_code == 403
    assert (await aller(hub, "GET", "/orientations", fonds)).status_code == 200


async def test_the_choice_is_for_those_who_signed_in(hub: Hub) -> None:
    for methode in ("GET", "POST"):
        reponse = await aller(hub, methode, CHOIX, {}, {"membre": await membre_id(hub, "fonds", "fonds-agent")})
        assert reponse.status_code in (303, 401)
        assert COOKIE not in poses(reponse)
    forge = {"relais-identite": identifie(hub, "fonds-manager")["relais-identite"][:-2] + "xx"}
    assert (
        await aller(hub, "POST", CHOIX, forge, {"membre": await membre_id(hub, "fonds", "fonds-manager")})
    ).status_code == 401


async def test_asking_to_join_and_being_accepted(hub: Hub) -> None:
    await publier_siret(hub)
    cookies = identifie(hub, "nouvelle", nom="Ana de la Cruz", courriel="ana@fonds.example", siret=SIRET)
    seule = await aller(hub, "GET", CHOIX, cookies)
    assert seule.headers["location"] == "/orientation/adhesions"
    vue = await aller(hub, "GET", "/adhesions", cookies)
    assert vue.status_code == 403
    assert f'value="{SIRET}"' in vue.text
    trouvee = await aller(hub, "GET", "/adhesions?siret=732 829 320 00074", cookies)
    assert "Organisation fonds" in lisible(trouvee)
    assert "Aucune organisation" in lisible(await aller(hub, "GET", "/adhesions?siret=55208131766522", cookies))
    assert "quatorze chiffres" in lisible(await aller(hub, "GET", "/adhesions?siret=12", cookies))
    assert (await demander(hub, cookies)).status_code == 303
    assert "En attente" in lisible(await aller(hub, "GET", "/adhesions", cookies))
    assert "déjà une demande" in lisible(await demander(hub, cookies))
    # The number is a hint: nothing is open, and another organisation than its own is not asked.
    assert COOKIE not in poses(await aller(hub, "GET", "/orientations", cookies))
    assert "n’est pas celui de cette organisation" in lisible(await demander(hub, cookies, "appui"))
    (adhesion,) = (await hub.get(MANAGER, API)).json()["adhesions"]
    assert adhesion["nom"] == "Ana de la Cruz"
    chemin = f"{EQUIPE}/adhesions/{adhesion['adhesion_id']}"
    assert "ana@fonds.example" in await page(hub, MANAGER, f"{chemin}/acceptation")
    for autre in (AGENT, MANAGER_APPUI, None):
        assert (await envoyer(hub, autre, f"{chemin}/acceptation", {"roles": "manager"})).status_code in (303, 401, 403, 404)
    assert (await envoyer(hub, MANAGER, f"{chemin}/acceptation")).status_code == 422
    assert (await envoyer(hub, MANAGER, f"{chemin}/acceptation", {"roles": "agent"})).status_code == 303
    assert (await envoyer(hub, MANAGER, f"{chemin}/refus")).status_code == 409
    (row,) = await lignes(hub, "SELECT nom, courriel, etat FROM adhesions")
    assert (row.nom, row.courriel, row.etat) == ("", "", "acceptee")
    entree = await aller(hub, "POST", CHOIX, cookies, {"membre": await membre_id(hub, "fonds", "nouvelle")})
    assert entree.status_code == 303
    (evenement,) = await lignes(hub, "SELECT body FROM outbox WHERE subject LIKE '%adhesion%'")
    assert "Cruz" not in evenement.body


async def test_a_refusal_is_told_at_the_next_sign_in(hub: Hub) -> None:
    await publier_siret(hub)
    cookies = identifie(hub, "nouvelle")
    await demander(hub, cookies)
    (adhesion,) = (await hub.get(MANAGER, API)).json()["adhesions"]
    refus = await hub.post(MANAGER, f"{API}/adhesions/{adhesion['adhesion_id']}/refus")
    assert refus.status_code == 204
    assert "Refusée" in lisible(await aller(hub, "GET", "/adhesions", cookies))
    assert (await hub.get(MANAGER, API)).json()["adhesions"] == []


async def test_asking_is_throttled_and_for_those_who_signed_in(hub: Hub) -> None:
    await publier_siret(hub)
    assert (await demander(hub, {})).status_code == 401
    cookies = identifie(hub, "insistante")
    for _ in range(5):
        assert (await demander(hub, cookies)).status_code == 303
        (adhesion,) = (await hub.get(MANAGER, API)).json()["adhesions"]
        await hub.post(MANAGER, f"{API}/adhesions/{adhesion['adhesion_id']}/refus")
    assert "Trop de demandes" in lisible(await demander(hub, cookies))
    assert len(await lignes(hub, "SELECT 1 FROM adhesions")) == 5
