"""Unix sockets need short paths (108 bytes on Linux): a folder that is deep gets a short one elsewhere."""

import os
import pwd
import tempfile
from pathlib import Path

LONGEST_SOCKET_DIR = 80


def short_directory(home: Path, name: str, *, owner: str | None = None) -> Path:
    """The folder for the sockets of `home`: `home/name`, or, when that path is long, a private one in the temporary folder.

    The choice is remembered in `home/name.path`. With `owner` (a system account) the folder is given to it.
    """
    folder = home / name
    if len(os.fsencode(folder)) > LONGEST_SOCKET_DIR:
        folder = _remembered(home / f"{name}.path")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if owner and folder.stat().st_uid != pwd.getpwnam(owner).pw_uid:
        account = pwd.getpwnam(owner)
        os.chown(folder, account.pw_uid, account.pw_gid)
    return folder


def _remembered(note: Path) -> Path:
    if note.exists():
        folder = Path(note.read_text())
        # A cleaned temporary folder may have been taken over by someone else since: only a real folder of ours is kept.
        if folder.is_dir() and not folder.is_symlink() and folder.stat().st_mode & 0o077 == 0:
            return folder
    folder = Path(tempfile.mkdtemp(prefix="relais-"))
    note.write_text(str(folder))
    return folder
