"""The link by which a partner without an account takes note: sealed, for that one withdrawal, until a date."""

from datetime import datetime, timedelta
from uuid import UUID

from cryptography.fernet import InvalidToken

from common.actor import Actor, Role
from common.coffre import Coffre
from common.errors import Introuvable
from common.traduction import N_
from notifications.settings import NotificationsSettings

CHEMIN = "/notifications/retraits/acte"
USAGE = "retrait"
# The recipient is written to twice; later, it is the cell that calls, and that may note what it hears.
DUREE = timedelta(days=90)
REMEDE = N_(
    "Copiez-le en entier depuis le courriel. S’il a plus de trois mois, appelez la cellule régionale : "
    "elle note que vous en prenez acte."
)


class LienPerime(Introuvable):
    """The link opens nothing (any more): the same answer whatever the reason."""

    slug, titre = "lien-perime", N_("Ce lien n’est pas valable, ou ne l’est plus.")


def acteur_de(consentement_id: UUID, destinataire_id: UUID) -> Actor:
    """Who acts by the link of a withdrawal: for its recipient, on that one alone."""
    return Actor(id=str(consentement_id), roles=frozenset({Role.lien}), organisation_id=destinataire_id)


def sceller(coffre: Coffre, consentement_id: UUID, destinataire_id: UUID, now: datetime) -> str:
    """The token by which the recipient of this withdrawal takes note, for `DUREE` from `now`."""
    return coffre.sceller(f"{USAGE}:{consentement_id}:{destinataire_id}:{int((now + DUREE).timestamp())}")


def lien_d_acte(settings: NotificationsSettings, consentement_id: UUID, destinataire_id: UUID, now: datetime) -> str:
    """The address of its page."""
    return f"{settings.public_url}{CHEMIN}/{sceller(settings.coffre, consentement_id, destinataire_id, now)}"


def lire_jeton(coffre: Coffre, jeton: str, now: datetime) -> Actor:
    """Who acts by this token at `now`. Raises LienPerime: it is none of ours, for something else, or over."""
    try:
        usage, consentement, destinataire, fin = coffre.ouvrir(jeton).split(":")
        if usage == USAGE and now.timestamp() < int(fin):
            return acteur_de(UUID(consentement), UUID(destinataire))
    except (InvalidToken, ValueError):
        pass
    raise lien_clos()


def lien_clos() -> LienPerime:
    """The refusal, with what to do."""
    return LienPerime(REMEDE)
