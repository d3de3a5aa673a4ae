"""Makes what a deployment must have and nobody should think up: `python -m common.keys` prints keys and a password."""

import json
import secrets
import sys

from joserfc.jwk import KeySet, OKPKey

from common.coffre import new_coffre_key

SIGNERS = ("signalement", "orientation")


def new_session_key(service: str) -> OKPKey:
    """A key with which that service signs sessions; its `kid` is the service's name."""
    return OKPKey.generate_key("Ed25519", {"kid": service, "alg": "Ed25519", "use": "sig"})


def as_json(key: OKPKey) -> str:
    """A private key as the setting that holds it."""
    return json.dumps(key.as_dict(private=True))


def new_session_keys() -> dict[str, str]:
    """The private key of each service that opens sessions, and the public keys of all, under their settings' names."""
    keys = {service: new_session_key(service) for service in SIGNERS}
    public = KeySet(list(keys.values())).as_dict(private=False)
    private = {f"RELAIS_SESSION_PRIVATE_KEY_{service.upper()}": as_json(key) for service, key in keys.items()}
    return {"RELAIS_SESSION_PUBLIC_KEYS": json.dumps(public)} | private


def new_password() -> str:
    """A password that every part takes: letters and digits, a letter first (NATS takes a number for a number)."""
    return "r" + secrets.token_hex(24)


if __name__ == "__main__":
    for name, value in new_session_keys().items():
        sys.stdout.write(f"{name}='{value}'\n")
    sys.stdout.write(f"RELAIS_WEBHOOK_SECRET_KEYS={new_coffre_key()}\n")
    sys.stdout.write(f"# a password: {new_password()}\n")
