"""Secrets at rest: sealed under a key from the settings, so that a copy of the database gives none of them away."""

from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

# Every Fernet token begins so: its version, and the upper half of a moment before the year 2106.
MARQUE = "gAAAAA"


class Coffre:
    """Seals with the first of its keys and opens with any, so that a key is replaced by putting a new one before it."""

    def __init__(self, keys: str) -> None:
        """`keys` are Fernet keys with spaces between. Raises ValueError on one that is none, or when there is none."""
        fernets = [Fernet(key) for key in keys.split()]
        if not fernets:
            raise ValueError("at least one key is needed")
        self.premiere, self.toutes = fernets[0], MultiFernet(fernets)
        # A secret is used at every delivery and changes once a year: it is opened once.
        self.ouvrir = lru_cache(maxsize=1024)(self._ouvrir)

    def sceller(self, clair: str) -> str:
        """The sealed form of a text."""
        return self.premiere.encrypt(clair.encode()).decode()

    def _ouvrir(self, scelle: str) -> str:
        """The text that was sealed. Raises cryptography's InvalidToken when none of the keys fits."""
        return self.toutes.decrypt(scelle.encode()).decode()

    def ouvrir_ou_rien(self, scelle: str) -> str:
        """The text that was sealed, or nothing when its key is no more: for what may be forgotten."""
        try:
            return self._ouvrir(scelle) if scelle else ""
        except InvalidToken:
            return ""

    def renouveler(self, texte: str) -> str:
        """The text sealed under the first key, whether it was in clear, under an older key, or so already."""
        if not est_scelle(texte):
            return self.sceller(texte)
        try:
            self.premiere.decrypt(texte.encode())
        except InvalidToken:
            return self.toutes.rotate(texte.encode()).decode()
        return texte


def est_scelle(texte: str) -> bool:
    """Whether a text has been sealed."""
    return texte.startswith(MARQUE)


def new_coffre_key() -> str:
    """A new key."""
    return Fernet.generate_key().decode()
