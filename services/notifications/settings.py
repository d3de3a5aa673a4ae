"""The settings of the notifications service."""

from common.settings import Settings


class NotificationsSettings(Settings):
    """Nothing of its own yet besides what the base gives."""
