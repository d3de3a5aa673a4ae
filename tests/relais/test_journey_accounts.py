"""The accounts of a journey: each kind of difference is found, and nothing else is called one."""

from copy import deepcopy
from typing import Any

import pytest

from relais.journey.accounts import (
    Case,
    Cells,
    Figures,
    Opening,
    Referral,
    compare_figures,
    compare_openings,
    compare_states,
    compare_webhooks,
    sums,
)

FRANCE_ACTIVE, URSSAF = "partner-a", "partner-b"
READ = Opening("France Active", "orientation", ("identite", "situation"))


def case(numero: int = 1, departement: str = "31", region: str = "76", **facts: Any) -> Case:
    """A case that ended well: one referral declined, its successor brought to its end, everything told and seen."""
    declined = Referral(f"r{numero}a", URSSAF, "ccsf", "declinee", "sans_capacite", sent=True)
    ended = Referral(f"r{numero}b", FRANCE_ACTIVE, "trajectoire", "aboutie", sent=True, accepted=True)
    declined.told = ["envoyee", "recue", "declinee"]
    ended.told = ["envoyee", "recue", "acceptee", "demarree", "aboutie"]
    for referral in (declined, ended):
        referral.views = [(referral.etat, referral.etat)]
    known: dict[str, Any] = {"shared_diagnostic": True, "listed": [READ], "openings": [READ], "complete": True} | facts
    return Case(
        numero,
        f"d{numero}",
        region,
        departement,
        "2026-11",
        "faire_face",
        12,
        "clos",
        referrals=[declined, ended],
        **known,
    )


def heard_of(*cases: Case) -> dict[tuple[str, str], list[str]]:
    """Exactly what the partners' systems must hear."""
    return {
        (referral.id, f"orientation.{fact}"): [f"{referral.id}-{fact}"]
        for one in cases
        for referral in one.referrals
        for fact in referral.told
    }


def figures(totals: dict[str, int] | None = None, **cells: int | None) -> Figures:
    """Figures with one breakdown, `dossiers.par_region`."""
    named: Cells = {("dossiers.par_region", code.strip("_")): n for code, n in cells.items()}
    return Figures(totals or {}, named)


def test_the_sums_of_what_was_done() -> None:
    done = sums([case(1), case(2, departement="09", shared_diagnostic=False)])
    assert done.totals == {
        "dossiers": 2,
        "emplois": 24,
        "orientations": 4,
        "diagnostics": 1,
        "diagnostics dans les six semaines": 1,
    }
    assert done.cells["dossiers.par_region", "76"] == 2
    assert done.cells["dossiers.par_departement", "09"] == 1
    assert done.cells["dossiers.par_etat", "clos"] == 2
    assert done.cells["orientations.par_etat", "declinee"] == 2
    assert done.cells["orientations.par_motif", "sans_capacite"] == 2
    assert done.cells["orientations.par_partenaire.acceptees", FRANCE_ACTIVE] == 2
    assert done.cells["orientations.par_partenaire.declinees", URSSAF] == 2
    assert ("orientations.par_partenaire.declinees", FRANCE_ACTIVE) not in done.cells


def test_a_draft_that_never_left_is_in_no_figure() -> None:
    one = case()
    for referral in one.referrals:
        referral.sent = False
    assert "orientations" not in sums([one]).totals
    assert not [cell for cell in sums([one]).cells if cell[0].startswith("orientations")]


@pytest.mark.parametrize(
    ("before", "after", "added", "fits"),
    [
        (10, 12, 2, True),
        (10, 11, 2, False),
        (10, 13, 2, False),
        (10, None, 2, False),  # Withheld though it is large.
        (0, None, 3, True),
        (0, 3, 3, False),  # Shown though it is small.
        (0, None, 0, False),  # Something where nothing is.
        (0, 0, 3, False),
        (2, 2, 0, False),
        (None, 7, 4, True),
        (None, 9, 4, False),  # It would have been 5 before, and shown.
        (None, 5, 4, True),
        (None, 4, 4, False),
        (None, None, 0, True),
        (None, None, 3, True),
        (None, None, 4, False),  # At least five by now.
        (7, 7, 0, True),
        (7, 0, 0, False),
    ],
)
def test_a_cell_is_checked_as_far_as_it_can_be_known(before: int | None, after: int | None, added: int, fits: bool) -> None:
    differences, unknown = compare_figures(figures(_76=before), figures(_76=after), figures(_76=added))
    assert (differences == []) is fits
    assert unknown == (before is None and after is None)


def test_an_absent_cell_counts_as_nothing() -> None:
    assert compare_figures(figures(), figures(_76=6), figures(_76=6)) == ([], 0)
    differences, _ = compare_figures(figures(_76=8), figures(), figures())
    assert differences == ["National figures: dossiers.par_region of 76 is 0; 8 was expected."]


@pytest.mark.parametrize("total", ["dossiers", "emplois", "orientations", "diagnostics"])
def test_a_total_that_grew_by_something_else_is_found(total: str) -> None:
    done = sums([case()])
    before = Figures(dict.fromkeys(done.totals, 100), {})
    after = {name: 100 + n for name, n in done.totals.items()}
    cells: Cells = dict.fromkeys(done.cells)
    assert compare_figures(before, Figures(after, cells), done) == ([], 0)
    after[total] += 1
    differences, _ = compare_figures(before, Figures(after, cells), done)
    grown = done.totals[total]
    assert differences == [f"National figures: {total} grew by {grown + 1} instead of {grown}."]


