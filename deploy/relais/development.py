"""The development helpers never run anywhere else."""

import os


def require_development() -> None:
    """End the process unless RELAIS_MODE=development."""
    if os.environ.get("RELAIS_MODE") != "development":
        raise SystemExit("This helper belongs to development: it refuses to start unless RELAIS_MODE=development.")
