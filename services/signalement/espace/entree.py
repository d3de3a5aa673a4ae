"""Who is in an association's space: the dependency of all its pages."""

from typing import Annotated

from fastapi import Depends

from common.actor import Actor, Role
from common.auth import MaybeActor
from common.errors import Erreur, Interdit
from common.traduction import N_, _

ESPACE = "/signalement/espace"


class Entrez(Erreur):
    """Nobody is in this space yet: the way in is a mail, not the sign-in of members."""

    status, slug, titre = 401, "espace-ferme", N_("Ouvrez d’abord votre espace.")


async def require_dirigeant(actor: MaybeActor) -> Actor:
    """The dirigeant. Raises Entrez for nobody, Interdit for a member of an organisation."""
    if actor is None:
        raise Entrez(_("Le lien et le code sont dans le courriel que nous vous avons envoyé."))
    if not actor.has(Role.dirigeant):
        raise Interdit(
            _("Cet espace est celui d’une association. Déconnectez-vous pour l’ouvrir avec le lien reçu par courriel.")
        )
    return actor


Dirigeant = Annotated[Actor, Depends(require_dirigeant)]
