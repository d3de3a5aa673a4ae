"""Who is written to when, under a simulated clock: nothing forgotten, nothing twice, nothing at night, nor to its author."""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.actor import Role
from common.calendrier import date_locale, is_jour_ouvre
from common.codes import ORIENTATIONS_CLOSES, EtatOrientation, Horloge
from common.territoires import fuseau
from notifications.regles.charger import FICHIER, lire, table
from notifications.regles.domain import (
    FERMETURE,
    OUVERTURE,
    PAR_DEFAUT,
    Cadence,
    Fait,
    Genre,
    Lecteur,
    Relation,
    a_l_ouverture,
    planifier,
    quand,
    sans_objet,
    veut,
)
from notifications.regles.faits import NOMS, nom_de
from orientation.transitions.domain import ANNONCES, TRANSITIONS

TABLE = table()
DEBUT = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.timedeltas(timedelta(), timedelta(days=800)).map(lambda since: DEBUT + since)
LIEUX = st.sampled_from([None, "75", "34", "67", "971", "974", "976", "973"])
ROLES = st.sets(st.sampled_from([Role.agent, Role.manager, Role.animateur, Role.catalogue]), min_size=1).map(frozenset)
GENRES = st.sets(st.sampled_from(list(Genre))).map(frozenset)
FAITS = sorted(NOMS - {nom for nom in NOMS if nom.startswith("courriel.")})
ORGANISATIONS = [UUID(int=n) for n in (1, 2)]
RELATIONS = [relation for relation in Relation if relation is not Relation.dirigeant]


@given(MOMENTS, LIEUX, st.sampled_from(list(Cadence)), st.booleans())
def test_no_mail_leaves_at_night_or_on_a_holiday(now: datetime, lieu: str | None, cadence: Cadence, urgent: bool) -> None:
    due_at = quand(cadence, now, lieu, urgent=urgent)
    if due_at is None:
        assert cadence is Cadence.jamais
        return
    assert timedelta() <= due_at - now < timedelta(days=12)
    if urgent and cadence in (Cadence.immediat, Cadence.groupe):
        assert due_at - now <= timedelta(minutes=1)
        return
    place = lieu or PAR_DEFAUT
    local = due_at.astimezone(fuseau(place))
    assert OUVERTURE <= local.time() < FERMETURE
    assert is_jour_ouvre(local.date(), place)
    if cadence in (Cadence.quotidien, Cadence.hebdomadaire):
        assert local.time() == time(8)
    if cadence is Cadence.hebdomadaire:
        # No working day of its week comes before it, and it is of a later week than the fact.
        monday = local.date() - timedelta(days=local.weekday())
        assert monday > date_locale(now, place)
        assert not any(is_jour_ouvre(monday + timedelta(days=n), place) for n in range(local.weekday()))


@given(MOMENTS, LIEUX)
def test_opening_hours_are_a_fixed_point(now: datetime, lieu: str | None) -> None:
    opened = a_l_ouverture(now, lieu)
    assert a_l_ouverture(opened, lieu) == opened >= now


@pytest.mark.parametrize(
    ("moment", "lieu", "attendu"),
    [
        ("2026-07-13T19:59:59+02:00", "34", "2026-07-13T19:59:59+02:00"),
        ("2026-07-13T20:00:00+02:00", "34", "2026-07-15T08:00:00+02:00"),  # The Fourteenth of July is a Tuesday.
        ("2026-12-25T10:00:00+01:00", "34", "2026-12-28T08:00:00+01:00"),
        ("2025-12-26T10:00:00+01:00", "67", "2025-12-29T08:00:00+01:00"),  # A holiday in Alsace.
        ("2025-12-26T10:00:00+01:00", "34", "2025-12-26T10:00:00+01:00"),
        ("2026-05-27T09:00:00-04:00", "971", "2026-05-28T08:00:00-04:00"),  # Abolition of slavery.
    ],
)
def test_the_calendar_is_the_territorys(moment: str, lieu: str, attendu: str) -> None:
    assert a_l_ouverture(datetime.fromisoformat(moment), lieu) == datetime.fromisoformat(attendu)


@given(
    st.lists(st.tuples(st.sampled_from(FAITS), st.sampled_from([None, *Horloge]), MOMENTS, LIEUX), max_size=12),
    st.lists(st.tuples(st.sampled_from(ORGANISATIONS), ROLES, GENRES), min_size=1, max_size=6),
    st.integers(0, 5),
    st.sampled_from([1, 2]),
)
def test_nothing_is_forgotten_and_nothing_told_twice(
    faits: list[tuple[str, Horloge | None, datetime, str | None]],
    people: list[tuple[UUID, frozenset[Role], frozenset[Genre]]],
    author: int,
    sides: int,
) -> None:
    """Each member has exactly one notice of each fact, that its promptest line names; no mail when it is its own or refused.

    Both sides of a case may be the same organisation.
    """
    for nom, horloge, now, lieu in faits:
        parties = tuple((relation, ORGANISATIONS[n % sides]) for n, relation in enumerate(RELATIONS))
        fait = Fait(nom, parties, UUID(int=9), horloge=horloge, acteur_id=str(author))
        envois = planifier(fait, TABLE, now, lieu)
        for number, (organisation, roles, refuses) in enumerate(people):
            lecteur = Lecteur(str(number), roles, refuses)
            siens = [envoi for envoi in envois if envoi.organisation_id == organisation and envoi.concerne(roles)]
            lignes = [
                ligne
                for role, ligne in TABLE.lignes(nom, horloge)
                if role in roles and (ligne.relation, organisation) in parties
            ]
            assert len(siens) == bool(lignes)
            if not lignes:
                continue
            (envoi,) = siens
            assert envoi.cadence is min((ligne.courriel for ligne in lignes), key=list(Cadence).index)
            assert (envoi.due_at is None) == (envoi.cadence is Cadence.jamais)
            wanted = number != author and (envoi.avis.genre is Genre.obligatoire or envoi.avis.genre not in refuses)
            assert veut(lecteur, envoi.avis.genre, fait.acteur_id) == wanted


