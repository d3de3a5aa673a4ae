"""The people of an organisation: who reaches them, invitations from the mail to the session, roles, leaving."""

from datetime import timedelta
from typing import Any

import pytest

from common.actor import Actor, Role
from common.clock import new_id, utc_now
from common.errors import Introuvable
from tests.orientation.equipe import (
    ADMIN,
    API,
    EQUIPE,
    MANAGER_APPUI,
    MANAGER_CELLULE,
    aller,
    identifie,
    lien,
    lignes,
    membre_id,
    poses,
)
from tests.orientation.monde import (
    AGENT,
    ANIMATEUR,
    AUDITEUR,
    DIRIGEANT,
    MACHINE,
    MANAGER,
    NATIONAL,
    Hub,
    ident,
    personne,
)
from tests.orientation.test_pages import envoyer, lisible, page
from tests.sessions import COOKIE

INVITEE = {"courriel": "ana@fonds.example", "roles": ["agent"]}


async def inviter(hub: Hub, actor: Actor = MANAGER, corps: dict[str, Any] | None = None, equipe: str = API) -> Any:
    return await hub.post(actor, f"{equipe}/invitations", corps or INVITEE)


async def effacer(hub: Hub, path: str, actor: Actor = MANAGER) -> Any:
    return await hub.client.delete(f"/orientation{API}{path}", headers=hub.cookie(actor))


async def rejoindre(hub: Hub, sub: str, courriel: str = "ana@fonds.example", roles: tuple[str, ...] = ("agent",)) -> str:
    """Invite, follow the link, sign in, confirm. Returns the cookie of the session."""
    invitation = (await inviter(hub, corps={"courriel": courriel, "roles": list(roles)})).json()
    jeton = await lien(hub, invitation["invitation_id"])
    cookies = poses(await aller(hub, "GET", f"/invitation/{jeton}", {})) | identifie(hub, sub, suite="/orientation/invitation")
    fait = await aller(hub, "POST", "/invitation", cookies, {"prenom": "Ana", "nom": "de la Cruz"})
    assert fait.status_code == 303, lisible(fait)
    return poses(fait)[COOKIE]


async def test_an_invitation_from_the_mail_to_the_session(hub: Hub) -> None:
    invitation = (await inviter(hub)).json()
    assert (invitation["etat"], invitation["roles"], invitation["envois"]) == ("en_attente", ["agent"], 1)
    jeton = await lien(hub, invitation["invitation_id"])
    suivi = await aller(hub, "GET", f"/invitation/{jeton}", {})
    assert (suivi.status_code, suivi.headers["location"]) == (303, "/orientation/invitation")
    cookies = poses(suivi)
    vue = await aller(hub, "GET", "/invitation", cookies)
    assert "Rejoindre Organisation fonds" in lisible(vue)
    assert "/orientation/connexion?suite=/orientation/invitation" in vue.text
    assert jeton not in vue.text
    # Nothing is done before somebody has signed in.
    assert (await aller(hub, "POST", "/invitation", cookies, {"prenom": "A", "nom": "B"})).status_code == 303
    assert await lignes(hub, "SELECT 1 FROM membres WHERE nom = 'B'") == []
    cookies |= identifie(hub, "ana", suite="/orientation/invitation")
    assert 'value="de la Cruz"' in (await aller(hub, "GET", "/invitation", cookies)).text
    assert (await aller(hub, "POST", "/invitation", cookies, {"prenom": "", "nom": ""})).status_code == 422
    fait = await aller(hub, "POST", "/invitation", cookies, {"prenom": "Ana", "nom": "de la Cruz"})
    assert (fait.status_code, fait.headers["location"]) == (303, "/orientation/")
    assert (await aller(hub, "GET", "/orientations", {COOKIE: poses(fait)[COOKIE]})).status_code == 200
    equipe = (await hub.get(MANAGER, API)).json()
    (ana,) = [membre for membre in equipe["membres"] if membre["nom"] == "de la Cruz"]
    assert (ana["courriel"], ana["roles"], ana["vu_le"]) == ("ana@fonds.example", ["agent"], utc_now().date().isoformat())
    assert equipe["invitations"] == []
    # Once: the same link opens nothing, and neither address nor token is left.
    assert (await aller(hub, "GET", "/invitation", cookies)).status_code == 404
    assert (await lignes(hub, "SELECT courriel, liens FROM invitations"))[0] == ("", [])
    actions = [row.action for row in await lignes(hub, "SELECT action FROM audit_entries WHERE action LIKE 'invitation%'")]
    assert sorted(actions) == ["invitation.accepter", "invitation.envoyer"]
    (envoi,) = await lignes(hub, "SELECT body FROM outbox WHERE subject = 'relais.orientation.invitation.envoyee.v1'")
    assert "ana" not in envoi.body
    assert "cruz" not in envoi.body.lower()


