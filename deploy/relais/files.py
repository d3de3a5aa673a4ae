"""Small files of the runner: private, and whole or absent."""

import os
from collections.abc import Callable
from pathlib import Path


def write_private(path: Path, content: str) -> None:
    """Write a file that its owner alone may read; a crash or a full disk leaves the former one, never half a file."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)
    finally:
        fresh.unlink(missing_ok=True)


def kept(path: Path, make: Callable[[], str]) -> str:
    """The content of a private file, made at the first call and the same ever after."""
    if not path.exists():
        write_private(path, make())
    return path.read_text(encoding="utf-8")
