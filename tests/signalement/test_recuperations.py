"""A lost mailbox: one person of the cell proposes an address, another confirms it, and until then nothing changes."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from common.actor import Actor, Role
from common.codes import Categorie, Droit
from common.codes_espace import EtatRecuperation
from common.database import Database
from common.errors import Erreur
from signalement.personnes.models import Personne
from signalement.recuperations import domain, service
from signalement.recuperations.models import Recuperation
from signalement.recuperations.schemas import Proposition
from signalement.signalements.models import Contact, Dossier
from tests.signalement import fabrique as f
from tests.signalement.conftest import Ouvrir
from tests.signalement.outils import actions, bruts, evenements, texte
from tests.signalement.test_espace import demander, mail, path
from tests.signalement.test_personnes import inviter, mails, personne

RECUPERATIONS = "/signalement/recuperations"
COLLEGUE = Actor("animateur-77", frozenset({Role.animateur}), f.CELLULE, frozenset({"34"}))
GERANTE = Actor("gerante-76", frozenset({Role.manager}), f.CELLULE)
GERANTE_AILLEURS = Actor("gerante-1", frozenset({Role.manager}), f.PARTENAIRE)
NOUVELLE = {"courriel": "Nouvelle@jardins.example", "verification": "rappel"}


def page_of(dossier: Dossier, personne_id: UUID | None = None) -> str:
    """Where an address is proposed for a person, by default the one who answers for the association."""
    return f"/signalement/dossiers/{dossier.id}/personnes/{personne_id or dossier.id}/adresse"


async def proposer(ouvrir: Ouvrir, dossier: Dossier, personne_id: UUID | None = None) -> str:
    """Another address, proposed by the animateur; gives the page of the change."""
    answer = await ouvrir(f.ANIMATEUR).post(page_of(dossier, personne_id), data=NOUVELLE)
    assert answer.status_code == 303
    return str(answer.headers["location"].partition("?")[0])


async def adresses(database: Database) -> tuple[str | None, str]:
    """The address of the one who answers for the association, and the one that partners are given."""
    async with database.transaction() as session:
        row = (await session.exec(select(Personne).where(Personne.responsable))).one()
        return row.courriel, (await session.exec(select(Contact.courriel))).one()


async def test_two_people_of_the_cell_change_it(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    sent = await mail(signalement_db, dossier)
    change = await proposer(ouvrir, dossier)
    old = "contact@jardins.example"
    assert await adresses(signalement_db) == (old, old)
    notice = await mail(signalement_db, dossier)
    assert (notice.courriel, notice.code) == (old, None)
    shown = texte(await ouvrir(COLLEGUE).get(change))
    assert all(word in shown for word in ("nouvelle@jardins.example", old, "Rappel au numéro de téléphone"))
    assert (await ouvrir(COLLEGUE).post(f"{change}/confirmer")).headers["location"] == f"{change}?fait=confirmer"
    new = "nouvelle@jardins.example"
    assert await adresses(signalement_db) == (new, new)
    # What lies in the lost mailbox opens nothing.
    assert (await ouvrir(None).post(path(sent), data={"code": sent.code})).status_code == 422
    asked = await evenements(signalement_db, "demande")
    assert [event.modele for event in asked] == ["acces", "adresse_demandee", "adresse_changee", "acces"]
    assert len({event.personne_id for event in asked}) == 1
    access = await mail(signalement_db, dossier)
    assert access.courriel == new
    assert (await ouvrir(None).post(path(access), data={"code": access.code})).status_code == 303
    assert [action for action in await actions(signalement_db) if action.startswith("recuperation")] == [
        "recuperation.proposer",
        "recuperation.confirmer",
    ]
    assert "jardins.example" not in await bruts(signalement_db)


async def test_the_old_address_is_told_even_when_the_mail_leaves_late(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    change = await proposer(ouvrir, dossier)
    await ouvrir(GERANTE_AILLEURS).post(f"{change}/confirmer")
    await ouvrir(COLLEGUE).post(f"{change}/confirmer")
    told = [one.courriel for one in await mails(signalement_db, dossier)]
    assert told == ["nouvelle@jardins.example", *["contact@jardins.example"] * 2, "nouvelle@jardins.example"]


async def test_a_manager_of_the_cell_may_be_the_second(ouvrir: Ouvrir, signalement_db: Database) -> None:
    await f.publier_cellule(signalement_db)
    dossier = await f.deposer(signalement_db)
    change = await proposer(ouvrir, dossier)
    assert "Maëlle Ferrand" in texte(await ouvrir(GERANTE).get(RECUPERATIONS))
    assert (await ouvrir(GERANTE).post(f"{change}/confirmer")).status_code == 303


async def test_the_same_person_never_does_both(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    change = await proposer(ouvrir, dossier)
    answer = await ouvrir(f.ANIMATEUR).post(f"{change}/confirmer")
    assert (answer.status_code, "Une autre personne de la cellule" in texte(answer)) == (403, True)
    assert "Confirmer cette adresse" not in texte(await ouvrir(f.ANIMATEUR).get(change))
    assert (await ouvrir(f.ANIMATEUR).post(f"{change}/refuser")).status_code == 303
    assert (await ouvrir(COLLEGUE).post(f"{change}/confirmer")).status_code == 409
    assert (await adresses(signalement_db))[0] == "contact@jardins.example"


async def test_the_person_objects_from_its_space(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    other = await inviter(ouvrir, signalement_db, dossier, Droit.consentir)
    change = await proposer(ouvrir, dossier)
    own = f"/signalement/espace{change.removeprefix('/signalement')}/refuser"
    assert (await ouvrir(personne(dossier, other)).post(own)).status_code == 404
    me = ouvrir(f.dirigeant(dossier.id))
    assert "Garder mon adresse" in texte(await me.get("/signalement/espace"))
    assert (await me.post(own)).status_code == 303
    assert "Garder mon adresse" not in texte(await me.get("/signalement/espace"))
    assert (await ouvrir(COLLEGUE).post(f"{change}/confirmer")).status_code == 409


async def test_after_seven_days_it_is_proposed_again(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    change = await proposer(ouvrir, dossier)
    twice = await ouvrir(f.ANIMATEUR).post(page_of(dossier), data=NOUVELLE)
    assert (twice.status_code, "attend déjà" in texte(twice)) == (409, True)
    async with signalement_db.transaction() as session:
        row = (await session.exec(select(Recuperation))).one()
        row.expire_le = row.proposee_le
    late = await ouvrir(COLLEGUE).post(f"{change}/confirmer")
    assert (late.status_code, "plus de sept jours" in texte(late)) == (409, True)
    assert "Le délai de sept jours est passé" in texte(await ouvrir(COLLEGUE).get(change))
    await proposer(ouvrir, dossier)
    async with signalement_db.transaction() as session:
        states = (await session.exec(select(Recuperation.etat).order_by(Recuperation.id))).all()  # type: ignore[arg-type]
    assert states == [EtatRecuperation.expiree, EtatRecuperation.proposee]


async def test_nobody_else_proposes_sees_or_decides(ouvrir: Ouvrir, signalement_db: Database) -> None:
    await f.publier_cellule(signalement_db)
    await f.publier(signalement_db)
    dossier = await f.deposer(signalement_db)
    change = await proposer(ouvrir, dossier)
    before = await actions(signalement_db)
    expected: list[tuple[Actor | None, int]] = [(f.AUTRE_ANIMATEUR, 404), (f.AGENT, 403), (f.NATIONAL, 403)]
    expected += [(f.dirigeant(dossier.id), 403), (None, 401), (GERANTE_AILLEURS, 404)]
    for actor, status in expected:
        browser = ouvrir(actor)
        assert (await browser.post(f"{change}/confirmer")).status_code == status
        assert (await browser.post(f"{change}/refuser")).status_code == status
        refused = await browser.post(page_of(dossier), data=NOUVELLE)
        assert refused.status_code == (403 if actor is GERANTE_AILLEURS else status)
        read = await browser.get(change)
        assert read.status_code == (303 if actor is None else status)
        listed = await browser.get(RECUPERATIONS)
        assert "Ferrand" not in listed.text + read.text + refused.text
    assert (await ouvrir(f.ANIMATEUR).get(page_of(dossier, uuid4()))).status_code == 404
    assert await actions(signalement_db) == before


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"courriel": "contact@jardins.example"}, "C’est déjà l’adresse"),
        ({"courriel": "tresorier@jardins.example"}, "a déjà cette adresse"),
        ({"courriel": "pas une adresse"}, "adresse électronique complète"),
        ({"verification": ""}, "comment vous avez vérifié"),
        ({"verification": "confiance"}, "Choisissez une des réponses"),
    ],
)
async def test_what_is_wrong_comes_back(ouvrir: Ouvrir, signalement_db: Database, typed: dict[str, str], said: str) -> None:
    dossier = await f.deposer(signalement_db)
    await inviter(ouvrir, signalement_db, dossier)
    answer = await ouvrir(f.ANIMATEUR).post(page_of(dossier), data=NOUVELLE | typed)
    assert (answer.status_code, said in texte(answer)) == (422, True)


async def test_a_co_signer_s_address_is_its_own_affair(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    other = await inviter(ouvrir, signalement_db, dossier, Droit.consentir)
    change = await proposer(ouvrir, dossier, other)
    await ouvrir(COLLEGUE).post(f"{change}/confirmer")
    assert (await adresses(signalement_db))[1] == "contact@jardins.example"
    await demander(signalement_db, dossier, Categorie.identite)
    assert {one.courriel for one in (await mails(signalement_db, dossier))[-2:]} == {
        "contact@jardins.example",
        "nouvelle@jardins.example",
    }


async def test_the_address_taken_meanwhile_is_not_given_twice(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    change = await proposer(ouvrir, dossier)
    taken = {"prenom": "Zoé", "nom": "Petit", "fonction": "directrice", "courriel": "nouvelle@jardins.example"}
    await ouvrir(f.dirigeant(dossier.id)).post("/signalement/espace/personnes/inviter", data=taken)
    assert (await ouvrir(COLLEGUE).post(f"{change}/confirmer")).status_code == 422
    assert (await adresses(signalement_db))[0] == "contact@jardins.example"


people = st.sampled_from(["ana", "bob", "cleo"])
coups = st.tuples(
    st.sampled_from(["confirmer", "refuser", "expirer"]), people, st.integers(-1, 9).map(lambda d: timedelta(days=d))
)


@given(people, st.lists(coups, max_size=6))
def test_only_a_second_person_in_time_ever_confirms(first: str, histoire: list[tuple[str, str, timedelta]]) -> None:
    change = domain.Recuperation(uuid4(), first, f.NOW + domain.LIFE)
    for action, par, after in histoire:
        now = f.NOW + after
        allowed = domain.actions(change, par, now)
        try:
            new = domain.decide(change, action, par, now)
        except Erreur:
            assert action not in allowed
            continue
        assert action in allowed or action == "expirer"
        if new.etat is EtatRecuperation.confirmee:
            assert par != first
            assert now < change.expire_le
        assert change.etat is EtatRecuperation.proposee
        change = new


async def test_proposing_needs_the_territory_of_the_case(signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    proposition = Proposition.model_validate(NOUVELLE)
    with pytest.raises(Erreur):
        async with signalement_db.transaction() as session:
            await service.proposer(session, f.AUTRE_ANIMATEUR, dossier.id, dossier.id, proposition, f.NOW)
