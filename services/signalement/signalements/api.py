"""JSON API of the cases: anybody files, the animateur of the territory lists, reads, qualifies and closes."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from common.actor import Actor, Role
from common.auth import MaybeActor, allow
from common.clock import utc_now
from common.codes import EtatDossier, bande_horizon
from common.database import Transaction
from common.idempotence import Idempotent
from common.isolation import as_the_hub
from common.limites import par_adresse
from common.recherche import compter
from signalement.signalements import service, store
from signalement.signalements.domain import Qualifier
from signalement.signalements.lecture import DossierComplet, complet
from signalement.signalements.models import Association, Dossier
from signalement.signalements.schemas import (
    Cloture,
    Depose,
    Depot,
    EtatApres,
    LigneDossier,
    PageDossiers,
    Qualification,
    RechercheDossiers,
)

router = APIRouter(prefix="/api/v1", tags=["signalements"])

Animateur = Annotated[Actor, Depends(allow(Role.animateur))]


@router.post(
    "/signalements",
    status_code=201,
    response_model=Depose,
    summary="Déposer un signalement",
    dependencies=[Depends(par_adresse(600))],
    responses={409: {"description": "Clé d’idempotence déjà utilisée"}, 429: {"description": "Trop de demandes"}},
)
async def deposer(depot: Depot, session: Transaction, actor: MaybeActor, idem: Idempotent, response: Response) -> Any:
    """Open to everybody. The dirigeant named in `contact` is always written to, whoever files."""
    # Whoever files does not see the case that it opens.
    async with as_the_hub(session):
        dossier = await service.deposer(session, actor, depot, utc_now())
    return await idem.keep(response, 201, Depose(dossier_id=dossier.id, reference=dossier.reference))


@router.get("/dossiers", summary="Lister les dossiers de son territoire")
async def lister(
    session: Transaction,
    actor: Animateur,
    apres: UUID | None = None,
    limite: Annotated[int, Query(ge=1, le=200)] = 50,
    etat: EtatDossier | None = None,
) -> PageDossiers:
    """For an animateur. To look for one by name, number or reference, see `/dossiers/recherche`."""
    return await _page(session, actor, store.Filtre(etat), apres, limite)


@router.post("/dossiers/recherche", summary="Chercher un dossier de son territoire", dependencies=[compter])
async def chercher(body: RechercheDossiers, session: Transaction, actor: Animateur) -> PageDossiers:
    """For an animateur: references, names and SIREN numbers. In the body and not in the address, which others may keep."""
    return await _page(session, actor, store.Filtre(body.etat, body.recherche), body.apres, body.limite)


async def _page(session: Transaction, actor: Actor, filtre: store.Filtre, apres: UUID | None, limite: int) -> PageDossiers:
    rows = await store.page(session, actor, filtre, apres=apres, limite=limite + 1)
    await service.lister(session, actor, utc_now())
    suivant = rows[limite - 1][0].id if len(rows) > limite else None
    return PageDossiers(elements=[ligne(*row) for row in rows[:limite]], suivant=suivant)


def ligne(dossier: Dossier, association: Association) -> LigneDossier:
    """A case as the list shows it."""
    return LigneDossier(
        dossier_id=dossier.id,
        nom=association.nom,
        siren=association.siren,
        commune=association.commune,
        horizon=bande_horizon(dossier.mois_avant_rupture),
        **dossier.model_dump(
            include={"reference", "etat", "departement", "niveau", "mois_avant_rupture", "depose_le", "premier_echange_le"}
        ),
    )


@router.get("/dossiers/{dossier_id}", summary="Lire un dossier de son territoire")
async def lire(dossier_id: UUID, session: Transaction, actor: Animateur) -> DossierComplet:
    """For an animateur. Each reading is written in the log that the association can read."""
    return await complet(session, actor, await service.lire(session, actor, dossier_id, utc_now()))


@router.post("/dossiers/{dossier_id}/qualification", response_model=EtatApres, summary="Qualifier un dossier")
async def qualifier(
    dossier_id: UUID, body: Qualification, session: Transaction, actor: Animateur, idem: Idempotent, response: Response
) -> Any:
    """For an animateur. May be repeated as the situation changes; what is left out stays as it was."""
    indicateurs = None if body.indicateurs is None else tuple(body.indicateurs)
    action = Qualifier(body.niveau, body.horizon_mois, indicateurs, body.note)
    dossier = await service.qualifier(session, actor, dossier_id, action, utc_now())
    return await idem.keep(response, 200, EtatApres(etat=dossier.etat, version=dossier.version))


@router.post("/dossiers/{dossier_id}/cloture", response_model=EtatApres, summary="Clore un dossier")
async def clore(
    dossier_id: UUID, body: Cloture, session: Transaction, actor: Animateur, idem: Idempotent, response: Response
) -> Any:
    """For an animateur. A closed case stays closed."""
    dossier = await service.clore(session, actor, dossier_id, body.issue, utc_now())
    return await idem.keep(response, 200, EtatApres(etat=dossier.etat, version=dossier.version))
