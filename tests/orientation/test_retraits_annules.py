"""A removal undone within a day, and what the directory forgets by itself."""

from datetime import timedelta
from typing import Any

import pytest

from common.actor import Actor, Role
from common.clock import utc_now
from orientation import purger as commande
from orientation.membres.domain import ANNULABLE, RetraitDefinitif, annuler_retrait
from orientation.purges.service import balayage, purger
from orientation.settings import OrientationSettings
from tests.conftest import service_url
from tests.orientation.equipe import ADMIN, API, EQUIPE, MANAGER_APPUI, aller, lignes, membre_id
from tests.orientation.monde import AGENT, ISSUER, MANAGER, NATIONAL, Hub, ident
from tests.orientation.test_membres import effacer, inviter, rejoindre
from tests.orientation.test_pages import envoyer, page
from tests.sessions import COOKIE


def test_for_a_day_and_no_longer() -> None:
    now = utc_now()
    annuler_retrait(now - ANNULABLE + timedelta(seconds=1), now)
    for passe in (None, now - ANNULABLE):
        with pytest.raises(RetraitDefinitif):
            annuler_retrait(passe, now)


async def test_a_removal_is_undone_with_its_roles_and_without_its_sessions(hub: Hub) -> None:
    session = {COOKIE: await rejoindre(hub, "ana", roles=("manager", "agent"))}
    ana = await membre_id(hub, "fonds", "ana")
    await envoyer(hub, MANAGER, f"{EQUIPE}/membres/{ana}/retrait")
    equipe = await page(hub, MANAGER, f"{EQUIPE}?fait=retrait")
    assert "Annuler le retrait" in equipe
    fait = await envoyer(hub, MANAGER, f"{EQUIPE}/membres/{ana}/retablissement")
    assert fait.headers["location"].endswith("?fait=retablissement")
    (row,) = await lignes(hub, "SELECT actif, courriel, roles, retire_at FROM membres WHERE sub = 'ana'")
    assert (row.actif, row.courriel, sorted(row.roles), row.retire_at) == (
        True,
        "ana@fonds.example",
        ["agent", "manager"],
        None,
    )
    assert (await aller(hub, "GET", "/orientations", session)).status_code == 303, "its sessions stay ended"
    assert "Annuler le retrait" not in await page(hub, MANAGER, EQUIPE)
    # Twice is refused, as is what nobody removed.
    assert (await envoyer(hub, MANAGER, f"{EQUIPE}/membres/{ana}/retablissement")).status_code == 404
    actions = [
        r.action for r in await lignes(hub, "SELECT action FROM audit_entries WHERE action LIKE 'membre.%' ORDER BY at, id")
    ]
    assert actions == ["membre.retirer", "membre.retablir"]


async def test_after_a_day_it_is_not_and_the_address_is_forgotten(hub: Hub, settings: OrientationSettings) -> None:
    agent = await membre_id(hub, "fonds", "fonds-agent")
    assert (await effacer(hub, f"/membres/{agent}")).status_code == 204
    assert (await purger(hub.database, settings, utc_now() + ANNULABLE - timedelta(minutes=1)))["membre.oublier"] == 0
    await lignes(hub, "UPDATE membres SET retire_at = :r WHERE id = :m RETURNING id", r=utc_now() - ANNULABLE, m=agent)
    tard = await hub.post(MANAGER, f"{API}/membres/{agent}/retablissement", {})
    assert (tard.status_code, tard.json()["type"]) == (409, "urn:relais:erreur:retrait-ancien")
    assert (await purger(hub.database, settings, utc_now() + timedelta(seconds=1)))["membre.oublier"] == 1
    (row,) = await lignes(hub, "SELECT actif, courriel, nom, retire_at FROM membres WHERE id = :m", m=agent)
    assert (row.actif, row.courriel, row.nom, row.retire_at) == (False, "", "Martin", None)


