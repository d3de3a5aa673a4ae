"""The directory as one JSON list: organisations with their people, their sheets and the absences that they begin with."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from pydantic import BaseModel, Field, TypeAdapter, field_validator
from sqlmodel.ext.asyncio.session import AsyncSession

from common import audit
from common.actor import SYSTEM
from common.calendrier import date_locale
from common.clock import new_id
from common.errors import DonneeInvalide
from common.traduction import _
from orientation.donnees import store
from orientation.donnees.service import ecrire
from orientation.fiches import domain
from orientation.fiches.horaires import HorairesIllisibles, de_osm, en_osm
from orientation.fiches.models import AbsenceRow
from orientation.fiches.schemas import Fiche
from orientation.fiches.service import SIEGE_INCONNU
from orientation.partenaires.service import Code, Partenaire


class FicheDuFichier(Fiche):
    """A sheet of the file; `horaires` is in OpenStreetMap's notation. What it leaves out stays."""

    horaires: str = Field(default="", max_length=300)

    @field_validator("horaires")
    @classmethod
    def _lisibles(cls, horaires: str) -> str:
        try:
            return en_osm(de_osm(horaires))
        except HorairesIllisibles as refus:
            raise ValueError(refus.remede) from None


class AbsenceDuFichier(BaseModel):
    """An absence that begins so many days after the loading, today being 0, so that a file does not age."""

    dans: int = Field(ge=-366, le=366)
    jours: int = Field(ge=1, le=366)
    remplacant: Code | None = None

    def valeur(self, jour: date, codes: Mapping[str, UUID]) -> domain.Absence:
        """The absence in days, as seen from this one; the substitute is found by its code."""
        debut = jour + timedelta(self.dans)
        return domain.Absence(debut, debut + timedelta(self.jours - 1), codes.get(self.remplacant or ""))


class Organisation(Partenaire):
    """An organisation of the file."""

    fiche: FicheDuFichier | None = None
    absences: tuple[AbsenceDuFichier, ...] = Field(default=(), max_length=20)


async def importer_liste(session: AsyncSession, contenu: bytes, issuer: str, now: datetime) -> int:
    """Bring the directory to what the list says; what it does not mention stays. Returns how many organisations changed.

    Absences are taken from the file once, when an organisation enters the directory: they belong to its manager from then on.
    Raises ValidationError, or DonneeInvalide and AbsenceChevauche for an absence that cannot be.
    """
    entrees = TypeAdapter(list[Organisation]).validate_json(contenu)
    connues = await store.connues(session, [o.id for o in entrees])
    fiches = {o.id: o.fiche.model_dump(exclude={"version"}, exclude_unset=True) for o in entrees if o.fiche}
    changes = await ecrire(session, entrees, fiches, issuer, now)
    absents = [o for o in entrees if o.absences and o.id not in connues]
    codes = await store.codes(session, [a.remplacant for o in absents for a in o.absences if a.remplacant])
    for organisation in absents:
        jour = date_locale(now, organisation.departements[0] if organisation.departements else SIEGE_INCONNU)
        annoncees: list[domain.Absence] = []
        for absence in organisation.absences:
            if absence.remplacant and absence.remplacant not in codes:
                raise DonneeInvalide(
                    _("Le remplaçant « {remplacant} » n’est pas dans l’annuaire.").format(remplacant=absence.remplacant),
                    champ="absences",
                )
            annoncees.append(domain.annoncer(absence.valeur(jour, codes), annoncees, organisation.id, jour))
        for annoncee in annoncees:
            await _annoncer(session, organisation.id, annoncee, now)
    return changes


async def _annoncer(session: AsyncSession, partenaire_id: UUID, absence: domain.Absence, now: datetime) -> None:
    row = AbsenceRow(
        id=new_id(),
        partenaire_id=partenaire_id,
        du=absence.du,
        au=absence.au,
        remplacant_partenaire_id=absence.partenaire_id,
    )
    session.add(row)
    await audit.write(session, "orientation", SYSTEM, "absence.annoncer", row.id, now=now)
