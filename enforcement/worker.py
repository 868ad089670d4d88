"""The worker that turns messages into cases: consume, judge, store, and only then commit."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence

from enforcement.batch import read_batch
from enforcement.bench import Bench
from enforcement.distances import Distances
from enforcement.evidence_store import EvidenceStore
from enforcement.gathering import Gathering, Pace
from enforcement.halting import Halt, RefusalWatch
from enforcement.handling import Handling
from enforcement.holding import Holding, Stopped
from enforcement.policy import Policy
from enforcement.report import DrainReport
from enforcement.road import Road
from enforcement.store import Store
from streams.bus import Bus, BusFull, BusUnavailable, Part, Record, Subscription
from streams.events import Events
from streams.metrics import BATCH_AGE, BATCH_RECORDS, WORKER_HELD
from streams.topics import Topic

__all__ = ["DrainReport", "Enforcer", "Halt", "Pace"]

GROUP = "enforcement"
TOPICS = (Topic.EVIDENCE, Topic.PASSAGES, Topic.DECISIONS, Topic.HEARTBEATS)
_ORPHAN_AGE_NS = 24 * 3600 * 10**9
_SWEEP_EVERY_S = 3600.0
_IDLE_S = 0.25
_LONGEST_PAUSE_S = 30.0

_events = Events(__name__)


class Enforcer:
    """Consumes what the roadside and the officers send, and keeps the cases in the store.

    The offsets of a batch are committed after its rows and its evidence are on the disk. Whatever kills the
    process in between, the batch comes again and writes the same rows, because every id is a function of the
    message. A message that cannot be handled goes to the dead letters, and the flow goes on.
    """

    def __init__(
        self,
        bus: Bus,
        store: Store,
        evidence: EvidenceStore,
        policies: Mapping[str, Policy],
        *,
        roads: Mapping[str, Road] | None = None,
        distances: Distances | None = None,
        pace: Pace | None = None,
        halt: Halt | None = None,
        beat: Callable[[], None] = lambda: None,
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        """Work with ``policies`` and ``roads`` by camera id. The store's migrations must have run.

        ``distances`` between the cameras are needed where cloned plates are looked for. ``beat`` is called
        each time the loop goes round, also while a batch is held.

        Raises:
            PolicyError: when a policy's section names a line that is not on the road of its camera.
        """
        self._bus = bus
        self._bench = Bench(store, policies, roads, distances, clock=clock)
        self._recalled = False
        self._handling = Handling(
            bus, store, evidence, self._bench, RefusalWatch(halt or Halt()), clock=clock
        )
        self._pace = pace or Pace()
        self._beat = beat
        self._clock = clock

    def run(self, stop: threading.Event) -> DrainReport:
        """Work until ``stop`` is set; hold what was polled while store or evidence cannot be reached.

        Raises:
            StoreFull, EvidenceFull, BusFull: when a disk is full; nothing was committed that was not stored.
            TooMuchRefused: when too much of what comes cannot be handled.
        """
        report = DrainReport()
        pause_s = 1.0
        while not stop.is_set():
            try:
                report += self._work(stop)
                pause_s = 1.0
            except BusFull:
                raise
            except BusUnavailable as error:
                _events.warning("bus-away", f"{error} Trying again in {pause_s:.0f} s.", pause_s=pause_s)
                stop.wait(pause_s)
                pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
        return report

    def drain(self, idle_s: float = 0.5) -> DrainReport:
        """Handle all that is on the bus, until nothing more comes for ``idle_s`` seconds.

        Over Kafka, where joining the group takes its time, give several seconds.
        """
        report = DrainReport()
        self._recall()
        subscription = self._bus.subscribe(TOPICS, GROUP)
        gathering = Gathering(subscription, Pace(self._pace.records, 0.0))
        try:
            while records := gathering.gather(idle_s):
                report += self.handle(records)
                subscription.commit()
        finally:
            subscription.close()
        return report

    def _work(self, stop: threading.Event) -> DrainReport:
        report = DrainReport()
        sweep_at = time.monotonic()
        self._recall()
        moves = _Moves()
        subscription = self._bus.subscribe(TOPICS, GROUP, shares=moves)
        moves.gathering = gathering = Gathering(subscription, self._pace)
        holding = Holding(subscription, stop, self._beat)
        try:
            while not stop.is_set():
                self._beat()
                if gathering.gather(_IDLE_S):
                    report += self._finish(gathering, subscription, holding)
                else:
                    report += holding.carry_out(self._handling.end_waiting)
                    subscription.commit()
                if time.monotonic() >= sweep_at:
                    holding.carry_out(self.sweep)
                    sweep_at = time.monotonic() + _SWEEP_EVERY_S
        except Stopped:
            _events.warning("stopped", "Stopped with a batch that is not stored; it is delivered again.")
        finally:
            subscription.close()
        return report

    def _finish(self, gathering: Gathering, subscription: Subscription, holding: Holding) -> DrainReport:
        """Handle what was gathered, and commit it."""
        BATCH_RECORDS.observe(len(gathering.records))
        WORKER_HELD.set(len(gathering.records))
        # What another member was given meanwhile is left out when the batch is tried again.
        report = holding.carry_out(lambda: self.handle(gathering.records))
        subscription.commit()
        WORKER_HELD.set(0)
        BATCH_AGE.observe(time.monotonic() - gathering.began_s)
        return report

    def _recall(self) -> None:
        """Remember what the bus still has of the time for which plates are remembered; once."""
        if self._recalled or not self._bench.remembers_ns:
            return
        for record in self._bus.recall(Topic.PASSAGES):
            for _, passage in read_batch([record]).passages:
                self._bench.remember(passage)
        self._recalled = True

    def sweep(self) -> None:
        """Erase pictures whose passage never came, or whose match nobody remembers; close gaps left open."""
        self._handling.index.discard_orphans(self._clock() - _ORPHAN_AGE_NS)
        self._handling.index.discard_unmatched(self._clock() - self._bench.remembers_ns)
        self._handling.index.mend_gaps()

    def handle(self, records: Sequence[Record]) -> DrainReport:
        """Handle records of any of the worker's topics; when this returns, they may be committed."""
        return self._handling.handle(records)


class _Moves:
    """Takes what another member was given out of the batch that is gathered or held here."""

    gathering: Gathering | None = None

    def given(self, parts: frozenset[Part]) -> None:
        """Nothing of them was gathered yet."""

    def taken(self, parts: frozenset[Part]) -> None:
        if self.gathering is not None:
            self.gathering.drop(parts)
