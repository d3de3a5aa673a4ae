"""The link by which a mail's reader refuses that kind of mail without signing in: sealed, so that it says nothing to others."""

from cryptography.fernet import InvalidToken

from common.coffre import Coffre
from common.errors import Introuvable
from common.traduction import _
from notifications.regles.domain import Genre
from notifications.settings import NotificationsSettings

CHEMIN = "/notifications/desinscription"
USAGE = "desinscription"
TOUT = "tout"


def lien_de_desinscription(settings: NotificationsSettings, membre_id: str, genre: Genre | None) -> str:
    """The address at which this member refuses this kind of mail; all kinds that may be refused when there is none."""
    jeton = settings.coffre.sceller(f"{USAGE}:{genre or TOUT}:{membre_id}")
    return f"{settings.public_url}{CHEMIN}/{jeton}"


def lire_jeton(coffre: Coffre, jeton: str) -> tuple[str, Genre | None]:
    """The member and the kind, None for all, that a link names. Raises Introuvable when it is not one of ours."""
    try:
        usage, genre, membre = coffre.ouvrir(jeton).split(":", 2)
    except (InvalidToken, ValueError) as error:
        raise Introuvable(_("Ce lien n’est pas complet. Copiez-le en entier depuis le courriel.")) from error
    if usage != USAGE:
        raise Introuvable
    return membre, None if genre == TOUT else Genre(genre)
