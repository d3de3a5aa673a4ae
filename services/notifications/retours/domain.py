"""Whether mails reach somebody: a pure rule over what came back and what arrived, in whatever order it is heard."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from common.codes import Code
from common.codes_echanges import CauseRetour

# Refusals for the moment (4.x.x) that follow each other before somebody counts as not reached.
TEMPORAIRES_MAX = 3
# A mail of which nothing came back for so long has arrived: servers refuse within minutes, and a relay that keeps
# trying gives up after days, which is a refusal for the moment.
SILENCE = timedelta(days=1)
# Relays try for five days; later than this nothing comes back any more.
MEMOIRE = timedelta(days=30)


class Issue(Code):
    """What came of a mail, as far as somebody said."""

    definitif = "definitif", "Refusé pour de bon"
    temporaire = "temporaire", "Abandonné après plusieurs essais"
    arrive = "arrive", "Arrivé"


@dataclass(frozen=True, slots=True)
class Retour:
    """A mail that left at `envoye_le` did not arrive, with the status code that was given (RFC 3463, or the reply's)."""

    envoye_le: datetime
    issue: Issue
    code: str


@dataclass(frozen=True, slots=True)
class Joignabilite:
    """Whether mails reach somebody; when not, since the mail that left at `depuis`.

    `echec_le` and `atteint_le` are when the newest mails left of which a failure, and an arrival, is known. `version` counts
    what changed for those who are told.
    """

    joint: bool = True
    depuis: datetime | None = None
    cause: CauseRetour | None = None
    temporaires: int = 0
    echec_le: datetime | None = None
    atteint_le: datetime | None = None
    version: int = 0


def issue_de(code: str) -> Issue:
    """What a status code of a failure means: 5.x.x, and 5xx, is for good."""
    return Issue.definitif if code.startswith("5") else Issue.temporaire


def cause_de(code: str) -> CauseRetour:
    """Why a mail did not arrive, from its status code (RFC 3463): class, subject, detail."""
    sujet = code.split(".", 1)[1] if "." in code else ""
    if sujet == "2.2":
        return CauseRetour.boite_pleine
    if sujet.startswith("7."):
        return CauseRetour.refuse
    if sujet.startswith("4."):
        return CauseRetour.serveur_injoignable
    if not code.startswith("5"):
        return CauseRetour.autre
    if sujet in {"1.1", "1.2", "1.3", "1.6", "1.10", "2.1"} or (not sujet and code in {"550", "551", "553"}):
        return CauseRetour.adresse_inconnue
    return CauseRetour.autre


def atteindre(avant: Joignabilite, envoye_le: datetime) -> Joignabilite:
    """A mail that left then has arrived. One that left before the last failure says nothing of today."""
    atteint_le = max(envoye_le, avant.atteint_le or envoye_le)
    if avant.echec_le and envoye_le <= avant.echec_le:
        return replace(avant, atteint_le=atteint_le)
    return Joignabilite(echec_le=avant.echec_le, atteint_le=atteint_le, version=avant.version + (not avant.joint))


def remplacer(avant: Joignabilite, le: datetime) -> Joignabilite:
    """The address is another one since then: what failed before says nothing of it, and what fails later is news."""
    return atteindre(avant, le)


def echouer(avant: Joignabilite, retour: Retour) -> Joignabilite:
    """A mail did not arrive. A failure of before the last arrival is old news, and changes nothing."""
    if avant.atteint_le and retour.envoye_le <= avant.atteint_le:
        return avant
    definitif = retour.issue is Issue.definitif
    temporaires = avant.temporaires + (not definitif)
    joint = avant.joint and not definitif and temporaires < TEMPORAIRES_MAX
    premier = min(retour.envoye_le, avant.depuis or retour.envoye_le)
    return replace(
        avant,
        joint=joint,
        depuis=premier,
        cause=cause_de(retour.code) if avant.joint or definitif else avant.cause,
        temporaires=temporaires,
        echec_le=max(retour.envoye_le, avant.echec_le or retour.envoye_le),
        version=avant.version + (joint is not avant.joint),
    )
