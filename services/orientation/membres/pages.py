"""The pages of an organisation's people: for its managers, and for the administrateur."""

from collections.abc import Awaitable, Sequence
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from common.actor import Actor, Role
from common.auth import allow
from common.clock import utc_now
from common.codes_echanges import CauseRetour
from common.database import Transaction
from common.errors import Conflit, DonneeInvalide
from common.filtres import PARIS, date_fr
from common.formulaires import Formulaire, analyser, vierge
from common.traduction import N_, _
from common.web import render
from orientation.adhesions import store as adhesions
from orientation.comptes import store as comptes
from orientation.invitations import store as invitations
from orientation.invitations.models import InvitationRow
from orientation.membres import domain, service, store
from orientation.membres.schemas import RolesVoulus, invitation_lue
from orientation.partenaires.models import MembreRow, PartenaireRow

router = APIRouter(prefix="/equipes", tags=["pages"], include_in_schema=False)

Responsable = Annotated[Actor, Depends(allow(Role.manager, Role.administrateur))]
FAITS = {
    "roles": N_("Les rôles sont à jour. La personne devra se reconnecter."),
    "retrait": N_("La personne ne fait plus partie de l’équipe. Ses sessions sont fermées. Vous pouvez l’annuler ci-dessous."),
    "retablissement": N_("Le retrait est annulé. La personne retrouve ses rôles ; elle devra se reconnecter."),
    "invitation": N_("L’invitation part par courriel. Son lien vaut sept jours."),
    "renvoi": N_("L’invitation est renvoyée. Son nouveau lien vaut sept jours."),
    "annulation": N_("L’invitation est retirée : son lien n’ouvre plus rien."),
    "adhesion": N_("La personne fait partie de l’équipe. Elle peut se connecter."),
    "compte": N_("Le nouveau compte est confirmé. La personne peut se connecter ; l’ancien compte n’ouvre plus rien."),
    "compte-refus": N_("Le nouveau compte est refusé. Rien n’a changé."),
    "refus": N_("La demande est refusée. La personne le saura à sa prochaine connexion."),
}


