"""The settings of the orientation service."""

from common.settings import SigningSettings


class OrientationSettings(SigningSettings):
    """Nothing of its own yet besides what the base gives."""
