"""Gathering what comes on the bus into batches, by number, by size and by time.

In a backlog the next batch is begun while the one before is written: the store is waited for anyway.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from streams.bus import Part, Record, Shares, Subscription

#: So many bytes of records a batch has at most, about: pictures are large.
_MOST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Pace:
    """A batch is handled when it has ``records``, or ``seconds`` after its first one came."""

    records: int = 5000
    seconds: float = 0.5


@dataclass(frozen=True)
class _Pile:
    """Records, and how many bytes they are."""

    records: list[Record] = field(default_factory=list)
    size: int = 0

    def with_more(self, came: Sequence[Record]) -> _Pile:
        return _Pile([*self.records, *came], self.size + sum(len(record.value) for record in came))

    def without(self, parts: frozenset[Part]) -> _Pile:
        return _Pile().with_more([record for record in self.records if record.part not in parts])


class Gathering:
    """The batch that is being gathered, and held until it is handled, and what comes for the next one.

    Not for several threads. What another member of the group is given meanwhile is dropped from both: that
    one handles it.
    """

    def __init__(self, subscribe: Callable[[Shares], Subscription], pace: Pace) -> None:
        """``subscribe`` with this as the one that is told of partitions."""
        self.began_s = 0.0
        #: What this member has now.
        self.parts: frozenset[Part] = frozenset()
        self._pace = pace
        # New ones take their place, so that whoever handles an old one finishes it.
        self._batch = self._next = _Pile()
        self._came: frozenset[Part] = frozenset()
        self._moved = False
        self.subscription = subscribe(self)

    @property
    def records(self) -> list[Record]:
        """The batch."""
        return self._batch.records

    def gather(self, wait_s: float) -> list[Record]:
        """The next batch; empty when nothing came within ``wait_s``."""
        self.subscription.take_ahead()
        self._batch, self._next = self._next, _Pile()
        if not self.records:
            self._poll(wait_s)
        self.began_s = time.monotonic()
        while self.records and not self._is_full(self._batch):
            left_s = self.began_s + self._pace.seconds - time.monotonic()
            if not self._poll(max(0.0, left_s)) and left_s <= 0.0:
                break
        return self.records

    def look_ahead(self) -> bool:
        """Poll for the batch after this one; False where nothing came, or there is enough of it.

        Nothing is polled beside a batch that is not full: that one had all that was there.
        """
        if not self._is_full(self._batch) or self._is_full(self._next):
            return False
        came = self.subscription.poll(0.0, self._pace.records - len(self._next.records), ahead=True)
        self._next = self._next.with_more(came)
        return bool(came)

    @property
    def ahead(self) -> list[Record]:
        """The batch after this one, as it will be gathered; empty while more may come to it."""
        return self._next.records if self._is_full(self._next) else []

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
        self._batch, self._next = self._batch.without(parts), self._next.without(parts)
        self.parts -= parts
        self._came -= parts
        self._moved = True

    def _is_full(self, pile: _Pile) -> bool:
        return len(pile.records) >= self._pace.records or pile.size >= _MOST_BYTES

    def _poll(self, wait_s: float) -> int:
        came = self.subscription.poll(wait_s, max(1, self._pace.records - len(self.records)))
        self._batch = self._batch.with_more(came)
        return len(came)
