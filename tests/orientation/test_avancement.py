"""The cases of a territory by stage: the database and the rule agree, what is late is first, nothing is unbounded."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.actor import Actor
from common.cas import EtatCas, etat_du_cas
from common.clock import new_id, utc_now
from common.codes import EtatConsentement, EtatDossier, EtatOrientation
from common.errors import Interdit
from orientation.avancement import store
from orientation.avancement.domain import DU_CAS, EXPLICATIONS, PAR_COLONNE, PAR_PAGE, Phase, phase_de
from orientation.avancement.store import Compte
from tests.bench.remplir import remplir
from tests.orientation.monde import (
    AGENT,
    ANIMATEUR,
    ANIMATEUR_EST,
    AUDITEUR,
    DIRIGEANT,
    MACHINE,
    MANAGER,
    NATIONAL,
    Hub,
    depose,
    entendre,
)
from tests.orientation.test_listes import PAIRES
from tests.orientation.test_statements import counted

HTML = {"Accept": "text/html"}
ORIENTATIONS = st.tuples(st.sampled_from(EtatOrientation), st.sampled_from(EtatConsentement))


@given(st.sampled_from(EtatDossier), st.lists(ORIENTATIONS, max_size=4))
def test_the_stage_is_that_of_the_state_of_the_case(
    dossier: EtatDossier, orientations: list[tuple[EtatOrientation, EtatConsentement]]
) -> None:
    phase = phase_de(dossier, orientations)
    etat = etat_du_cas(dossier, [o for o, _ in orientations])
    attend = (EtatOrientation.brouillon, EtatConsentement.demande) in orientations
    assert phase is (Phase.accord if attend and DU_CAS[etat] in (Phase.a_qualifier, Phase.a_orienter) else DU_CAS[etat])
    assert dossier is not EtatDossier.clos or phase is Phase.termines


def test_every_state_has_a_stage_and_every_stage_its_words() -> None:
    assert set(DU_CAS) == set(EtatCas)
    assert set(EXPLICATIONS) == set(Phase)


async def garnir(hub: Hub, ouvertes: int) -> None:
    """Cases with one referral each, some with a second one of another state, and drafts of both kinds."""
    bare = await hub.database.connect()
    await bare.execute("TRUNCATE orientations, dossiers CASCADE")
    await remplir(bare, PAIRES, utc_now(), ouvertes=ouvertes, closes=ouvertes // 2)
    await bare.execute("UPDATE orientations SET accord = 'donne' WHERE etat = 'brouillon' AND dispositif = 'dla'")
    await bare.execute(
        "UPDATE orientations SET dossier_id = (SELECT id FROM dossiers d WHERE d.departement = orientations.departement"
        " ORDER BY d.id LIMIT 1) WHERE right(id::text, 1) IN ('1', '2')"
    )
    await bare.execute("UPDATE dossiers SET etat = 'clos' WHERE right(id::text, 1) IN ('7')")
    await bare.close()


async def test_the_database_says_what_the_rule_says(hub: Hub) -> None:
    await garnir(hub, 300)
    await entendre(hub.database, depose(new_id()), 1)
    now = utc_now()
    bare = await hub.database.connect()
    rows = await bare.fetch(
        "SELECT d.id, d.etat, array_agg(o.etat) AS etats, array_agg(o.accord) AS accords"
        " FROM dossiers d LEFT JOIN orientations o ON o.dossier_id = d.id"
        " WHERE d.departement = ANY($1) AND d.etat <> 'clos' GROUP BY d.id",
        sorted(ANIMATEUR.departements),
    )
    clos = await bare.fetchval("SELECT count(*) FROM dossiers WHERE departement = ANY($1) AND etat = 'clos'", ["30", "34"])
    await bare.close()
    attendues: dict[UUID, Phase] = {}
    for row in rows:
        connues = [(e, a) for e, a in zip(row["etats"], row["accords"], strict=True) if e]
        paires = [(EtatOrientation(e), EtatConsentement(a)) for e, a in connues]
        attendues[row["id"]] = phase_de(EtatDossier(row["etat"]), paires)
    async with hub.database.transaction() as session:
        cartes, comptes = await store.liste(session, ANIMATEUR, now, None, 0, 1000)
        assert await store.clos(session, ANIMATEUR) == clos > 0
    assert {carte.id: carte.phase for carte in cartes} == attendues
    assert len(set(attendues.values())) == len(Phase)
    assert {phase: compte.total for phase, compte in comptes.items()} == {
        phase: sum(p is phase for p in attendues.values()) for phase in Phase
    }
    termes = [carte.terme for carte in cartes if carte.terme]
    assert termes == sorted(termes)
    assert [carte.terme is None for carte in cartes] == sorted(carte.terme is None for carte in cartes)
    assert sum(c.tardifs for c in comptes.values()) == sum(1 for t in termes if t < now) > 0


async def test_columns_and_pages_are_bounded_and_show_each_case_once(hub: Hub) -> None:
    await garnir(hub, 300)
    now = utc_now()
    async with hub.database.transaction() as session:
        cartes, comptes = await store.colonnes(session, ANIMATEUR, now, PAR_COLONNE)
        for phase, lignes in store.par_phase(cartes).items():
            assert len(lignes) == min(PAR_COLONNE, comptes[phase].total)
        for phase in (None, *Phase):
            entiere, _ = await store.liste(session, ANIMATEUR, now, phase, 0, 1000)
            vues = []
            for debut in range(0, len(entiere) + PAR_PAGE, PAR_PAGE):
                lot, autour = await store.liste(session, ANIMATEUR, now, phase, debut, PAR_PAGE)
                assert len(lot) <= PAR_PAGE
                assert {p: c.total for p, c in autour.items()} == {p: c.total for p, c in comptes.items()}
                vues += [carte.id for carte in lot]
            assert vues == [carte.id for carte in entiere]
    page = (await hub.get(ANIMATEUR, "/avancement", headers=HTML)).text
    autres = comptes[Phase.orientes].total - PAR_COLONNE
    assert f"Voir les {autres} autres" in page
    assert "/orientation/avancement/liste?phase=orientes" in page


async def test_a_territory_is_its_own_animateurs(hub: Hub) -> None:
    dossier_id = await hub.dossier()
    late = utc_now() + timedelta(days=60)
    orientation_id = await hub.envoyee(dossier_id)
    async with hub.database.transaction() as session:
        cartes, comptes = await store.colonnes(session, ANIMATEUR, late, PAR_COLONNE)
        assert [(carte.id, carte.phase) for carte in cartes] == [(dossier_id, Phase.orientes)]
        assert comptes[Phase.orientes] == Compte(1, 1)
        assert (await store.colonnes(session, ANIMATEUR_EST, late, PAR_COLONNE))[0] == []
        for actor in (AGENT, MANAGER, MACHINE, NATIONAL, AUDITEUR, DIRIGEANT):
            with pytest.raises(Interdit):
                await store.colonnes(session, actor, late, PAR_COLONNE)
    await hub.agir(AGENT, orientation_id, "recevoir")
    await hub.agir(AGENT, orientation_id, "accepter")
    async with hub.database.transaction() as session:
        assert (await store.colonnes(session, ANIMATEUR, late, PAR_COLONNE))[0][0].phase is Phase.suivis
    assert str(dossier_id) in (await hub.get(ANIMATEUR, "/avancement", headers=HTML)).text
    assert str(dossier_id) not in (await hub.get(ANIMATEUR_EST, "/avancement", headers=HTML)).text


@pytest.mark.parametrize("actor", [None, AGENT, MANAGER, MACHINE, NATIONAL, AUDITEUR, DIRIGEANT])
@pytest.mark.parametrize("path", ["/avancement", "/avancement/liste?phase=orientes"])
async def test_nobody_else_sees_how_far_cases_are(hub: Hub, actor: Actor | None, path: str) -> None:
    assert (await hub.get(actor, path, headers=HTML)).status_code in (303, 403)


async def test_the_pages_cost_the_same_whatever_there_is(hub: Hub) -> None:
    costs = []
    for ouvertes in (220, 320):
        await garnir(hub, ouvertes)
        for path in ("/avancement", "/avancement/liste", "/avancement/liste?phase=orientes&page=2"):
            with counted(hub) as seen:
                answer = await hub.get(ANIMATEUR, path, headers=HTML)
            assert answer.status_code == 200, answer.text
            assert len(seen) < 10, seen
            costs.append(len(seen))
    assert costs[:3] == costs[3:]
