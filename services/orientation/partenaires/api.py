"""The API of the directory: public, since it only names organisations."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from common.codes import TypePartenaire
from common.database import Transaction
from orientation.partenaires import store
from orientation.partenaires.schemas import PartenaireLu, Partenaires, lu
from orientation.problemes import refus

router = APIRouter(prefix="/api/v1/partenaires", tags=["annuaire"])


@router.get("", summary="Chercher dans l’annuaire", responses=refus(422))
async def lister_partenaires(
    session: Transaction,
    departement: Annotated[str | None, Query(pattern="^[0-9AB]{2,3}$")] = None,
    dispositif: Annotated[str | None, Query(max_length=40, pattern="^[a-z0-9-]+$")] = None,
    type: TypePartenaire | None = None,
    apres: UUID | None = None,
    limite: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Partenaires:
    """For everybody: who helps in a département (Insee's code), by dispositif and kind of organisation."""
    rows = await store.list_after(session, store.Filtre(departement, dispositif, type), apres, limite + 1)
    elements = [lu(row) for row in rows[:limite]]
    return Partenaires(elements=elements, suivant=elements[-1].partenaire_id if len(rows) > limite else None)


@router.get("/{partenaire_id}", summary="Lire une fiche de l’annuaire", responses=refus(404, 422))
async def lire_partenaire(partenaire_id: UUID, session: Transaction) -> PartenaireLu:
    """For everybody."""
    return lu(await store.find(session, partenaire_id))
