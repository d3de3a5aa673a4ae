"""What an invitation is worth: until when, once, and as long as nobody took it back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from common.errors import Conflit, Introuvable
from common.traduction import N_, _

DUREE = timedelta(days=7)
EN_ATTENTE_MAX = 50
ENVOIS_MAX = 5
"""How often one invitation is sent: whoever did not get five mails has another problem."""
LIENS_GARDES = 3
"""A mail that is tried again carries a new link; those before it still open, in case they arrived after all."""


class Etat(StrEnum):
    """Where an invitation stands."""

    en_attente = "en_attente"
    acceptee = "acceptee"
    retiree = "retiree"
    expiree = "expiree"


class InvitationClose(Introuvable):
    """The link opens nothing (any more): it is the same answer whatever the reason, since the link may have been guessed."""

    slug, titre = "invitation-close", N_("Cette invitation n’est plus valable.")


class InvitationDecidee(Conflit):
    """It was accepted or taken back before."""

    slug, titre = "invitation-decidee", N_("Cette invitation a déjà été acceptée ou retirée.")


class TropDInvitations(Conflit):
    """Too many wait, or this one was sent too often."""

    slug, titre = "trop-d-invitations", N_("Trop d’invitations ont été envoyées.")


@dataclass(frozen=True, slots=True)
class Invitation:
    """What decides whether an invitation opens."""

    expire_at: datetime
    acceptee_at: datetime | None = None
    retiree_at: datetime | None = None
    envois: int = 1

    def etat(self, now: datetime) -> Etat:
        """Where it stands at `now`."""
        if self.acceptee_at:
            return Etat.acceptee
        if self.retiree_at:
            return Etat.retiree
        return Etat.en_attente if now < self.expire_at else Etat.expiree


def accepter(invitation: Invitation, now: datetime) -> datetime:
    """The moment of the acceptance. Raises InvitationClose."""
    if invitation.etat(now) is not Etat.en_attente:
        raise InvitationClose(N_("Demandez à la personne qui vous a invité de vous en envoyer une autre."))
    return now


def renvoyer(invitation: Invitation, now: datetime) -> datetime:
    """Until when it is valid once it is sent again; also one that has expired. Raises InvitationDecidee, TropDInvitations."""
    if invitation.etat(now) in (Etat.acceptee, Etat.retiree):
        raise InvitationDecidee(N_("Envoyez une nouvelle invitation, si elle est utile."))
    if invitation.envois >= ENVOIS_MAX:
        raise TropDInvitations(N_("Vérifiez l’adresse avec la personne, retirez cette invitation et faites-en une autre."))
    return now + DUREE


def retirer(invitation: Invitation, now: datetime) -> datetime:
    """The moment from which it opens nothing. Raises InvitationDecidee."""
    if invitation.etat(now) in (Etat.acceptee, Etat.retiree):
        raise InvitationDecidee(N_("Relisez la liste de l’équipe."))
    return now


def verifier_nombre(en_attente: int) -> None:
    """Whether one more may be sent. Raises TropDInvitations."""
    if en_attente >= EN_ATTENTE_MAX:
        raise TropDInvitations(
            _("Retirez celles qui ne servent plus : {n} au plus attendent à la fois.").format(n=EN_ATTENTE_MAX)
        )
