"""Where people go once they are signed in."""

import re

from common.actor import Actor, Role

ACCUEIL = "/orientation/"
_CHEMIN = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


def chemin_local(suite: str) -> str:
    """`suite` when it is a path of this site, else the home page: a sign-in must not send people to somebody else's.

    Refused too: `//host`, `/\\host` and control characters, which browsers read as another site's address.
    """
    local = _CHEMIN.fullmatch(suite) is not None and not suite.startswith("/orientation/connexion")
    return suite if local and len(suite) <= 500 else ACCUEIL


def accueil_de(actor: Actor | None) -> str:
    """The page that this person comes for."""
    if actor is None:
        return "/orientation/annuaire"
    if actor.has(Role.animateur, Role.agent, Role.manager):
        return "/orientation/aujourd-hui"
    if actor.has(Role.administrateur):
        return "/orientation/equipes"
    if actor.has(Role.lien):
        return "/orientation/lien"
    return "/signalement/espace" if actor.has(Role.dirigeant) else "/cellule/chiffres"
