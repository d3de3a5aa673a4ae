"""What the API of appointments takes and gives."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from common.codes_echanges import Auteur, EtatRendezVous, ModeRendezVous, MotifAnnulation
from common.territoires import departement as territoire
from orientation.complements.schemas import Texte
from orientation.orientations.models import OrientationRow
from orientation.rendez_vous.domain import CRENEAUX_MAX, LIEU_MAX, MINUTES_MAX, MINUTES_MIN, Action, Creneau, permises
from orientation.rendez_vous.models import CreneauRow
from orientation.rendez_vous.store import Fiche

Lieu = Annotated[Texte, Field(max_length=LIEU_MAX)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CreneauAProposer(_Strict):
    """A slot: its beginning with its offset from UTC, its length in minutes, how people meet, where or by which link."""

    debut: AwareDatetime
    minutes: Annotated[int, Field(ge=MINUTES_MIN, le=MINUTES_MAX)]
    mode: ModeRendezVous
    lieu: Lieu = ""

    def valeur(self) -> Creneau:
        """As the rules take it."""
        return Creneau(self.debut.astimezone(UTC), self.minutes, self.mode, self.lieu)


class Proposition(_Strict):
    """The slots to choose from."""

    creneaux: Annotated[tuple[CreneauAProposer, ...], Field(min_length=1, max_length=CRENEAUX_MAX)]


class Confirmation(_Strict):
    """The slot that is taken. `pour_association`: the cell speaks for the association, and it is recorded as such."""

    creneau_id: UUID
    pour_association: bool = False


class Annulation(_Strict):
    """The coded reason."""

    motif: MotifAnnulation


class CreneauLu(BaseModel):
    """A slot (UTC)."""

    creneau_id: UUID
    tour: int
    debut: datetime
    minutes: int
    mode: ModeRendezVous
    lieu: str


class RendezVousLu(BaseModel):
    """An appointment. `fuseau` is the time zone in which people read it; `creneau` what was confirmed last."""

    rendez_vous_id: UUID
    orientation_id: UUID
    etat: EtatRendezVous
    version: int
    actions: list[Action]
    fuseau: str
    tour: int
    propose_par: Auteur
    propose_at: datetime
    creneaux: list[CreneauLu]
    creneau: CreneauLu | None
    confirme_par: Auteur | None
    pour_association: bool
    confirme_at: datetime | None
    motif: MotifAnnulation | None
    annule_par: Auteur | None
    annule_at: datetime | None


class RendezVousListe(BaseModel):
    """The appointments of a referral, the newest first."""

    elements: list[RendezVousLu]


class RendezVousSuivi(BaseModel):
    """The answer to a change."""

    rendez_vous_id: UUID
    etat: EtatRendezVous
    version: int


def creneau_lu(row: CreneauRow) -> CreneauLu:
    """A slot as the API gives it."""
    return CreneauLu(creneau_id=row.id, **row.model_dump(include={"tour", "debut", "minutes", "mode", "lieu"}))


def rendez_vous_lu(fiche: Fiche, orientation: OrientationRow, par: Auteur, now: datetime) -> RendezVousLu:
    """An appointment as the API gives it to this side: `creneaux` are those of the last proposal."""
    row = fiche.row
    return RendezVousLu(
        rendez_vous_id=row.id,
        actions=list(permises(fiche.valeur, par, now)),
        fuseau=territoire(orientation.departement).fuseau,
        creneaux=[creneau_lu(c) for c in fiche.creneaux if c.tour == row.tour],
        creneau=creneau_lu(fiche.retenu) if fiche.retenu else None,
        **row.model_dump(
            include={
                "orientation_id",
                "etat",
                "version",
                "tour",
                "propose_par",
                "propose_at",
                "confirme_par",
                "pour_association",
                "confirme_at",
                "motif",
                "annule_par",
                "annule_at",
            }
        ),
    )
