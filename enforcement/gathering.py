"""Gathering what comes on the bus into batches, by number, by size and by time."""

from __future__ import annotations

import time
from dataclasses import dataclass

from streams.bus import Part, Record, Subscription

#: So many bytes of records are held at most, about: pictures are large.
_MOST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Pace:
    """A batch is handled when it has ``records``, or ``seconds`` after its first one came."""

    records: int = 5000
    seconds: float = 0.5


class Gathering:
    """The batch that is being gathered, and held until it is handled. Not for several threads."""

    def __init__(self, subscription: Subscription, pace: Pace) -> None:
        self._subscription = subscription
        self._pace = pace
        self.records: list[Record] = []
        self.began_s = 0.0

    def gather(self, wait_s: float) -> list[Record]:
        """The next batch; empty when nothing came within ``wait_s``."""
        self.records = []
        self._poll(wait_s)
        self.began_s = time.monotonic()
        while self.records and len(self.records) < self._pace.records and self._bytes < _MOST_BYTES:
            left_s = self.began_s + self._pace.seconds - time.monotonic()
            if not self._poll(max(0.0, left_s)) and left_s <= 0.0:
                break
        return self.records

    def drop(self, parts: frozenset[Part]) -> None:
        """Another member is given what was gathered of ``parts``."""
        # A new list: whoever handles the old one finishes it.
        self.records = [record for record in self.records if record.part not in parts]

    def _poll(self, wait_s: float) -> int:
        came = self._subscription.poll(wait_s, max(1, self._pace.records - len(self.records)))
        if not self.records:
            self._bytes = 0
        self._bytes += sum(len(record.value) for record in came)
        self.records = [*self.records, *came] if self.records else list(came)
        return len(came)
