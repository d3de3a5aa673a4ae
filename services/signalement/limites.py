"""How often an address of the network may do something. Kept in memory only: nobody's address is ever written down."""

from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from fastapi import Request

from common.clock import Clock, utc_now
from common.errors import TropDeDemandes

MINUTE = timedelta(minutes=1)


class Limite:
    """At most `nombre` times in `duree` for one key; each process counts for itself."""

    def __init__(self, nombre: int, duree: timedelta = MINUTE) -> None:
        self.nombre = nombre
        self.duree = duree
        self.seen: dict[str, deque[datetime]] = {}
        self.swept: datetime | None = None

    def count(self, key: str, now: datetime) -> None:
        """Count once more. Raises TropDeDemandes when that is too often."""
        self._forget(now)
        times = self.seen.setdefault(key, deque())
        while times and times[0] <= now - self.duree:
            times.popleft()
        if len(times) >= self.nombre:
            raise TropDeDemandes(int((times[0] + self.duree - now).total_seconds()) + 1)
        times.append(now)

    def _forget(self, now: datetime) -> None:
        """Drop, now and then, the keys that have been quiet, so that memory does not grow with the visitors."""
        if self.swept is None or now - self.swept > self.duree:
            self.swept = now
            for key in [key for key, times in self.seen.items() if times[-1] <= now - self.duree]:
                del self.seen[key]


def by_address(nombre: int, duree: timedelta = MINUTE, clock: Clock = utc_now) -> Callable[[Request], Awaitable[None]]:
    """A dependency that limits how often one address of the network may call an endpoint."""
    limite = Limite(nombre, duree)

    async def check(request: Request) -> None:
        limite.count(request.client.host if request.client else "-", clock())

    return check
