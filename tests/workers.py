"""A plugin for the whole run: which tests stay together on one worker, since what they start is dear, and which come first."""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

# What takes minutes comes first, so that workers end together. What stands in one line shares a hub; the first breaks it.
LONG = (
    ("tests/journeys/",),
    ("tests/access/", "tests/contracts/test_demarrage.py", "tests/contracts/test_openapi.py"),
    ("tests/notifications/test_tout_casse.py",),
    ("tests/signalement/test_navigateur.py",),
    ("tests/signalement/test_interleavings.py",),
    ("tests/common/test_mortal.py",),
    ("tests/langue/test_notifications.py",),
)


def _path(nodeid: str) -> str:
    return nodeid.partition("::")[0]


def _rank(path: str) -> int:
    return next((rank for rank, paths in enumerate(LONG) if path.startswith(paths)), len(LONG))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest."""
    items.sort(key=lambda item: _rank(_path(item.nodeid)))


class Together(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types.
    """Gives a worker a whole file at a time, or all that shares a hub."""

    def _split_scope(self, nodeid: str) -> str:
        path = _path(nodeid)
        rank = _rank(path)
        return path if rank == len(LONG) else f"long {rank}"


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    """Whatever `--dist` says: what belongs together stays together, in the order of the collection."""
    config.option.loadscopereorder = False
    return Together(config, log)