async def test_the_token_is_kept_nowhere_and_each_mail_has_its_own(hub: Hub) -> None:
    invitation = (await inviter(hub)).json()["invitation_id"]
    jetons = [await lien(hub, invitation) for _ in range(5)]
    assert len(set(jetons)) == 5
    (row,) = await lignes(hub, "SELECT invitations::text AS tout, liens FROM invitations")
    assert len(row.liens) == 3
    assert not any(jeton in row.tout for jeton in jetons)
    for jeton in jetons[:2]:
        assert (await aller(hub, "GET", "/invitation", {"relais-invitation": jeton})).status_code == 404
    for jeton in jetons[2:]:
        assert (await aller(hub, "GET", "/invitation", {"relais-invitation": jeton})).status_code == 200


async def test_taken_back_expired_and_sent_again(hub: Hub) -> None:
    invitation = (await inviter(hub)).json()["invitation_id"]
    jeton = await lien(hub, invitation)
    async with hub.database.transaction() as session:
        from orientation.invitations.models import InvitationRow

        row = await session.get(InvitationRow, invitation)
        assert row is not None
        row.expire_at = utc_now() - timedelta(seconds=1)
    assert (await aller(hub, "GET", "/invitation", {"relais-invitation": jeton})).status_code == 404
    with pytest.raises(Introuvable):
        await lien(hub, invitation)
    assert (await hub.get(MANAGER, API)).json()["invitations"][0]["etat"] == "expiree"
    renvoyee = await hub.post(MANAGER, f"{API}/invitations/{invitation}/renvoi", {})
    assert (renvoyee.status_code, renvoyee.json()["envois"], renvoyee.json()["etat"]) == (200, 2, "en_attente")
    for _ in range(3):
        await hub.post(MANAGER, f"{API}/invitations/{invitation}/renvoi", {})
    assert (await hub.post(MANAGER, f"{API}/invitations/{invitation}/renvoi", {})).json()["type"].endswith("trop-d-invitations")
    jeton = await lien(hub, invitation)
    assert (
        await hub.client.delete(f"/orientation{API}/invitations/{invitation}", headers=hub.cookie(MANAGER))
    ).status_code == 204
    assert (await aller(hub, "GET", "/invitation", {"relais-invitation": jeton})).status_code == 404
    assert (await hub.post(MANAGER, f"{API}/invitations/{invitation}/renvoi", {})).status_code == 409
    assert (await lignes(hub, "SELECT courriel FROM invitations"))[0].courriel == ""


async def test_who_is_there_already_and_what_was_asked_twice(hub: Hub) -> None:
    entetes = {"Idempotency-Key": "une-invitation"}
    premiere = await hub.post(MANAGER, f"{API}/invitations", INVITEE, headers=entetes)
    encore = await hub.post(MANAGER, f"{API}/invitations", INVITEE, headers=entetes)
    assert encore.json() == premiere.json()
    assert (await inviter(hub)).json()["champ"] == "courriel"
    assert (await inviter(hub, corps={"courriel": "AGENT@fonds.example", "roles": ["agent"]})).status_code == 422
    assert (await inviter(hub, corps={"courriel": "ana", "roles": ["agent"]})).json()["champ"] == "courriel"
    for roles in ([], ["animateur"], ["machine"], ["administrateur"]):
        assert (await inviter(hub, corps={"courriel": "x@fonds.example", "roles": roles})).status_code == 422, roles


