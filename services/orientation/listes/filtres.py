"""The filter of a list, as its address says it: the same for the page, for the exports and for the dashboard's links."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from common.actor import Actor, Role
from common.codes import Code, EtatOrientation, Motif
from common.errors import DonneeInvalide
from common.filtres import PARIS
from common.territoires import fuseau
from common.traduction import _
from orientation.listes.domain import A_MOI, ATTENDUES, EN_COURS, Age, Echeance, Fait, Filtre, Periode, Position
from orientation.orientations.domain import Cote

TOUTES, ATTENTE, MOI = "toutes", "attendues", "a_moi"
POSITION = r"^(\d_\d{0,17}_[0-9a-f]{32})?$"
UN_JOUR, UN_AN, PERIODE_MAX = timedelta(days=1), timedelta(days=364), timedelta(days=3 * 366)


def _ou_rien(valeur: Any) -> Any:
    return valeur or None


class Demande(BaseModel):
    """The filter as it is typed or linked to; an empty field of a form asks for nothing."""

    model_config = ConfigDict(frozen=True)

    etat: str = Field(default="", max_length=40)
    recherche: str = Field(default="", max_length=40)
    age: Annotated[Age | None, BeforeValidator(_ou_rien)] = None
    echeance: Annotated[Echeance | None, BeforeValidator(_ou_rien)] = None
    delai: Annotated[str | None, BeforeValidator(_ou_rien)] = Field(default=None, pattern="^(tenu|depasse)$")
    fait: Annotated[Fait | None, BeforeValidator(_ou_rien)] = None
    depuis: Annotated[date | None, BeforeValidator(_ou_rien)] = None
    jusque: Annotated[date | None, BeforeValidator(_ou_rien)] = None
    motif: Annotated[Motif | None, BeforeValidator(_ou_rien)] = None
    partenaire: Annotated[UUID | None, BeforeValidator(_ou_rien)] = None
    responsable: Annotated[str | None, BeforeValidator(_ou_rien)] = Field(default=None, pattern="^(moi|personne)$")
    apres: str = Field(default="", pattern=POSITION)

    def filtre(self, actor: Actor, cote: Cote, now: datetime) -> Filtre:
        """As the list takes it. Raises DonneeInvalide for a period that is none."""
        return Filtre(
            etats=self._etats(cote),
            recherche="".join(c for c in self.recherche if c.isprintable()).strip(),
            age=self.age,
            echeance=self.echeance,
            periode=Periode(self.fait, *moments(actor, self.depuis, self.jusque, now)) if self.fait else None,
            motif=self.motif,
            dans_le_delai=None if self.delai is None else self.delai == "tenu",
            partenaire_id=self.partenaire,
            # Who follows a referral inside the partner is the partner's own matter.
            responsable=membre_de(actor) if self.responsable == "moi" and cote is Cote.partenaire else None,
            sans_responsable=self.responsable == "personne" and cote is Cote.partenaire,
        )

    def _etats(self, cote: Cote) -> tuple[EtatOrientation, ...]:
        if self.etat in connus(cote):
            return (EtatOrientation(self.etat),)
        if self.etat == ATTENTE:
            return ATTENDUES
        if self.etat == MOI:
            return A_MOI[cote]
        return () if self.etat == TOUTES or self.fait else EN_COURS

    def adresse(self, **plus: Any) -> str:
        """The query string of this filter, with more or other fields."""
        champs = self.model_dump(mode="json") | plus
        return urlencode({nom: valeur for nom, valeur in champs.items() if valeur})

    @property
    def position(self) -> Position | None:
        """After which referral the page begins."""
        return Position.lue(self.apres) if self.apres else None

    @property
    def vide(self) -> bool:
        """Whether nothing was asked for."""
        return not self.adresse(apres="")

    @property
    def precisions(self) -> list[tuple[str, str]]:
        """What the form has no field for: name and value, kept when it is sent again."""
        champs = self.model_dump(mode="json", exclude={"etat", "recherche", "responsable", "apres"})
        return [(nom, str(valeur)) for nom, valeur in champs.items() if valeur]

    @property
    def en_mots(self) -> list[str]:
        """What those ask for, in words."""
        codes: tuple[Code | None, ...] = (self.fait, self.echeance, self.age, self.motif)
        mots = [code.libelle for code in codes if code]
        if self.delai:
            mots.append(_("Dans le délai") if self.delai == "tenu" else _("Délai dépassé"))
        if self.depuis or self.jusque:
            bornes = ((_("du {jour}"), self.depuis), (_("au {jour}"), self.jusque))
            mots.append(" ".join(borne.format(jour=f"{jour:%d/%m/%Y}") for borne, jour in bornes if jour))
        return [*mots, _("Un seul partenaire")] if self.partenaire else mots


def membre_de(actor: Actor) -> UUID:
    """The member that an actor is; one that is in no directory follows nothing."""
    try:
        return UUID(actor.id)
    except ValueError:
        return UUID(int=0)


def connus(cote: Cote) -> list[str]:
    """The states that this side sees: a draft is its sender's alone."""
    return [e.value for e in EtatOrientation if cote is Cote.emetteur or e is not EtatOrientation.brouillon]


def cote_de(actor: Actor) -> Cote:
    """The side whose list this person comes for."""
    return Cote.emetteur if actor.has(Role.animateur) else Cote.partenaire


def jours(actor: Actor, depuis: date | None, jusque: date | None, now: datetime) -> tuple[date, date]:
    """The first and the last day of a period, by default a year until today.

    Raises DonneeInvalide when it ends before it begins or is longer than three years.
    """
    fin = jusque or now.astimezone(horloge(actor)).date()
    if fin == date.max or fin.year == date.min.year:
        raise DonneeInvalide(_("Choisissez une date de notre siècle."), champ="jusque")
    debut = depuis or fin - UN_AN
    if debut > fin:
        raise DonneeInvalide(_("La fin de la période précède son début."), champ="jusque")
    if fin - debut > PERIODE_MAX:
        raise DonneeInvalide(_("Choisissez une période de trois ans au plus."), champ="depuis")
    return debut, fin


def moments(actor: Actor, depuis: date | None, jusque: date | None, now: datetime) -> tuple[datetime, datetime]:
    """From which moment to which the days of a period go. Raises what `jours` raises."""
    debut, fin = jours(actor, depuis, jusque, now)
    return _minuit(debut, actor), _minuit(fin + UN_JOUR, actor)


def _minuit(jour: date, actor: Actor) -> datetime:
    return datetime.combine(jour, time.min, tzinfo=horloge(actor)).astimezone(UTC)


def horloge(actor: Actor) -> ZoneInfo:
    """The clock of an animateur's territory; of Paris for a partner."""
    return fuseau(min(actor.departements)) if actor.departements else ZoneInfo(PARIS)
