"""How many cases ended how: numbers beside tabs, which need not be of this very second if they are great."""

from __future__ import annotations

import time
from collections.abc import Callable

from enforcement.store import Store

SETTLED = ("confirmed", "rejected", "lapsed")
#: So many cases are counted whenever somebody asks.
FEW = 100_000
#: The numbers of more of them are kept for so long: nobody decides by them, and a month that is being decided
#: has to be merged while it is counted.
KEPT_S = 60.0


class SettledCounts:
    """Counts for one process. Safe to use from several threads."""

    def __init__(self, store: Store, *, few: int = FEW, clock: Callable[[], float] = time.monotonic) -> None:
        """Count in ``store``, whose migrations have run; ``clock`` gives seconds."""
        self._store = store
        self._few = few
        self._clock = clock
        self._kept: tuple[float, dict[str, int]] = (-KEPT_S, {})

    def now(self) -> dict[str, int]:
        """The number of each status in ``SETTLED``; of more than a few cases at most ``KEPT_S`` old."""
        counted_at, kept = self._kept
        if kept and self._clock() - counted_at < KEPT_S and sum(kept.values()) > self._few:
            return dict(kept)
        counts = dict.fromkeys(SETTLED, 0)
        began = self._clock()
        # All rows of a case lie in one partition, so partitions need not be compared with one another.
        counts.update(
            self._store.query(
                """SELECT toString(status), count() FROM cases FINAL
                WHERE status IN {settled:Array(String)} AND erased_at IS NULL GROUP BY status
                SETTINGS do_not_merge_across_partitions_select_final = 1""",
                {"settled": list(SETTLED)},
            )
        )
        self._kept = (began, counts)
        return dict(counts)
