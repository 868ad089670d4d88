"""The worker that turns messages into cases: consume, judge, store, and only then commit."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence

from enforcement.bench import Bench
from enforcement.distances import Distances
from enforcement.evidence_store import EvidenceStore
from enforcement.gathering import Gathering, Pace
from enforcement.halting import Halt, RefusalWatch
from enforcement.handling import Handling
from enforcement.holding import Holding, Stopped
from enforcement.housekeeping import Housekeeping
from enforcement.neighbours import Neighbours
from enforcement.policy import Policy
from enforcement.reading import Reading
from enforcement.receiving import Receiving
from enforcement.register_asking import Register
from enforcement.report import DrainReport
from enforcement.road import Road
from enforcement.store import Store
from enforcement.unit_watch import UnitWatch
from streams.bus import Bus, BusFull, BusUnavailable, Record
from streams.events import Events
from streams.metrics import BATCH_AGE, BATCH_RECORDS, BATCH_STAGE, WORKER_HELD
from streams.topics import Topic

__all__ = ["DrainReport", "Enforcer", "Halt", "Pace"]

GROUP = "enforcement"
TOPICS = (Topic.EVIDENCE, Topic.PASSAGES, Topic.DECISIONS, Topic.HEARTBEATS)
_IDLE_S = 0.25
_LOOK_ROUND_S = 2.0  # how soon it is known that nothing waits on a quiet partition
_LONGEST_PAUSE_S = 30.0
_JUDGES_S = 2.0  # a group waits for its members no longer than they judge

#: Carries out a step, however long that takes, and looks ahead meanwhile.
Carry = Callable[[Callable[[], DrainReport], Callable[[], bool]], DrainReport]

_events = Events(__name__)
_COMMIT = BATCH_STAGE.labels("commit")


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
        register: Register | None = None,
        pace: Pace | None = None,
        halt: Halt | None = None,
        beat: Callable[[], None] = lambda: None,
        receiving: Receiving | None = None,
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        """Work with ``policies`` and ``roads`` by camera id. The store's migrations must have run.

        All workers of a group need the same: any of them may be given any camera's passages. ``distances``
        between the cameras are needed where cloned plates are looked for. ``register`` is asked for keepers,
        without one the register in the store. ``beat`` is called each time the loop goes round, also while a
        batch is held. ``receiving`` countersigns the units' statements.

        Raises:
            PolicyError: when a policy's section names a line that is not on the road of its camera.
        """
        self._bus = bus
        reading = Reading(lambda camera: bus.partition_of(Topic.PASSAGES, camera))
        self._bench = Bench(store, policies, roads, distances, reading=reading, register=register)
        units = UnitWatch(policies)
        watch = RefusalWatch(halt or Halt())
        self._handling = Handling(bus, store, evidence, self._bench, watch, units, receiving, clock=clock)
        self._house = Housekeeping(store, self._handling.index, units, receiving, clock, holds=self._holds)
        self._neighbours = Neighbours(bus, self._bench)
        self._pace = pace or Pace()
        self._beat = beat
        self._looked_round_s = 0.0
        self._handled_ns = 0
        self._gathering: Gathering | None = None

    @property
    def share(self) -> frozenset[int]:
        """The partitions of the passages that are this worker's now; one too many in its group has none."""
        parts = self._gathering.parts if self._gathering is not None else ()
        return frozenset(number for topic, number in parts if topic is Topic.PASSAGES)

    @property
    def has_share(self) -> bool:
        """Whether it has any."""
        return bool(self.share)

    def _holds(self, camera_id: str) -> bool:
        return self._bus.partition_of(Topic.PASSAGES, camera_id) in self.share

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
        gathering = self._join(Pace(self._pace.records, 0.0))
        try:
            while gathering.gather(idle_s) or gathering.moved:
                self._beat()
                report += self._finish(gathering, _at_once)
            report += self._look_round(gathering, _at_once)
        finally:
            self._leave(gathering)
        return report

    def _work(self, stop: threading.Event) -> DrainReport:
        report = DrainReport()
        gathering = self._join(self._pace)
        holding = Holding(gathering.subscription, stop, self._beat)
        try:
            while not stop.is_set():
                self._beat()
                if gathering.gather(_IDLE_S) or gathering.moved:
                    report += self._finish(gathering, holding.carry_out)
                if time.monotonic() >= self._looked_round_s + _LOOK_ROUND_S:
                    report += self._look_round(gathering, holding.carry_out)
                for duty in self._house.due():
                    holding.carry_out(duty, _nothing_ahead)
        except Stopped:
            _events.warning("stopped", "Stopped with a batch that is not stored; it is delivered again.")
        finally:
            self._leave(gathering)
        return report

    def _join(self, pace: Pace) -> Gathering:
        remembers_ns = self._bench.remembers_ns
        memory = {Topic.PASSAGES: remembers_ns} if remembers_ns else None
        self._gathering = Gathering(
            lambda shares: self._bus.subscribe(TOPICS, GROUP, shares=shares, remembers_ns=memory), pace
        )
        return self._gathering

    def _leave(self, gathering: Gathering) -> None:
        """Finish nothing, and let others have the partitions."""
        gathering.subscription.close()
        self._neighbours.close()
        WORKER_HELD.set(0)

    def _finish(self, gathering: Gathering, carry: Carry) -> DrainReport:
        """Handle what was gathered, and commit it."""
        if gathering.moved:
            self._move(gathering, carry)
        BATCH_RECORDS.observe(len(gathering.records))
        WORKER_HELD.set(len(gathering.records))

        heard = threading.Event()

        def step() -> DrainReport:
            # What another member was given meanwhile is left out when the batch is tried again.
            records = gathering.records
            self._handled_ns = max((record.published_at_ns for record in records), default=self._handled_ns)
            try:
                news = self._neighbours.keep_up(self._handled_ns)
                return self._handling.handle(records, heard.set) if records or news else DrainReport()
            finally:
                heard.set()

        def look_ahead() -> bool:
            # Not before the rules were asked, which takes all of a core: then the store is waited for.
            if not heard.wait(_JUDGES_S):
                return False
            more = gathering.look_ahead()
            if gathering.ahead:
                self._handling.read_ahead(gathering.ahead)
            return more and not gathering.ahead

        report = carry(step, look_ahead)
        with _COMMIT.time():
            gathering.subscription.commit(self._neighbours.done_ns)
        WORKER_HELD.set(0)
        BATCH_AGE.observe(time.monotonic() - gathering.began_s)
        return report

    def _move(self, gathering: Gathering, carry: Carry) -> None:
        """Partitions came or went: judge what ends in them, and remember what lies before."""
        came = frozenset(number for topic, number in gathering.take_came() if topic is Topic.PASSAGES)
        if self._bench.remembers_ns:
            places = gathering.subscription.places(Topic.PASSAGES)

            def step() -> DrainReport:
                self._neighbours.move(places, came)
                return DrainReport()

            carry(step, _nothing_ahead)

    def _look_round(self, gathering: Gathering, carry: Carry) -> DrainReport:
        """All that was polled is handled: see who came elsewhere, and forget who waits in vain."""
        self._looked_round_s = time.monotonic()
        reached = gathering.subscription.reached(Topic.PASSAGES) if self._bench.remembers_ns else {}

        def step() -> DrainReport:
            self._bench.reading.reached(reached)
            # In a backlog others are read no further than what is judged: who comes later is of no use yet.
            until_ns = time.time_ns() if reached.keys() >= self.share else self._handled_ns
            if self._neighbours.keep_up(until_ns) or self._bench.sections.matches():
                return self.handle([])
            return self._handling.end_waiting()

        report = carry(step, _nothing_ahead)
        gathering.subscription.commit(self._neighbours.done_ns)
        return report

    def sweep(self) -> None:
        """Erase pictures whose passage never came, or whose match nobody remembers; close gaps left open."""
        self._house.sweep()

    def handle(self, records: Sequence[Record]) -> DrainReport:
        """Handle records of any of the worker's topics; when this returns, they may be committed."""
        return self._handling.handle(records)


def _at_once(step: Callable[[], DrainReport], _look_ahead: Callable[[], bool]) -> DrainReport:
    return step()


def _nothing_ahead() -> bool:
    return False
