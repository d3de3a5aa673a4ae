"""The life of a consent: asked, given or refused; once given, withdrawn or come to its end. Pure rules."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from common.codes import Categorie, EtatConsentement, Finalite
from common.errors import Conflit, TransitionInterdite
from common.events import Event
from common.events.signalement import ConsentementDonne, ConsentementExpire, ConsentementRefuse, ConsentementRetire
from common.traduction import N_

TRANSITIONS: tuple[tuple[str, EtatConsentement, EtatConsentement], ...] = (
    ("donner", EtatConsentement.demande, EtatConsentement.donne),
    ("refuser", EtatConsentement.demande, EtatConsentement.refuse),
    ("retirer", EtatConsentement.donne, EtatConsentement.retire),
    ("expirer", EtatConsentement.donne, EtatConsentement.expire),
)

ACTIONS = tuple(action for action, _, _ in TRANSITIONS)
ENDED = frozenset({EtatConsentement.refuse, EtatConsentement.retire, EtatConsentement.expire})
MONTHS = 12


class TexteModifie(Conflit):
    """The answer is to another text than the one on record."""

    slug, titre = (
        "texte-modifie",
        N_("Le texte de cette demande n’est pas celui que vous avez lu. Relisez-le avant de répondre."),
    )


class PasEncoreExpire(Conflit):
    """The consent still holds at this moment."""

    slug, titre = "pas-encore-expire", N_("Cet accord court encore.")


@dataclass(frozen=True, slots=True)
class Consentement:
    """A consent as its rules see it; `expire_le` is known once given (UTC)."""

    id: UUID
    dossier_id: UUID
    destinataire_id: UUID
    finalite: Finalite
    categories: tuple[Categorie, ...]
    etat: EtatConsentement
    texte_version: str
    expire_le: datetime | None = None
    repondu_le: datetime | None = None
    fini_le: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether it allows a disclosure at this moment: the clock counts, whether or not a sweep has passed."""
        return self.etat is EtatConsentement.donne and self.expire_le is not None and now < self.expire_le


def actions(etat: EtatConsentement) -> list[str]:
    """What may happen to a consent in this state."""
    return [action for action, before, _ in TRANSITIONS if before is etat]


def decide(
    consentement: Consentement, action: str, now: datetime, texte_version: str | None = None
) -> tuple[Consentement, tuple[Event, ...]]:
    """The consent after the action, and what is announced.

    `donner` takes the version of the text that was read. Raises TransitionInterdite, TexteModifie, PasEncoreExpire.
    """
    after = _next(action, consentement.etat)
    if action == "donner":
        if texte_version != consentement.texte_version:
            raise TexteModifie
        expire_le = a_year_after(now)
        new = replace(consentement, etat=after, repondu_le=now, expire_le=expire_le)
        return new, (ConsentementDonne(**_facts(new), expire_le=expire_le),)
    if action == "refuser":
        new = replace(consentement, etat=after, repondu_le=now, fini_le=now)
        return new, (ConsentementRefuse(**_facts(new)),)
    if action == "expirer" and consentement.holds(now):
        raise PasEncoreExpire
    new = replace(consentement, etat=after, fini_le=now)
    kind = ConsentementRetire if action == "retirer" else ConsentementExpire
    return new, (kind(**_facts(new)),)


def _next(action: str, etat: EtatConsentement) -> EtatConsentement:
    for name, before, after in TRANSITIONS:
        if (name, before) == (action, etat):
            return after
    raise TransitionInterdite(etat=str(etat), permis=actions(etat))


def _facts(consentement: Consentement) -> dict[str, object]:
    return {
        "consentement_id": consentement.id,
        "dossier_id": consentement.dossier_id,
        "destinataire_id": consentement.destinataire_id,
        "finalite": consentement.finalite,
        "categories": consentement.categories,
    }


def a_year_after(moment: datetime) -> datetime:
    """The same day and hour a year later; the 28th for a 29 February."""
    try:
        return moment.replace(year=moment.year + MONTHS // 12)
    except ValueError:
        return moment.replace(year=moment.year + MONTHS // 12, day=28)


def in_order(categories: tuple[Categorie, ...]) -> tuple[Categorie, ...]:
    """Each category once, in the order of the list, so that equal sets are equal rows."""
    return tuple(categorie for categorie in Categorie if categorie in categories)
