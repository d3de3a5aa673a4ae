"""Every route that may be asked before anybody has signed in, and why; a new one is closed until it is written here."""

from common.streams import SERVICES

_WHY = {
    "the machine asks whether the process lives; no data of anybody": [
        f"GET /{service}/{page}"
        for service in SERVICES
        for page in ("openapi.json", "__lbheartbeat__", "__heartbeat__", "__version__")
    ],
    "whoever worries about an association may say so, and nobody reads it here again": [
        "POST /signalement/api/v1/signalements",
        "GET /signalement/signaler",
        "GET /signalement/signaler/verification",
        "POST /signalement/signaler/verification",
        "GET /signalement/signaler/envoye",
        "POST /signalement/signaler/effacer",
        "POST /signalement/signaler/reprise",
        "GET /signalement/signaler/{etape}",
        "POST /signalement/signaler/{etape}",
    ],
    "a form that was put aside: an address, and a mailed link with its code, whose answers never tell what exists": [
        "GET /signalement/signaler/mettre-de-cote",
        "POST /signalement/signaler/mettre-de-cote",
        "GET /signalement/signaler/mis-de-cote",
        "GET /signalement/signaler/reprendre",
        "POST /signalement/signaler/reprendre",
        "GET /signalement/signaler/reprendre/{lien}",
        "POST /signalement/signaler/reprendre/{lien}",
    ],
    "a calendar program has no session: the secret in the address is the member's": [
        "GET /orientation/calendriers/{jeton}.ics",
    ],
    "what Relais is, how it is used by everybody, and what becomes of what is said": [
        "GET /signalement/",
        "GET /signalement/accessibilite",
        "GET /signalement/confidentialite",
    ],
    "the way into an association's space: an address and a code, whose answer never tells what exists": [
        "GET /signalement/espace/acces",
        "POST /signalement/espace/acces",
        "GET /signalement/espace/acces/{acces_id}",
        "POST /signalement/espace/acces/{acces_id}",
    ],
    "the directory and the catalogue are public": [
        "GET /orientation/api/v1/partenaires",
        "GET /orientation/api/v1/partenaires/{partenaire_id}",
        "GET /orientation/api/v1/dispositifs",
        "GET /orientation/api/v1/dispositifs/export.zip",
        "GET /orientation/api/v1/dispositifs/{code}.yaml",
        "GET /orientation/api/v1/dispositifs/{code}",
        "GET /orientation/dispositifs",
        "GET /orientation/dispositifs/{code}",
        "GET /orientation/annuaire",
        "GET /orientation/annuaire/partenaires/{partenaire_id}",
        "GET /orientation/couverture",
        "GET /orientation/api/v1/annuaire/data-inclusion",
        "GET /orientation/api/v1/annuaire/csv",
    ],
    "the simulator computes from what is typed and keeps nothing": [
        "POST /orientation/api/v1/eligibilite",
        "GET /orientation/simulateur",
        "POST /orientation/simulateur",
    ],
    "signing in and out, which nobody has done yet or any more": [
        "GET /orientation/",
        "GET /orientation/connexion",
        "POST /orientation/connexion",
        "GET /orientation/connexion/retour/{emetteur}",
        "GET /orientation/connexion/retour",
        "POST /orientation/deconnexion",
        "GET /orientation/deconnexion",
        "GET /orientation/deconnexion/retour",
        "POST /orientation/deconnexion/fournisseur/{emetteur}",
    ],
    "a partner without an account has a link to one referral, and a code before it acts": [
        "GET /orientation/lien",
        "GET /orientation/lien/{jeton}",
        "POST /orientation/lien/{jeton}/code",
        "POST /orientation/lien/{jeton}/code/demande",
    ],
    "the link of an invitation goes into a cookie, known or not": ["GET /orientation/invitation/{jeton}"],
    "a mail is refused by its own link (RFC 8058)": [
        "GET /notifications/desinscription/{jeton}",
        "POST /notifications/desinscription/{jeton}",
    ],
    "a partner without an account takes note of a withdrawal by the sealed link that was mailed to it": [
        "GET /notifications/retraits/acte/{jeton}",
        "POST /notifications/retraits/acte/{jeton}",
    ],
    "the guide to webhooks": ["GET /notifications/developpeurs"],
}
OPEN = {name: why for why, names in _WHY.items() for name in names}
"""Those that answer anybody."""

ASKED_WITHIN = {
    "POST /notifications/api/v1/retours": "asks the mail relay for its key",
    "GET /signalement/espace": "leads whoever is not in it to the way in",
    "GET /orientation/connexion/organisation": "asks for a sign-in at a provider that is a few minutes old, or a session",
    "POST /orientation/connexion/organisation": "the same",
    "GET /orientation/invitation": "asks for the link's cookie",
    "POST /orientation/invitation": "the same, and for a sign-in",
    "GET /orientation/adhesions": "asks for a sign-in at a provider",
    "POST /orientation/adhesions": "the same",
}
"""Those that no session opens, or that ask for it themselves: nobody at all is refused there."""
