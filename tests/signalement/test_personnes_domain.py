"""The rules of an association's people, over every story of invitations, changes and removals."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.actor import Actor, Role
from common.codes import Droit
from common.errors import Erreur, Introuvable
from signalement.personnes import domain as d

PREMIERE = UUID(int=1)
DEBUT: d.Equipe = (d.Personne(PREMIERE, "p1@a.example", frozenset(Droit), responsable=True),)

ids = st.integers(1, 14).map(lambda number: UUID(int=number))
droits = st.frozensets(st.sampled_from(Droit))
courriels = st.integers(1, 14).map(lambda number: f"p{number}@a.example")
coups = st.one_of(
    st.tuples(st.just("inviter"), ids, ids, courriels, droits),
    st.tuples(st.just("changer"), ids, ids, courriels, droits),
    st.tuples(st.just("retirer"), ids, ids, courriels, droits),
)


def jouer(equipe: d.Equipe, coup: tuple[str, UUID, UUID, str, frozenset[Droit]]) -> d.Equipe:
    action, par, qui, courriel, chosen = coup
    if action == "inviter":
        return d.inviter(equipe, par, d.Personne(UUID(int=1000 + len(equipe) + qui.int), courriel, chosen, responsable=True))
    if action == "changer":
        return d.changer(equipe, par, qui, chosen)
    return d.retirer(equipe, par, qui)


@given(st.lists(coups, max_size=40))
def test_whatever_happens_the_association_stays_in_charge(
    histoire: list[tuple[str, UUID, UUID, str, frozenset[Droit]]],
) -> None:
    equipe = DEBUT
    for coup in histoire:
        try:
            after = jouer(equipe, coup)
        except Erreur:
            continue
        assert coup[1] == PREMIERE, "only who answers for the association changes anything"
        equipe = after
        assert [personne.id for personne in equipe if personne.responsable] == [PREMIERE]
        assert equipe[0].droits == frozenset(Droit)
        assert len(equipe) <= d.MAX_PERSONNES
        assert all(Droit.lire in personne.droits for personne in equipe)
        assert len({personne.courriel for personne in equipe}) == len(equipe)


@given(droits)
def test_a_row_keeps_each_right_once_in_the_order_of_the_list(chosen: frozenset[Droit]) -> None:
    kept = d.in_order(chosen)
    assert {Droit(droit) for droit in kept} == chosen
    assert kept == [droit.value for droit in Droit if droit in kept]


def test_nobody_answers_in_place_of_the_one_who_does() -> None:
    with pytest.raises(d.PersonneResponsable):
        d.retirer(DEBUT, PREMIERE, PREMIERE)
    with pytest.raises(d.PersonneResponsable):
        d.changer(DEBUT, PREMIERE, PREMIERE, ())
    with pytest.raises(Introuvable):
        d.retirer(DEBUT, PREMIERE, UUID(int=9))


@pytest.mark.parametrize("who", ["dirigeant:x", "dirigeante", "declarant:00000000-0000-0000-0000-000000000001"])
def test_an_actor_who_is_nobody_of_an_association(who: str) -> None:
    assert d.personne_id(Actor(who, frozenset({Role.dirigeant}), dossier_id=PREMIERE)) is None
    assert d.personne_id(Actor(d.actor_id(PREMIERE), frozenset({Role.agent}))) is None
    assert d.personne_id(Actor(d.actor_id(PREMIERE), frozenset({Role.dirigeant}))) == PREMIERE


@given(droits)
def test_rights_travel_in_the_session(chosen: frozenset[Droit]) -> None:
    actor = Actor(d.actor_id(PREMIERE), frozenset({Role.dirigeant}), dossier_id=PREMIERE, droits=chosen)
    assert Actor.from_claims(actor.claims()) == actor
