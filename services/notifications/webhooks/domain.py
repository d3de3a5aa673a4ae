"""What a partner's system is told, and what becomes of a delivery after each try."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from common.codes import Code
from common.errors import Conflit, DonneeInvalide
from common.territoires import is_departement
from common.traduction import N_, _
from notifications.dispatch.domain import attente

# A receiver may ask for more time than the schedule gives, though not put us off for ever.
RETRY_AFTER_MAX = timedelta(hours=24)
WEBHOOKS_MAX = 20
DISPOSITIFS_MAX = 50
DEBIT_MAX = 6000
REJEU_MAX = 10_000
_DISPOSITIF = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
# How long a secret still signs beside the one that replaces it.
CHEVAUCHEMENT = timedelta(hours=24)

TYPES: dict[str, str] = {
    "orientation.envoyee": N_("Une orientation vous est envoyée"),
    "orientation.recue": N_("Une orientation a été ouverte"),
    "orientation.acceptee": N_("Une orientation a été acceptée"),
    "orientation.declinee": N_("Une orientation a été déclinée"),
    "orientation.complement_demande": N_("Un complément a été demandé"),
    "orientation.complement_fourni": N_("Le complément demandé est arrivé"),
    "orientation.demarree": N_("L’accompagnement a commencé"),
    "orientation.poursuivie": N_("L’accompagnement se poursuit"),
    "orientation.aboutie": N_("L’accompagnement a abouti"),
    "orientation.non_aboutie": N_("L’accompagnement n’a pas abouti"),
    "orientation.revenue": N_("Une orientation est revenue à une étape précédente"),
    "orientation.rouverte": N_("Une orientation close est rouverte"),
    "orientation.renvoyee": N_("Une orientation vous est renvoyée"),
    "orientation.relancee": N_("L’échéance approche"),
    "orientation.escaladee": N_("L’échéance est passée, la cellule est prévenue"),
    "orientation.expiree": N_("Une orientation a expiré sans réponse"),
    "orientation.retiree": N_("Une orientation est retirée"),
    "orientation.affectee": N_("La personne responsable d’une orientation a changé"),
    "transfert.propose": N_("Un transfert à un autre partenaire est proposé"),
    "transfert.accepte": N_("Un transfert est accepté"),
    "transfert.refuse": N_("Un transfert est refusé"),
    "transfert.retire": N_("Un transfert n’est plus proposé"),
    "rendez_vous.propose": N_("Un rendez-vous est proposé"),
    "rendez_vous.confirme": N_("Un rendez-vous est confirmé"),
    "rendez_vous.annule": N_("Un rendez-vous est annulé"),
    "consentement.donne": N_("Une association donne son accord"),
    "consentement.retire": N_("Une association retire son accord"),
    "consentement.expire": N_("L’accord d’une association arrive à son terme"),
}
"""What can be subscribed to. A referral in preparation and a refused consent are none of the partner's business."""

ESSAI = "essai"
"""The type of a message that an endpoint is tried out with."""

FAMILLES = ("orientation.*", "rendez_vous.*", "transfert.*", "consentement.*")


class EtatWebhook(Code):
    """State of an endpoint."""

    actif = "actif", "Actif"
    en_pause = "en_pause", "En pause"
    desactive = "desactive", "Désactivé"


class EtatLivraison(Code):
    """State of a delivery."""

    en_attente = "en_attente", "En attente"
    livree = "livree", "Livrée"
    abandonnee = "abandonnee", "Abandonnée"


class Echec(Code):
    """Why a try failed: never what the receiver said."""

    statut = "statut", "Réponse en erreur"
    redirection = "redirection", "Redirection refusée"
    delai = "delai", "Pas de réponse dans le délai"
    connexion = "connexion", "Connexion impossible ou coupée"
    certificat = "certificat", "Certificat non valable"
    adresse_interdite = "adresse_interdite", "Adresse réseau interdite"
    parti = "parti", "Adresse définitivement fermée (410)"
    desactive = "desactive", "Webhook désactivé"
    accord = "accord", "Sans accord de l’association"
    secret_illisible = "secret_illisible", "Le secret ne peut plus être lu : renouvelez-le"
    interrompue = "interrompue", "Interrompue par un arrêt du hub"


class TropDeWebhooks(Conflit):
    """A partner has as many endpoints as it may."""

    slug, titre = "trop-de-webhooks", N_("Votre organisation a déjà le nombre maximal de webhooks.")


class LivraisonNonRejouable(Conflit):
    """A delivery that waits for its first try, or is under way, goes without being asked for again."""

    slug, titre = "livraison-non-rejouable", N_("Cette livraison est déjà en route.")


class Portee(Code):
    """What is replayed together."""

    echecs = "echecs", "Ce qui a échoué"
    tout = "tout", "Tout, ce qui est arrivé compris"


class RejeuEnCours(Conflit):
    """One replay of many at a time for an endpoint."""

    slug, titre = "rejeu-en-cours", N_("Un rejeu est déjà en cours pour ce webhook.")


class WebhookInactif(Conflit):
    """Nothing is sent to an endpoint that was disabled, nor a test to one that is paused."""

    slug, titre = "webhook-inactif", N_("Ce webhook n’est pas actif.")


