"""The accounts of a journey: what was done, what the hub says, and every difference in plain words. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

SMALL = range(1, 5)  # Numbers that a breakdown withholds.

Cell = tuple[str, str]
Cells = dict[Cell, int | None]


@dataclass
class Referral:
    """A referral as the journey made it: `told` is what its partner must hear, `views` what it was brought to and what the
    sender read right after.
    """

    id: str
    partenaire_id: str
    dispositif: str
    etat: str = "brouillon"
    motif: str | None = None
    sent: bool = False
    accepted: bool = False
    told: list[str] = field(default_factory=list)
    views: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Opening:
    """A dossier or a diagnostic that somebody opened: what the association must find on its page."""

    organisation: str
    finalite: str
    categories: tuple[str, ...]


@dataclass
class Case:
    """A case as the journey made it. `openings` were answered; those in `cut_off` may have happened, their answer was lost."""

    numero: int
    dossier_id: str
    region: str
    departement: str
    mois: str
    niveau: str
    emplois: int
    etat: str
    referrals: list[Referral] = field(default_factory=list)
    openings: list[Opening] = field(default_factory=list)
    cut_off: list[Opening] = field(default_factory=list)
    listed: list[Opening] | None = None
    shared_diagnostic: bool = False
    complete: bool = False


@dataclass(frozen=True)
class Figures:
    """The national figures: totals are exact, a cell of a breakdown is None when it is withheld."""

    totals: dict[str, int]
    cells: Cells

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "Figures":
        """From the answer of the API."""
        cells: Cells = {}
        for part in ("dossiers", "orientations"):
            for name, lines in body[part].items():
                if not name.startswith("par_"):
                    continue
                for line in lines:
                    if name == "par_partenaire":
                        for count in ("n", "acceptees", "declinees"):
                            cells[f"{part}.{name}.{count}", line["partenaire_id"]] = line[count]
                    else:
                        cells[f"{part}.{name}", str(line["code"])] = line["n"]
        totals = {
            "dossiers": body["dossiers"]["total"],
            "emplois": body["emplois"]["total"],
            "orientations": body["orientations"]["total"],
            "diagnostics": body["delai_diagnostic"]["n"],
            "diagnostics dans les six semaines": body["delai_diagnostic"]["dans_les_six_semaines"],
        }
        return cls(totals, cells)


def sums(cases: Iterable[Case]) -> Figures:
    """What these cases add to the national figures."""
    totals: Counter[str] = Counter()
    cells: Counter[Cell] = Counter()
    for case in cases:
        totals["dossiers"] += 1
        totals["emplois"] += case.emplois
        totals["diagnostics"] += case.shared_diagnostic
        totals["diagnostics dans les six semaines"] += case.shared_diagnostic
        for axis in ("region", "departement", "mois", "niveau", "etat"):
            cells[f"dossiers.par_{axis}", getattr(case, axis)] += 1
        for referral in case.referrals:
            if referral.sent:
                totals["orientations"] += 1
                cells.update(_cells_of(referral))
    return Figures(dict(totals), dict(cells))


def _cells_of(referral: Referral) -> list[Cell]:
    by_partner = [("n", True), ("acceptees", referral.accepted), ("declinees", referral.etat == "declinee")]
    cells = [("orientations.par_etat", referral.etat), ("orientations.par_dispositif", referral.dispositif)]
    cells += [(f"orientations.par_partenaire.{name}", referral.partenaire_id) for name, counts in by_partner if counts]
    return cells + ([("orientations.par_motif", referral.motif)] if referral.motif else [])


def compare_figures(before: Figures, after: Figures, done: Figures) -> tuple[list[str], int]:
    """The differences between what was done and what the figures gained, and how many cells nobody can check.

    A withheld cell is checked against the numbers it may hide; one that was withheld before and after is not known.
    """
    differences = []
    for name, value in after.totals.items():
        gained, wanted = value - before.totals[name], done.totals.get(name, 0)
        if gained != wanted:
            differences.append(f"National figures: {name} grew by {gained} instead of {wanted}.")
    unknown = 0
    for cell in sorted(before.cells.keys() | after.cells.keys() | done.cells.keys()):
        was, now = before.cells.get(cell, 0), after.cells.get(cell, 0)
        added = done.cells.get(cell, 0) or 0
        possible = [n + added for n in (SMALL if was is None else (was,))]
        unknown += was is None and now is None
        fits = any(n in SMALL for n in possible) if now is None else now in possible and now not in SMALL
        if not fits:
            shown = "withheld" if now is None else str(now)
            wanted_words = "withheld" if set(possible) & set(SMALL) else " or ".join(map(str, possible))
            differences.append(f"National figures: {cell[0]} of {cell[1]} is {shown}; {wanted_words} was expected.")
    return differences, unknown


def compare_webhooks(cases: Iterable[Case], heard: Mapping[tuple[str, str], Sequence[str] | Mapping[str, Any]]) -> list[str]:
    """The differences between what partners had to be told and what their systems heard, duplicates taken out.

    Once the consent is withdrawn no webhook about the case starts but its notice: what happened just before may be silent.
    """
    due: Counter[tuple[str, str]] = Counter()
    may_be_silent: set[tuple[str, str]] = set()
    for case in cases:
        for referral in case.referrals:
            told = [(referral.id, f"orientation.{fact}") for fact in referral.told]
            due.update(told)
            if referral.motif == "consentement_retire":
                may_be_silent |= set(told) - {(referral.id, "orientation.retiree")}
    differences = []
    for about in sorted(due.keys() | {about for about in heard if about[1].startswith("orientation.")}):
        wanted, got = due[about], len(heard.get(about, ()))
        if wanted != got and not (got == 0 and about in may_be_silent):
            differences.append(f"Webhooks: {about[1]} of referral {about[0]} was heard {got} times instead of {wanted}.")
    return differences


def compare_states(cases: Iterable[Case]) -> list[str]:
    """The referrals whose sender read another state than the one they had just been brought to, or never looked.

    A line that stopped on its way has said so already.
    """
    differences = []
    for case in (case for case in cases if case.complete):
        for referral in case.referrals:
            what = f"Referral {referral.id} of line {case.numero}"
            differences += [
                f"{what}: the sender sees {seen} instead of {set_}." for set_, seen in referral.views if seen != set_
            ]
            if not referral.views or referral.views[-1][0] != referral.etat:
                differences.append(f"{what}: nobody looked whether the sender sees {referral.etat}.")
    return differences


BY_GET = ("", "diagnostic")
"""What is read without a POST: a case by its own cell, which needs no consent and so has no purpose, and a diagnostic."""


def compare_openings(cases: Iterable[Case], *, disturbed: bool) -> list[str]:
    """The openings that an association does not find on its page, and those on it that nobody made.

    In a `disturbed` journey, where answers were lost, what is read by a GET (a diagnostic, and a case by its own cell) may be
    there once more: the front repeats a GET by itself when the service dies before it answers, and only the log can tell. It
    never repeats the opening of a dossier, a POST, as long as that bears no Idempotency-Key.
    """
    differences = []
    for case in (case for case in cases if case.complete):
        if case.listed is None:
            differences.append(f"Line {case.numero}: the association's page was not read.")
            continue
        listed, made, lost = Counter(case.listed), Counter(case.openings), Counter(case.cut_off)
        if disturbed:
            lost += Counter(opening for opening in case.openings if opening.finalite in BY_GET)
        differences += [f"Line {case.numero}: the association is not told of {_words(o)}." for o in made - listed]
        differences += [f"Line {case.numero}: the association is told of {_words(o)}, unmade." for o in listed - made - lost]
    return differences


def _words(opening: Opening) -> str:
    return f"the opening by {opening.organisation} for {opening.finalite} ({', '.join(opening.categories)})"
