"""The association's page and its twin as data: the same things, the same rights, few statements, and light."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from sqlalchemy import event, text

from common.clock import new_id, utc_now
from common.codes import Categorie, EtatDiagnostic, EtatDossier, EtatOrientation, Motif, Niveau
from common.database import Database
from common.events import cellule as c
from common.events import orientation as o
from common.requests import Divulgation
from signalement.consentements import porte
from signalement.espace import appuis, contenu, etapes
from signalement.signalements import service as signalements
from signalement.signalements.domain import Qualifier
from signalement.signalements.schemas import Coordonnees, Finances, Identite, Situation
from tests.signalement import fabrique as f
from tests.signalement.conftest import Ouvrir
from tests.signalement.outils import texte
from tests.signalement.site import hear
from tests.signalement.test_espace import API, ESPACE, demander
from tests.signalement.test_porte import demande

CONSENTEMENTS = f"{ESPACE}/consentements"


@contextmanager
def counted(app: FastAPI) -> Iterator[list[str]]:
    """The statements that the application runs meanwhile."""
    engine, seen = app.state.database.engine.sync_engine, []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        seen.append(" ".join(statement.split())[:80])

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def referral(dossier_id: UUID, etat: EtatOrientation, motif: Motif | None = None, **changes: Any) -> Any:
    """The event that leaves a referral in this state, as far as the page reads it."""
    facts: dict[str, Any] = {
        "orientation_id": new_id(),
        "dossier_id": dossier_id,
        "partenaire_id": f.PARTENAIRE,
        "emetteur_id": f.CELLULE,
        "dispositif": "dla",
        "due_at": utc_now() + timedelta(days=3),
    }
    return o.OrientationRecue(**facts | changes, etat=etat, motif=motif)


async def fill(database: Database, app: FastAPI, ouvrir: Ouvrir, times: int) -> UUID:
    """A case with that many referrals, readings, messages and diagnostics around it."""
    dossier = await f.deposer(database, now=utc_now() - timedelta(days=9))
    await f.publier(database)
    await f.publier_cellule(database)
    async with database.transaction() as session:
        await signalements.qualifier(session, f.ANIMATEUR, dossier.id, Qualifier(Niveau.faire_face), utc_now())
    states = [etat for etat in EtatOrientation if etat is not EtatOrientation.brouillon]
    for number in range(times):
        await hear(database, referral(dossier.id, states[number % len(states)]), number + 1)
    await demander(database, dossier, Categorie.identite)
    ouvert = c.DiagnosticOuvert(diagnostic_id=uuid4(), dossier_id=dossier.id, etat=EtatDiagnostic.ouvert, numero=0)
    await hear(database, ouvert)
    async with database.transaction() as session:
        # A reading a day, for months.
        await session.execute(
            text("""
                INSERT INTO audit_entries
                    (id, acteur_id, acteur_role, organisation_id, action, objet_id, dossier_id, categories, at)
                SELECT gen_random_uuid(), 'a', 'animateur', :cell, 'dossier.lire', 'x', :dossier,
                    ARRAY['identite', 'contact', 'situation', 'finances'], now() - n * interval '1 day'
                FROM generate_series(1, :times) AS n
            """),
            {"cell": f.CELLULE, "dossier": dossier.id, "times": 30 * times},
        )
    return dossier.id


async def test_the_page_costs_ten_statements_and_stays_light_whatever_the_case_holds(
    app: FastAPI, ouvrir: Ouvrir, signalement_db: Database
) -> None:
    costs = []
    for times in (1, 20):
        browser = ouvrir(f.dirigeant(await fill(signalement_db, app, ouvrir, times)))
        for path in (ESPACE, f"{API}/espace"):
            with counted(app) as seen:
                answer = await browser.get(path)
            assert answer.status_code == 200
            costs.append(len(seen))
            assert len(seen) <= 10, seen
            if path == ESPACE:
                assert len(answer.content) < 100_000, len(answer.content)
    assert len(set(costs)) == 1, costs


async def test_the_page_and_the_api_say_the_same(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db, now=utc_now())
    await f.publier(signalement_db)
    await f.publier_cellule(signalement_db)
    dispositif = o.DispositifPublie(code="dla", libelle="Dispositif local d’accompagnement", numero=1)
    await hear(signalement_db, dispositif)
    await hear(signalement_db, referral(dossier.id, EtatOrientation.recue))
    await hear(signalement_db, referral(dossier.id, EtatOrientation.declinee, Motif.sans_capacite))
    await hear(signalement_db, referral(dossier.id, EtatOrientation.brouillon))
    await demander(signalement_db, dossier, Categorie.identite, Categorie.contact)
    async with signalement_db.transaction() as session:
        await signalements.lire(session, f.ANIMATEUR, dossier.id, utc_now())
    browser = ouvrir(f.dirigeant(dossier.id))
    data = (await browser.get(f"{API}/espace")).json()
    page = texte(await browser.get(ESPACE)).replace("\u00a0", " ").replace("\u202f", " ")
    assert [one["etat"] for one in data["appuis"]] == ["recue", "declinee"]
    for one in data["appuis"]:
        assert one["dispositif_libelle"] in page
        assert one["phrase"] in page
        assert one["suite"] in page
    assert data["appuis"][0]["avant"]
    assert data["appuis"][1]["avant"] is None
    assert "Raison donnée" in page
    (attendu,) = data["attendus"]
    assert (attendu["genre"], attendu["action"]) == ("consentement", "Lire et répondre")
    assert page.index(attendu["titre"]) < page.index("Où en est votre dossier")
    assert [one["categories"] for one in data["ouvertures"]] == [["identite", "contact", "situation", "finances"]]
    assert "identité de l’association, coordonnées" in page
    assert (data["semaines"]["numero"], data["semaines"]["total"]) == (1, 6)
    assert "Semaine 1 sur 6" in page
    assert [one["etat"] for one in data["phases"]] == ["faite", "ici", "suite", "suite", "suite"]


async def test_an_empty_space_teaches_what_will_be_there(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    page = texte(await ouvrir(f.dirigeant(dossier.id)).get(ESPACE))
    for said in (
        "Aucun partenaire n’a encore été sollicité",
        "Vous n’avez répondu à aucune demande",
        "Personne ne l’a encore ouvert",
        "Les deux derniers comptes annuels",
        "Aucun message",
    ):
        assert said in page


async def test_what_is_shown_before_the_answer_is_what_the_door_lets_through(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db, now=utc_now())
    await f.publier(signalement_db)
    asked = await demander(signalement_db, dossier, Categorie.identite, Categorie.contact)
    browser = ouvrir(f.dirigeant(dossier.id))
    detail = (await browser.get(f"{API}/espace/consentements/{asked}")).json()
    assert detail["actions"] == ["donner", "refuser"]
    shown = {part["categorie"]: [champ["nom"] for champ in part["champs"]] for part in detail["montre"]}
    page = await browser.get(f"{CONSENTEMENTS}/{asked}")
    for part in detail["montre"]:
        for champ in part["champs"]:
            assert champ["libelle"] in texte(page)
            assert (champ["valeur"] or "Non renseigné") in texte(page)
    assert "Budget annuel" not in texte(page)
    given = await browser.post(f"{CONSENTEMENTS}/{asked}/donner", data={"texte_version": detail["texte_version"]})
    assert given.status_code == 303
    async with signalement_db.transaction() as session:
        let_through = await porte.divulguer(session, demande(dossier), utc_now)
    assert isinstance(let_through, Divulgation)
    door = let_through.model_dump(include={"identite", "contact", "situation", "finances"}, exclude_none=True)
    assert {name: list(part) for name, part in door.items()} == shown
    assert "peut lire" in texte(await browser.get(f"{CONSENTEMENTS}/{asked}"))
    await browser.post(f"{CONSENTEMENTS}/{asked}/retirer")
    ended = (await browser.get(f"{API}/espace/consentements/{asked}")).json()
    assert (ended["montre"], ended["actions"], ended["etat"]) == ([], [], "retire")
    # There is nothing left to confirm.
    assert (await browser.get(f"{CONSENTEMENTS}/{asked}/retirer")).headers["location"] == f"{CONSENTEMENTS}/{asked}"


@pytest.mark.parametrize("path", [f"{CONSENTEMENTS}/{{}}", f"{API}/espace/consentements/{{}}"])
async def test_nobody_else_reads_a_consent(ouvrir: Ouvrir, signalement_db: Database, path: str) -> None:
    dossier = await f.deposer(signalement_db)
    asked = await demander(signalement_db, dossier, Categorie.identite)
    for actor, status in ((None, 401), (f.ANIMATEUR, 403), (f.AGENT, 403), (f.dirigeant(uuid4()), 404)):
        refused = await ouvrir(actor).get(path.format(asked))
        assert refused.status_code == status
        assert "Étang" not in refused.text


def test_every_field_that_the_door_lets_through_has_its_words() -> None:
    models: tuple[type[BaseModel], ...] = (Identite, Coordonnees, Situation, Finances)
    assert {field for model in models for field in model.model_fields} == set(contenu.CHAMPS)


def test_every_state_of_a_referral_that_left_has_its_words() -> None:
    assert set(appuis.MOTS) == set(EtatOrientation) - {EtatOrientation.brouillon}
    assert {etat for etat in appuis.DATEES if not appuis.MOTS[etat].suite} == set()


@given(st.integers(0, 400), st.booleans(), st.sampled_from(["34", "974", "988"]))
def test_weeks_are_counted_in_the_days_of_the_territory(hours: int, validees: bool, departement: str) -> None:
    seen = etapes.semaines(f.NOW, departement, f.NOW + timedelta(hours=hours), validees=validees)
    assert 1 <= seen.numero <= hours // (7 * 24) + 2
    assert seen.limite - date(2026, 3, 2) == timedelta(weeks=6)
    assert seen.validees is validees


def test_the_week_turns_at_midnight_of_the_territory() -> None:
    # 23:30 in Paris is already the next day in La Réunion.
    late = f.NOW.replace(hour=22, minute=30) + timedelta(days=6)
    assert etapes.semaines(f.NOW, "34", late, validees=False).numero == 1
    assert etapes.semaines(f.NOW, "974", late, validees=False).numero == 2


def test_a_closed_case_has_all_its_phases_behind_it() -> None:
    assert {phase["etat"] for phase in etapes.phases(EtatDossier.clos, "34", f.NOW, [], [])} == {"faite"}
