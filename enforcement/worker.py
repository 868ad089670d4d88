"""The worker that turns messages into cases: consume, judge, store, and only then commit."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence

from enforcement.batch import Batch, read_batch
from enforcement.bench import Bench, Judgements
from enforcement.decisions import accept_decisions
from enforcement.distances import Distances
from enforcement.errors import EvidenceCorrupt, EvidenceUnreachable, RowsRefused, StoreUnreachable
from enforcement.evidence_index import EvidenceIndex
from enforcement.evidence_store import EvidenceStore
from enforcement.policy import Policy
from enforcement.report import DrainReport
from enforcement.road import Road
from enforcement.rows import (
    CASE_EVENTS,
    EXEMPTED,
    PASSAGES,
    VIOLATIONS,
    Row,
    exempted_row,
    opened_row,
    passage_row,
    violation_row,
)
from enforcement.store import Store
from streams.bus import Bus, BusFull, BusUnavailable, Record
from streams.dead_letters import publish_dead_letter
from streams.topics import Topic

__all__ = ["DrainReport", "Enforcer"]

GROUP = "enforcement"
_TOPICS = (Topic.EVIDENCE, Topic.PASSAGES, Topic.DECISIONS)
_ORPHAN_AGE_NS = 24 * 3600 * 10**9
_SWEEP_EVERY_S = 3600.0
_LONGEST_PAUSE_S = 30.0

_log = logging.getLogger(__name__)


class Enforcer:
    """Consumes passages, evidence and decisions, and keeps the cases in the store.

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
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        """Work with ``policies`` and ``roads`` by camera id. The store's migrations must have run.

        ``distances`` between the cameras are needed where cloned plates are looked for.

        Raises:
            PolicyError: when a policy's section names a line that is not on the road of its camera.
        """
        self._bus = bus
        self._store = store
        self._evidence = evidence
        self._bench = Bench(store, policies, roads, distances, clock=clock)
        self._recalled = False
        self._index = EvidenceIndex(store, evidence, clock=clock)
        self._clock = clock

    def run(self, stop: threading.Event) -> DrainReport:
        """Work until ``stop`` is set; wait and try again while store, evidence or bus cannot be reached.

        Raises:
            StoreFull, EvidenceFull, BusFull: when a disk is full; nothing was committed that was not stored.
        """
        report = DrainReport()
        pause_s = 1.0
        while not stop.is_set():
            try:
                report += self._work(stop)
                pause_s = 1.0
            except BusFull:
                raise
            except (StoreUnreachable, EvidenceUnreachable, BusUnavailable) as error:
                _log.warning("%s Trying again in %.0f s.", error, pause_s)
                stop.wait(pause_s)
                pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
        return report

    def drain(self, idle_s: float = 0.5) -> DrainReport:
        """Handle all that is on the bus, until nothing more comes for ``idle_s`` seconds.

        Over Kafka, where joining the group takes its time, give several seconds.
        """
        report = DrainReport()
        self._recall()
        subscription = self._bus.subscribe(_TOPICS, GROUP)
        try:
            while records := subscription.poll(idle_s):
                report += self.handle(records)
                subscription.commit()
        finally:
            subscription.close()
        return report

    def _work(self, stop: threading.Event) -> DrainReport:
        report = DrainReport()
        sweep_at = time.monotonic()
        self._recall()
        subscription = self._bus.subscribe(_TOPICS, GROUP)
        try:
            while not stop.is_set():
                if records := subscription.poll(0.25):
                    report += self.handle(records)
                else:
                    report += DrainReport(evidence_discarded=self._end_waiting())
                subscription.commit()
                if time.monotonic() >= sweep_at:
                    self.sweep()
                    sweep_at = time.monotonic() + _SWEEP_EVERY_S
        finally:
            subscription.close()
        return report

    def _recall(self) -> None:
        """Remember what the bus still has of the time for which plates are remembered; once."""
        if self._recalled or not self._bench.remembers_ns:
            return
        for record in self._bus.recall(Topic.PASSAGES, self._clock() - self._bench.remembers_ns):
            for _, passage in read_batch([record]).passages:
                self._bench.remember(passage)
        self._recalled = True

    def sweep(self) -> None:
        """Erase pictures whose passage never came, or whose match nobody remembers any more."""
        self._index.discard_orphans(self._clock() - _ORPHAN_AGE_NS)
        self._index.discard_unmatched(self._clock() - self._bench.remembers_ns)

    def handle(self, records: Sequence[Record]) -> DrainReport:
        """Handle records of any of the worker's topics; when this returns, they may be committed."""
        try:
            return self._apply(records)
        except RowsRefused:
            # One message has a value that no column can hold: find it by handling each on its own.
            report = DrainReport()
            for record in records:
                report += self._apply_alone(record)
            return report

    def _apply_alone(self, record: Record) -> DrainReport:
        try:
            return self._apply([record])
        except RowsRefused as error:
            # Should a match be what cannot be held, it must not stop what comes after it.
            self._bench.sections.settle(self._bench.sections.matches())
            publish_dead_letter(self._bus, record, str(error), clock=self._clock)
            return DrainReport(dead_letters=1)

    def _apply(self, records: Sequence[Record]) -> DrainReport:
        batch = read_batch(records)
        judgements = self._bench.judge(batch)
        stored = self._store_evidence(batch, judgements.released)
        self._store_findings(judgements)
        # The passage's row says that it was judged, so it comes after what keeps its evidence.
        facts = [fact for p, fate in judgements.judged for fact in self._index.judged(p, fate)]
        facts += [fact for p in judgements.kept for fact in self._index.judged(p, "kept")]
        self._index.record([*stored, *facts])
        self._store.insert("passages", PASSAGES, [passage_row(p) for p, _ in judgements.judged])
        self._bench.sections.settle(judgements.matches)
        decisions = accept_decisions(self._store, batch)
        discarded = self._index.discard_released(row[0] for row in [*stored, *facts]) + self._end_waiting()
        for record, reason in batch.refused:
            _log.warning("a message of topic %s goes to the dead letters: %s", record.topic.value, reason)
            publish_dead_letter(self._bus, record, reason, clock=self._clock)
        return DrainReport(
            passages=len(judgements.judged),
            violations=len(judgements.found),
            evidence_stored=len(stored),
            evidence_discarded=discarded,
            decisions=decisions,
            dead_letters=len(batch.refused),
        )

    def _store_findings(self, judgements: Judgements) -> None:
        found = judgements.found
        violations = [violation_row(each.passage, each.finding, each.plate, each.keeper) for each in found]
        self._store.insert("violations", VIOLATIONS, violations)
        opened = [opened_row(each.passage, each.finding) for each in found]
        self._store.insert("case_events", CASE_EVENTS, opened)
        aside = [exempted_row(each.passage, each.finding, each.reason) for each in judgements.set_aside]
        self._store.insert("exempted_findings", EXEMPTED, aside)

    def _end_waiting(self) -> int:
        """Erase the pictures of passages whose other half never came, or that broke no rule with it."""
        ended = self._bench.sections.ended()
        facts = [fact for passage in ended for fact in self._index.judged(passage, "released")]
        self._index.record(facts)
        discarded = self._index.discard_released(row[0] for row in facts)
        self._bench.sections.release(ended)
        return discarded

    def _store_evidence(self, batch: Batch, released: set[str]) -> list[Row]:
        """Put the batch's evidence into the folder; what is known to be of no use never gets there."""
        facts = []
        for record, item in batch.evidence:
            if item.passage_id in released:
                continue
            try:
                self._evidence.put(item.digest, item.content, item.media_type, item.sealed)
            except EvidenceCorrupt as error:
                batch.refused.append((record, str(error)))
            else:
                facts.append(self._index.stored(item))
        return facts
