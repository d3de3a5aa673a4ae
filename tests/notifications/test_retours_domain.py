"""Whether mails reach somebody: the rule, and the reading of what servers send back, whole, broken and hostile."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.notifications.rapports import FORMES, rapport

from common.codes_echanges import CauseRetour
from notifications.retours.domain import (
    TEMPORAIRES_MAX,
    Issue,
    Joignabilite,
    Retour,
    atteindre,
    cause_de,
    echouer,
    issue_de,
    remplacer,
)
from notifications.retours.lecture import Avis, lire

DEBUT = datetime(2026, 3, 2, 8, tzinfo=UTC)
OURS = "0123456789abcdef@relais.example"
CODES = {Issue.definitif: "5.1.1", Issue.temporaire: "4.4.7", Issue.arrive: "2.0.0"}
FAITS = st.lists(st.tuples(st.integers(0, 30), st.sampled_from(list(Issue))), max_size=25)


def entendre(etat: Joignabilite, minute: int, issue: Issue) -> Joignabilite:
    moment = DEBUT + timedelta(minutes=minute)
    if issue is Issue.arrive:
        return atteindre(etat, moment)
    return echouer(etat, Retour(moment, issue, CODES[issue]))


@given(FAITS)
def test_what_is_known_is_of_the_newest_mails(faits: list[tuple[int, Issue]]) -> None:
    """Heard in any order: nobody is unreached whose newest mail arrived, everybody is of whom one came back for good since."""
    etat = Joignabilite()
    for minute, issue in faits:
        avant, etat = etat, entendre(etat, minute, issue)
        assert etat.joint or etat.depuis
        assert etat.version == avant.version + (etat.joint is not avant.joint)
    arrivees = [minute for minute, issue in faits if issue is Issue.arrive]
    refus = [minute for minute, issue in faits if issue is Issue.definitif]
    echecs = [minute for minute, issue in faits if issue is not Issue.arrive]
    if arrivees and max(arrivees) > max(echecs, default=-1):
        assert etat.joint
        assert etat.depuis is None
    if refus and max(refus) > max(arrivees, default=-1):
        assert not etat.joint
    if not refus and len(echecs) < TEMPORAIRES_MAX:
        assert etat.joint


@given(FAITS, FAITS)
def test_another_address_begins_anew(before: list[tuple[int, Issue]], after: list[tuple[int, Issue]]) -> None:
    """Whatever is heard of mails to the old one, before the change or after; a later mail that is refused is news."""
    etat = Joignabilite()
    for minute, issue in before:
        etat = entendre(etat, minute, issue)
    etat = remplacer(etat, DEBUT + timedelta(minutes=31))
    for minute, issue in after:
        etat = entendre(etat, minute, issue)
        assert etat.joint
    refused = entendre(etat, 32, Issue.definitif)
    assert (refused.joint, refused.version) == (False, etat.version + 1)


@given(st.integers(0, 12), st.booleans())
def test_refusals_for_the_moment_count_when_they_follow_each_other(combien: int, arrivee: bool) -> None:
    etat = Joignabilite()
    for n in range(combien):
        etat = entendre(etat, n, Issue.temporaire)
    assert etat.joint is (combien < TEMPORAIRES_MAX)
    if arrivee:
        etat = entendre(etat, 20, Issue.arrive)
        assert etat.joint
        assert entendre(etat, 21, Issue.temporaire).joint


def test_since_when_is_the_first_mail_that_failed() -> None:
    etat = Joignabilite()
    for minute in (5, 9, 7):
        etat = entendre(etat, minute, Issue.definitif)
    assert etat.depuis == DEBUT + timedelta(minutes=5)
    assert etat.version == 1


@pytest.mark.parametrize(
    ("code", "issue", "cause"),
    [
        ("5.1.1", Issue.definitif, CauseRetour.adresse_inconnue),
        ("550", Issue.definitif, CauseRetour.adresse_inconnue),
        ("5.2.1", Issue.definitif, CauseRetour.adresse_inconnue),
        ("5.2.2", Issue.definitif, CauseRetour.boite_pleine),
        ("5.7.1", Issue.definitif, CauseRetour.refuse),
        ("4.4.7", Issue.temporaire, CauseRetour.serveur_injoignable),
        ("5.4.4", Issue.definitif, CauseRetour.serveur_injoignable),
        ("554", Issue.definitif, CauseRetour.autre),
        ("4.0.0", Issue.temporaire, CauseRetour.autre),
    ],
)
def test_a_code_in_words(code: str, issue: Issue, cause: CauseRetour) -> None:
    assert (issue_de(code), cause_de(code)) == (issue, cause)


@pytest.mark.parametrize("forme", FORMES)
@pytest.mark.parametrize(
    ("status", "action", "issue"),
    [
        ("5.1.1", "failed", Issue.definitif),
        ("4.4.7", "failed", Issue.temporaire),
        ("2.0.0", "delivered", Issue.arrive),
        ("2.0.0", "relayed", Issue.arrive),
    ],
)
def test_each_server_is_understood(forme: str, status: str, action: str, issue: Issue) -> None:
    assert lire(rapport(forme, OURS, status, action)) == Avis(OURS, issue, status)
    # A person or a rule of a mailbox may pass it on inside another mail.
    enveloppe = b"From: qui@ailleurs.example\r\nSubject: TR\r\nContent-Type: message/rfc822\r\n\r\n"
    assert lire(enveloppe + rapport(forme, OURS, status, action)) == Avis(OURS, issue, status)


@pytest.mark.parametrize("forme", FORMES)
def test_what_is_late_has_not_failed(forme: str) -> None:
    assert lire(rapport(forme, OURS, "4.4.1", "delayed")) is None


def test_what_is_no_report_says_nothing() -> None:
    absent = (
        b"From: camille@partenaire.example\r\nIn-Reply-To: <" + OURS.encode() + b">\r\nSubject: Absente\r\n\r\nJusqu'a lundi."
    )
    assert lire(absent) is None
    assert lire(rapport("postfix", "quelqu.un.d.autre@ailleurs.example")) is None
    assert lire(b"") is None


HOSTILES = [
    b"\x00\xff" * 5000,
    b"Content-Type: multipart/report; boundary=\r\n\r\n--\r\n",
    b"Content-Type: multipart/report; boundary*0*=utf-8''%ff; report-type=delivery-status\r\n\r\n--%ff\r\n",
    b"Content-Type: message/delivery-status\r\n\r\nAction: failed\r\n",
    b"".join(b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(3000)),
    b"Content-Type: message/rfc822\r\n\r\n" * 5000,
    rapport("postfix", OURS).replace(b"message/delivery-status", b"message/delivery-status; charset=nope"),
    rapport("exim", OURS).replace(b"us-ascii", b"\xff\xfe"),
    rapport("exchange", OURS).replace(b"Status: 5.1.1", b"Status: " + b"9" * 100_000),
]


@pytest.mark.parametrize("corps", HOSTILES, ids=range(len(HOSTILES)))
def test_what_is_hostile_is_read_over(corps: bytes) -> None:
    avis = lire(corps)
    assert avis is None or avis.message_id == OURS


@given(st.sampled_from(list(FORMES)), st.lists(st.tuples(st.integers(0, 3000), st.binary(max_size=40)), max_size=8))
def test_a_broken_report_never_raises(forme: str, coups: list[tuple[int, bytes]]) -> None:
    corps = bytearray(rapport(forme, OURS))
    for place, octets in coups:
        corps[place : place + len(octets)] = octets
    avis = lire(bytes(corps))
    assert avis is None or len(avis.code) <= 12
