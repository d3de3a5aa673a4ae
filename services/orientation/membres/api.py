"""The API of an organisation's people: for its managers, and for the administrateur."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from common.actor import Actor, Role
from common.auth import allow
from common.clock import utc_now
from common.database import Transaction
from common.idempotence import Idempotent
from orientation.adhesions import service as adhesions
from orientation.adhesions import store as adhesions_store
from orientation.invitations import service as invitations
from orientation.invitations import store as invitations_store
from orientation.membres import service, store
from orientation.membres.schemas import (
    Equipe,
    InvitationAFaire,
    InvitationLue,
    MembreLu,
    RolesVoulus,
    adhesion_lue,
    invitation_lue,
    membre_lu,
)
from orientation.problemes import refus

router = APIRouter(prefix="/api/v1/equipes/{organisation}", tags=["équipe"])

Responsable = Annotated[Actor, Depends(allow(Role.manager, Role.administrateur))]
REFUS = refus(401, 403, 404, 409, 422)


@router.get("", summary="Lire l’équipe d’une organisation", responses=refus(401, 403, 404, 422))
async def lire_equipe(organisation: UUID, actor: Responsable, session: Transaction) -> Equipe:
    """For the managers of the organisation and the administrateur."""
    now = utc_now()
    row = await store.find_organisation(session, actor, organisation)
    return Equipe(
        organisation_id=row.id,
        roles_a_donner=list(service.a_donner(actor, row)),
        membres=[membre_lu(membre) for membre in await store.equipe(session, row)],
        invitations=[invitation_lue(one, now) for one in await invitations_store.en_attente(session, row, now)],
        adhesions=[adhesion_lue(one) for one in await adhesions_store.en_attente(session, row, now)],
    )


@router.put("/membres/{membre_id}/roles", summary="Changer les rôles d’un membre", responses=REFUS)
async def changer_roles(
    organisation: UUID,
    membre_id: UUID,
    corps: RolesVoulus,
    actor: Responsable,
    session: Transaction,
    idem: Idempotent,
    response: Response,
) -> MembreLu:
    """For the managers of the organisation and the administrateur: the member's sessions end at once."""
    row = await service.changer_roles(session, actor, organisation, membre_id, corps.roles, utc_now())
    answer: MembreLu = await idem.keep(response, 200, membre_lu(row))
    return answer


@router.post("/membres/{membre_id}/retablissement", summary="Annuler le retrait d’un membre", responses=REFUS)
async def annuler_retrait(
    organisation: UUID, membre_id: UUID, actor: Responsable, session: Transaction, idem: Idempotent, response: Response
) -> MembreLu:
    """For the managers of the organisation and the administrateur, within a day: the roles come back, the sessions do not."""
    row = await service.annuler_retrait(session, actor, organisation, membre_id, utc_now())
    answer: MembreLu = await idem.keep(response, 200, membre_lu(row))
    return answer


@router.delete("/membres/{membre_id}", status_code=204, summary="Retirer un membre", responses=REFUS)
async def retirer_membre(organisation: UUID, membre_id: UUID, actor: Responsable, session: Transaction) -> None:
    """For the managers of the organisation and the administrateur: its sessions end at once; an invitation brings it back."""
    await service.retirer(session, actor, organisation, membre_id, utc_now())


@router.post("/invitations", status_code=201, summary="Inviter quelqu’un", responses=REFUS)
async def inviter(
    organisation: UUID,
    corps: InvitationAFaire,
    actor: Responsable,
    session: Transaction,
    idem: Idempotent,
    response: Response,
) -> InvitationLue:
    """For the managers of the organisation and the administrateur: a mail with a link that opens once, for seven days."""
    now = utc_now()
    row = await invitations.inviter(session, actor, organisation, corps.courriel, corps.roles, now)
    answer: InvitationLue = await idem.keep(response, 201, invitation_lue(row, now))
    return answer


@router.post("/invitations/{invitation_id}/renvoi", summary="Renvoyer une invitation", responses=REFUS)
async def renvoyer_invitation(
    organisation: UUID,
    invitation_id: UUID,
    actor: Responsable,
    session: Transaction,
    idem: Idempotent,
    response: Response,
) -> InvitationLue:
    """For the managers of the organisation and the administrateur: another link, and seven days again."""
    now = utc_now()
    row = await invitations.renvoyer(session, actor, organisation, invitation_id, now)
    answer: InvitationLue = await idem.keep(response, 200, invitation_lue(row, now))
    return answer


@router.delete("/invitations/{invitation_id}", status_code=204, summary="Retirer une invitation", responses=REFUS)
async def retirer_invitation(organisation: UUID, invitation_id: UUID, actor: Responsable, session: Transaction) -> None:
    """For the managers of the organisation and the administrateur: its link opens nothing any more."""
    await invitations.retirer(session, actor, organisation, invitation_id, utc_now())


@router.post("/adhesions/{adhesion_id}/acceptation", summary="Accepter une demande d’adhésion", responses=REFUS)
async def accepter_adhesion(
    organisation: UUID,
    adhesion_id: UUID,
    corps: RolesVoulus,
    actor: Responsable,
    session: Transaction,
    idem: Idempotent,
    response: Response,
) -> MembreLu:
    """For the managers of the organisation and the administrateur: whoever asked becomes a member with these roles."""
    row = await adhesions.accepter(session, actor, organisation, adhesion_id, corps.roles, utc_now())
    answer: MembreLu = await idem.keep(response, 200, membre_lu(row))
    return answer


@router.post("/adhesions/{adhesion_id}/refus", status_code=204, summary="Refuser une demande d’adhésion", responses=REFUS)
async def refuser_adhesion(organisation: UUID, adhesion_id: UUID, actor: Responsable, session: Transaction) -> None:
    """For the managers of the organisation and the administrateur: whoever asked is told at its next sign-in."""
    await adhesions.refuser(session, actor, organisation, adhesion_id, utc_now())
