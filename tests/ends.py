"""How the programs of a hub ended."""

from relais.hub import Hub

# Its last backends end by themselves, once they have finished a statement; until then each new attempt to start it fails.
REFUSED = "FATAL:  pre-existing shared memory block"


def ended_by_themselves(hub: Hub) -> list[str]:
    """What the supervisor says of programs that ended though nobody had killed or stopped them: each waits out what is away.

    PostgreSQL alone may, as often as its log says that it refused to start beside what is left of a killed one.
    """
    said = (hub.layout.logs / "supervisord.log").read_text().splitlines()
    ended = [line for line in said if " exited: " in line and "exit status" in line]
    postgres = [line for line in ended if " exited: postgres " in line]
    refused = (hub.layout.logs / "postgres.log").read_text().count(REFUSED)
    return [line for line in ended if line not in postgres] + postgres[refused:]
