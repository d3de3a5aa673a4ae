"""Who may give which role, that somebody always manages, and that a link opens once: for any sequence of changes."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.actor import Role
from common.codes import TypePartenaire
from common.errors import Conflit, Erreur, TropDeDemandes
from orientation.adhesions import domain as adhesions
from orientation.adhesions.domain import Adhesion, EtatAdhesion
from orientation.invitations import domain as invitations
from orientation.invitations.domain import Etat, Invitation
from orientation.membres import domain
from tests.orientation.monde import ESPACE

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PERSONNES = [uuid5(ESPACE, f"personne-{n}") for n in range(4)]
SIRET = "73282932000074"
genres = st.sampled_from(TypePartenaire)
des_roles = st.frozensets(st.sampled_from(Role), max_size=3)


@given(
    genre=genres,
    debut=st.dictionaries(st.sampled_from(PERSONNES), des_roles, min_size=1),
    gestes=st.lists(st.tuples(st.sampled_from(["changer", "retirer"]), st.sampled_from(PERSONNES), des_roles), max_size=20),
)
def test_an_organisation_that_is_managed_stays_so(
    genre: TypePartenaire, debut: dict[UUID, frozenset[Role]], gestes: list[tuple[str, UUID, frozenset[Role]]]
) -> None:
    equipe: domain.Equipe = debut
    for geste, qui, roles in gestes:
        tenus = {role for role in domain.GARDES if any(role in tous for tous in equipe.values())}
        avant = dict(equipe)
        try:
            equipe = domain.changer(equipe, qui, roles) if geste == "changer" else domain.retirer(equipe, qui)
        except domain.DernierResponsable:
            assert equipe == avant
            seuls = [autre for autre, tous in equipe.items() if tenus & tous]
            assert qui in seuls
        assert tenus <= {role for tous in equipe.values() for role in tous}


@given(par=des_roles, genre=genres, sienne=st.booleans(), roles=des_roles, avant=des_roles)
def test_nobody_gives_more_than_is_theirs_to_give(
    par: frozenset[Role], genre: TypePartenaire, sienne: bool, roles: frozenset[Role], avant: frozenset[Role]
) -> None:
    donnables = domain.a_donner(par, genre, sienne=sienne)
    assert set(donnables) <= set(domain.possibles(genre))
    if Role.administrateur not in par:
        assert not set(donnables) & domain.RESERVES
        assert not donnables or (sienne and Role.manager in par)
    try:
        donnes = domain.donner(roles, avant, donnables, genre)
    except Erreur:
        return
    assert donnes
    assert donnes - avant <= set(donnables)
    assert Role.administrateur not in avant - donnes or Role.administrateur in donnables


@pytest.mark.parametrize(
    ("par", "genre", "sienne", "attendus"),
    [
        ({Role.manager}, TypePartenaire.dla, True, (Role.agent, Role.manager)),
        ({Role.manager}, TypePartenaire.dla, False, ()),
        ({Role.agent}, TypePartenaire.dla, True, ()),
        ({Role.animateur}, TypePartenaire.cellule, True, ()),
        ({Role.animateur, Role.manager}, TypePartenaire.cellule, True, (Role.animateur, Role.manager)),
        ({Role.administrateur}, TypePartenaire.dla, False, (Role.manager,)),
        ({Role.administrateur}, TypePartenaire.cellule, False, (Role.animateur, Role.manager, Role.catalogue)),
        ({Role.manager}, TypePartenaire.cellule_nationale, True, (Role.national, Role.auditeur, Role.manager)),
    ],
)
def test_who_gives_what(par: set[Role], genre: TypePartenaire, sienne: bool, attendus: tuple[Role, ...]) -> None:
    assert domain.a_donner(par, genre, sienne=sienne) == attendus


GESTES = ("accepter", "retirer", "renvoyer", "attendre")


@given(st.lists(st.tuples(st.sampled_from(GESTES), st.timedeltas(timedelta(0), timedelta(days=5))), max_size=25))
def test_an_invitation_opens_once_and_never_when_over(gestes: list[tuple[str, timedelta]]) -> None:
    invitation, now, ouvertures = Invitation(NOW + invitations.DUREE), NOW, 0
    for geste, plus in gestes:
        now += plus
        etat = invitation.etat(now)
        try:
            if geste == "accepter":
                fait = invitations.accepter(invitation, now)
                ouvertures += 1
                assert etat is Etat.en_attente
                assert now < invitation.expire_at
                invitation = Invitation(invitation.expire_at, acceptee_at=fait, envois=invitation.envois)
            elif geste == "retirer":
                fait = invitations.retirer(invitation, now)
                invitation = Invitation(invitation.expire_at, retiree_at=fait, envois=invitation.envois)
            elif geste == "renvoyer":
                invitation = Invitation(invitations.renvoyer(invitation, now), envois=invitation.envois + 1)
                assert etat in (Etat.en_attente, Etat.expiree)
                assert invitation.envois <= invitations.ENVOIS_MAX
        except (Conflit, invitations.InvitationClose):
            assert etat is not Etat.en_attente or (geste == "renvoyer" and invitation.envois >= invitations.ENVOIS_MAX)
        assert ouvertures <= 1
        if ouvertures or etat is Etat.retiree:
            with pytest.raises(invitations.InvitationClose):
                invitations.accepter(invitation, now)


@given(st.lists(st.tuples(st.integers(0, 9), st.timedeltas(timedelta(0), timedelta(days=20))), max_size=40))
def test_requests_to_join_are_few(demandes: list[tuple[int, timedelta]]) -> None:
    faites: list[Adhesion] = []
    now = NOW
    for n, plus in demandes:
        now += plus
        partenaire = uuid5(ESPACE, f"organisation-{n}")
        try:
            adhesions.demander(faites, partenaire, SIRET, SIRET, now)
        except (adhesions.AdhesionEnAttente, TropDeDemandes):
            continue
        faites.append(Adhesion(partenaire, EtatAdhesion.en_attente, now))
        attendent = [a for a in faites if a.attend(now)]
        assert len(attendent) <= adhesions.EN_ATTENTE_MAX
        assert len({a.partenaire_id for a in attendent}) == len(attendent)
        assert sum(a.demandee_at > now - adhesions.JOUR for a in faites) <= adhesions.PAR_JOUR


@pytest.mark.parametrize("siret", ["", "732829320", "55208131766522", SIRET + "1"])
def test_another_number_asks_nobody(siret: str) -> None:
    with pytest.raises(adhesions.OrganisationAutre):
        adhesions.demander((), PERSONNES[0], siret, SIRET, NOW)
    with pytest.raises(adhesions.OrganisationAutre):
        adhesions.demander((), PERSONNES[0], SIRET, "", NOW)


@given(st.sampled_from(EtatAdhesion), st.timedeltas(timedelta(0), timedelta(days=60)))
def test_a_request_is_answered_once_while_it_is_young(etat: EtatAdhesion, age: timedelta) -> None:
    adhesion = Adhesion(PERSONNES[0], etat, NOW)
    if etat is EtatAdhesion.en_attente and age < adhesions.DUREE:
        assert adhesions.decider(adhesion, EtatAdhesion.refusee, NOW + age) is EtatAdhesion.refusee
    else:
        with pytest.raises(adhesions.AdhesionDecidee):
            adhesions.decider(adhesion, EtatAdhesion.acceptee, NOW + age)


@pytest.mark.parametrize(
    ("affiche", "attendu"),
    [
        ("Camille Martin", ("Camille", "Martin")),
        ("Ana  de la Cruz ", ("Ana", "de la Cruz")),
        ("Camille", ("", "Camille")),
        ("", ("", "")),
    ],
)
def test_one_name_becomes_two(affiche: str, attendu: tuple[str, str]) -> None:
    assert adhesions.noms(affiche) == attendu
