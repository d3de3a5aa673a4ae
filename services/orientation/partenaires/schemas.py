"""What the API of the directory gives."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel

from common.codes import Famille, Periode, TypePartenaire
from orientation.fiches.service import OffreLue as OffreDeService
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


class PlacesLues(BaseModel):
    """A declared capacity for a period, and what is left of it today."""

    capacite: int
    periode: Periode
    reste: int


class OffreLue(BaseModel):
    """A dispositif that the partner carries. Delays are working days; the response time is measured, in hours, over a year.

    `places` is null when nothing is declared, `reponse_mediane_heures` under five answers.
    """

    dispositif: str
    delai_lecture: int
    delai_reponse: int
    places: PlacesLues | None
    reponse_mediane_heures: float | None


class AbsenceLue(BaseModel):
    """The partner is away, both days included. `remplacant_id` is the partner that answers meanwhile, if another does."""

    du: date
    au: date
    remplacant_id: UUID | None


class FicheLue(BaseModel):
    """What the organisation says of itself. `horaires` is in OpenStreetMap's notation."""

    presentation: str = ""
    publics: str = ""
    conditions: str = ""
    horaires: str = ""
    siret: str = ""
    adresse: str = ""
    code_postal: str = ""
    commune: str = ""
    telephone: str = ""
    courriel: str = ""
    site_web: str = ""


class PartenaireDetaille(PartenaireLu):
    """A partner with its sheet, what it declares, and its absences that run or are to come."""

    fiche: FicheLue
    offres: list[OffreLue]
    absences: list[AbsenceLue]


class Partenaires(BaseModel):
    """A page of the directory; `suivant` is the next page's `apres`, null on the last one."""

    elements: list[PartenaireLu]
    suivant: UUID | None


def lu(row: PartenaireRow) -> PartenaireLu:
    """A partner as the API gives it."""
    return PartenaireLu(partenaire_id=row.id, **row.model_dump(include=PartenaireLu.model_fields.keys() - {"partenaire_id"}))


def offre_lue(offre: OffreDeService) -> OffreLue:
    """What a partner declares, as the API gives it."""
    places, temps = offre.places, offre.temps
    return OffreLue(
        dispositif=offre.dispositif,
        delai_lecture=offre.delais.lecture,
        delai_reponse=offre.delais.reponse,
        places=places and PlacesLues(capacite=places.capacite, periode=places.periode, reste=places.reste),
        reponse_mediane_heures=round(temps.mediane.total_seconds() / 3600, 1) if temps and temps.is_montrable else None,
    )
