"""What is wrong with a file that was to be imported: every fault, where it is, and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from common.errors import DonneeInvalide, Erreur
from common.formulaires import message_of
from common.messages import PAR_DEFAUT
from common.traduction import N_, _

ERREURS_MAX = 50


@dataclass(frozen=True, slots=True, order=True)
class Faute:
    """One fault: the line (0 when it concerns the whole file), the column or field, and what to do."""

    ligne: int
    colonne: str
    remede: str

    def __str__(self) -> str:
        lieu = _("ligne {ligne}, ").format(ligne=self.ligne) if self.ligne else ""
        return f"{lieu}{self.colonne}\u00a0: {self.remede}" if self.colonne else f"{lieu}{self.remede}"


class ImportInvalide(DonneeInvalide):
    """A file that was not imported, not even in part."""

    slug, titre = "import-invalide", N_("Le fichier n’a pas été importé\u00a0: rien n’a changé.")

    def __init__(self, fautes: Sequence[Faute]) -> None:
        self.fautes = sorted(fautes)[:ERREURS_MAX]
        details = [{"ligne": f.ligne, "colonne": f.colonne, "remede": f.remede} for f in self.fautes]
        super().__init__(_("Corrigez ces points, puis recommencez."), fautes=details)

    def __str__(self) -> str:
        return "\n".join([_(self.titre), *map(str, self.fautes)])


def fautes_de(refus: ValidationError, ligne: int, prefixe: str = "") -> list[Faute]:
    """The faults that pydantic found, in French, each with its field."""
    fautes = []
    for detail in refus.errors(include_url=False, include_input=False):
        champ = next((str(partie) for partie in detail["loc"] if isinstance(partie, str)), "")
        cause = detail.get("ctx", {}).get("error")
        if isinstance(cause, Erreur):
            message = cause.phrase
        else:
            # An address that is none brings its reason in English, without the error itself.
            message = message_of(detail) if cause or detail["type"] != "value_error" else PAR_DEFAUT
        fautes.append(Faute(ligne, prefixe + champ, message))
    return fautes
