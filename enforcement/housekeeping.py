"""What a worker does beside the batches, every now and then."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial

from enforcement.erasing.erasing import Erasing
from enforcement.errors import EvidenceFull, EvidenceUnreachable, StoreFull, StoreUnreachable
from enforcement.evidence_index import EvidenceIndex
from enforcement.lapsing import close_lapsed
from enforcement.open_cases import tidy
from enforcement.quality.watching import QualityWatch
from enforcement.receiving import Receiving
from enforcement.retention import retention_of
from enforcement.rolling import rewrite_days, rewrite_hours
from enforcement.store import Store
from enforcement.unit_watch import UnitWatch
from streams.bus import BusUnavailable
from streams.errors import RoadwitnessError
from streams.events import Events
from streams.topics import RETENTION_S, Topic

_MINUTE_S = 60.0
_QUALITY_S = 600.0
_HOUR_S = 3600.0
_DAY_NS = 24 * 3600 * 10**9
_ORPHAN_AGE_NS = _DAY_NS
#: What the worker waits for, or ends at, whatever it is doing.
_OF_ALL = (StoreUnreachable, StoreFull, EvidenceUnreachable, EvidenceFull, BusUnavailable)
#: What the log of passages has no more can no longer be matched by anybody.
_FORGOTTEN_NS = (RETENTION_S[Topic.PASSAGES] or 0) * 10**9

_events = Events(__name__)


class Housekeeping:
    """Small duties with a time each. For one thread at a time."""

    def __init__(
        self,
        store: Store,
        index: EvidenceIndex,
        units: UnitWatch,
        receiving: Receiving | None = None,
        clock: Callable[[], int] = time.time_ns,
        *,
        holds: Callable[[str], bool],
    ) -> None:
        """``holds`` says of a camera whether its passages are this worker's now."""
        self._store = store
        self._index = index
        self._clock = clock
        self._duties: list[tuple[float, Callable[[], object]]] = [
            (_HOUR_S, self.sweep),
            (_MINUTE_S, lambda: rewrite_hours(store)),
            (_MINUTE_S, lambda: rewrite_days(store)),
            (_MINUTE_S, units.forget_stale),
            (_MINUTE_S, lambda: close_lapsed(store, clock=clock)),
            (_HOUR_S, Erasing(store, index, clock=clock).run),
            (_QUALITY_S, QualityWatch(store).look),
            (_HOUR_S, lambda: tidy(store)),
        ]
        if receiving is not None:
            self._duties.append((_MINUTE_S, partial(receiving.stamp_beside, holds)))
        self._due_s = [0.0] * len(self._duties)

    def due(self) -> Iterator[Callable[[], object]]:
        """What is to be done now, each as a step."""
        for number, (every_s, duty) in enumerate(self._duties):
            if time.monotonic() >= self._due_s[number]:
                yield partial(_do, duty)
                self._due_s[number] = time.monotonic() + every_s

    def sweep(self) -> None:
        """Erase pictures whose passage never came, whose match is forgotten, or whose case's time is up."""
        now = self._clock()
        self._index.discard_orphans(now - _ORPHAN_AGE_NS)
        self._index.discard_unmatched(now - _FORGOTTEN_NS)
        if (kept_ns := self._cases_kept_ns()) is not None:
            # A day before the database forgets them, since afterwards nobody knows of the bytes.
            self._index.discard_expired(now - kept_ns + min(_DAY_NS, kept_ns // 10))
        self._index.mend_gaps()

    def _cases_kept_ns(self) -> int | None:
        days = [kept.days for kept in retention_of(self._store) if kept.table == "violations"]
        return None if not days or days[0] is None else round(days[0] * _DAY_NS)


def _do(duty: Callable[[], object]) -> None:
    """One that is refused, as erasing where a bucket lets nobody delete, keeps nothing else undone."""
    try:
        duty()
    except _OF_ALL:
        raise
    except RoadwitnessError as error:
        _events.error("duty-failed", failure=error)
