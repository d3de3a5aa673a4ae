"""The settings of the cellule service."""

from common.settings import Settings


class CelluleSettings(Settings):
    """Nothing of its own yet besides what the base gives."""
