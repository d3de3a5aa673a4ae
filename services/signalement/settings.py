"""The settings of the signalement service."""

from common.settings import SigningSettings


class SignalementSettings(SigningSettings):
    """The codes that let dirigeants in are drawn from its key."""
