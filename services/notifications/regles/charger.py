"""The table of rules, read from its file and checked at load: every line names a fact, a notice and words that exist."""

from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

from common.actor import Role
from common.codes import EtatOrientation, Horloge
from notifications.courriels.modeles import MODELES
from notifications.regles import domain
from notifications.regles.domain import Cadence, Genre, Page, Relation, Table
from notifications.regles.faits import NOMS

FICHIER = Path(__file__).parent / "regles.yaml"

OuiNon = Literal["oui", "non"]


class _Stricte(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Avis(_Stricte):
    genre: Genre
    page: Page
    urgent: OuiNon = "non"
    apres_cloture: OuiNon = "non"
    tant_que: tuple[EtatOrientation, ...] = ()
    sans_compte: OuiNon = "non"
    jusqu_a_l_acte: OuiNon = "non"

    def avis(self, nom: str) -> domain.Avis:
        """As the rules see it."""
        return domain.Avis(
            nom,
            self.genre,
            self.page,
            urgent=self.urgent == "oui",
            apres_cloture=self.apres_cloture == "oui",
            tant_que=frozenset(self.tant_que),
            sans_compte=self.sans_compte == "oui",
            jusqu_a_l_acte=self.jusqu_a_l_acte == "oui",
        )


class _Ligne(_Stricte):
    fait: str
    relation: Relation
    avis: str
    courriel: Cadence
    horloge: Horloge | None = None


class Fichier(_Stricte):
    """The file as it is written."""

    avis: dict[str, _Avis]
    roles: dict[Role, tuple[_Ligne, ...]]

    @model_validator(mode="after")
    def _coherente(self) -> "Fichier":
        lignes = [(role, ligne) for role, each in self.roles.items() for ligne in each]
        for role, ligne in lignes:
            if ligne.fait not in NOMS:
                raise ValueError(f"{role}: the fact {ligne.fait} is not one that is heard")
            if ligne.avis not in self.avis:
                raise ValueError(f"{role}: the notice {ligne.avis} is not described")
            if (ligne.relation is Relation.dirigeant) != (role is Role.dirigeant):
                raise ValueError(f"{role}: the relation {ligne.relation} does not go with that role")
        cles = [(role, ligne.fait, ligne.relation, ligne.horloge) for role, ligne in lignes]
        if double := next((cle for cle in cles if cles.count(cle) > 1), None):
            raise ValueError(f"{double[0]}: two lines for {double[1]}")
        if wordless := set(self.avis) ^ set(MODELES):
            raise ValueError(f"the notice {min(wordless)} must have both words and a description")
        if closed := {nom for nom, each in self.avis.items() if each.sans_compte == "oui" and each.page is not Page.retrait}:
            raise ValueError(f"the notice {min(closed)} leads to a page that nobody opens without an account")
        if unused := set(self.avis) - {ligne.avis for _, ligne in lignes}:
            raise ValueError(f"the notice {min(unused)} is told to nobody")
        return self

    def table(self) -> Table:
        """As the rules see it."""
        avis = {nom: each.avis(nom) for nom, each in self.avis.items()}
        roles = {role: tuple(domain.Ligne(*each) for each in map(_champs, lignes)) for role, lignes in self.roles.items()}
        return Table(avis, roles)


def _champs(ligne: _Ligne) -> tuple[str, Relation, str, Cadence, Horloge | None]:
    return ligne.fait, ligne.relation, ligne.avis, ligne.courriel, ligne.horloge


def lire(texte: str) -> Table:
    """The table that this text describes. Raises pydantic's ValidationError, which is a ValueError, on a faulty one."""
    return Fichier.model_validate(yaml.safe_load(texte)).table()


@cache
def table() -> Table:
    """The table of the file beside this one."""
    return lire(FICHIER.read_text(encoding="utf-8"))
