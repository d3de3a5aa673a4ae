"""The link by which a mail's reader refuses such mails without signing in: sealed, so that it says nothing to others."""

from collections.abc import Iterable

from cryptography.fernet import InvalidToken

from common.coffre import Coffre
from common.errors import Introuvable
from common.traduction import _
from notifications.regles.domain import Genre, refusables
from notifications.settings import NotificationsSettings

CHEMIN = "/notifications/desinscription"
USAGE = "desinscription"
# What the mails of an older release that told of several kinds refuse.
TOUT = "tout"


def lien_de_desinscription(settings: NotificationsSettings, membre_id: str, genres: Iterable[Genre]) -> str:
    """The address at which this member refuses these kinds of mail, those that one mail tells of."""
    jeton = settings.coffre.sceller(f"{USAGE}:{','.join(sorted(genres))}:{membre_id}")
    return f"{settings.public_url}{CHEMIN}/{jeton}"


def lire_jeton(coffre: Coffre, jeton: str) -> tuple[str, frozenset[Genre]]:
    """The member and the kinds that a link names. Raises Introuvable when it is not one of ours."""
    try:
        usage, genres, membre = coffre.ouvrir(jeton).split(":", 2)
    except (InvalidToken, ValueError) as error:
        raise Introuvable(_("Ce lien n’est pas complet. Copiez-le en entier depuis le courriel.")) from error
    if usage != USAGE:
        raise Introuvable
    return membre, frozenset(refusables() if genres == TOUT else map(Genre, genres.split(",")))
