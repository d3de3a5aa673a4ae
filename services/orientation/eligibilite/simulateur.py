"""The answers of the simulator: carried from page to page in the form itself, and checked anew each time."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field
from starlette.datastructures import FormData

from common.codes import Indicateur
from common.formulaires import Formulaire, analyser
from common.traduction import N_, _
from orientation.dispositifs.domain import Besoin, Champ, Statut
from orientation.eligibilite.faits import Faits, contradiction
from orientation.eligibilite.schemas import Departement

Saisies = Mapping[Champ, tuple[str, ...]]
AUCUNE = "aucune"
# What help is sought for, where no sign of crisis says it already.
AUTRES_BESOINS = (
    Besoin.dettes_fiscales_sociales,
    Besoin.credit_bancaire,
    Besoin.creanciers,
    Besoin.differend_contractuel,
    Besoin.emploi,
    Besoin.sante_dirigeant,
)
DIFFICULTES = [(c.value, c.libelle) for c in (*Indicateur, *AUTRES_BESOINS)] + [(AUCUNE, N_("Aucune de ces difficultés"))]
_OuiNon = Literal["oui", "non"]


class _Statut(BaseModel):
    statut: Statut


class _Departement(BaseModel):
    departement: Departement


class _Etp(BaseModel):
    etp: Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)]


class _Budget(BaseModel):
    budget: Annotated[float, Field(ge=0, le=2_000_000_000, allow_inf_nan=False)]


class _Risque(BaseModel):
    risque_cessation: _OuiNon


class _Mois(BaseModel):
    mois_avant_cessation: Annotated[int, Field(ge=0, le=1200)]


class _Jours(BaseModel):
    jours_en_cessation: Annotated[int, Field(ge=0, le=36_500)]


class _Procedure(BaseModel):
    procedure_collective: _OuiNon


class _Difficultes(BaseModel):
    difficultes: Annotated[list[Literal[tuple(code for code, _libelle in DIFFICULTES)]], Field(min_length=1, max_length=40)]  # type: ignore[valid-type]


MODELES: dict[Champ, type[BaseModel]] = {
    Champ.statut: _Statut,
    Champ.departement: _Departement,
    Champ.etp: _Etp,
    Champ.budget: _Budget,
    Champ.risque_cessation: _Risque,
    Champ.mois_avant_cessation: _Mois,
    Champ.jours_en_cessation: _Jours,
    Champ.procedure_collective: _Procedure,
    Champ.difficultes: _Difficultes,
}
CHOISIR = N_("Choisissez une réponse, ou « Je ne sais pas ».")
NOMBRE = N_("Donnez un nombre, même à peu près, ou choisissez « Je ne sais pas ».")
MESSAGES = {
    "departement": N_("Choisissez un département de la liste, ou « Je ne sais pas »."),
    "statut": CHOISIR,
    "risque_cessation": CHOISIR,
    "procedure_collective": CHOISIR,
    "etp.missing": NOMBRE,
    "budget.missing": NOMBRE,
    "mois_avant_cessation.missing": NOMBRE,
    "jours_en_cessation.missing": NOMBRE,
    "difficultes": N_("Cochez ce que vous constatez, « Aucune de ces difficultés », ou choisissez « Je ne sais pas »."),
}


@dataclass(frozen=True, slots=True)
class Parcours:
    """Where somebody is in the simulator: valid answers as typed, facts that stay unknown, questions in the order asked."""

    saisies: Saisies = field(default_factory=dict)
    passes: tuple[Champ, ...] = ()
    ordre: tuple[Champ, ...] = ()

    def repondre(self, champ: Champ, saisie: tuple[str, ...]) -> "Parcours":
        """With an answer, in the place of an earlier one to the same question."""
        passes = tuple(autre for autre in self.passes if autre is not champ)
        return replace(self, saisies={**self.saisies, champ: saisie}, passes=passes, ordre=self._avec(champ))

    def passer(self, champ: Champ) -> "Parcours":
        """With « je ne sais pas » for that question."""
        saisies = {autre: saisie for autre, saisie in self.saisies.items() if autre is not champ}
        passes = tuple(dict.fromkeys((*self.passes, champ)))
        return replace(self, saisies=saisies, passes=passes, ordre=self._avec(champ))

    def avant(self, champ: Champ | None) -> Champ | None:
        """The question that came before that one; None before the first."""
        ici = self.ordre.index(champ) if champ in self.ordre else len(self.ordre)
        return self.ordre[ici - 1] if ici else None

    def faits(self) -> Faits:
        """The facts that the answers make."""
        valeurs: dict[str, Any] = {"statut": None, "departement": None}
        for champ, saisie in self.saisies.items():
            objet = lire(champ, saisie).objet
            if objet is not None:
                valeurs |= {champ.value: _fait(getattr(objet, champ.value))}
        return Faits(**valeurs)

    def _avec(self, champ: Champ) -> tuple[Champ, ...]:
        return self.ordre if champ in self.ordre else (*self.ordre, champ)


def _fait(valeur: Any) -> Any:
    if valeur in ("oui", "non") and not isinstance(valeur, Statut):
        return valeur == "oui"
    if isinstance(valeur, list):
        return frozenset(valeur) - {AUCUNE}
    return valeur


def lire(champ: Champ, saisie: tuple[str, ...]) -> Formulaire[Any]:
    """One answer, validated."""
    return analyser(MODELES[champ], FormData([(champ.value, valeur) for valeur in saisie]), MESSAGES)


def lire_reponse(parcours: Parcours, champ: Champ, saisie: tuple[str, ...]) -> Formulaire[Any]:
    """The answer to the question that was shown, validated also against the earlier answers."""
    f = lire(champ, saisie)
    if f.objet is None:
        return f
    if AUCUNE in saisie and len(saisie) > 1:
        return f.avec_erreur(champ.value, _("« Aucune de ces difficultés » ne va pas avec une autre réponse."))
    trouvee = contradiction(parcours.repondre(champ, saisie).faits())
    return f.avec_erreur(champ.value, f"{trouvee.remede[0].upper()}{trouvee.remede[1:]}") if trouvee else f


def relire(envoye: FormData) -> tuple[Parcours, Champ | None]:
    """The state that a page sent back and the question that it showed. Whatever is not valid counts as not answered."""
    question = champ_de(str(envoye.get("question", "")))
    ordre = tuple(dict.fromkeys(champ for code in _textes(envoye, "ordre") if (champ := champ_de(code))))
    passes = tuple(champ for code in _textes(envoye, "inconnu") if (champ := champ_de(code)) in ordre and champ)
    saisies = {}
    for champ in ordre:
        saisie = _textes(envoye, champ.value)
        if champ is not question and champ not in passes and lire(champ, saisie).objet is not None:
            saisies[champ] = saisie
    parcours = Parcours(saisies, passes, ordre)
    return (Parcours() if contradiction(parcours.faits()) else parcours), question


def saisie_de(envoye: FormData, champ: Champ) -> tuple[str, ...]:
    """What was typed for the question that was shown."""
    return _textes(envoye, champ.value)


def _textes(envoye: FormData, nom: str) -> tuple[str, ...]:
    return tuple(v for v in envoye.getlist(nom) if isinstance(v, str) and v.strip() and len(v) <= 200)[:40]


def champ_de(code: str) -> Champ | None:
    """The question of that code, None for anything else."""
    return Champ(code) if code in MODELES else None
