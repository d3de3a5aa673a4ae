"""How many deliveries may be under way, in all and for each endpoint, so that one that hangs delays nobody else."""

import time
from collections import Counter
from uuid import UUID

# An endpoint begins with few places, has many while it answers, and one as long as it fails.
NEW, SUSPECT = 4, 1
# After so long without an answer a delivery gives its place to others and waits aside, up to a number of them.
SLOW_SECONDS = 1.0
ASIDE = 150
REMEMBERED = 500


class Places:
    """The places of one process."""

    def __init__(self, total: int, per_host: int) -> None:
        self.total = total
        self.per_host = per_host
        self.since = time.monotonic()
        self.under_way: Counter[UUID] = Counter()
        self.aside = 0
        self.answering: dict[UUID, None] = {}
        self.failing: set[UUID] = set()
        self.waiting: dict[UUID, float] = {}

    @property
    def free(self) -> int:
        """How many more deliveries may start now."""
        return self.total - (self.under_way.total() - self.aside)

    @property
    def age(self) -> float:
        """For how many seconds this process has known what was sent; a rate counts what one before it sent, too."""
        return time.monotonic() - self.since

    def limits(self) -> dict[UUID, int]:
        """How many more each endpoint may get, for those that may not get `NEW`."""
        now = time.monotonic()
        self.waiting = {webhook: until for webhook, until in self.waiting.items() if until > now}
        known = {**self.answering, **dict.fromkeys(self.failing), **dict.fromkeys(self.under_way), **self.waiting}
        return {webhook: max(self._limit(webhook) - self.under_way[webhook], 0) for webhook in known}

    def _limit(self, webhook: UUID) -> int:
        if webhook in self.waiting:
            return 0
        if webhook in self.failing:
            return SUSPECT
        return self.per_host if webhook in self.answering else min(NEW, self.per_host)

    def take(self, webhook: UUID, debit: int | None = None) -> None:
        """A delivery starts; an endpoint with a `debit` (so many a minute) then waits for its next turn."""
        self.under_way[webhook] += 1
        if debit:
            now = time.monotonic()
            self.waiting[webhook] = max(self.waiting.get(webhook, now), now) + 60 / debit

    def step_aside(self, webhook: UUID) -> bool:
        """A delivery has no answer for long. Returns whether it gave its place up, to be said again when it ends."""
        self.failing.add(webhook)
        if self.aside >= ASIDE:
            return False
        self.aside += 1
        return True

    def give_back(self, webhook: UUID, *, answered: bool | None, was_aside: bool) -> None:
        """A delivery ended; `answered` when it succeeded, None when it did not start."""
        self.under_way[webhook] -= 1
        if not self.under_way[webhook]:
            del self.under_way[webhook]
        self.aside -= was_aside
        if answered is None:
            return
        if not answered:
            self.answering.pop(webhook, None)
            self.failing.add(webhook)
        elif not was_aside:
            self.failing.discard(webhook)
            self.answering.pop(webhook, None)
            self.answering[webhook] = None
        while len(self.answering) > REMEMBERED:
            del self.answering[next(iter(self.answering))]
