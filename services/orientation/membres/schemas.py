"""What the API and the forms of the team send and answer."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, EmailStr, Field

from common.actor import Role
from common.traduction import N_
from orientation.adhesions.models import AdhesionRow
from orientation.invitations.domain import Etat
from orientation.invitations.models import InvitationRow
from orientation.partenaires.models import MembreRow

Roles = Annotated[
    list[Role], Field(min_length=1, max_length=len(Role)), AfterValidator(lambda roles: list(dict.fromkeys(roles)))
]


class Saisie(BaseModel):
    """What a form or a call sends."""

    model_config = ConfigDict(str_strip_whitespace=True)


class RolesVoulus(Saisie):
    """The roles that a member is to hold."""

    roles: Roles = Field(title=N_("Rôles"))


class InvitationAFaire(RolesVoulus):
    """Whom to invite, to do what."""

    courriel: Annotated[EmailStr, Field(max_length=254)] = Field(title=N_("Adresse électronique"))


class MembreLu(BaseModel):
    """A member as those who manage the organisation see it; `vu_le` is the day of its last sign-in."""

    membre_id: UUID
    nom: str
    prenom: str
    courriel: str
    roles: list[Role]
    vu_le: date | None


class InvitationLue(BaseModel):
    """An invitation that was neither accepted nor taken back."""

    invitation_id: UUID
    courriel: str
    roles: list[Role]
    etat: Etat
    envoyee_at: datetime
    expire_at: datetime
    envois: int


class AdhesionLue(BaseModel):
    """Somebody asks to join; `nom` is what the identity provider says."""

    adhesion_id: UUID
    nom: str
    courriel: str
    demandee_at: datetime


class Equipe(BaseModel):
    """The people of an organisation, those who are invited, and those who ask."""

    organisation_id: UUID
    roles_a_donner: list[Role]
    membres: list[MembreLu]
    invitations: list[InvitationLue]
    adhesions: list[AdhesionLue]


def membre_lu(row: MembreRow) -> MembreLu:
    """A member."""
    return MembreLu(
        membre_id=row.id, nom=row.nom, prenom=row.prenom, courriel=row.courriel, roles=_roles(row.roles), vu_le=row.vu_le
    )


def invitation_lue(row: InvitationRow, now: datetime) -> InvitationLue:
    """An invitation."""
    return InvitationLue(
        invitation_id=row.id,
        courriel=row.courriel,
        roles=_roles(row.roles),
        etat=row.valeur().etat(now),
        envoyee_at=row.cree_at,
        expire_at=row.expire_at,
        envois=row.envois,
    )


def adhesion_lue(row: AdhesionRow) -> AdhesionLue:
    """A request to join."""
    return AdhesionLue(adhesion_id=row.id, nom=row.nom, courriel=row.courriel, demandee_at=row.demandee_at)


def _roles(codes: Iterable[str]) -> list[Role]:
    return [Role(code) for code in codes]
