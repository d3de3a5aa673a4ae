"""What the public API of the eligibility takes and gives."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from common.codes import Indicateur
from common.territoires import collectivites, departements, is_territoire
from common.traduction import _
from orientation.dispositifs.domain import Besoin, Champ, Source, Statut
from orientation.eligibilite.domain import Proposition, Resultat
from orientation.eligibilite.explications import Explication
from orientation.eligibilite.faits import Faits
from orientation.eligibilite.mots import DIFFICULTES
from orientation.eligibilite.verdicts import Verdict

TERRITOIRES = sorted(d.code for d in (*departements(), *collectivites()))
CODES_DIFFICULTES = [code.value for liste in (Indicateur, Besoin) for code in liste]


def _departement(code: str) -> str:
    if not is_territoire(code):
        raise PydanticCustomError(
            "departement-inconnu",
            _("Ce code Insee de département n’existe pas. Choisissez parmi\u00a0: {codes}."),
            {"codes": ", ".join(TERRITOIRES)},
        )
    return code


def _difficulte(code: str) -> str:
    if code not in DIFFICULTES:
        raise PydanticCustomError(
            "difficulte-inconnue",
            _("Ce code de difficulté n’existe pas. Choisissez parmi\u00a0: {codes}."),
            {"codes": ", ".join(CODES_DIFFICULTES)},
        )
    return code


Departement = Annotated[
    str,
    Field(description="Code Insee du département ou de la collectivité d’outre-mer", examples=["34"]),
    AfterValidator(_departement),
    WithJsonSchema({"type": "string", "enum": TERRITOIRES}),
]
Difficulte = Annotated[str, AfterValidator(_difficulte), WithJsonSchema({"type": "string", "enum": CODES_DIFFICULTES})]
OuiNon = Annotated[bool, Field(strict=True)]


class Demande(BaseModel):
    """What is known of an organisation: everything but status and département may be left out, or null."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    statut: Statut
    departement: Departement
    etp: Annotated[float, Field(strict=True, ge=0, le=100_000, allow_inf_nan=False)] | None = None
    budget: Annotated[float, Field(strict=True, ge=0, le=2_000_000_000, allow_inf_nan=False)] | None = None
    risque_cessation: OuiNon | None = None
    mois_avant_cessation: Annotated[int, Field(strict=True, ge=0, le=1200)] | None = None
    jours_en_cessation: Annotated[int, Field(strict=True, ge=0, le=36_500)] | None = None
    procedure_collective: OuiNon | None = None
    difficultes: Annotated[list[Difficulte], Field(max_length=40)] | None = None

    def faits(self) -> Faits:
        """As the engine takes them."""
        valeurs: dict[str, Any] = self.model_dump(exclude={"difficultes"})
        return Faits(**valeurs, difficultes=None if self.difficultes is None else frozenset(self.difficultes))


class SourceLue(BaseModel):
    """Where a rule was read. `date` is as precise as the document: a year, a month or a day, null when it bears none."""

    document: str
    date: str | None
    passage: str
    lien: str | None


class CritereLu(BaseModel):
    """A criterion: the fact that was used, the rule in the source's words, and why the verdict follows.

    `source` is a list when several documents bear on the rule, the one that applies in this département first.
    """

    code: str
    verdict: Verdict
    fait: str
    regle: str
    explication: str
    source: SourceLue | list[SourceLue]


class DispositifLu(BaseModel):
    """A dispositif judged. `places` is what is left in the département, null when nobody has declared it."""

    code: str
    version: int
    verdict: Verdict
    rang: int
    rang_explication: str
    criteres: list[CritereLu]
    places: int | None


class QuestionLue(BaseModel):
    """The missing fact that may settle most: `departage` counts the dispositifs that some answer would settle."""

    champ: Champ
    pourquoi: str
    departage: int


class Eligibilite(BaseModel):
    """All dispositifs by rank. `prochaine_question` is null when no single missing fact would settle anything."""

    dispositifs: list[DispositifLu]
    prochaine_question: QuestionLue | None


def lu(resultat: Resultat) -> Eligibilite:
    """A result as the API gives it."""
    question = resultat.question
    return Eligibilite(
        dispositifs=[_dispositif(p) for p in resultat.propositions],
        prochaine_question=question
        and QuestionLue(champ=question.champ, pourquoi=question.pourquoi, departage=question.departage),
    )


def _dispositif(p: Proposition) -> DispositifLu:
    return DispositifLu(
        code=p.dispositif.code,
        version=p.dispositif.version,
        verdict=p.verdict,
        rang=p.rang,
        rang_explication=p.rang_explication,
        criteres=[_critere(c) for c in p.criteres],
        places=p.places,
    )


def _critere(c: Explication) -> CritereLu:
    sources = [_source(s) for s in c.sources]
    return CritereLu(
        code=c.code,
        verdict=c.verdict,
        fait=c.fait,
        regle=c.regle,
        explication=c.explication,
        source=sources[0] if len(sources) == 1 else sources,
    )


def _source(s: Source) -> SourceLue:
    return SourceLue(document=s.document, date=s.date, passage=s.passage, lien=s.lien)
