"""What the development identity provider knows: the accounts and clients of the demo, with this hub's secrets."""

import json
from dataclasses import asdict
from pathlib import Path

from relais.demo import accounts, machines
from relais.files import write_private
from relais.keys import Secrets
from relais.programs import OIDC_CLIENT


def write_identities(path: Path, public_url: str, secrets: Secrets, *, empty: bool) -> None:
    """Write the identity provider's file; an empty hub knows its administrator only, and no machine."""
    users = [asdict(account) | {"name": f"{account.given_name} {account.family_name}"} for account in accounts(empty=empty)]
    clients: list[dict[str, object]] = [
        # An entry that ends with a slash allows every address below it.
        {"client_id": OIDC_CLIENT, "client_secret": secrets.client_secret(OIDC_CLIENT), "redirect_uris": [f"{public_url}/"]}
    ]
    for machine in machines(empty=empty):
        secret = secrets.client_secret(machine.client_id)
        clients.append({"client_id": machine.client_id, "client_secret": secret, "scope": machine.scope})
    write_private(path, json.dumps({"users": users, "clients": clients}, ensure_ascii=False))
