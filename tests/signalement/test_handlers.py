"""What is heard: consents asked once, projections that never go back, sweeps by the clock."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlmodel import select

from common.clock import new_id, utc_now
from common.codes import Categorie, EtatConsentement, EtatDiagnostic, EtatOrientation, Finalite
from common.database import Database
from common.events import Event, Received
from common.events import cellule as c
from common.events import orientation as o
from signalement.consentements.handlers import DestinataireInconnu
from signalement.consentements.models import Consentement
from signalement.depot import store as depot
from signalement.depot.models import Brouillon
from signalement.projections.models import Diagnostic, Orientation, Partenaire
from signalement.signalements.models import Dossier
from signalement.worker import HANDLERS, expire_consents, forget_drafts
from tests.signalement import fabrique as f
from tests.signalement.outils import actions, evenements


async def hear(database: Database, event: Event, sequence: int = 1) -> None:
    """The event, as the consumer hands it over."""
    async with database.transaction() as session:
        await HANDLERS[type(event)](session, Received(new_id(), event, sequence, f.NOW))


def proposee(dossier: Dossier, orientation_id: UUID | None = None, *categories: Categorie) -> o.OrientationProposee:
    """A referral prepared for the partner."""
    return o.OrientationProposee(**referral(dossier, orientation_id), categories=categories or (Categorie.identite,))


def referral(dossier: Dossier, orientation_id: UUID | None = None) -> dict[str, object]:
    return {
        "orientation_id": orientation_id or uuid4(),
        "dossier_id": dossier.id,
        "partenaire_id": f.PARTENAIRE,
        "emetteur_id": f.CELLULE,
        "dispositif": "dla",
        "etat": EtatOrientation.brouillon,
    }


async def ledger(database: Database) -> list[Consentement]:
    async with database.transaction() as session:
        return list((await session.exec(select(Consentement).order_by(Consentement.id))).all())  # type: ignore[arg-type]


async def test_a_referral_proposed_asks_for_its_consent(signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    await f.publier(signalement_db)
    await hear(signalement_db, proposee(dossier, None, Categorie.contact, Categorie.identite))
    (row,) = await ledger(signalement_db)
    assert (row.etat, row.destinataire_id, row.finalite) == (EtatConsentement.demande, f.PARTENAIRE, Finalite.orientation)
    assert (row.categories, row.version) == (["identite", "contact"], 0)
    assert "cet organisme, France Active Occitanie, consulte" in row.texte
    assert (await evenements(signalement_db, "demande"))[-1].modele == "consentement_demande"
    assert (await actions(signalement_db))[-1] == "consentement.demander"


@pytest.mark.parametrize("given_before", [True, False])
async def test_what_is_covered_or_asked_already_is_not_asked_again(signalement_db: Database, given_before: bool) -> None:
    dossier = await f.deposer(signalement_db)
    await f.publier(signalement_db)
    if given_before:
        async with signalement_db.transaction() as session:
            session.add(f.donne(dossier.id, utc_now() + timedelta(days=30), now=utc_now()))
    else:
        await hear(signalement_db, proposee(dossier, None, Categorie.identite, Categorie.contact))
    await hear(signalement_db, proposee(dossier, None, Categorie.identite))
    assert len(await ledger(signalement_db)) == 1
    await hear(signalement_db, proposee(dossier, None, Categorie.identite, Categorie.finances))
    assert len(await ledger(signalement_db)) == 2


@pytest.mark.parametrize("etat", [EtatConsentement.retire, EtatConsentement.refuse])
async def test_after_a_no_a_new_referral_asks_anew(signalement_db: Database, etat: EtatConsentement) -> None:
    dossier = await f.deposer(signalement_db)
    await f.publier(signalement_db)
    ended = f.donne(dossier.id, utc_now() + timedelta(days=30), etat=etat)
    if etat is EtatConsentement.refuse:
        ended.expire_le = ended.mode = None
    async with signalement_db.transaction() as session:
        session.add(ended)
    await hear(signalement_db, proposee(dossier))
    assert {row.etat for row in await ledger(signalement_db)} == {etat, EtatConsentement.demande}


async def test_a_consent_past_its_end_makes_room_for_the_new_question(signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    await f.publier(signalement_db)
    async with signalement_db.transaction() as session:
        session.add(f.donne(dossier.id, utc_now() - timedelta(seconds=1), categories=["identite"]))
    await hear(signalement_db, proposee(dossier, None, Categorie.identite))
    assert [row.etat for row in await ledger(signalement_db)] == [EtatConsentement.expire, EtatConsentement.demande]
    assert len(await evenements(signalement_db, "expire")) == 1


async def test_a_referral_that_has_moved_on_asks_for_nothing(signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    await f.publier(signalement_db)
    event = proposee(dossier)
    retiree = o.OrientationRetiree(**referral(dossier, event.orientation_id) | {"etat": EtatOrientation.retiree})
    await hear(signalement_db, retiree, sequence=2)
    await hear(signalement_db, event, sequence=1)
    assert await ledger(signalement_db) == []
    async with signalement_db.transaction() as session:
        assert (await session.exec(select(Orientation.etat))).one() is EtatOrientation.retiree


async def test_a_recipient_not_announced_yet_is_heard_again_later(signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    with pytest.raises(DestinataireInconnu):
        await hear(signalement_db, proposee(dossier))
    assert await ledger(signalement_db) == []


async def test_a_diagnostic_begun_asks_for_the_regional_cell(signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    facts = {"diagnostic_id": uuid4(), "dossier_id": dossier.id, "etat": EtatDiagnostic.ouvert, "numero": 0}
    with pytest.raises(DestinataireInconnu):
        await hear(signalement_db, c.DiagnosticOuvert(**facts))
    await f.publier_cellule(signalement_db)
    await hear(signalement_db, c.DiagnosticOuvert(**facts))
    (row,) = await ledger(signalement_db)
    assert (row.destinataire_id, row.finalite) == (f.CELLULE, Finalite.diagnostic)
    assert row.categories == ["identite", "diagnostic"]
    await hear(signalement_db, c.DiagnosticPartage(**facts | {"etat": EtatDiagnostic.partage, "numero": 2}), sequence=4)
    async with signalement_db.transaction() as session:
        assert (await session.exec(select(Diagnostic.etat))).one() is EtatDiagnostic.partage


async def test_an_older_word_never_replaces_a_newer_one(signalement_db: Database) -> None:
    await f.publier(signalement_db, libelle="Nouveau nom", sequence=3)
    await f.publier(signalement_db, libelle="Ancien nom", sequence=2)
    async with signalement_db.transaction() as session:
        assert (await session.exec(select(Partenaire.libelle))).one() == "Nouveau nom"


async def test_the_sweep_closes_what_has_ended_and_nothing_else(signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    over = f.donne(dossier.id, f.NOW, destinataire_id=uuid4())
    running = f.donne(dossier.id, f.NOW + timedelta(seconds=1), destinataire_id=uuid4())
    ids = over.id, running.id
    async with signalement_db.transaction() as session:
        session.add_all([over, running])
    for _ in range(2):
        await expire_consents(signalement_db, lambda: f.NOW)
    states = {row.id: row.etat for row in await ledger(signalement_db)}
    assert states == {ids[0]: EtatConsentement.expire, ids[1]: EtatConsentement.donne}
    assert [event.consentement_id for event in await evenements(signalement_db, "expire")] == [ids[0]]


async def test_forms_nobody_came_back_to_are_forgotten(signalement_db: Database) -> None:
    async with signalement_db.transaction() as session:
        session.add_all([Brouillon(cle="old", saisies={}, expire_le=f.NOW)])
        session.add_all([Brouillon(cle="new", saisies={}, expire_le=f.NOW + timedelta(seconds=1))])
    await forget_drafts(signalement_db, lambda: f.NOW)
    async with signalement_db.transaction() as session:
        assert await depot.lock(session, "old", f.NOW - timedelta(days=1)) is None
        assert await depot.lock(session, "new", f.NOW) is not None