class RotationEnCours(Conflit):
    """The former secret still signs: a third one beside them would leave a receiver behind."""

    slug, titre = "rotation-en-cours", N_("Le secret précédent est encore valable.")


@dataclass(frozen=True, slots=True)
class Secrets:
    """The secrets of an endpoint; the former one signs until `jusqu_a`."""

    actuel: str
    precedent: str | None = None
    jusqu_a: datetime | None = None

    def valables(self, now: datetime) -> list[str]:
        """Those that sign now, the newest first."""
        both = self.precedent is not None and self.jusqu_a is not None and now < self.jusqu_a
        return [self.actuel, self.precedent] if both and self.precedent else [self.actuel]


def tourner(secrets: Secrets, nouveau: str, now: datetime, *, immediat: bool) -> Secrets:
    """Replace the secret. `immediat`, for one that leaked, leaves no other valid. Raises RotationEnCours."""
    if immediat:
        return Secrets(nouveau)
    if len(secrets.valables(now)) > 1:
        raise RotationEnCours(
            N_("Attendez la fin de sa validité, ou demandez un changement immédiat, qui invalide tous les secrets précédents."),
            jusqu_a=secrets.jusqu_a.isoformat() if secrets.jusqu_a else None,
        )
    return Secrets(nouveau, secrets.actuel, now + CHEVAUCHEMENT)


@dataclass(frozen=True, slots=True)
class Reponse:
    """How one try ended, with the HTTP status if there was one.

    `apres` is what Retry-After asks, from now; `debut` the first words of the answer.
    """

    statut: int | None = None
    echec: Echec | None = None
    latence_ms: int = 0
    apres: timedelta | None = None
    debut: str = ""

    @property
    def livree(self) -> bool:
        """Whether the receiver said that it has it."""
        return self.echec is None

    @property
    def report(self) -> timedelta:
        """By how much it asks to put this delivery off, as far as that goes."""
        return min(self.apres or timedelta(), RETRY_AFTER_MAX)

    @property
    def repos(self) -> timedelta:
        """For how long it asks that nothing be sent: it has too much to do, or is not there for a while."""
        return self.report if self.statut in (429, 503) else timedelta()


@dataclass(frozen=True, slots=True)
class Suite:
    """What becomes of a delivery after a try: `due_at` is set exactly when it waits.

    `pas_avant`, when the receiver asked for time, is the moment before which nothing may bring it forward.
    """

    etat: EtatLivraison
    due_at: datetime | None = None
    pas_avant: datetime | None = None


def lire_statut(statut: int) -> Echec | None:
    """What an HTTP status means for the delivery: only 2xx is a success, redirects are failures."""
    if 200 <= statut < 300:
        return None
    if statut == 410:
        return Echec.parti
    return Echec.redirection if 300 <= statut < 400 else Echec.statut


def decider(tentative: int, reponse: Reponse, now: datetime, hasard: float, plan: Sequence[float]) -> Suite:
    """What becomes of a delivery whose try number `tentative` ended with `reponse` at `now`."""
    if reponse.livree:
        return Suite(EtatLivraison.livree)
    if reponse.echec is Echec.parti:
        return Suite(EtatLivraison.abandonnee)
    delai = attente(tentative, hasard, plan)
    if delai is None:
        return Suite(EtatLivraison.abandonnee)
    pas_avant = now + reponse.report if reponse.report else None
    return Suite(EtatLivraison.en_attente, max(now + delai, pas_avant or now), pas_avant)


def verifier_types(types: Sequence[str]) -> list[str]:
    """The subscription in a stable order. Raises DonneeInvalide on an unknown type or an empty list."""
    if not types or not set(types) <= {*TYPES, *FAMILLES}:
        raise DonneeInvalide(
            N_("Choisissez parmi les types proposés, par exemple « orientation.* »."), champ="types", admis=[*FAMILLES, *TYPES]
        )
    return sorted(set(types))


@dataclass(frozen=True, slots=True)
class Reglages:
    """What an endpoint asks for beside its types; an empty filter lets everything through, no `debit` is no limit."""

    dispositifs: Sequence[str] = ()
    departements: Sequence[str] = ()
    debit: int | None = None
    ordonne: bool = False


def verifier_reglages(reglages: Reglages) -> Reglages:
    """The settings in a stable order. Raises DonneeInvalide at the field that is wrong."""
    dispositifs, codes = sorted(set(reglages.dispositifs)), sorted({code.upper() for code in reglages.departements})
    if len(dispositifs) > DISPOSITIFS_MAX or not all(_DISPOSITIF.fullmatch(code) for code in dispositifs):
        raise DonneeInvalide(N_("Donnez les codes des dispositifs, par exemple « dla »."), champ="dispositifs")
    if not all(is_departement(code) for code in codes):
        raise DonneeInvalide(N_("Donnez des numéros de département, par exemple « 34 » ou « 2A »."), champ="departements")
    if reglages.debit is not None and not 1 <= reglages.debit <= DEBIT_MAX:
        raise DonneeInvalide(_("Donnez un nombre de 1 à {maximum}, ou rien.").format(maximum=DEBIT_MAX), champ="debit")
    return Reglages(dispositifs, codes, reglages.debit, reglages.ordonne)