async def test_who_invites_whom(hub: Hub) -> None:
    cellule, nationale = f"/api/v1/equipes/{ident('cellule-sud')}", f"/api/v1/equipes/{ident('nationale')}"
    chef = {"courriel": "chef@fonds.example", "roles": ["manager"]}
    assert (await inviter(hub, ADMIN, INVITEE)).json()["type"].endswith("role-reserve")
    assert (await inviter(hub, ADMIN, chef)).status_code == 201
    animateur = {"courriel": "anim@cellule.example", "roles": ["animateur"]}
    assert (await inviter(hub, ANIMATEUR, animateur, cellule)).status_code == 403
    assert (await inviter(hub, MANAGER_CELLULE, animateur, cellule)).status_code == 201
    editeur = {"courriel": "edit@cellule.example", "roles": ["animateur", "catalogue"]}
    assert (await inviter(hub, MANAGER_CELLULE, editeur, cellule)).status_code == 403
    assert (await inviter(hub, ADMIN, editeur, cellule)).status_code == 201
    auditeur = {"courriel": "audit@nationale.example", "roles": ["auditeur"]}
    assert (await inviter(hub, ADMIN, auditeur, nationale)).status_code == 201
    assert (await inviter(hub, MANAGER_CELLULE, auditeur, nationale)).status_code == 404


@pytest.mark.parametrize("qui", [None, AGENT, MANAGER_APPUI, MACHINE, ANIMATEUR, NATIONAL, AUDITEUR, DIRIGEANT])
async def test_nobody_else_reaches_a_team(hub: Hub, qui: Actor | None) -> None:
    invitation = (await inviter(hub)).json()["invitation_id"]
    membre = await membre_id(hub, "fonds", "fonds-agent")
    avant = (await hub.get(MANAGER, API)).json()
    for methode, path, corps in (
        ("GET", "", None),
        ("PUT", f"/membres/{membre}/roles", {"roles": ["manager"]}),
        ("DELETE", f"/membres/{membre}", None),
        ("POST", "/invitations", {"courriel": "moi@ailleurs.example", "roles": ["manager"]}),
        ("POST", f"/invitations/{invitation}/renvoi", {}),
        ("DELETE", f"/invitations/{invitation}", None),
        ("POST", f"/adhesions/{new_id()}/acceptation", {"roles": ["manager"]}),
        ("POST", f"/adhesions/{new_id()}/refus", {}),
    ):
        reponse = await hub.client.request(methode, f"/orientation{API}{path}", headers=hub.cookie(qui), json=corps)
        assert reponse.status_code in (401, 403, 404), f"{methode} {path}: {reponse.status_code}"
        assert "agent@fonds.example" not in reponse.text
    for path in ("", "/invitations/nouvelle", f"/membres/{membre}/roles", f"/membres/{membre}/retrait"):
        assert (await hub.get(qui, f"{EQUIPE}{path}", headers={"Accept": "text/html"})).status_code in (303, 403, 404)
        assert (await envoyer(hub, qui, f"{EQUIPE}{path}")).status_code in (303, 401, 403, 404, 405)
    assert (await hub.get(MANAGER, API)).json() == avant


async def test_a_member_of_another_team_is_not_reached_through_ones_own(hub: Hub) -> None:
    autre = await membre_id(hub, "appui", "appui-agent")
    assert (await effacer(hub, f"/membres/{autre}")).status_code == 404
    assert (await hub.get(MANAGER, f"{EQUIPE}/membres/{autre}/roles")).status_code == 404


async def test_leaving_ends_the_sessions_and_gives_the_referrals_back(hub: Hub) -> None:
    session = {COOKIE: await rejoindre(hub, "ana")}
    ana = await membre_id(hub, "fonds", "ana")
    orientation_id = await hub.envoyee()
    confiee = {"responsable_id": ana}
    confier = await hub.client.put(
        f"/orientation/api/v1/orientations/{orientation_id}/responsable", json=confiee, headers=hub.cookie(MANAGER)
    )
    assert confier.status_code == 200, confier.text
    assert (await aller(hub, "GET", "/orientations", session)).status_code == 200
    assert "Ses sessions se ferment aussitôt" in await page(hub, MANAGER, f"{EQUIPE}/membres/{ana}/retrait")
    retiree = await envoyer(hub, MANAGER, f"{EQUIPE}/membres/{ana}/retrait")
    assert (retiree.status_code, retiree.headers["location"]) == (303, f"/orientation{EQUIPE}?fait=retrait")
    # The next request is nobody's: led to the sign-in.
    perdue = await aller(hub, "GET", "/orientations", session)
    assert (perdue.status_code, perdue.headers["location"][:23]) == (303, "/orientation/connexion?")
    suivi = (await hub.get(MANAGER, f"/api/v1/orientations/{orientation_id}/responsable")).json()
    assert suivi["responsable_id"] is None
    assert [etape["nom"] for etape in suivi["histoire"]] == ["", "Ana de la Cruz"]
    (row,) = await lignes(hub, "SELECT actif, courriel, nom FROM membres WHERE sub = 'ana'")
    # The address is kept for a day, as long as this may be undone.
    assert (row.actif, row.courriel, row.nom) == (False, "ana@fonds.example", "de la Cruz")
    entrees = await lignes(hub, "SELECT action FROM audit_entries WHERE action IN ('membre.retirer', 'session.fin_retrait')")
    assert {entree.action for entree in entrees} == {"membre.retirer", "session.fin_retrait"}
    # An invitation brings the same member back.
    assert (await aller(hub, "GET", "/orientations", {COOKIE: await rejoindre(hub, "ana")})).status_code == 200
    assert await membre_id(hub, "fonds", "ana") == ana


