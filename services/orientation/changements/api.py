"""The feed of changes, by which a partner's system catches up without webhooks."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from common.clock import utc_now
from common.database import Transaction
from orientation.cas import store as cas_store
from orientation.changements import store
from orientation.changements.domain import Curseur
from orientation.orientations import service
from orientation.orientations.api import Partie
from orientation.orientations.schemas import OrientationResume, resume
from orientation.problemes import refus

router = APIRouter(prefix="/api/v1/orientations/changements", tags=["orientations"])


class Changements(BaseModel):
    """Referrals that changed, each once, as it stands now."""

    elements: list[OrientationResume]
    suivant: Annotated[str, Field(description="À donner comme « apres » la fois suivante, même quand rien n’a changé.")]
    encore: Annotated[bool, Field(description="Vrai s’il reste des changements à lire tout de suite.")]


@router.get("", summary="Lire ce qui a changé", responses=refus(401, 403, 409, 422))
async def lire_changements(
    actor: Partie,
    session: Transaction,
    apres: Annotated[str, Query(max_length=60, description="Le « suivant » de la lecture précédente ; vide : tout.")] = "",
    limite: Annotated[int, Query(ge=1, le=200)] = 100,
) -> Changements:
    """A partner's own, or those of an animateur's territory, in the order in which they last changed. Nothing is missed.

    Keep `suivant` and ask again: at once while `encore`, then every few minutes, or when a webhook has come. A referral that
    changed several times comes once. What is being written at this very moment comes with the next reading.
    """
    curseur, horizon, now = Curseur.lire(apres) if apres else Curseur(), await store.horizon(session), utc_now()
    curseur.verifier(horizon)
    vues = await store.changements(session, actor, curseur, horizon, limite + 1)
    etats = await cas_store.etats_pour(session, actor, vues)
    lues = vues[:limite]
    if lues:
        derniere = lues[-1].orientation
        curseur = Curseur(derniere.ecriture or 0, derniere.id)
    return Changements(
        elements=[resume(vue, service.cotes(actor, vue.orientation), now, etats.get(vue.dossier.id)) for vue in lues],
        suivant=str(curseur),
        encore=len(vues) > limite,
    )
