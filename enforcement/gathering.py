"""Gathering what comes on the bus into batches, by number, by size and by time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from streams.bus import Part, Record, Shares, Subscription

#: So many bytes of records are held at most, about: pictures are large.
_MOST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Pace:
    """A batch is handled when it has ``records``, or ``seconds`` after its first one came."""

    records: int = 5000
    seconds: float = 0.5


class Gathering:
    """The batch that is being gathered, and held until it is handled. Not for several threads.

    What another member of the group is given meanwhile is dropped from it: that one handles it.
    """

    def __init__(self, subscribe: Callable[[Shares], Subscription], pace: Pace) -> None:
        """``subscribe`` with this as the one that is told of partitions."""
        self.records: list[Record] = []
        self.began_s = 0.0
        #: What this member has now.
        self.parts: frozenset[Part] = frozenset()
        self._bytes = 0
        self._pace = pace
        self._came: frozenset[Part] = frozenset()
        self._moved = False
        self.subscription = subscribe(self)

    def gather(self, wait_s: float) -> list[Record]:
        """The next batch; empty when nothing came within ``wait_s``."""
        self.records, self._bytes = [], 0
        self._poll(wait_s)
        self.began_s = time.monotonic()
        while self.records and len(self.records) < self._pace.records and self._bytes < _MOST_BYTES:
            left_s = self.began_s + self._pace.seconds - time.monotonic()
            if not self._poll(max(0.0, left_s)) and left_s <= 0.0:
                break
        return self.records

    @property
    def moved(self) -> bool:
        """Whether partitions came or went since :meth:`take_came`."""
        return self._moved

    def take_came(self) -> frozenset[Part]:
        """The partitions that came since the last call, and are still here."""
        came, self._came, self._moved = self._came, frozenset(), False
        return came

    def given(self, parts: frozenset[Part]) -> None:
        """These are this member's now."""
        self.parts |= parts
        self._came |= parts
        self._moved = True

    def taken(self, parts: frozenset[Part]) -> None:
        """These are another member's now."""
        # A new list: whoever handles the old one finishes it.
        self.records = [record for record in self.records if record.part not in parts]
        self.parts -= parts
        self._came -= parts
        self._moved = True

    def _poll(self, wait_s: float) -> int:
        came = self.subscription.poll(wait_s, max(1, self._pace.records - len(self.records)))
        self._bytes += sum(len(record.value) for record in came)
        # A new list, since :meth:`taken` may have replaced it within the poll.
        self.records = [*self.records, *came] if self.records else list(came)
        return len(came)
