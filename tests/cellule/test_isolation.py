"""Without any `visible_to`: what PostgreSQL itself gives each actor of each table, read, held, changed and removed."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlmodel import col
from tests.cellule.conftest import (
    AUTRE_DOSSIER,
    COLLEGUE,
    DOSSIER,
    MEMBRE,
    NOW,
    TOUS,
    entendre,
    monde,
)
from tests.conftest import service_url
from tests.isolation import fill_common_tables, verify

from cellule.chiffres.models import CasRow, DispositifRow, RenvoiRow
from cellule.diagnostics.models import DiagnosticRow, ValidationRow, VersionRow
from cellule.diagnostics.store import visible_to
from common.actor import Actor, Role
from common.clock import new_id
from common.codes import EtatDiagnostic
from common.database import Database

ICI, AILLEURS = f"'{DOSSIER}'", f"'{AUTRE_DOSSIER}'"
CONTENU = ("diagnostic_versions", "diagnostic_validations")


async def _diagnostic(database: Database, dossier_id: UUID, etat: EtatDiagnostic) -> None:
    async with database.transaction() as session:
        partage = NOW if etat is EtatDiagnostic.partage else None
        row = DiagnosticRow(
            id=new_id(),
            dossier_id=dossier_id,
            cellule_id=new_id(),
            etat=etat.value,
            numero=1,
            version=1,
            ouvert_at=NOW,
            partage_at=partage,
        )
        session.add(row)
        await session.flush()
        commun: dict[str, Any] = {
            "diagnostic_id": row.id,
            "numero": 1,
            "par": "animateur",
            "auteur_id": "x",
            "empreinte": "0" * 64,
            "at": NOW,
        }
        session.add(VersionRow(sections={}, **commun))
        await session.flush()
        session.add(ValidationRow(**commun))


@pytest.fixture
async def peuplee(cellule_db: Database) -> Database:
    """Two cases in two territories, with a diagnostic shared and one in preparation, a referral and an entry each."""
    await entendre(cellule_db, *monde())
    for dossier_id in (DOSSIER, AUTRE_DOSSIER):
        await _diagnostic(cellule_db, dossier_id, EtatDiagnostic.partage)
        await _diagnostic(cellule_db, dossier_id, EtatDiagnostic.ouvert)
    async with cellule_db.transaction() as session:
        session.add(DispositifRow(code="dla", libelle="DLA", sequence=1))
        for dossier_id in (DOSSIER, AUTRE_DOSSIER):
            renvoi: dict[str, Any] = {"partenaire_id": MEMBRE, "dispositif": "dla", "etat": "envoyee", "rang": 1, "sequence": 1}
            session.add(RenvoiRow(orientation_id=new_id(), dossier_id=dossier_id, **renvoi))
    await fill_common_tables(cellule_db, *TOUS)
    bare = await cellule_db.connect()
    await bare.execute(
        "INSERT INTO journal (entree_id, service, acteur_id, acteur_role, action, objet_id, at) "
        "VALUES (gen_random_uuid(), 'orientation', 'x', 'agent', 'x', 'x', now())"
    )
    await bare.close()
    return cellule_db


def du_cas(actor: Actor) -> str:
    """The case of this actor, by the world that these tests make."""
    if actor.has(Role.dirigeant):
        return f"'{actor.dossier_id}'"
    return AILLEURS if actor is COLLEGUE or actor.organisation_id == COLLEGUE.organisation_id else ICI


def lisibles(actor: Actor) -> dict[str, str]:
    """What each table is to give, as conditions for the owner."""
    readable = {"partenaires": "true", "dispositifs": "true", "idempotence": f"actor_id = '{actor.id}'"}
    sien = f"dossier_id = {du_cas(actor)}"
    if actor.has(Role.national, Role.auditeur):
        readable |= {"cas": "true", "renvois": "true", "diagnostics": "etat = 'partage'"}
    if actor.has(Role.auditeur):
        readable["journal"] = "true"
    if actor.has(Role.animateur):
        readable |= {"cas": sien, "renvois": sien, "diagnostics": sien}
    if actor.has(Role.dirigeant):
        readable |= {"cas": sien, "diagnostics": sien}
    if actor.has(Role.agent, Role.manager):
        readable |= {"cas": sien, "diagnostics": f"{sien} AND etat = 'partage'"}
    if not actor.has(Role.national, Role.auditeur, Role.machine):
        dans = f"diagnostic_id IN (SELECT id FROM diagnostics WHERE {readable['diagnostics']})"
        readable |= dict.fromkeys(CONTENU, dans)
    return readable


@pytest.mark.parametrize("actor", TOUS, ids=lambda actor: actor.id)
async def test_the_database_itself_gives_each_only_its_own(peuplee: Database, actor: Actor) -> None:
    readable = lisibles(actor)
    changeable = {}
    if actor.has(Role.animateur):
        changeable["cas"] = readable["cas"]
    if actor.has(Role.animateur, Role.dirigeant):
        changeable["diagnostics"] = readable["diagnostics"]
    await verify(peuplee, actor, readable, changeable)


async def test_nobody_is_shown_what_is_public_only(peuplee: Database) -> None:
    await verify(peuplee, None, {"partenaires": "true", "dispositifs": "true"}, {})


@pytest.mark.parametrize("actor", TOUS, ids=lambda actor: actor.id)
async def test_the_policies_and_the_queries_agree(peuplee: Database, actor: Actor) -> None:
    """What `visible_to` lets through is there without it: neither lock hides what the other shows."""
    web = Database(service_url(peuplee), service="cellule", pool=2)
    query = select(col(DiagnosticRow.id)).join(CasRow, col(CasRow.dossier_id) == col(DiagnosticRow.dossier_id))
    async with peuplee.transaction() as session:
        wanted = set((await session.execute(query.where(visible_to(actor)))).scalars())
    async with web.transaction(actor) as session:
        assert set((await session.execute(query.where(visible_to(actor)))).scalars()) == wanted
        assert set((await session.execute(select(col(DiagnosticRow.id)))).scalars()) >= wanted
    await web.close()
