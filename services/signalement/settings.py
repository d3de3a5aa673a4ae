"""The settings of the signalement service."""

from pydantic import Field

from common.settings import SigningSettings


class SignalementSettings(SigningSettings):
    """The codes that let dirigeants in are drawn from its key."""

    # Where people may write who cannot use a page, as the accessibility statement says; empty sends them to their cell.
    contact_accessibilite: str = Field(default="", max_length=254, pattern=r"^([^@\s]+@[^@\s]+)?$")