@given(st.sampled_from(FAITS), MOMENTS, LIEUX, st.lists(LIEUX, min_size=2, max_size=2))
def test_hours_are_those_of_whoever_reads(nom: str, now: datetime, cas: str | None, sieges: list[str | None]) -> None:
    """Each side's own; of one whose place is not known, the case's."""
    parties = tuple((relation, ORGANISATIONS[n % 2]) for n, relation in enumerate(RELATIONS))
    known = {organisation: lieu for organisation, lieu in zip(ORGANISATIONS, sieges, strict=True) if lieu}
    for envoi in planifier(Fait(nom, parties, UUID(int=9)), TABLE, now, cas, sieges=known):
        lieu = known.get(envoi.organisation_id, cas)
        assert envoi.due_at == quand(envoi.cadence, now, lieu, urgent=envoi.avis.urgent)
        assert envoi.due_at is None or envoi.avis.urgent or a_l_ouverture(envoi.due_at, lieu) == envoi.due_at


@given(st.lists(st.timedeltas(timedelta(), timedelta(days=20)), max_size=40), LIEUX, st.sampled_from(list(Cadence)[:4]))
def test_a_clock_that_runs_sends_each_once(offsets: list[timedelta], lieu: str | None, cadence: Cadence) -> None:
    """The postman wakes whenever something is due, takes along what is due within a minute, and in the end nothing waits."""
    waiting = [quand(cadence, DEBUT + offset, lieu) for offset in sorted(offsets)]
    sent: list[datetime] = []
    times = sorted(at for at in waiting if at)
    while times:
        now = times[0]
        gathered = [at for at in times if at <= now + timedelta(minutes=1)]
        times = times[len(gathered) :]
        sent += gathered
        assert a_l_ouverture(now, lieu) == now
    assert sorted(sent) == sorted(at for at in waiting if at)


def test_what_is_settled_is_not_told_any_more() -> None:
    relance, fin = TABLE.avis["orientation_relancee"], TABLE.avis["orientation_retiree"]
    assert not sans_objet(relance, EtatOrientation.recue, clos=False)
    assert not sans_objet(relance, None, clos=False)
    assert sans_objet(relance, EtatOrientation.acceptee, clos=False)
    assert sans_objet(relance, EtatOrientation.recue, clos=True)
    assert not sans_objet(fin, EtatOrientation.retiree, clos=True)


@given(st.sampled_from(sorted(TABLE.avis)), st.sampled_from([None, *EtatOrientation]), st.booleans())
def test_nothing_is_written_about_what_is_closed_but_its_end(nom: str, etat: EtatOrientation | None, clos: bool) -> None:
    """Whatever the notice: once closed only what is marked so leaves, and all of that does; before, what is not behind."""
    avis = TABLE.avis[nom]
    if clos or etat in ORIENTATIONS_CLOSES:
        assert sans_objet(avis, etat, clos=clos) is not avis.apres_cloture
    else:
        ouverte = etat is None or not avis.tant_que or etat in avis.tant_que
        assert sans_objet(avis, etat, clos=clos) is not (ouverte or avis.apres_cloture)


def test_no_notice_of_an_end_is_ended_by_it() -> None:
    """The table of referrals says which facts end one; what closes with one is told too."""
    fins = {
        (nom_de(ANNONCES[action]), apres)
        for action, _, apres in TRANSITIONS
        if action in ANNONCES and apres in ORIENTATIONS_CLOSES
    }
    assert {nom for nom, _ in fins} >= {"orientation.declinee", "orientation.aboutie", "orientation.retiree"}
    ensemble = {(nom, etat) for nom in ("transfert.accepte", "rendez_vous.annule") for etat in ORIENTATIONS_CLOSES}
    told = [
        (TABLE.avis[ligne.avis], etat)
        for lignes in TABLE.roles.values()
        for ligne in lignes
        for nom, etat in fins | ensemble
        if ligne.fait == nom
    ]
    assert {avis.nom for avis, _ in told} >= {"orientation_retiree", "transfert_accepte", "rendez_vous_annule"}
    assert not [avis.nom for avis, etat in told if sans_objet(avis, etat, clos=True)]


def test_every_fact_is_told_to_somebody() -> None:
    assert {ligne.fait for lignes in TABLE.roles.values() for ligne in lignes} == NOMS


@pytest.mark.parametrize(
    ("avant", "apres", "faute"),
    [
        ("fait: orientation.envoyee", "fait: orientation.envoye", "orientation.envoye is not one that is heard"),
        ("courriel: groupe}", "courriel: parfois}", "Input should be"),
        ("avis: accord_donne,", "avis: accord,", "accord is not described"),
        ("  complement_fourni: {genre: a_traiter,", "  complement: {genre: a_traiter,", "complement_fourni is not described"),
        ("    - {fait: consentement.donne", "    - {fait: consentement.refuse", "two lines"),
        ("urgent: oui,", "urgent: parfois,", "Input should be"),
        ("relation: dirigeant, avis: acces", "relation: emetteur, avis: acces", "does not go with that role"),
    ],
)
def test_a_faulty_table_is_refused_at_load(avant: str, apres: str, faute: str) -> None:
    texte = FICHIER.read_text(encoding="utf-8")
    assert avant in texte
    with pytest.raises(ValueError, match=faute):
        lire(texte.replace(avant, apres, 1))