@router.get("")
async def page_equipes(
    request: Request,
    actor: Responsable,
    session: Transaction,
    recherche: Annotated[str, Query(max_length=80)] = "",
    page: Annotated[int, Query(ge=1, le=1000)] = 1,
) -> Response:
    """For the administrateur, all organisations, those without a manager first; a manager is led to its own."""
    if not actor.has(Role.administrateur):
        return RedirectResponse(f"/orientation/equipes/{actor.organisation_id}", 303)
    cherche = "".join(c for c in recherche if c.isprintable()).strip()
    trouvees, total = await store.organisations(session, actor, cherche, page)
    contexte = {
        "f": vierge({"recherche": cherche}),
        "organisations": trouvees,
        "total": total,
        "page": page,
        "pages_total": max(1, -(-total // store.PAR_PAGE)),
    }
    return render(request, "equipes.html", contexte)


@router.get("/{organisation}")
async def page_equipe(
    request: Request,
    organisation: UUID,
    actor: Responsable,
    session: Transaction,
    fait: Annotated[str, Query(max_length=20)] = "",
) -> HTMLResponse:
    """For the managers of the organisation and the administrateur."""
    now = utc_now()
    row = await store.find_organisation(session, actor, organisation)
    membres, invites = await store.equipe(session, row), await invitations.en_attente(session, row, now)
    contexte = {
        "organisation": row,
        "sienne": actor.organisation_id == row.id,
        "membres": membres,
        "retires": await store.retires(session, row, now),
        "moi": actor.id,
        "invitations": [invitation_lue(one, now) for one in invites],
        "silences": silences(membres, invites),
        "comptes": await comptes.en_attente(session, row, now),
        "adhesions": await adhesions.en_attente(session, row, now),
        "libelles": domain.libelles,
        "bandeau_texte": FAITS.get(fait, ""),
    }
    return render(request, "equipe.html", contexte)


@router.get("/{organisation}/membres/{membre_id}/roles")
async def page_roles(
    request: Request, organisation: UUID, membre_id: UUID, actor: Responsable, session: Transaction
) -> HTMLResponse:
    """For the managers of the organisation and the administrateur."""
    row = await store.find_organisation(session, actor, organisation)
    membre = await store.find_membre(session, row, membre_id)
    return _roles(request, actor, row, membre, vierge({"roles": membre.roles}))


@router.post("/{organisation}/membres/{membre_id}/roles")
async def changer_roles(
    request: Request, organisation: UUID, membre_id: UUID, actor: Responsable, session: Transaction
) -> Response:
    """For the managers of the organisation and the administrateur."""
    row = await store.find_organisation(session, actor, organisation)
    membre = await store.find_membre(session, row, membre_id)
    f = analyser(RolesVoulus, await request.form(), {"roles": _("Choisissez au moins un rôle.")})
    if f.objet:
        demande = service.changer_roles(session, actor, organisation, membre_id, f.objet.roles, utc_now())
        f, fait = await tenter(f, demande, "roles", organisation)
        if fait:
            return fait
    return _roles(request, actor, row, membre, f, status=422)


@router.get("/{organisation}/membres/{membre_id}/retrait")
async def page_retrait(
    request: Request, organisation: UUID, membre_id: UUID, actor: Responsable, session: Transaction
) -> HTMLResponse:
    """For the managers of the organisation and the administrateur: what leaving means, before it is done."""
    row = await store.find_organisation(session, actor, organisation)
    membre = await store.find_membre(session, row, membre_id)
    return render(request, "membre_retrait.html", {"organisation": row, "membre": membre, "refus": "", "moi": actor.id})


@router.post("/{organisation}/membres/{membre_id}/retrait")
async def retirer(request: Request, organisation: UUID, membre_id: UUID, actor: Responsable, session: Transaction) -> Response:
    """For the managers of the organisation and the administrateur."""
    demande = service.retirer(session, actor, organisation, membre_id, utc_now())
    f, fait = await tenter(vierge(), demande, "retrait", organisation)
    if fait:
        return fait
    row = await store.find_organisation(session, actor, organisation)
    contexte = {"organisation": row, "membre": await store.find_membre(session, row, membre_id), "moi": actor.id}
    return render(request, "membre_retrait.html", contexte | {"refus": f.erreur("")}, status=409)


@router.post("/{organisation}/membres/{membre_id}/retablissement")
async def annuler_retrait(organisation: UUID, membre_id: UUID, actor: Responsable, session: Transaction) -> Response:
    """For the managers of the organisation and the administrateur: within a day."""
    await service.annuler_retrait(session, actor, organisation, membre_id, utc_now())
    return RedirectResponse(f"/orientation/equipes/{organisation}?fait=retablissement", 303)


def silences(membres: Sequence[MembreRow], invites: Sequence[InvitationRow]) -> list[tuple[str, str, str]]:
    """Whom mails do not reach, since which day, and why."""
    noms = [(f"{m.prenom} {m.nom}".strip() or m.courriel, m) for m in membres]
    tous: list[tuple[str, MembreRow | InvitationRow]] = [*noms, *((i.courriel, i) for i in invites)]
    return [
        (
            nom,
            date_fr(row.injoignable_depuis.astimezone(ZoneInfo(PARIS)).date(), semaine=False),
            CauseRetour(row.injoignable_cause).libelle if row.injoignable_cause else "",
        )
        for nom, row in tous
        if row.injoignable_depuis
    ]


def choix_de_roles(actor: Actor, organisation: PartenaireRow, tenus: list[str] | None = None) -> list[tuple[str, str, str]]:
    """The roles that this actor may choose among for somebody who holds those."""
    donnables = {*service.a_donner(actor, organisation), *(Role(role) for role in tenus or ())}
    return [(role.value, domain.LIBELLES[role], domain.AIDES[role]) for role in domain.LIBELLES if role in donnables]


async def tenter(
    f: Formulaire[Any], demande: Awaitable[Any], quoi: str, organisation: UUID
) -> tuple[Formulaire[Any], Response | None]:
    """The form with what is wrong, or the way to the team that says what was done."""
    try:
        await demande
    except DonneeInvalide as refus:
        return f.avec_erreur(refus.champ or "", refus.remede), None
    except Conflit as refus:
        return f.avec_erreur("", refus.phrase), None
    return f, RedirectResponse(f"/orientation/equipes/{organisation}?fait={quoi}", 303)


def _roles(
    request: Request, actor: Actor, organisation: PartenaireRow, membre: Any, f: Formulaire[Any], status: int = 200
) -> HTMLResponse:
    contexte = {
        "f": f,
        "organisation": organisation,
        "membre": membre,
        "choix": choix_de_roles(actor, organisation, membre.roles),
        "moi": actor.id,
    }
    return render(request, "membre_roles.html", contexte, status=status)
