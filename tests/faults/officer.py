"""An officer who decides cases while everything breaks."""

from __future__ import annotations

import random
import threading
import time
from contextlib import suppress

from enforcement.casebook import CaseBook
from enforcement.errors import StoreError
from enforcement.reviewing.faults import CHECKS
from enforcement.store import Store
from streams.bus import Bus, BusUnavailable
from streams.connect import open_bus
from streams.encoding import encode
from streams.messages import Decision
from streams.topics import Topic

_EVERY_S = 0.7
_SHARE = 0.4


class Officer(threading.Thread):
    """Decides some of the cases that are in the store, each once; sends a decision until it is taken.

    ``sent`` are the decisions that the bus has acknowledged. Some are sent twice, some cases are decided a
    second time, which must change nothing.
    """

    def __init__(self, seed: int, bus_url: str, store_url: str) -> None:
        super().__init__(name="officer", daemon=True)
        self.sent: list[Decision] = []
        self._chance = random.Random(f"officer {seed}")
        self._bus_url = bus_url
        self._store_url = store_url
        self._store: Store | None = None
        self._bus: Bus | None = None
        self._seen: set[str] = set()
        self._number = 0
        self._enough = threading.Event()
        self._pause = threading.Event()

    def enough(self) -> None:
        """Decide what is there by now and no more; what is begun is still sent."""
        self._enough.set()

    @property
    def done(self) -> bool:
        """Whether everything has been sent, after :meth:`enough`."""
        return not self.is_alive()

    def close(self) -> None:
        """Release the connections."""
        if self._store is not None:
            self._store.close()
        if self._bus is not None:
            with suppress(BusUnavailable):
                self._bus.close()

    def run(self) -> None:
        enough = False
        while not enough:  # a last time afterwards, since on a busy machine cases come late
            enough = self._enough.wait(_EVERY_S)
            for case in self._new_cases():
                if self._chance.random() < _SHARE:
                    self._decide(case)

    def _new_cases(self) -> list[str]:
        try:
            self._store = self._store or Store.server(self._store_url)
            rows = self._store.query("SELECT DISTINCT violation_id FROM violations ORDER BY violation_id")
        except StoreError:
            return []
        new = [case for (case,) in rows if case not in self._seen]
        self._seen.update(new)
        return new

    def _is_complete(self, case: str) -> bool:
        """Whether all of its evidence has come: else the page would not let it be confirmed."""
        try:
            found = CaseBook(self._store).case(case) if self._store else None
        except StoreError:
            return False
        return found is not None and not found.missing_evidence

    def _decide(self, case: str) -> None:
        times = self._chance.choice((1, 1, 1, 2))
        for officer in ("officer-1", "officer-2")[:times]:
            self._number += 1
            rejected = self._chance.random() < 0.3 or not self._is_complete(case)
            decision = Decision(
                f"d-{self._number}",
                case,
                officer,
                "rejected" if rejected else "confirmed",
                time.time_ns(),  # by which it is reckoned how long a rejected case is kept
                "image_unusable" if rejected else None,
                checked=() if rejected else CHECKS,
            )
            for _ in range(self._chance.choice((1, 1, 2))):
                self._send(decision)
            self.sent.append(decision)

    def _send(self, decision: Decision) -> None:
        while True:
            try:
                self._bus = self._bus or open_bus(self._bus_url)
                self._bus.publish(Topic.DECISIONS, decision.case_id, encode(decision))
                return
            except BusUnavailable:
                self._pause.wait(0.3)