@pytest.mark.parametrize("actor", [None, AGENT, MANAGER_APPUI, NATIONAL])
async def test_others_undo_nothing(hub: Hub, actor: Actor | None) -> None:
    agent = await membre_id(hub, "fonds", "fonds-agent")
    await effacer(hub, f"/membres/{agent}")
    for code in ("fonds", "appui"):
        path = f"/equipes/{ident(code)}/membres/{agent}/retablissement"
        refus = await envoyer(hub, actor, path)
        assert refus.status_code in (401, 403, 404) or "/connexion" in refus.headers["location"]
        assert (await hub.post(actor, f"/api/v1{path}", {})).status_code in (401, 403, 404)
    assert not (await lignes(hub, "SELECT actif FROM membres WHERE id = :m", m=agent))[0].actif


async def test_an_administrateur_is_brought_back_by_another_alone(hub: Hub) -> None:
    auditeur = await membre_id(hub, "nationale", "nationale-auditeur")
    await lignes(
        hub,
        "UPDATE membres SET roles = '{administrateur}', actif = false, retire_at = :n WHERE id = :m RETURNING id",
        n=utc_now(),
        m=auditeur,
    )
    manager = Actor("m", frozenset({Role.manager}), ident("nationale"))
    path = f"/equipes/{ident('nationale')}/membres/{auditeur}/retablissement"
    assert (await envoyer(hub, manager, path)).status_code == 403
    assert (await envoyer(hub, ADMIN, path)).status_code == 303


async def test_addresses_and_names_of_what_is_over_are_forgotten(hub: Hub, settings: OrientationSettings) -> None:
    invitation = (await inviter(hub, corps={"courriel": "jamais@fonds.example", "roles": ["agent"]})).json()
    now = utc_now()
    await lignes(
        hub,
        """INSERT INTO adhesions (id, partenaire_id, issuer, sub, nom, courriel, etat, demandee_at)
        VALUES (gen_random_uuid(), :p, :i, 'x', 'Nom Secret', 'secret@x.example', 'en_attente', :n) RETURNING id""",
        p=ident("fonds"),
        i=ISSUER,
        n=now,
    )

    async def restent() -> tuple[Any, ...]:
        (i,) = await lignes(hub, "SELECT courriel, cardinality(liens) AS n FROM invitations")
        (a,) = await lignes(hub, "SELECT nom, courriel FROM adhesions")
        return i.courriel, a.nom, a.courriel

    assert (settings.purge_invitations_jours, settings.purge_demandes_jours) == (30, 30)
    plein = ("jamais@fonds.example", "Nom Secret", "secret@x.example")
    await purger(hub.database, settings, now + timedelta(days=7 + 29))
    assert await restent() == plein
    fait = await purger(hub.database, settings, now + timedelta(days=7 + 31))
    assert (fait["invitation.oublier"], await restent()) == (1, ("", *plein[1:]))
    # By the worker's round as well, at the time that it is given; and once.
    await balayage(settings).work(hub.database, lambda: now + timedelta(days=61))
    assert await restent() == ("", "", "")
    assert set((await purger(hub.database, settings, now + timedelta(days=61))).values()) == {0}
    entrees = await lignes(hub, "SELECT acteur_id, action FROM audit_entries WHERE action LIKE '%.oublier'")
    assert {(e.acteur_id, e.action) for e in entrees} == {("relais", "invitation.oublier"), ("relais", "adhesion.oublier")}
    # What was forgotten is not sent again, and its address may be invited anew.
    refus = await hub.post(MANAGER, f"{API}/invitations/{invitation['invitation_id']}/renvoi", {})
    assert refus.status_code == 409
    assert (await inviter(hub, corps={"courriel": "jamais@fonds.example", "roles": ["agent"]})).status_code == 201


async def test_the_terms_are_settings_and_the_command_does_the_same(hub: Hub, settings: OrientationSettings) -> None:
    await inviter(hub, corps={"courriel": "jamais@fonds.example", "roles": ["agent"]})
    await lignes(hub, "UPDATE invitations SET expire_at = :p RETURNING id", p=utc_now() - timedelta(minutes=1))
    assert (await commande.run(settings))["invitation.oublier"] == 0
    aussitot = settings.model_copy(update={"purge_invitations_jours": 0})
    assert (await commande.run(aussitot))["invitation.oublier"] == 1
    assert service_url(hub.database) == settings.database_url.get_secret_value()
