"""Makes what a deployment must have and nobody should think up: `python -m common.keys` prints keys and a password."""

import secrets
import sys

from common.coffre import new_coffre_key

SIGNERS = ("signalement", "orientation")


def new_signing_key() -> str:
    """A key with which a service signs what it gives browsers and mails to keep."""
    return secrets.token_urlsafe(32)


def new_signing_keys() -> dict[str, str]:
    """The key of each service that signs people in, under the names that compose gives them."""
    return {f"RELAIS_SIGNING_KEY_{service.upper()}": new_signing_key() for service in SIGNERS}


def new_password() -> str:
    """A password that every part takes: letters and digits, a letter first (NATS takes a number for a number)."""
    return "r" + secrets.token_hex(24)


if __name__ == "__main__":
    for name, value in new_signing_keys().items():
        sys.stdout.write(f"{name}={value}\n")
    sys.stdout.write(f"RELAIS_WEBHOOK_SECRET_KEYS={new_coffre_key()}\n")
    sys.stdout.write(f"RELAIS_RETOURS_KEY={new_signing_key()}\n")
    sys.stdout.write(f"# a password: {new_password()}\n")
