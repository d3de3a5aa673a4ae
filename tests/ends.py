"""How the programs of a hub ended."""

from relais.hub import Hub


def ended_by_themselves(hub: Hub) -> list[str]:
    """What the supervisor says of programs that ended though nobody had killed or stopped them: each waits out what is away."""
    said = (hub.layout.logs / "supervisord.log").read_text().splitlines()
    return [line for line in said if " exited: " in line and "exit status" in line]