async def test_other_roles_end_the_sessions(hub: Hub) -> None:
    session = {COOKIE: await rejoindre(hub, "ana", roles=("manager",))}
    assert (await aller(hub, "GET", EQUIPE, session)).status_code == 200
    ana = await membre_id(hub, "fonds", "ana")
    assert "Enregistrer les rôles" in await page(hub, MANAGER, f"{EQUIPE}/membres/{ana}/roles")
    vide = await envoyer(hub, MANAGER, f"{EQUIPE}/membres/{ana}/roles")
    assert vide.status_code == 422
    assert "Choisissez au moins un rôle." in lisible(vide)
    assert (await envoyer(hub, MANAGER, f"{EQUIPE}/membres/{ana}/roles", {"roles": "agent"})).status_code == 303
    assert (await aller(hub, "GET", EQUIPE, session)).status_code == 303
    equipe = (await hub.get(MANAGER, API)).json()
    assert next(m for m in equipe["membres"] if m["membre_id"] == ana)["roles"] == ["agent"]


async def test_the_last_manager_stays(hub: Hub) -> None:
    chef = await membre_id(hub, "fonds", "fonds-manager")
    for actor in (MANAGER, ADMIN):
        refus = await effacer(hub, f"/membres/{chef}", actor)
        assert (refus.status_code, refus.json()["type"]) == (409, "urn:relais:erreur:dernier-responsable")
        assert refus.json()["detail"]
    refus = await hub.client.put(
        f"/orientation{API}/membres/{chef}/roles", json={"roles": ["agent"]}, headers=hub.cookie(MANAGER)
    )
    assert refus.status_code == 409
    assert "la dernière à tenir ce rôle" in lisible(await envoyer(hub, MANAGER, f"{EQUIPE}/membres/{chef}/retrait"))
    await rejoindre(hub, "ana", roles=("manager",))
    assert (await effacer(hub, f"/membres/{chef}")).status_code == 204


async def test_the_file_leaves_alone_what_a_manager_decided(hub: Hub) -> None:
    from pydantic import TypeAdapter

    from orientation.partenaires.service import Partenaire, charger
    from tests.orientation.monde import ANNUAIRE, ISSUER

    agent = await membre_id(hub, "fonds", "fonds-agent")
    assert (await effacer(hub, f"/membres/{agent}")).status_code == 204
    async with hub.database.transaction() as session:
        await charger(session, TypeAdapter(list[Partenaire]).validate_python(ANNUAIRE), ISSUER, utc_now())
    assert [m["courriel"] for m in (await hub.get(MANAGER, API)).json()["membres"]] == ["manager@fonds.example"]


async def test_the_administrateur_finds_who_has_no_manager(hub: Hub) -> None:
    liste = await page(hub, ADMIN, "/equipes")
    assert liste.index("Organisation cellule-est") < liste.index("Organisation appui")
    assert "Organisation appui" not in await page(hub, ADMIN, "/equipes?recherche=cellule")
    assert "Aucune organisation ne correspond" in await page(hub, ADMIN, "/equipes?recherche=%25")
    suite = await hub.get(MANAGER, "/equipes", headers={"Accept": "text/html"})
    assert suite.headers["location"] == f"/orientation{EQUIPE}"
    for qui in (AGENT, ANIMATEUR, NATIONAL, personne(Role.machine, "fonds")):
        assert (await hub.get(qui, "/equipes")).status_code == 403
