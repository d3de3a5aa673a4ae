"""The fixtures of the tests of notifications."""

from tests.notifications.banc import client, receiver
from tests.notifications.poste import inbox, owners

__all__ = ["client", "inbox", "owners", "receiver"]
