"""Become one program of the hub: read its description from a private file, then exec it.

The supervisor's own configuration language would need three kinds of quoting for the same values, and would show secrets
in its status. Run as a script with the standard library alone, so that it costs a few milliseconds.
"""

import ctypes
import json
import os
import pwd
import signal
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1


def become(description: Path) -> None:
    """Replace this process by the program described: `argv`, `env`, `user` (or null), `parent_death` (a signal or null)."""
    program = json.loads(description.read_text(encoding="utf-8"))
    if program["user"]:
        account = pwd.getpwnam(program["user"])
        os.initgroups(account.pw_name, account.pw_gid)
        os.setgid(account.pw_gid)
        os.setuid(account.pw_uid)
    if program["parent_death"] and sys.platform == "linux":
        # When the supervisor is killed, the kernel asks its children to stop: no orphan even before the next start.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.Signals[program["parent_death"]].value)
    os.execve(program["argv"][0], program["argv"], program["env"])  # noqa: S606  (the runner wrote this file)


if __name__ == "__main__":
    become(Path(sys.argv[1]))
