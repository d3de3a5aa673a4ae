"""The form of the words of a notice. Nothing confidential: what is awaited, until when, and a link to sign in behind."""

from dataclasses import dataclass

from common.traduction import N_


@dataclass(frozen=True, slots=True)
class Modele:
    """One mail, and one line of the feed by its `titre`. `bouton` is the label of the link."""

    sujet: str
    titre: str
    paragraphes: tuple[str, ...]
    bouton: str


ORIENTATION = N_("Ouvrir l’orientation")
DOSSIER = N_("Ouvrir le dossier")
