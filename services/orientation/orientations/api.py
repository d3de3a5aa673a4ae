"""The API of the referrals, for animateurs and for partners' people and systems."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from pydantic import AwareDatetime

from common.actor import Actor, Role
from common.auth import allow
from common.clock import utc_now
from common.codes import EtatOrientation
from common.database import Transaction
from common.errors import DonneeInvalide
from common.idempotence import Idempotent
from common.traduction import _
from orientation.cas import store as cas_store
from orientation.complements import service as complements
from orientation.orientations import engagement, service, store
from orientation.orientations.domain import COTES, SUR_PERMIS, Action, Cote
from orientation.orientations.schemas import (
    ActionAFaire,
    OrientationACreer,
    OrientationCreee,
    OrientationDetail,
    Orientations,
    Ouverture,
    Suivi,
    creee,
    detail,
    resume,
    suivi,
)
from orientation.orientations.situation import situer
from orientation.problemes import refus

router = APIRouter(prefix="/api/v1/orientations", tags=["orientations"])

Animateur = Annotated[Actor, Depends(allow(Role.animateur))]
Partenaire = Annotated[Actor, Depends(allow(*store.DU_PARTENAIRE))]
Partie = Annotated[Actor, Depends(allow(Role.animateur, *store.DU_PARTENAIRE))]

HUMAINES = {action.value: action for action in Action if COTES[action] is not Cote.systeme}


def une_action(action: Annotated[str, Path(json_schema_extra={"enum": list(HUMAINES)})]) -> Action:
    """An action that somebody may ask for; what the hub does by itself is not one."""
    if action not in HUMAINES:
        raise DonneeInvalide(_("Cette action n’existe pas."), champ="action", admis=list(HUMAINES))
    return HUMAINES[action]


def version_attendue(if_match: Annotated[str | None, Header(alias="If-Match", max_length=40)] = None) -> int | None:
    """The version that the caller has read, from If-Match: `"3"`; None when any will do."""
    if if_match is None or if_match.strip() == "*":
        return None
    number = if_match.strip().removeprefix("W/").strip('"')
    if not (number.isascii() and number.isdigit()) or len(number) > 9:
        raise DonneeInvalide(_('Donnez la version lue, par exemple "3".'), champ="If-Match")
    return int(number)


@router.post("", status_code=201, summary="Préparer une orientation", responses=refus(401, 403, 404, 409, 422))
async def creer_orientation(
    corps: OrientationACreer, actor: Animateur, session: Transaction, idem: Idempotent, response: Response
) -> OrientationCreee:
    """For the animateur of the case's territory. The association is asked for its consent; nothing is sent yet."""
    row = await service.creer(session, actor, corps.projet(), utc_now())
    answer: OrientationCreee = await idem.keep(response, 201, creee(row))
    return answer


@router.post(
    "/{orientation_id}/actions/{action}",
    summary="Agir sur une orientation",
    responses=refus(401, 403, 404, 409, 412, 422, 503),
)
async def agir_sur_orientation(
    orientation_id: UUID,
    action: Annotated[Action, Depends(une_action)],
    actor: Partie,
    session: Transaction,
    idem: Idempotent,
    request: Request,
    response: Response,
    version: Annotated[int | None, Depends(version_attendue)],
    corps: ActionAFaire | None = None,
) -> Suivi:
    """For the two sides of the referral: the sender sends, cancels and answers; the partner does all the rest.

    Each may take back what it did, with a reason of its own.
    """
    corps, now = corps or ActionAFaire(), utc_now()
    async with situer(session, actor, orientation_id, now):
        if action in SUR_PERMIS:
            nats = request.app.state.nats
            row = await engagement.engager(
                session, nats, actor, orientation_id, action, now, motif=corps.motif, version=version
            )
        elif action is Action.revenir:
            row = await complements.revenir(session, actor, orientation_id, now, motif=corps.motif, version=version)
        elif action in complements.ACTIONS:
            row = await complements.par_un_texte(session, actor, orientation_id, action, corps.texte, now, version=version)
        else:
            row = await service.agir(session, actor, orientation_id, action, now, motif=corps.motif, version=version)
    response.headers["ETag"] = f'"{row.version}"'
    answer: Suivi = await idem.keep(response, 200, suivi(row, service.cotes(actor, row), now))
    return answer


@router.get("", summary="Lister mes orientations", responses=refus(401, 403, 422))
async def lister_orientations(
    actor: Partie,
    session: Transaction,
    etat: Annotated[list[EtatOrientation] | None, Query()] = None,
    depuis: AwareDatetime | None = None,
    dossier_id: UUID | None = None,
    apres: UUID | None = None,
    limite: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Orientations:
    """A partner's own, or those of an animateur's territory, in the order of their making. `depuis`: changed since then."""
    filtre = store.Filtre(etats=tuple(etat or ()), depuis=depuis, dossier_id=dossier_id)
    vues = await store.list_after(session, actor, filtre, apres, limite + 1)
    now = utc_now()
    etats = await cas_store.etats_pour(session, actor, vues)
    elements = [resume(vue, service.cotes(actor, vue.orientation), now, etats.get(vue.dossier.id)) for vue in vues[:limite]]
    return Orientations(elements=elements, suivant=elements[-1].orientation_id if len(vues) > limite else None)


@router.get("/{orientation_id}", summary="Lire une orientation", responses=refus(401, 403, 404, 422))
async def lire_orientation(orientation_id: UUID, actor: Partie, session: Transaction, response: Response) -> OrientationDetail:
    """For the two sides of the referral. Nothing of the association's dossier is in it: that is what the opening gives."""
    now = utc_now()
    vue, fil = await complements.lire(session, actor, orientation_id, now)
    response.headers["ETag"] = f'"{vue.orientation.version}"'
    etats = await cas_store.etats_pour(session, actor, [vue])
    return detail(vue, service.cotes(actor, vue.orientation), fil, now, etats.get(vue.dossier.id))


@router.post("/{orientation_id}/ouverture", summary="Ouvrir le dossier", responses=refus(401, 403, 404, 409, 422, 503))
async def ouvrir_dossier(orientation_id: UUID, actor: Partenaire, session: Transaction, request: Request) -> Ouverture:
    """For the partner that the referral was sent to. Each opening is recorded and shown to the association.

    An Idempotency-Key is accepted without effect: the content is kept nowhere, and opening twice changes nothing more.
    """
    now = utc_now()
    async with situer(session, actor, orientation_id, now):
        row, contenu = await service.ouvrir(session, request.app.state.nats, actor, orientation_id, now)
    lu: dict[str, Any] = contenu.model_dump()
    return Ouverture(**suivi(row, service.cotes(actor, row), now).model_dump(), **lu)
