"""The rules of appointments: slots, whose turn it is, local time with its changes, what a calendar is told."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.clock import new_id
from common.codes_echanges import Auteur, EtatRendezVous, ModeRendezVous, MotifAnnulation
from common.errors import DonneeInvalide, Erreur, Interdit, TransitionInterdite
from common.heures import en_utc, lire_heure
from common.territoires import collectivites, departements, fuseau
from orientation.rendez_vous.domain import (
    CRENEAUX_MAX,
    LIEU_MAX,
    MOTIFS,
    VERS,
    Action,
    Creneau,
    CreneauPasse,
    CreneauxInvalides,
    RendezVous,
    annuler,
    confirmer,
    permises,
    reproposer,
    verifier_creneaux,
)

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)
TEL = ModeRendezVous.telephone
E = EtatRendezVous


def un(heures: float = 48, minutes: int = 30, mode: ModeRendezVous = TEL, lieu: str = "") -> Creneau:
    return Creneau(NOW + timedelta(hours=heures), minutes, mode, lieu)


def propose(par: Auteur = Auteur.partenaire, *creneaux: Creneau) -> RendezVous:
    return RendezVous(par, {new_id(): c for c in creneaux or (un(48), un(72))})


@pytest.mark.parametrize(
    ("creneaux", "fautes"),
    [
        ([], {"creneaux"}),
        ([un(n) for n in range(1, CRENEAUX_MAX + 2)], {"creneaux"}),
        ([un(0)], {"creneaux.0.debut"}),
        ([un(-1)], {"creneaux.0.debut"}),
        ([un(24 * 367)], {"creneaux.0.debut"}),
        ([un(), un()], {"creneaux.1.debut"}),
        ([un(minutes=14)], {"creneaux.0.minutes"}),
        ([un(minutes=481)], {"creneaux.0.minutes"}),
        ([un(), un(72, lieu="x" * (LIEU_MAX + 1))], {"creneaux.1.lieu"}),
    ],
)
def test_slots_that_cannot_be_proposed(creneaux: list[Creneau], fautes: set[str]) -> None:
    with pytest.raises(CreneauxInvalides) as refus:
        verifier_creneaux(creneaux, NOW)
    assert set(refus.value.erreurs) == fautes


def test_the_same_hour_may_be_offered_in_two_ways() -> None:
    verifier_creneaux([un(), un(mode=ModeRendezVous.visio)], NOW)


def test_the_other_side_confirms_and_only_the_cell_speaks_for_the_association() -> None:
    avant = propose()
    (premier, _) = avant.creneaux
    with pytest.raises(Interdit):
        confirmer(avant, premier, Auteur.partenaire, NOW, pour_association=False)
    apres = confirmer(avant, premier, Auteur.emetteur, NOW, pour_association=True)
    assert (apres.etat, apres.retenu, apres.publie, apres.sequence) == (E.confirme, premier, True, 1)
    with pytest.raises(Interdit):
        confirmer(propose(Auteur.emetteur), premier, Auteur.partenaire, NOW, pour_association=True)


def test_a_slot_of_an_older_proposal_or_of_the_past_is_not_confirmed() -> None:
    avant = propose()
    (ancien, _) = avant.creneaux
    apres = reproposer(avant, {new_id(): un(96)}, Auteur.emetteur, NOW)
    assert (apres.tour, apres.propose_par) == (2, Auteur.emetteur)
    with pytest.raises(DonneeInvalide):
        confirmer(apres, ancien, Auteur.partenaire, NOW, pour_association=False)
    with pytest.raises(CreneauPasse):
        confirmer(avant, ancien, Auteur.emetteur, NOW + timedelta(hours=48), pour_association=False)


@pytest.mark.parametrize("motif", [*MotifAnnulation, None])
@pytest.mark.parametrize("par", Auteur)
def test_reasons_are_a_closed_list(motif: MotifAnnulation | None, par: Auteur) -> None:
    admis = (MotifAnnulation.orientation_close,) if par is Auteur.systeme else MOTIFS
    if motif in admis:
        assert annuler(propose(), motif, par, NOW).etat is E.annule
    else:
        with pytest.raises(DonneeInvalide):
            annuler(propose(), motif, par, NOW)


ESSAIS = st.lists(
    st.tuples(st.sampled_from(Action), st.sampled_from([Auteur.emetteur, Auteur.partenaire]), st.integers(0, 100)), max_size=25
)


@given(ESSAIS)
def test_whatever_is_tried(essais: list[tuple[Action, Auteur, int]]) -> None:
    """`permises` is exactly what is not refused, a cancelled one stays so, SEQUENCE only grows once a calendar has it."""
    rdv, now = propose(), NOW
    for action, par, heures in essais:
        now += timedelta(hours=heures)
        avant, possible = rdv, permises(rdv, par, now)
        futurs = [i for i, c in avant.creneaux.items() if c.debut > now] or [next(iter(avant.creneaux))]
        try:
            if action is Action.confirmer:
                rdv = confirmer(avant, futurs[0], par, now, pour_association=False)
            elif action is Action.reproposer:
                suite = now - NOW
                rdv = reproposer(avant, {new_id(): Creneau(NOW + suite + timedelta(hours=24), 30, TEL)}, par, now)
            else:
                rdv = annuler(avant, MOTIFS[0], par, now)
        except Erreur:
            assert action not in possible
            continue
        assert action in possible
        assert rdv.etat is VERS[action, avant.etat]
        assert avant.etat is not E.annule
        assert rdv.sequence == avant.sequence + 1
        if rdv.etat is E.confirme:
            assert rdv.debut is not None
            assert rdv.debut > now


def test_nothing_is_done_to_a_cancelled_one() -> None:
    fini = annuler(propose(), MOTIFS[0], Auteur.emetteur, NOW)
    with pytest.raises(TransitionInterdite):
        annuler(fini, MOTIFS[0], Auteur.emetteur, NOW)
    with pytest.raises(TransitionInterdite):
        reproposer(fini, {new_id(): un()}, Auteur.emetteur, NOW)


@pytest.mark.parametrize(
    ("code", "local", "utc"),
    [
        ("34", "2026-03-28 09:00", "2026-03-28T08:00"),  # The day before summer time in metropolitan France…
        ("34", "2026-03-30 09:00", "2026-03-30T07:00"),  # …and the day after.
        ("34", "2026-10-24 09:00", "2026-10-24T07:00"),
        ("34", "2026-10-26 09:00", "2026-10-26T08:00"),
        ("34", "2026-10-25 02:30", "2026-10-25T00:30"),  # It comes twice: the first one.
        ("972", "2026-07-01 09:00", "2026-07-01T13:00"),  # Martinique keeps its hour all year.
        ("972", "2026-12-01 09:00", "2026-12-01T13:00"),
        ("974", "2026-03-29 02:30", "2026-03-28T22:30"),  # Nor is there a gap on Réunion.
        ("973", "2026-07-01 09:00", "2026-07-01T12:00"),
        ("976", "2026-07-01 09:00", "2026-07-01T06:00"),
        ("988", "2026-07-01 09:00", "2026-06-30T22:00"),
        ("975", "2026-03-08 09:00", "2026-03-08T11:00"),  # Saint-Pierre-et-Miquelon changes with North America.
    ],
)
def test_local_time_of_the_territory(code: str, local: str, utc: str) -> None:
    jour, heure = local.split()
    moment = en_utc(date.fromisoformat(jour), time.fromisoformat(heure), fuseau(code))
    assert moment == datetime.fromisoformat(f"{utc}:00+00:00")


@pytest.mark.parametrize(("code", "jour"), [("34", date(2026, 3, 29)), ("975", date(2026, 3, 8))])
def test_an_hour_that_spring_leaves_out_is_refused(code: str, jour: date) -> None:
    with pytest.raises(DonneeInvalide):
        en_utc(jour, time(2, 30), fuseau(code))


ZONES = sorted({d.fuseau for d in (*departements(), *collectivites())})


@given(st.sampled_from(ZONES), st.dates(date(2025, 1, 1), date(2035, 12, 31)), st.times())
def test_what_was_typed_is_what_is_read(zone: str, jour: date, heure: time) -> None:
    heure = heure.replace(second=0, microsecond=0)
    try:
        moment = en_utc(jour, heure, ZoneInfo(zone))
    except DonneeInvalide:
        assert heure.hour == 2
        return
    assert moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == datetime.combine(jour, heure)


HEURES = {"14:30": time(14, 30), "9h": time(9), "14 h 05": time(14, 5), "8H30": time(8, 30)}


@pytest.mark.parametrize(("saisie", "heure"), HEURES.items())
def test_hours_as_people_write_them(saisie: str, heure: time) -> None:
    assert lire_heure(saisie) == heure


@pytest.mark.parametrize("saisie", ["", "25:00", "14:60", "midi", "14", "١٤:٣٠", "14:3x"])
def test_hours_that_are_none(saisie: str) -> None:
    with pytest.raises(DonneeInvalide):
        lire_heure(saisie)


def test_an_id_of_nothing_is_not_a_slot() -> None:
    with pytest.raises(DonneeInvalide):
        confirmer(propose(), UUID(int=0), Auteur.emetteur, NOW, pour_association=False)
