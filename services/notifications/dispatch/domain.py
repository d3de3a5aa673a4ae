"""When a sending that failed is tried again."""

from collections.abc import Sequence
from datetime import timedelta

JITTER = 0.2


def attente(tentative: int, hasard: float, plan: Sequence[float]) -> timedelta | None:
    """How long to wait after the failed try number `tentative` (from 1), or None when it was the last.

    `plan` is in seconds. `hasard` in [0, 1] moves the wait by up to 20 % either way, so that many sendings that failed
    together do not come back together.
    """
    if tentative > len(plan):
        return None
    return timedelta(seconds=plan[tentative - 1] * (1 + JITTER * (2 * hasard - 1)))
