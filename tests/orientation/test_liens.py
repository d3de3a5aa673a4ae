"""Links of partners without an account: what each opens, for how long, and that nothing else does."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from common.actor import Actor
from common.clock import new_id, utc_now
from orientation.liens.domain import CODES_MAX, ESSAIS_MAX
from orientation.liens.models import LienRow
from orientation.liens.service import acteur_de
from tests.orientation.equipe import aller, lignes
from tests.orientation.greffe import (
    ADRESSE,
    GREFFE,
    actions_du_journal,
    code,
    demander,
    entree,
    envoi,
    etat,
    evenements,
    installer,
    jeton,
    lien_id,
    ouvre,
    poser,
    saisir,
)
from tests.orientation.monde import (
    AGENT_APPUI,
    ANIMATEUR,
    ANIMATEUR_EST,
    MANAGER,
    NATIONAL,
    Hub,
    ident,
)
from tests.orientation.test_pages import HTML, envoyer, page
from tests.sessions import COOKIE

__all__ = ["envoi"]
NOM = "Les Amis du Pont Rouge"


async def test_sending_to_a_partner_without_an_account_mails_a_link(hub: Hub, envoi: str) -> None:
    assert await evenements(hub, "envoye") == 1
    # Neither to one with an account, nor to one without an address.
    await hub.envoyee(await hub.dossier(reference="R-2"))
    await installer(hub, courriel="")
    await hub.envoyee(await hub.dossier(reference="R-3"), partenaire=GREFFE)
    assert await evenements(hub, "envoye") == 1
    (corps,) = await lignes(hub, "SELECT body FROM outbox WHERE subject LIKE '%lien.envoye%'")
    assert ADRESSE not in corps.body
    await installer(hub)
    secret = await jeton(hub, envoi)
    everything = str(await lignes(hub, "SELECT l::text, encode(l.empreintes[1], 'escape') FROM liens l"))
    assert secret not in everything


async def test_reading_names_nobody_and_changes_nothing(hub: Hub, envoi: str) -> None:
    """A scanner of mails opens every link, often twice."""
    secret = await jeton(hub, envoi)
    avant = await lignes(hub, "SELECT l::text FROM liens l"), await lignes(hub, "SELECT o::text FROM orientations o")
    mails = await evenements(hub, "code_demande")
    for methode in ("GET", "HEAD", "GET"):
        answer = await hub.client.request(methode, f"/orientation/lien/{secret}", headers=HTML)
        assert answer.status_code in (200, 405)
        assert "set-cookie" not in answer.headers
    assert (await ouvre(hub, secret)).status_code == 200
    apres = await lignes(hub, "SELECT l::text FROM liens l"), await lignes(hub, "SELECT o::text FROM orientations o")
    assert (avant, mails) == (apres, await evenements(hub, "code_demande"))
    texte = (await ouvre(hub, secret)).text
    assert "REL-2026-0001" in texte
    assert "Hérault" in texte
    assert not re.search(f"{NOM}|12 emplois|Rupture|Camille", texte)
    assert set(await actions_du_journal(hub)) == {"lien.lire"}


async def test_the_way_by_a_link(hub: Hub, envoi: str) -> None:
    secret = await jeton(hub, envoi)
    assert (await demander(hub, secret)).headers["location"] == f"/orientation/lien/{secret}?code=envoye"
    assert await evenements(hub, "code_demande") == 1
    juste = await code(hub, envoi)
    entre = await saisir(hub, secret, f"{juste[:4]} {juste[4:]}")
    assert entre.headers["location"] == f"/orientation/orientations/{envoi}"
    moi = {COOKIE: entre.cookies[COOKIE]} if COOKIE in entre.cookies else await entree(hub, envoi)
    lu = await aller(hub, "GET", f"/orientations/{envoi}", moi)
    assert lu.status_code == 200
    assert NOM not in lu.text
    assert "/suivi" not in lu.text
    dossier = await aller(hub, "POST", f"/orientations/{envoi}/ouverture", moi)
    assert (dossier.status_code, NOM in dossier.text) == (200, True)
    question = {"texte": "Quel est le montant des dettes ?"}
    for action, champs, attendu in (
        ("complement-demander", question, "complement_demande"),
        ("revenir", {"motif": "erreur"}, "recue"),
        ("accepter", {}, "acceptee"),
        ("demarrer", {}, "demarree"),
        ("faire-le-point", {}, "demarree"),
    ):
        fait = await aller(hub, "POST", f"/orientations/{envoi}/actions/{action}", moi, champs)
        assert (fait.status_code, await etat(hub, envoi)) == (303, attendu), action
    fin = await aller(hub, "POST", f"/orientations/{envoi}/actions/aboutir", moi)
    assert (fin.headers["location"], await etat(hub, envoi)) == ("/orientation/lien?fini=oui", "aboutie")
    # The end of the referral is that of its link, and of what was entered by it.
    assert (await aller(hub, "GET", f"/orientations/{envoi}", moi)).status_code in (303, 401)
    assert (await ouvre(hub, secret)).status_code == 404
    vus = {"lien.demander_code", "session.ouvrir", "orientation.ouvrir", "orientation.accepter", "orientation.aboutir"}
    assert vus <= set(await actions_du_journal(hub))


async def test_declining_wants_a_coded_reason(hub: Hub, envoi: str) -> None:
    moi = await entree(hub, envoi)
    await aller(hub, "POST", f"/orientations/{envoi}/ouverture", moi)
    sans = await aller(hub, "POST", f"/orientations/{envoi}/actions/decliner", moi)
    assert (sans.status_code, await etat(hub, envoi)) == (422, "recue")
    dit = await aller(hub, "POST", f"/orientations/{envoi}/actions/decliner", moi, {"motif": "sans_capacite"})
    assert (dit.status_code, await etat(hub, envoi)) == (303, "declinee")


async def test_a_link_opens_one_referral_alone(hub: Hub, envoi: str) -> None:
    autre = await hub.envoyee(await hub.dossier(reference="R-AUTRE"), partenaire=GREFFE)
    ailleurs = await hub.envoyee(await hub.dossier(reference="R-FONDS"))
    moi = await entree(hub, envoi)
    for cible in (autre, ailleurs):
        for methode, suite in (
            ("GET", ""),
            ("POST", "/ouverture"),
            ("POST", "/actions/decliner"),
            ("GET", "/complements/demande"),
        ):
            refus = await aller(hub, methode, f"/orientations/{cible}{suite}", moi, {"motif": "autre"})
            assert refus.status_code == 404, (methode, suite)
    for path in ("/orientations", "/tableau", f"/orientations/{envoi}/suivi", f"/orientations/{envoi}/transfert", "/machines"):
        assert (await aller(hub, "GET", path, moi)).status_code == 403, path
    for path in (f"/api/v1/orientations/{envoi}", "/api/v1/orientations", f"/api/v1/equipes/{ident(GREFFE)}"):
        assert (await aller(hub, "GET", path, moi)).status_code == 403, path
    # The sender's actions are not its own, nor is the link itself.
    for suite in ("actions/annuler", "lien/renvoi", "lien/retrait"):
        assert (await aller(hub, "POST", f"/orientations/{envoi}/{suite}", moi)).status_code == 403, suite
    # Nor does the code of one open the other.
    secret_autre = await jeton(hub, autre)
    assert (await saisir(hub, secret_autre, await code(hub, envoi))).status_code == 422


async def test_a_code_serves_once_for_ten_minutes(hub: Hub, envoi: str) -> None:
    secret = await jeton(hub, envoi)
    assert (await saisir(hub, secret, "00000000")).status_code == 422
    premier = await code(hub, envoi)
    second = await code(hub, envoi)
    assert (await saisir(hub, secret, premier)).status_code == 422, "a newer code replaces it"
    await poser(hub, envoi, code_expire_at=utc_now())
    assert (await saisir(hub, secret, second)).status_code == 422, "it is over"
    dernier = await code(hub, envoi)
    assert (await saisir(hub, secret, dernier)).status_code == 303
    assert (await saisir(hub, secret, dernier)).status_code == 422, "it was used"
    garde = str(await lignes(hub, "SELECT l::text FROM liens l"))
    assert not re.search(f"{premier}|{second}|{dernier}", garde)


async def test_five_wrong_codes_lock_whatever_is_asked_for_meanwhile(hub: Hub, envoi: str) -> None:
    secret = await jeton(hub, envoi)
    for n in range(ESSAIS_MAX):
        assert (await ouvre(hub, secret)).status_code == 200
        if n < CODES_MAX - 1:
            assert (await demander(hub, secret)).status_code == 303
        await code(hub, envoi)
        refus = await saisir(hub, secret, f"{n:08d}")
        assert refus.status_code == 422
        assert f"{n:08d}" not in refus.text
    assert "Ce lien ne permet plus de répondre" in refus.text
    with pytest.raises(Exception, match="introuvable"):
        await code(hub, envoi)
    assert (await saisir(hub, secret, "12345678")).status_code == 409
    assert (await demander(hub, secret)).status_code == 409
    assert (await ouvre(hub, secret)).status_code == 200, "it may still be read"
    assert (await actions_du_journal(hub)).count("lien.verrouiller") == 1
    # Its sender frees it, by another link: the old one is over.
    assert "verrouillé" in await page(hub, ANIMATEUR, f"/orientations/{envoi}")
    assert (await envoyer(hub, ANIMATEUR, f"/orientations/{envoi}/lien/renvoi")).status_code == 303
    assert (await ouvre(hub, secret)).status_code == 404
    assert await entree(hub, envoi)


async def test_codes_are_not_asked_for_without_end(hub: Hub, envoi: str) -> None:
    secret = await jeton(hub, envoi)
    reponses = [(await demander(hub, secret)).status_code for _ in range(CODES_MAX + 1)]
    assert reponses == [303] * CODES_MAX + [409]
    assert await evenements(hub, "code_demande") == CODES_MAX
    await poser(hub, envoi, codes_depuis=utc_now() - timedelta(hours=1))
    assert (await demander(hub, secret)).status_code == 303


@pytest.mark.parametrize("actor", [None, ANIMATEUR_EST, MANAGER, AGENT_APPUI, NATIONAL])
async def test_others_decide_nothing_of_a_link(hub: Hub, envoi: str, actor: Actor | None) -> None:
    secret = await jeton(hub, envoi)
    for quoi in ("renvoi", "retrait"):
        assert (await envoyer(hub, actor, f"/orientations/{envoi}/lien/{quoi}")).status_code in (303, 401, 403, 404)
    assert ((await ouvre(hub, secret)).status_code, await evenements(hub, "envoye")) == (200, 1)


@pytest.mark.parametrize(
    "entetes", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}], ids=str
)
async def test_a_form_from_elsewhere_is_refused(hub: Hub, envoi: str, entetes: dict[str, str]) -> None:
    secret, juste = await jeton(hub, envoi), await code(hub, envoi)
    assert (await demander(hub, secret, **entetes)).status_code == 403
    assert (await saisir(hub, secret, juste, **entetes)).status_code == 403
    moi = await entree(hub, envoi)
    headers = HTML | {"Cookie": f"{COOKIE}={moi[COOKIE]}"} | entetes
    assert (await hub.client.post(f"/orientation/orientations/{envoi}/ouverture", headers=headers)).status_code == 403
    sans_jeton = HTML | {"Cookie": f"{COOKIE}={moi[COOKIE]}", "Origin": hub.origine}
    answer = await hub.client.post(f"/orientation/orientations/{envoi}/ouverture", headers=sans_jeton, data={"csrf": "x"})
    assert answer.status_code == 403


async def test_the_session_that_the_browser_had_ends(hub: Hub, envoi: str) -> None:
    """Whoever plants a session gains nothing by the code that is typed in it."""
    avant = await entree(hub, envoi)
    secret = await jeton(hub, envoi)
    apres = await saisir(hub, secret, await code(hub, envoi), Cookie=f"{COOKIE}={avant[COOKIE]}")
    assert (apres.status_code, avant[COOKIE] in apres.headers["set-cookie"]) == (303, False)
    assert (await aller(hub, "GET", f"/orientations/{envoi}", avant)).status_code in (303, 401)


async def test_the_database_itself_gives_a_link_its_one_referral(hub: Hub, envoi: str) -> None:
    """Whatever a session says that it opens: the row of the link says it, and nothing once it is over."""
    await hub.envoyee(await hub.dossier(reference="R-AUTRE"), partenaire=GREFFE)
    lien = acteur_de(LienRow(id=await lien_id(hub, envoi), orientation_id=new_id(), partenaire_id=ident(GREFFE)))

    async def vues() -> list[set[UUID]]:
        async with hub.app.state.database.transaction(lien) as session:
            tables = ("orientations", "dossiers", "liens", "consentements", "affectations", "lots")
            return [set((await session.execute(text(f"SELECT id FROM {table}"))).scalars()) for table in tables]

    orientations, dossiers, liens, *reste = await vues()
    assert ({str(o) for o in orientations}, len(dossiers), liens) == ({envoi}, 1, {UUID(lien.id)})
    assert reste == [set(), set(), set()]
    await poser(hub, envoi, expire_at=utc_now())
    assert await vues() == [set()] * 6
