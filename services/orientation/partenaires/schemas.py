"""What the API of the directory gives."""

from uuid import UUID

from pydantic import BaseModel

from common.codes import Famille, TypePartenaire
from orientation.partenaires.models import PartenaireRow


class PartenaireLu(BaseModel):
    """A partner or a cell. `delai_jours_ouvres` is what it has to answer a referral."""

    partenaire_id: UUID
    code: str
    libelle: str
    type: TypePartenaire
    famille: Famille
    departements: list[str]
    dispositifs: list[str]
    delai_jours_ouvres: int


class Partenaires(BaseModel):
    """A page of the directory; `suivant` is the next page's `apres`, null on the last one."""

    elements: list[PartenaireLu]
    suivant: UUID | None


def lu(row: PartenaireRow) -> PartenaireLu:
    """A partner as the API gives it."""
    return PartenaireLu(partenaire_id=row.id, **row.model_dump(include=PartenaireLu.model_fields.keys() - {"partenaire_id"}))
