"""The fixtures of the tests of notifications."""

from tests.notifications.banc import client, receiver
from tests.notifications.poste import inbox, owners
from tests.notifications.site import navigateur, site

__all__ = ["client", "inbox", "navigateur", "owners", "receiver", "site"]
