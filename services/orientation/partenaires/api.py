"""The API of the directory: public, since it only names organisations."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from common.clock import utc_now
from common.codes import TypePartenaire
from common.database import Transaction
from orientation.fiches import store as fiches
from orientation.fiches.service import aujourd_hui, offres_de
from orientation.partenaires import store
from orientation.partenaires.schemas import AbsenceLue, FicheLue, PartenaireDetaille, Partenaires, lu, offre_lue
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
async def lire_partenaire(partenaire_id: UUID, session: Transaction) -> PartenaireDetaille:
    """For everybody."""
    now = utc_now()
    row = await store.find(session, partenaire_id)
    fiche = await fiches.fiche(session, row.id)
    return PartenaireDetaille(
        **lu(row).model_dump(),
        fiche=FicheLue.model_validate(fiche.model_dump()) if fiche else FicheLue(),
        offres=[offre_lue(offre) for offre in await offres_de(session, row, now)],
        absences=[
            AbsenceLue(du=a.absence.du, au=a.absence.au, remplacant_id=a.absence.remplacant_partenaire_id)
            for a in await fiches.absences(session, row.id, aujourd_hui(row, now))
        ],
    )
