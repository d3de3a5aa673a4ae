"""The demo data: who can sign in, which systems are connected, and what the hub holds at its first start."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from relais.hub import Hub


@dataclass(frozen=True)
class Account:
    """A person that the development identity provider knows; `role` and `organisation` are labels shown at sign-in."""

    sub: str
    given_name: str
    family_name: str
    email: str
    role: str
    organisation: str


@dataclass(frozen=True)
class Machine:
    """A partner's system: an OAuth client that signs in with its own secret."""

    client_id: str
    scope: str


# Without demo data, a hub still needs someone who can fill its directory.
ADMINISTRATOR = Account(
    "cellule-nationale", "Nadia", "Benali", "nadia.benali@relais.example", "Cellule nationale", "Cellule nationale"
)
ACCOUNTS: tuple[Account, ...] = (ADMINISTRATOR,)
MACHINES: tuple[Machine, ...] = ()


def load_demo(hub: "Hub") -> None:
    """Load the demo data into a hub that runs; may be called again after an interruption."""
