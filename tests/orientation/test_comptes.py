"""A member under another identifier: nobody, until somebody who may decide has confirmed it."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
from pydantic import TypeAdapter

from common import sessions_store
from common.actor import Actor, Role
from common.clock import new_id, utc_now
from common.database import Database
from common.errors import Introuvable
from common.sessions import Fournisseur
from orientation.comptes import service, store
from orientation.comptes.domain import DUREE, Changement, CompteDecide, CompteDUnAutre, EtatCompte, a_redemander, decider
from orientation.connexion.attentes import Attente
from orientation.partenaires.service import Partenaire, charger
from orientation.settings import OrientationSettings
from tests.orientation import faussaire
from tests.orientation.equipe import ADMIN, MANAGER_APPUI, lignes, membre_id
from tests.orientation.faussaire import Faussaire
from tests.orientation.monde import AGENT, ANNUAIRE, ISSUER, MANAGER, NATIONAL, Hub, ident
from tests.orientation.test_pages import HTML, envoyer, page

COURRIEL = "agent@fonds.example"
EQUIPE = f"/equipes/{ident('fonds')}"


def qui(sub: str = "nouveau", courriel: str = COURRIEL) -> Attente:
    return Attente(issuer=ISSUER, sub=sub, nom="Ana Martin", courriel=courriel, suite="/orientation/")


async def signaler(hub: Hub, **plus: str) -> list[tuple[str, EtatCompte, bool]]:
    async with hub.database.transaction() as session:
        return await service.signaler(session, qui(**plus), utc_now())


async def compte(hub: Hub) -> str:
    """The one that waits."""
    (row,) = await lignes(hub, "SELECT id FROM comptes_changes")
    return str(row.id)


async def sub_de(hub: Hub, membre: str) -> str:
    (row,) = await lignes(hub, "SELECT sub FROM membres WHERE id = :m", m=membre)
    return str(row.sub)


async def annonces(hub: Hub, fait: str) -> list[Any]:
    return await lignes(hub, "SELECT body FROM outbox WHERE subject = :s", s=f"relais.orientation.compte.{fait}.v1")


async def test_whoever_decides_is_told_once_and_confirms(hub: Hub) -> None:
    membre = await membre_id(hub, "fonds", "fonds-agent")
    ancien = Actor(membre, frozenset({Role.agent}), ident("fonds"))
    async with hub.database.transaction() as session:
        jeton = await sessions_store.open_session(session, ancien, utc_now(), Fournisseur(ISSUER, "fonds-agent"))
    assert [(e, a) for _, e, a in await signaler(hub)] == [(EtatCompte.en_attente, False)]
    await signaler(hub)
    (annonce,) = await annonces(hub, "demande")
    assert COURRIEL not in annonce.body
    assert "nouveau" not in annonce.body
    liste = await page(hub, MANAGER, EQUIPE)
    assert "Comptes à vérifier" in liste
    ici = f"{EQUIPE}/comptes/{await compte(hub)}"
    assert "Appelez" in await page(hub, MANAGER, ici)
    suivi = await hub.get(MANAGER, f"/comptes/{await compte(hub)}", headers=HTML)
    assert suivi.headers["location"] == f"/orientation{ici}"
    assert await sub_de(hub, membre) == "fonds-agent"
    assert (await envoyer(hub, MANAGER, f"{ici}/confirmation")).headers["location"].endswith("?fait=compte")
    assert await sub_de(hub, membre) == "nouveau"
    async with hub.database.transaction() as session:
        assert not await sessions_store.is_open(session, jeton)
    (dit,) = await annonces(hub, "confirme")
    assert membre in dit.body
    assert MANAGER.id in dit.body
    actions = [r.action for r in await lignes(hub, "SELECT action FROM audit_entries ORDER BY at, id")]
    assert [a for a in actions if a.startswith("compte.")] == ["compte.demander", "compte.confirmer"]
    # Twice is once.
    encore = await envoyer(hub, MANAGER, f"{ici}/confirmation")
    assert (encore.status_code, len(await annonces(hub, "confirme"))) == (409, 1)
    # The old one is a stranger now, and may ask in its turn.
    assert await signaler(hub, sub="fonds-agent")


async def test_a_file_does_not_bring_the_old_identifier_back(hub: Hub) -> None:
    membre = await membre_id(hub, "fonds", "fonds-agent")
    await signaler(hub)
    assert (await envoyer(hub, MANAGER, f"{EQUIPE}/comptes/{await compte(hub)}/confirmation")).status_code == 303
    async with hub.database.transaction() as session:
        await charger(session, TypeAdapter(list[Partenaire]).validate_python(ANNUAIRE), ISSUER, utc_now())
    assert await lignes(hub, "SELECT id FROM membres WHERE sub = 'fonds-agent'") == []
    assert await sub_de(hub, membre) == "nouveau"


async def test_a_refusal_changes_nothing_and_is_not_asked_again_at_once(hub: Hub) -> None:
    membre = await membre_id(hub, "fonds", "fonds-agent")
    await signaler(hub)
    ici = f"{EQUIPE}/comptes/{await compte(hub)}"
    assert (await envoyer(hub, MANAGER, f"{ici}/refus")).status_code == 303
    assert [e for _, e, _ in await signaler(hub)] == [EtatCompte.refuse]
    assert (await envoyer(hub, MANAGER, f"{ici}/confirmation")).status_code == 409
    assert (await sub_de(hub, membre), len(await annonces(hub, "demande"))) == ("fonds-agent", 1)


@pytest.mark.parametrize("actor", [None, AGENT, MANAGER_APPUI, NATIONAL])
async def test_others_decide_nothing(hub: Hub, actor: Actor | None) -> None:
    membre = await membre_id(hub, "fonds", "fonds-agent")
    await signaler(hub)
    un = await compte(hub)
    for organisation in ("fonds", "appui"):
        ici = f"/equipes/{ident(organisation)}/comptes/{un}"
        for suite in ("/confirmation", "/refus"):
            refus = await envoyer(hub, actor, f"{ici}{suite}")
            assert refus.status_code in (401, 403, 404) or "/connexion" in refus.headers["location"]
        assert (await hub.get(actor, ici, headers=HTML)).status_code in (303, 403, 404)
    assert (await hub.get(actor, f"/comptes/{un}", headers=HTML)).status_code in (303, 403, 404)
    assert await sub_de(hub, membre) == "fonds-agent"
    (etat,) = await lignes(hub, "SELECT etat FROM comptes_changes")
    assert etat.etat == "en_attente"


async def test_the_only_manager_is_confirmed_by_an_administrateur(hub: Hub) -> None:
    membre = await membre_id(hub, "fonds", "fonds-manager")
    ((_, _, administrateur),) = await signaler(hub, courriel="manager@fonds.example")
    assert administrateur
    ici = f"{EQUIPE}/comptes/{await compte(hub)}"
    # Whoever still has the old identifier does not decide about itself.
    lui_meme = replace(MANAGER, id=membre)
    assert (await envoyer(hub, lui_meme, f"{ici}/confirmation")).status_code == 403
    assert (await envoyer(hub, ADMIN, f"{ici}/confirmation")).status_code == 303
    assert await sub_de(hub, membre) == "nouveau"


async def test_what_has_expired_is_not_confirmed_and_may_be_asked_again(hub: Hub) -> None:
    await signaler(hub)
    vieux = utc_now() - DUREE - timedelta(minutes=1)
    await lignes(hub, "UPDATE comptes_changes SET demande_at = :v RETURNING id", v=vieux)
    ici = f"{EQUIPE}/comptes/{await compte(hub)}"
    assert "Comptes à vérifier" not in await page(hub, MANAGER, EQUIPE)
    assert (await envoyer(hub, MANAGER, f"{ici}/confirmation")).status_code == 409
    await signaler(hub)
    assert len(await annonces(hub, "demande")) == 2
    assert (await envoyer(hub, MANAGER, f"{ici}/confirmation")).status_code == 303


@pytest.mark.parametrize(
    "autre", [{"courriel": ""}, {"courriel": "inconnue@fonds.example"}, {"issuer": "https://autre.example"}]
)
async def test_a_stranger_is_announced_to_nobody(hub: Hub, autre: dict[str, str]) -> None:
    async with hub.database.transaction() as session:
        assert await service.signaler(session, qui().model_copy(update=autre), utc_now()) == []
    assert await annonces(hub, "demande") == []


async def test_two_of_one_organisation_who_share_an_address_are_not_told_apart(hub: Hub) -> None:
    await lignes(hub, "UPDATE membres SET courriel = :c WHERE partenaire_id = :p RETURNING id", c=COURRIEL, p=ident("fonds"))
    assert await signaler(hub) == []


async def test_an_identifier_that_was_somebody_else_there_is_not_taken(hub: Hub) -> None:
    await signaler(hub)
    await lignes(
        hub,
        """INSERT INTO membres (id, partenaire_id, issuer, sub, nom, prenom, courriel, roles, actif)
        VALUES (gen_random_uuid(), :p, :i, 'nouveau', 'x', 'x', '', '{agent}', false) RETURNING id""",
        p=ident("fonds"),
        i=ISSUER,
    )
    assert (await envoyer(hub, MANAGER, f"{EQUIPE}/comptes/{await compte(hub)}/confirmation")).status_code == 409


def test_the_rules() -> None:
    now = utc_now()
    change = Changement(new_id(), "neuf", "vieux", EtatCompte.en_attente, now)
    roles, agent = frozenset({Role.manager}), frozenset({Role.agent})
    assert decider(change, EtatCompte.confirme, "x", roles, agent, "vieux", now) is EtatCompte.confirme
    refuse = replace(change, etat=EtatCompte.refuse, decide_at=now)
    for autre, quand, sub in ((change, now + DUREE, "vieux"), (refuse, now, "vieux"), (change, now, "y")):
        with pytest.raises(CompteDecide):
            decider(autre, EtatCompte.confirme, "x", roles, agent, sub, quand)
    with pytest.raises(CompteDUnAutre):
        decider(change, EtatCompte.confirme, str(change.membre_id), roles, agent, "vieux", now)
    with pytest.raises(CompteDUnAutre):
        decider(change, EtatCompte.confirme, "x", roles, frozenset({Role.administrateur}), "vieux", now)
    assert [a_redemander(refuse, now + d) for d in (timedelta(), DUREE)] == [False, True]


@pytest.fixture
def fournisseur() -> Iterator[Faussaire]:
    with faussaire.servir() as un:
        yield un


@pytest.fixture
async def navigateur(
    settings: OrientationSettings, orientation_db: Database, fournisseur: Faussaire
) -> AsyncIterator[httpx2.AsyncClient]:
    settings = settings.model_copy(update={"oidc_issuer": fournisseur.issuer})
    async with faussaire.devant(settings, orientation_db, fournisseur.issuer) as client:
        yield client


async def test_at_sign_in_one_is_told_why_and_whom_to_ask(
    navigateur: httpx2.AsyncClient, fournisseur: Faussaire, orientation_db: Database
) -> None:
    fournisseur.claims |= {"sub": "un-autre-sub", "email": COURRIEL, "email_verified": True}
    demande = await faussaire.partir(navigateur, fournisseur)
    params = {"code": "un-code", "state": demande["state"], "iss": fournisseur.issuer}
    retour = await navigateur.get("/orientation/connexion/retour", params=params, headers=HTML)
    assert (retour.status_code, faussaire.session_of(retour)) == (403, "")
    assert "Votre compte a changé" in retour.text
    assert "Organisation fonds" in retour.text
    # The address is the provider's to verify: one that it says it did not is none.
    async with orientation_db.transaction() as session:
        with pytest.raises(Introuvable):
            await store.organisation_of(session, MANAGER, UUID(int=1))
