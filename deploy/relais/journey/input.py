"""One line of a journey's input: an invented association, and what must happen to it."""

from enum import StrEnum
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from common.codes import Categorie, Indicateur, Motif, Niveau, Origine
from relais.errors import RunnerError

ALWAYS = (Categorie.identite, Categorie.situation)
# What a referral shares besides: each line and step takes the next one, so that every mix is met.
MORE: tuple[tuple[Categorie, ...], ...] = (
    (Categorie.contact,),
    (Categorie.contact, Categorie.finances),
    (Categorie.finances,),
    (),
)


class Issue(StrEnum):
    """How a referral ends."""

    aboutie = "aboutie"
    complement_puis_aboutie = "complement_puis_aboutie"
    non_aboutie = "non_aboutie"
    declinee = "declinee"
    retiree_consentement = "retiree_consentement"
    refusee_consentement = "refusee_consentement"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Contact(_Part):
    """The person to reach."""

    nom: str
    prenom: str
    fonction: str
    courriel: str
    telephone: str


class Etape(_Part):
    """A referral. `partenaire` is a code of the directory; `apres_declin`: it follows the one before it, once declined."""

    dispositif: str
    partenaire: str
    issue: Issue
    motif: Motif | None = None
    apres_declin: bool = False

    @model_validator(mode="after")
    def _reason(self) -> Self:
        if (self.motif is not None) != (self.issue in (Issue.declinee, Issue.non_aboutie)):
            raise ValueError("a referral has a motif exactly when it is declined or fails")
        return self


class Ligne(_Part):
    """An association with its situation, who files it (`depose_par`: a partner's code), and its referrals in order."""

    numero: int
    nom: str
    siren: str | None
    siret: str | None
    rna: str | None
    departement: str
    code_postal: str
    commune: str
    contact: Contact
    etp: float | None
    budget: int | None
    horizon_mois: int | None
    indicateurs: tuple[Indicateur, ...]
    niveau: Niveau
    origine: Origine
    motif_tiers: str | None = None
    besoin: str
    depose_par: str | None = None
    diagnostic: bool = False
    parcours: tuple[Etape, ...] = Field(min_length=1, max_length=3)

    @model_validator(mode="after")
    def _sequence(self) -> Self:
        for before, step in zip((None, *self.parcours), self.parcours, strict=False):
            if step.apres_declin and (before is None or before.issue is not Issue.declinee):
                raise ValueError("a referral that comes after a decline follows a declined one")
        if (self.depose_par is not None) != (self.origine is Origine.partenaire):
            raise ValueError("depose_par names the partner exactly when a partner files")
        return self

    def categories(self, step: int) -> tuple[Categorie, ...]:
        """What referral number `step` (from 0) asks to share: at least what it takes to understand the case."""
        wanted = {*ALWAYS, *MORE[(self.numero + step) % len(MORE)]}
        return tuple(categorie for categorie in Categorie if categorie in wanted)


def read(path: Path, limit: int | None = None) -> list[Ligne]:
    """The lines of a file, the first `limit` of them. Raises RunnerError, in one line, on what cannot be used."""
    lines = []
    try:
        rows = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise RunnerError(f"{path} cannot be read: give the file of a journey, such as deploy/demo/journey.jsonl.") from error
    for number, row in enumerate(rows[:limit], 1):
        try:
            lines.append(Ligne.model_validate_json(row))
        except ValidationError as error:
            place = ".".join(str(part) for part in error.errors()[0]["loc"])
            raise RunnerError(f"{path}, line {number}: {place or 'the line'}: {error.errors()[0]['msg']}.") from error
    if not lines:
        raise RunnerError(f"{path} has no line.")
    return lines