def test_the_answer_of_the_api_becomes_figures() -> None:
    body = {
        "dossiers": {"total": 7, "par_region": [{"code": "76", "n": 7}], "par_niveau": [{"code": None, "n": None}]},
        "emplois": {"total": 90},
        "delai_diagnostic": {"n": 3, "mediane_jours": 2.0, "dans_les_six_semaines": 3},
        "orientations": {
            "total": 5,
            "par_partenaire": [{"partenaire_id": "p", "n": 5, "acceptees": None, "declinees": 0, "libelle": "P"}],
        },
    }
    known = Figures.of(body)
    assert known.totals["dossiers"] == 7
    assert known.totals["diagnostics dans les six semaines"] == 3
    assert known.cells == {
        ("dossiers.par_region", "76"): 7,
        ("dossiers.par_niveau", "None"): None,
        ("orientations.par_partenaire.n", "p"): 5,
        ("orientations.par_partenaire.acceptees", "p"): None,
        ("orientations.par_partenaire.declinees", "p"): 0,
    }


def test_webhooks_lost_doubled_or_of_nobody_are_found() -> None:
    cases = [case(1), case(2)]
    heard = heard_of(*cases)
    assert compare_webhooks(cases, heard) == []
    lost = deepcopy(heard)
    del lost["r1a", "orientation.envoyee"]
    assert compare_webhooks(cases, lost) == ["Webhooks: orientation.envoyee of referral r1a was heard 0 times instead of 1."]
    doubled = heard | {("r2b", "orientation.aboutie"): ["one", "another"]}
    assert compare_webhooks(cases, doubled) == ["Webhooks: orientation.aboutie of referral r2b was heard 2 times instead of 1."]
    stray = heard | {("r9", "orientation.envoyee"): ["x"]}
    assert compare_webhooks(cases, stray) == ["Webhooks: orientation.envoyee of referral r9 was heard 1 times instead of 0."]


def test_a_state_that_the_sender_does_not_see_is_found() -> None:
    one = case()
    assert compare_states([one]) == []
    one.referrals[1].views.append(("aboutie", "demarree"))
    assert compare_states([one]) == ["Referral r1b of line 1: the sender sees demarree instead of aboutie."]
    one.referrals[1].views = [("demarree", "demarree")]
    assert compare_states([one]) == ["Referral r1b of line 1: nobody looked whether the sender sees aboutie."]


def test_openings_untold_or_unmade_are_found_and_a_lost_answer_allows_one_more() -> None:
    assert compare_openings([case()], disturbed=False) == []
    words = "the opening by France Active for orientation (identite, situation)"
    assert compare_openings([case(listed=[])], disturbed=False) == [f"Line 1: the association is not told of {words}."]
    twice = case(listed=[READ, READ])
    assert compare_openings([twice], disturbed=False) == [f"Line 1: the association is told of {words}, unmade."]
    assert compare_openings([twice], disturbed=True) == [f"Line 1: the association is told of {words}, unmade."]
    twice.cut_off = [READ]
    assert compare_openings([twice], disturbed=False) == []
    assert compare_openings([case(listed=None)], disturbed=False) == ["Line 1: the association's page was not read."]


@pytest.mark.parametrize(
    "reading", [Opening("France Active", "diagnostic", ("diagnostic",)), Opening("Cellule de Corse", "", ("identite",))]
)
def test_a_disturbed_journey_allows_one_more_reading_by_a_get_and_no_more(reading: Opening) -> None:
    words = f"the opening by {reading.organisation} for {reading.finalite} ({reading.categories[0]})"
    twice = case(listed=[reading, reading], openings=[reading])
    thrice = case(listed=[reading] * 3, openings=[reading])
    assert compare_openings([twice], disturbed=True) == []
    assert compare_openings([twice], disturbed=False) == [f"Line 1: the association is told of {words}, unmade."]
    assert compare_openings([thrice], disturbed=True) == [f"Line 1: the association is told of {words}, unmade."]


def test_a_line_that_stopped_says_so_once() -> None:
    stopped = case(listed=None, complete=False)
    stopped.referrals[0].views = []
    assert compare_states([stopped]) == []
    assert compare_openings([stopped], disturbed=False) == []


def test_what_happened_just_before_a_withdrawal_may_be_silent_and_its_notice_may_not() -> None:
    """No webhook about a case starts once the consent is withdrawn, save the one that says so."""
    one = case(1)
    referral = one.referrals[0]
    referral.etat, referral.motif, referral.told = "retiree", "consentement_retire", ["envoyee", "recue", "retiree"]
    heard = heard_of(one)
    silent = {about: ids for about, ids in heard.items() if about != (referral.id, "orientation.recue")}
    assert compare_webhooks([one], heard) == compare_webhooks([one], silent) == []
    unsaid = {about: ids for about, ids in heard.items() if about != (referral.id, "orientation.retiree")}
    assert len(compare_webhooks([one], unsaid)) == 1
    assert len(compare_webhooks([one], heard | {(referral.id, "orientation.recue"): ["one", "another"]})) == 1
