"""The life of a case's referrals as a model: several partners, a clock over a year with its holidays, and crashes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from common.calendrier import date_locale, is_jour_ouvre
from common.clock import new_id
from common.codes import EtatConsentement, EtatOrientation, Partie
from common.errors import Conflit, DonneeInvalide, Interdit
from orientation.etapes.domain import prochaine_etape
from orientation.orientations.domain import (
    CLOSES,
    COTES,
    OUVERTES,
    SUR_PERMIS,
    Action,
    Cote,
    Orientation,
    a_faire,
    decide,
    entendre_accord,
    possibles,
    proposer,
)
from tests.orientation.journal import Fait, verifier
from tests.orientation.test_transitions import arguments, une

E = EtatOrientation
DEBUT = datetime(2026, 1, 1, 9, tzinfo=UTC)
UN_AN = timedelta(days=366)
HUMAINES = [action for action in Action if COTES[action] is not Cote.systeme]
PARTENAIRES = 3
RANGS = st.integers(0, PARTENAIRES - 1)


class Cycle(RuleBasedStateMachine):
    """Referrals as the service keeps them, the consent of each partner, and the moment of now."""

    @initialize(
        departement=st.sampled_from(["34", "67", "974", "971", "2A", "75"]),
        jours=st.lists(st.integers(1, 12), min_size=PARTENAIRES, max_size=PARTENAIRES),
        lecture=st.integers(1, 4),
        debut=st.integers(0, 200),
    )
    def preparer(self, departement: str, jours: list[int], lecture: int, debut: int) -> None:
        self.debut = self.now = DEBUT + timedelta(days=debut)
        self.departement = departement
        self.accords = [EtatConsentement.donne] * PARTENAIRES
        self.journaux: list[list[Fait]] = [[] for _ in range(PARTENAIRES)]
        dossier_id = new_id()
        self.orientations = [
            proposer(
                replace(une(), dossier_id=dossier_id, departement=departement, jours=j, lecture=min(lecture, j)),
                None,
                None,
                self.now,
            ).apres
            for j in jours
        ]

    @rule(heures=st.integers(1, 400))
    def passer(self, heures: int) -> None:
        """Time passes; our own sweep may be late."""
        self.now = min(self.now + timedelta(hours=heures), self.debut + UN_AN)

    @rule()
    def attendre(self) -> None:
        """The next moment that anybody waits for comes, and the sweep is on time."""
        moments = [o.echeances.prochaine_at for o in self.orientations if o.echeances.prochaine_at]
        if moments:
            self.now = max(self.now, min(moments))
            self.balayer([])

    @rule(rang=RANGS, accord=st.sampled_from([*[EtatConsentement.donne] * 4, EtatConsentement.retire, EtatConsentement.expire]))
    def consentir(self, rang: int, accord: EtatConsentement) -> None:
        """The association answers, or takes its consent back: what rests on it is taken back at once."""
        self.accords[rang] = accord
        orientation = self.orientations[rang]
        if orientation.etat is E.brouillon:
            self.orientations[rang] = entendre_accord(orientation, accord, self.now)
        elif accord is not EtatConsentement.donne and orientation.etat in OUVERTES:
            self.faire(rang, Action.retirer)

    @rule(rang=RANGS, choix=st.integers(0, 99))
    def agir(self, rang: int, choix: int) -> None:
        """One side does something that it may do; what the ledger does not permit is not done."""
        orientation = self.orientations[rang]
        admises = [a for cote in (Cote.partenaire, Cote.emetteur) for a in possibles(orientation, cote, self.now)]
        admises = [a for a in admises if a not in SUR_PERMIS or self.accords[rang] is EtatConsentement.donne]
        if admises:
            self.faire(rang, admises[choix % len(admises)])

    @rule(rang=RANGS, action=st.sampled_from(HUMAINES))
    def tenter(self, rang: int, action: Action) -> None:
        """Somebody tries what is not possible, and is refused by name."""
        orientation = self.orientations[rang]
        if action not in possibles(orientation, COTES[action], self.now):
            with pytest.raises((Conflit, DonneeInvalide, Interdit)):
                decide(orientation, action, COTES[action], self.now, **arguments(action))  # type: ignore[arg-type]

    @rule(pannes=st.lists(st.booleans(), max_size=6))
    def balayer(self, pannes: list[bool]) -> None:
        """The sweep: a crash between the timer and the action loses what was decided, and the next round decides again."""
        reste = iter(pannes)
        for rang in range(PARTENAIRES):
            while action := a_faire(self.orientations[rang], self.now):
                if next(reste, False):
                    decide(self.orientations[rang], action, Cote.systeme, self.now)
                    continue
                self.faire(rang, action)
            prochaine_at = self.orientations[rang].echeances.prochaine_at
            assert prochaine_at is None or prochaine_at > self.now

    def faire(self, rang: int, action: Action) -> None:
        """Decide, and keep what was decided."""
        decision = decide(
            self.orientations[rang],
            action,
            COTES[action],
            self.now,
            **arguments(action),  # type: ignore[arg-type]
        )
        self.orientations[rang] = decision.apres
        (event,) = decision.events
        self.journaux[rang].append(Fait(event.fact, self.now, decision.apres.etat, getattr(event, "horloge", None)))

    @invariant()
    def nobody_waits_in_silence(self) -> None:
        for orientation in getattr(self, "orientations", ()):
            etape = prochaine_etape(orientation, self.now)
            if orientation.etat in CLOSES:
                assert (etape.qui, etape.avant) == (Partie.personne, None)
                assert orientation.echeances.prochaine_at is None
                continue
            assert etape.qui is not Partie.personne
            assert etape.avant is not None
            assert (orientation.etat is E.brouillon) == (orientation.echeances.prochaine_at is None)
            self.a_working_day(orientation)

    def a_working_day(self, orientation: Orientation) -> None:
        """Deadlines fall on working days of the territory, whatever the holidays of the year."""
        for at in (orientation.echeances.due_at, orientation.echeances.expire_at, orientation.echeances.lire_at):
            assert at is None or is_jour_ouvre(date_locale(at, self.departement), self.departement)

    @invariant()
    def reminders_keep_their_rules(self) -> None:
        for journal in getattr(self, "journaux", ()):
            verifier(journal)

    def teardown(self) -> None:
        """Left alone for another year, whatever was awaited ends or calls somebody."""
        if not hasattr(self, "orientations"):
            return
        for _ in range(60):
            self.now += timedelta(days=7)
            self.balayer([])
        for orientation in self.orientations:
            assert orientation.etat not in (E.envoyee, E.recue)
            if orientation.etat in OUVERTES:
                assert prochaine_etape(orientation, self.now).qui is Partie.animateur
        self.reminders_keep_their_rules()


TestCycle = Cycle.TestCase
TestCycle.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
