"""The rules of calendars, and the file, read again by its library: whatever is put in comes out, within bounds."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from orientation.calendriers.domain import Entree, Statut, fenetre, numero, ordonner
from orientation.calendriers.fichier import etag, fichier

MOMENTS = st.integers(0, 500_000_000).map(lambda seconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds))
TITRES = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), min_size=1, max_size=200)


def lus(contenu: bytes) -> list[Any]:
    return list(Calendar.from_ical(contenu).walk("VEVENT"))


@st.composite
def entrees(draw: st.DrawFn) -> Entree:
    whole = draw(st.booleans())
    debut = draw(MOMENTS)
    return Entree(
        uid=f"{draw(st.uuids())}@relais.example",
        sequence=numero(draw(st.integers(0, 2**62))),
        modifiee_at=draw(MOMENTS),
        titre=draw(TITRES),
        lien="https://relais.example/orientation/orientations/x",
        jour=debut.date() if whole else None,
        debut=None if whole else debut,
        fin=None if whole else debut + timedelta(minutes=draw(st.integers(15, 480))),
        statut=draw(st.sampled_from(Statut)),
    )


@given(st.lists(entrees(), max_size=6, unique_by=lambda e: e.uid))
def test_what_is_put_in_comes_out(given_entries: list[Entree]) -> None:
    contenu = fichier(given_entries)
    assert all(len(line) <= 75 for line in contenu.split(b"\r\n"))
    events = lus(contenu)
    assert len(events) == len(given_entries)
    for event, entree in zip(events, given_entries, strict=True):
        assert (str(event["uid"]), str(event["summary"]), int(event["sequence"])) == (entree.uid, entree.titre, entree.sequence)
        assert event["dtstart"].dt == (entree.jour or entree.debut)
        assert event["dtend"].dt == (entree.jour + timedelta(days=1) if entree.jour else entree.fin)
        assert event["dtstart"].to_ical().endswith(b"Z") is (entree.jour is None)
        assert str(event["status"]) == entree.statut.value
        assert event["last-modified"].dt == entree.modifiee_at


@given(st.lists(entrees(), max_size=6, unique_by=lambda e: e.uid), st.randoms())
def test_the_same_entries_make_the_same_file(given_entries: list[Entree], chance: Any) -> None:
    autres = [*given_entries]
    chance.shuffle(autres)
    assert fichier(ordonner(autres)) == fichier(ordonner(given_entries))
    if given_entries:
        assert etag(fichier(ordonner(autres[1:]))) != etag(fichier(ordonner(given_entries)))


@given(st.integers(0, 2**63 - 1))
def test_a_sequence_fits_what_agendas_count_in(ecriture: int) -> None:
    assert 0 <= numero(ecriture) < 2**31
    assert numero(ecriture) == ecriture or ecriture >= 2**31


@given(MOMENTS)
def test_the_window_is_bounded(now: datetime) -> None:
    de, a = fenetre(now)
    assert de < now < a
    assert a - de < timedelta(days=400)


def test_a_deadline_takes_nobodys_time() -> None:
    entree = Entree(f"{uuid4()}@x", 1, datetime(2030, 1, 1, tzinfo=UTC), "À vous", "https://x", jour=date(2030, 1, 2))
    (event,) = lus(fichier([entree]))
    assert (str(event["transp"]), event["dtend"].dt) == ("TRANSPARENT", date(2030, 1, 3))
