"""The settings of the signalement service."""

from common.settings import SigningSettings


class SignalementSettings(SigningSettings):
    """Its private key signs the sessions of dirigeants, and the codes that let them in are drawn from it."""
