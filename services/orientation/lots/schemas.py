"""What the API of lots takes and gives."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from common.codes_echanges import ActionLot
from orientation.lots.domain import LOT_MAX, Cible
from orientation.lots.models import LotRow
from orientation.lots.service import Prevision


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Lot(_Strict):
    action: ActionLot
    partenaire_id: UUID | None = None
    dispositif: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z0-9-]+$")] | None = None

    def cible(self) -> Cible | None:
        """Where a re-orientation goes."""
        return Cible(self.partenaire_id, self.dispositif) if self.partenaire_id and self.dispositif else None


class LotAPrevoir(_Lot):
    """The action, and the referrals that were chosen; a re-orientation also names its partner and dispositif."""

    orientations: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=LOT_MAX)]


class OrientationDuLot(_Strict):
    """A referral and the version that its reader has seen."""

    orientation_id: UUID
    version: Annotated[int, Field(ge=1, lt=2**31)]


class LotAFaire(_Lot):
    """`lot_id` is the caller's, or the preview's: the same one twice has one effect."""

    lot_id: UUID
    orientations: Annotated[tuple[OrientationDuLot, ...], Field(min_length=1, max_length=LOT_MAX)]


class Obstacle(BaseModel):
    """Why one referral is left alone: what the single action would have answered (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str | None = None
    champ: str | None = None


class LignePrevue(BaseModel):
    """What would happen to one referral: `probleme` is what stands in the way."""

    orientation_id: UUID
    version: int | None
    possible: bool
    probleme: Obstacle | None


class LotPrevu(BaseModel):
    """The preview, in the order of the choice; `lot_id` is a fresh one, to confirm with."""

    lot_id: UUID
    lignes: list[LignePrevue]


class LigneFaite(BaseModel):
    """What became of one referral: done when there is no problem. `suivante_id` is what re-orienting has prepared."""

    orientation_id: UUID
    fait: bool
    probleme: Obstacle | None
    suivante_id: UUID | None


class LotFait(BaseModel):
    """What was done, and what was not."""

    lot_id: UUID
    action: ActionLot
    at: datetime
    lignes: list[LigneFaite]


def ligne_prevue(prevision: Prevision) -> LignePrevue:
    """One line of the preview."""
    return LignePrevue(
        orientation_id=prevision.orientation_id,
        version=prevision.vue.orientation.version if prevision.vue else None,
        possible=prevision.refus is None,
        probleme=Obstacle.model_validate(prevision.refus.problem()) if prevision.refus else None,
    )


def lot_fait(row: LotRow) -> LotFait:
    """A lot as the API gives it."""
    lignes: list[dict[str, Any]] = [ligne | {"fait": ligne["probleme"] is None} for ligne in row.lignes]
    return LotFait.model_validate({"lot_id": row.id, "action": row.action, "at": row.at, "lignes": lignes})
