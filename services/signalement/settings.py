"""The settings of the signalement service."""

from common.settings import SigningSettings


class SignalementSettings(SigningSettings):
    """Nothing of its own yet besides what the base gives."""
