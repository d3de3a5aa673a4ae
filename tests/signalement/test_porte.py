"""The door: what it lets through, and everything that leaves it shut."""

from datetime import timedelta
from uuid import uuid4

import pytest

from common.actor import Actor, Role
from common.clock import utc_now
from common.codes import Categorie, EtatConsentement, Finalite
from common.database import Database
from common.errors import ConsentementManquant, Interdit
from common.requests import ActeurDemandeur, ConsentementPermis, Divulgation, DossierDivulguer, DossierFaits
from signalement.consentements import porte
from signalement.consentements.models import Consentement
from signalement.signalements.models import Dossier
from signalement.signalements.requetes import answer_faits
from tests.signalement import fabrique as f
from tests.signalement.outils import actions, bruts, evenements

LATER = f.NOW + timedelta(days=365)
BOTH = (Categorie.identite, Categorie.contact)


async def consent(database: Database, dossier: Dossier, **changes: object) -> Consentement:
    """A consent of that case, as a row."""
    row = f.donne(dossier.id, LATER, **changes)  # type: ignore[arg-type]
    async with database.transaction() as session:
        session.add(row)
    return row


def demande(dossier: Dossier, actor: Actor = f.AGENT, **changes: object) -> DossierDivulguer:
    """The partner's agent opens the case."""
    values = {
        "dossier_id": dossier.id,
        "destinataire_id": f.PARTENAIRE,
        "finalite": Finalite.orientation,
        "categories": BOTH,
        "acteur": ActeurDemandeur.of(actor),
        "objet_id": uuid4(),
    }
    return DossierDivulguer.model_validate(values | changes)


async def ouvrir(database: Database, demande: DossierDivulguer) -> Divulgation:
    async with database.transaction() as session:
        return await porte.divulguer(session, demande, lambda: f.NOW)


async def test_it_gives_the_consented_categories_and_nothing_else(signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    row = await consent(signalement_db, dossier)
    asked = demande(dossier)
    given = await ouvrir(signalement_db, asked)
    assert (given.consentement_id, given.reference) == (row.id, dossier.reference)
    assert given.identite == {
        "nom": "Les Jardins de l’Étang",
        "siren": "732829320",
        "siret": "73282932000074",
        "rna": "W341234567",
        "departement": "34",
        "code_postal": "34000",
        "commune": "Montpellier",
    }
    assert given.contact is not None
    assert given.contact["courriel"] == "contact@jardins.example"
    assert (given.situation, given.finances) == (None, None)
    entry = (await evenements(signalement_db, "entree"))[-1]
    assert (entry.action, entry.organisation_id, entry.consentement_id) == ("dossier.ouvrir", f.PARTENAIRE, row.id)
    assert entry.objet_id == str(asked.objet_id)
    assert "jardins" not in (await bruts(signalement_db)).lower()


async def test_each_category_holds_its_own_part(signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    await consent(signalement_db, dossier, categories=["situation", "finances"])
    given = await ouvrir(signalement_db, demande(dossier, categories=(Categorie.situation, Categorie.finances)))
    assert given.situation == {
        "indicateurs": ["rupture_tresorerie", "deficit_recurrent"],
        "mois_avant_rupture": 4,
        "niveau": None,
        "besoin": "La subvention de fonctionnement baisse de moitié.",
    }
    assert given.finances == {"budget": 320_000, "etp": 6.5, "mois_avant_rupture": 4}
    assert given.identite is None


NOT_COVERED = {
    "only asked": {"etat": EtatConsentement.demande, "expire_le": None, "mode": None},
    "refused": {"etat": EtatConsentement.refuse, "expire_le": None, "mode": None},
    "withdrawn": {"etat": EtatConsentement.retire},
    "expired": {"etat": EtatConsentement.expire},
    "past its end, not swept yet": {"expire_le": f.NOW},
    "another recipient": {"destinataire_id": uuid4()},
    "another purpose": {"finalite": Finalite.diagnostic},
    "fewer categories": {"categories": ["identite"]},
}


@pytest.mark.parametrize("changes", NOT_COVERED.values(), ids=NOT_COVERED)
async def test_it_stays_shut(signalement_db: Database, changes: dict[str, object]) -> None:
    dossier = await f.deposer(signalement_db)
    row = f.donne(dossier.id, LATER)
    for name, value in changes.items():
        setattr(row, name, value)
    async with signalement_db.transaction() as session:
        session.add(row)
    with pytest.raises(ConsentementManquant):
        await ouvrir(signalement_db, demande(dossier))
    assert await actions(signalement_db) == ["dossier.deposer"]


async def test_it_stays_shut_for_another_case_or_organisation_or_nothing(signalement_db: Database) -> None:
    dossier, other = await f.deposer(signalement_db), await f.deposer(signalement_db)
    await consent(signalement_db, dossier)
    with pytest.raises(ConsentementManquant):
        await ouvrir(signalement_db, demande(other))
    with pytest.raises(ConsentementManquant):
        await ouvrir(signalement_db, demande(dossier, categories=()))
    with pytest.raises(Interdit):
        await ouvrir(signalement_db, demande(dossier, f.ANIMATEUR))
    assert await actions(signalement_db) == ["dossier.deposer"] * 2


async def test_a_permit_lasts_two_seconds_and_is_its_own_entry(signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    row = await consent(signalement_db, dossier)
    asked = ConsentementPermis.model_validate(demande(dossier).model_dump())
    async with signalement_db.transaction() as session:
        permis = await porte.permettre(session, asked, lambda: f.NOW)
    entry = (await evenements(signalement_db, "entree"))[-1]
    assert (entry.entree_id, entry.action) == (permis.permis_id, "consentement.permettre")
    assert (permis.consentement_id, permis.expire_le - f.NOW) == (row.id, timedelta(seconds=2))


async def test_an_answer_that_fails_leaves_no_entry(signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    await consent(signalement_db, dossier)
    with pytest.raises(ZeroDivisionError):
        async with signalement_db.transaction() as session:
            await porte.divulguer(session, demande(dossier), utc_now)
            raise ZeroDivisionError
    assert await actions(signalement_db) == ["dossier.deposer"]


async def test_the_facts_are_for_the_animateur_in_charge(signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)

    async def faits(actor: Actor) -> object:
        async with signalement_db.transaction() as session:
            return await answer_faits(session, DossierFaits(dossier_id=dossier.id, acteur=ActeurDemandeur.of(actor)))

    with pytest.raises(Interdit):  # As long as the directory has not said whose territory it is.
        await faits(f.ANIMATEUR)
    await f.publier_cellule(signalement_db)
    given = await faits(f.ANIMATEUR)
    assert given.model_dump() == {  # type: ignore[attr-defined]
        "departement": "34",
        "etp": 6.5,
        "budget": 320_000,
        "mois_avant_rupture": 4,
        "indicateurs": ("rupture_tresorerie", "deficit_recurrent"),
    }
    assert (await actions(signalement_db))[-1] == "dossier.lire_faits"
    agent_of_the_cell = Actor("agent", frozenset({Role.agent}), f.CELLULE)
    for actor in (f.AUTRE_ANIMATEUR, agent_of_the_cell):
        with pytest.raises(Interdit):
            await faits(actor)
