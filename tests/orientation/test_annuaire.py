"""Loading the directory, and what the other services ask it."""

import json
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import text

from common.actor import Actor, Role
from common.clock import utc_now
from common.database import Database
from common.errors import Interdit
from common.requests import AnnuaireActeur, ContactMembres
from orientation.charger import load
from orientation.fiches.models import FicheRow
from orientation.partenaires.handlers import annuaire_acteur, contact_adresse
from orientation.partenaires.service import Partenaire, charger
from orientation.settings import OrientationSettings
from tests.conftest import ROOT
from tests.orientation.monde import ANNUAIRE, ISSUER, ident, organisation

DEMO = ROOT / "deploy" / "demo" / "partenaires.json"


async def load_list(database: Database, entries: list[dict[str, Any]]) -> int:
    async with database.transaction() as session:
        return await charger(session, TypeAdapter(list[Partenaire]).validate_python(entries), ISSUER, utc_now())


async def published(database: Database) -> list[tuple[str, int]]:
    async with database.transaction() as session:
        query = "SELECT body FROM outbox WHERE subject LIKE 'relais.orientation.partenaire.publie.%' ORDER BY seq"
        bodies = [json.loads(body) for body in (await session.execute(text(query))).scalars()]
    return [(body["data"]["code"], int(body["sequence"])) for body in bodies]


async def test_loading_twice_publishes_once_and_a_change_again(orientation_db: Database) -> None:
    assert await load_list(orientation_db, ANNUAIRE) == len(ANNUAIRE)
    assert await load_list(orientation_db, ANNUAIRE) == 0
    assert await load_list(orientation_db, [ANNUAIRE[0] | {"delai_jours_ouvres": 9}]) == 1
    assert await published(orientation_db) == [*((p["code"], 1) for p in ANNUAIRE), ("fonds", 2)]


async def test_a_person_follows_its_new_organisation(orientation_db: Database) -> None:
    await load_list(orientation_db, ANNUAIRE)
    moved = ANNUAIRE[1] | {"membres": [ANNUAIRE[0]["membres"][1] | {"roles": ["manager"], "prenom": "Alix"}]}
    assert await load_list(orientation_db, [moved]) == 0
    async with orientation_db.transaction() as session:
        answer = await annuaire_acteur(session, AnnuaireActeur(issuer=ISSUER, subject_id="fonds-agent"))
    actor = Actor.from_claims(answer.claims)
    assert (actor.organisation_id, actor.roles, actor.nom_affiche) == (ident("appui"), frozenset({Role.manager}), "Alix Martin")


async def test_the_demonstrations_directory_loads(orientation_db: Database, settings: OrientationSettings) -> None:
    content = DEMO.read_bytes()
    assert await load(content, settings) == len(json.loads(content))
    assert await load(content, settings) == 0


@pytest.mark.parametrize(
    "change",
    [
        {"departements": ["99"]},
        {"type": "banque"},
        {"delai_jours_ouvres": 0},
        {"code": "Pas un code"},
        {"membres": [{"sub": "x", "nom": "N", "prenom": "P", "courriel": "a@b.example", "roles": ["dirigeant"]}]},
        {"membres": [{"sub": "x", "nom": "N", "prenom": "P", "courriel": "pas une adresse", "roles": ["agent"]}]},
    ],
)
def test_a_wrong_file_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Partenaire.model_validate(organisation("x", "dla", ["34"], ["dla"], ["agent"]) | change)


async def test_who_an_identity_is(orientation_db: Database, annuaire: None) -> None:
    async with orientation_db.transaction() as session:

        async def who(subject: str, issuer: str = ISSUER) -> Actor:
            answer = await annuaire_acteur(session, AnnuaireActeur(issuer=issuer, subject_id=subject))
            return Actor.from_claims(answer.claims)

        agent, machine, animateur = await who("fonds-agent"), await who("si-fonds"), await who("cellule-sud-animateur")
        assert (agent.roles, agent.organisation_id, agent.departements) == (
            frozenset({Role.agent}),
            ident("fonds"),
            frozenset(),
        )
        assert (machine.roles, machine.organisation_id, machine.nom_affiche) == (frozenset({Role.machine}), ident("fonds"), "")
        assert (animateur.roles, animateur.departements) == (frozenset({Role.animateur}), frozenset({"30", "34"}))
        for subject, issuer in (("inconnu", ISSUER), ("fonds-agent", "https://autre.example")):
            with pytest.raises(Interdit):
                await who(subject, issuer)
        await session.execute(text("UPDATE partenaires SET actif = false WHERE code = 'fonds'"))
        for subject in ("fonds-agent", "si-fonds"):
            with pytest.raises(Interdit):
                await who(subject)


async def test_where_to_write_to_members(orientation_db: Database, annuaire: None) -> None:
    async with orientation_db.transaction() as session:
        for roles, attendus in (
            ((Role.agent, Role.manager), ("agent@fonds.example", "manager@fonds.example")),
            ((Role.manager,), ("manager@fonds.example",)),
            ((Role.animateur,), ()),
        ):
            request = ContactMembres(organisation_id=ident("fonds"), roles=roles)
            reponse = await contact_adresse(session, request)
            assert (reponse.courriels, reponse.sans_compte) == (attendus, None)


async def test_where_to_write_to_whom_nobody_signs_in_for(orientation_db: Database, annuaire: None) -> None:
    """At its sheet's address, once nobody at all does: not for want of the role, and not where the sheet has none."""

    async def told() -> str | None:
        async with orientation_db.transaction() as session:
            request = ContactMembres(organisation_id=ident("fonds"), roles=(Role.animateur,))
            return (await contact_adresse(session, request)).sans_compte

    async def put(statement: str) -> None:
        async with orientation_db.transaction() as session:
            await session.execute(text(statement), {"fonds": ident("fonds")})

    async with orientation_db.transaction() as session:
        session.add(FicheRow(partenaire_id=ident("fonds"), courriel="contact@fonds.example", modifiee_at=utc_now()))
    assert await told() is None
    await put("UPDATE membres SET actif = false WHERE partenaire_id = :fonds AND 'manager' = ANY (roles)")
    assert await told() is None
    await put("UPDATE membres SET actif = false WHERE partenaire_id = :fonds")
    assert await told() == "contact@fonds.example"
    await put("UPDATE fiches SET courriel = '' WHERE partenaire_id = :fonds")
    assert await told() is None
