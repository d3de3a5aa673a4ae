"""Deliveries that start as they are written: while little is under way, the statement that adds them claims them."""

from collections.abc import Mapping, Sequence
from typing import Any

from common.clock import Clock, utc_now
from notifications.dispatch.loop import Dispatch
from notifications.livraisons import store
from notifications.livraisons.livreur import Livreur

# With more than this share of the places taken, somebody may be slow: deliveries then wait their turn among all.
PART = 4


class Aussitot:
    """Claims for a dispatch, and starts what was claimed."""

    def __init__(self, dispatch: Dispatch, livreur: Livreur, clock: Clock = utc_now) -> None:
        self.dispatch = dispatch
        self.livreur = livreur
        self.clock = clock

    def prepare(self, rows: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
        """These rows of `store.HEARD`, in the name of this process where it has room for them."""
        places = self.livreur.places
        if not self.dispatch.holding or (places.under_way.total() + len(rows)) * PART > places.total:
            return rows
        claim = {"porteur": self.dispatch.holder, "bail": self.clock() + store.LEASE}
        return [{**row, **claim} for row in rows]

    def start(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Start what was claimed, once it is committed."""
        if rows:
            self.dispatch.start(self.livreur.sendings(store.claimed(rows)))
