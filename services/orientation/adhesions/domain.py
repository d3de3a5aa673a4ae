"""Who may ask to join what, how often, and how a request ends. A SIRET is a hint: it finds an organisation, no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from common.codes import Code
from common.errors import Conflit, Introuvable, TropDeDemandes
from common.traduction import N_

DUREE = timedelta(days=30)
EN_ATTENTE_MAX = 3
PAR_JOUR = 5
JOUR = timedelta(days=1)


class EtatAdhesion(Code):
    """States of a request to join."""

    en_attente = "en_attente", N_("En attente")
    acceptee = "acceptee", N_("Acceptée")
    refusee = "refusee", N_("Refusée")


class AdhesionDecidee(Conflit):
    """A request is answered once, while it is young."""

    slug, titre = "adhesion-decidee", N_("Cette demande a déjà sa réponse, ou a expiré.")


class AdhesionEnAttente(Conflit):
    """The same organisation was asked before, or too many others."""

    slug, titre = "adhesion-en-attente", N_("Vous avez déjà une demande qui attend.")


class OrganisationAutre(Introuvable):
    """The organisation does not have that SIREN."""

    slug, titre = "organisation-autre", N_("Ce numéro n’est pas celui de cette organisation.")


@dataclass(frozen=True, slots=True)
class Adhesion:
    """A request, as the rules see it."""

    partenaire_id: UUID
    etat: EtatAdhesion
    demandee_at: datetime

    def attend(self, now: datetime) -> bool:
        """Whether it waits for its answer at `now`."""
        return self.etat is EtatAdhesion.en_attente and now < self.demandee_at + DUREE


def demander(avant: Sequence[Adhesion], partenaire_id: UUID, siret: str, siret_organisation: str, now: datetime) -> datetime:
    """The moment of a new request of somebody who made those `avant`.

    Raises OrganisationAutre, AdhesionEnAttente, TropDeDemandes.
    """
    if len(siret) != 14 or siret[:9] != siret_organisation[:9]:
        raise OrganisationAutre(N_("Vérifiez le numéro SIRET de votre organisation."), champ="siret")
    attendent = [adhesion for adhesion in avant if adhesion.attend(now)]
    if partenaire_id in {adhesion.partenaire_id for adhesion in attendent}:
        raise AdhesionEnAttente(N_("L’organisation a été prévenue : sa réponse vous sera dite à votre prochaine connexion."))
    if len(attendent) >= EN_ATTENTE_MAX:
        raise AdhesionEnAttente(N_("Attendez la réponse aux précédentes."))
    recentes = sorted(adhesion.demandee_at for adhesion in avant if adhesion.demandee_at > now - JOUR)
    if len(recentes) >= PAR_JOUR:
        raise TropDeDemandes(int((recentes[-PAR_JOUR] + JOUR - now).total_seconds()) + 1)
    return now


def decider(adhesion: Adhesion, etat: EtatAdhesion, now: datetime) -> EtatAdhesion:
    """How the request ends. Raises AdhesionDecidee."""
    if not adhesion.attend(now):
        raise AdhesionDecidee(N_("Relisez la liste de l’équipe."))
    return etat


def noms(affiche: str) -> tuple[str, str]:
    """First and last name of somebody whom the provider names in one: the first word, and the rest."""
    prenom, _, nom = " ".join(affiche.split()).partition(" ")
    return (prenom[:100], nom[:100]) if nom else ("", prenom[:100])
