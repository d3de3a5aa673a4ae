"""What a mail is made of."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Modele:
    """One mail. `bouton` is the label of the link. `informatif` mails, unlike notices one must get, can be unsubscribed."""

    sujet: str
    titre: str
    paragraphes: tuple[str, ...]
    bouton: str
    informatif: bool = False
