"""From a batch of records to rows, evidence and dead letters: one batch, as often as it comes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from enforcement.batch import Batch, Refusal, read_batch
from enforcement.bench import Bench, Judgements
from enforcement.counting import count_handled
from enforcement.decisions import accept_decisions
from enforcement.errors import RowsRefused
from enforcement.evidence_index import EvidenceIndex
from enforcement.evidence_store import EvidenceStore
from enforcement.halting import RefusalWatch
from enforcement.matching.kept import CASE_CANDIDATES, candidates_row
from enforcement.open_cases import settle_again
from enforcement.quality.keeping import keep_seeded
from enforcement.quality.seeding import Seeding
from enforcement.receiving import Receiving
from enforcement.report import DrainReport
from enforcement.reviewing.became import keep_refused
from enforcement.reviewing.terms import REVIEW_TERMS, terms_row
from enforcement.rows import (
    CASE_EVENTS,
    FINDINGS,
    HEARTBEATS,
    PASSAGES,
    VIOLATIONS,
    Row,
    finding_row,
    heartbeat_row,
    opened_row,
    passage_row,
    violation_id,
    violation_row,
)
from enforcement.store import Store
from enforcement.storing import begun_of, put_all
from enforcement.unit_watch import UnitWatch
from streams.bus import Bus, Record
from streams.dead_letters import publish_dead_letter
from streams.events import Events
from streams.metrics import BATCH_STAGE, EVIDENCE_STORED_BYTES
from streams.tracing import span_after

_events = Events(__name__)

_READ, _JUDGE, _EVIDENCE, _ROWS = map(BATCH_STAGE.labels, ("read", "judge", "evidence", "rows"))

Refused = list[Refusal]


class Handling:
    """Handles batches, each to its end: when :meth:`handle` returns, the records may be committed.

    Every id is a function of the message, so a batch that comes again writes the same rows. What cannot be
    handled goes to the dead letters, after everything else.
    """

    def __init__(
        self,
        bus: Bus,
        store: Store,
        evidence: EvidenceStore,
        bench: Bench,
        watch: RefusalWatch,
        units: UnitWatch,
        receiving: Receiving | None = None,
        *,
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        self._bus = bus
        self._store = store
        self._evidence = evidence
        self._bench = bench
        self._watch = watch
        self._units = units
        self._receiving = receiving
        self._seeding = Seeding(store, bench.policies)
        self._clock = clock
        self._ahead: tuple[Sequence[Record], Batch] | None = None
        self.index = EvidenceIndex(store, evidence, clock=clock)

    def read_ahead(self, records: Sequence[Record]) -> None:
        """Decode what is handled next, but its passages; any thread may, beside a batch that is handled."""
        with _READ.time():
            self._ahead = records, read_batch(records)

    def _read(self, records: Sequence[Record]) -> Batch:
        ahead = self._ahead
        if ahead is not None and ahead[0] is records:
            self._ahead = None  # it is given once, since what is refused later is added to it
            return ahead[1]
        with _READ.time():
            return read_batch(records)

    def handle(self, records: Sequence[Record], heard: Callable[[], None] = lambda: None) -> DrainReport:
        """Handle records of any of the worker's topics; ``heard`` is called when the rules were asked.

        Raises:
            TooMuchRefused: when too much of what comes is bad; none of these may be committed.
        """
        with span_after("worker batch", (record.headers for record in records), records=len(records)):
            try:
                report, refused = self._apply(records, heard)
            except RowsRefused:
                # One message has a value that no column can hold: find it by handling each on its own.
                report, refused = DrainReport(), []
                for record in records:
                    alone, refused_alone = self._apply_alone(record)
                    report += alone
                    refused += refused_alone
            self._set_aside(records, refused)
        return report + DrainReport(dead_letters=len(refused))

    def _set_aside(self, records: Sequence[Record], refused: Refused) -> None:
        places = {(record.part, record.offset) for record, _, _ in refused}
        bad = [(record.part, record.offset) in places for record in records] if refused else []
        if refused:
            self._watch.check(bad, refused[-1].kind)
            keep_refused(self._store, refused)
        for record, kind, reason in refused:
            # Not the reason: it may quote what the message says.
            sentence = f"A message of topic {record.topic} goes to the dead letters."
            _events.warning("refused", sentence, topic=record.topic, reason=kind)
            publish_dead_letter(self._bus, record, reason, kind=kind, clock=self._clock)
        self._watch.add(bad or [False] * len(records))

    def _apply_alone(self, record: Record) -> tuple[DrainReport, Refused]:
        try:
            return self._apply([record])
        except RowsRefused as error:
            # Should a match be what cannot be held, it must not stop what comes after it.
            self._bench.sections.settle(self._bench.sections.matches())
            return DrainReport(), [Refusal(record, "unstorable", str(error))]

    def _apply(
        self, records: Sequence[Record], heard: Callable[[], None] = lambda: None
    ) -> tuple[DrainReport, Refused]:
        batch = self._read(records)
        with _JUDGE.time():
            judgements = self._bench.judge(batch, heard)
        with _EVIDENCE.time():
            stored, refused = self._store_evidence(batch, judgements.released)
        with _ROWS.time():
            report = self._store_rows(batch, judgements, stored, refused)
        count_handled(judgements, report, self._clock())
        return report, batch.refused

    def _store_rows(
        self, batch: Batch, judgements: Judgements, stored: list[Row], refused: list[Row]
    ) -> DrainReport:
        self._store_findings(judgements)
        # The passage's row says that it was judged, so it comes after what keeps its evidence.
        facts = [fact for p, fate in judgements.judged for fact in self.index.judged(p, fate)]
        facts += [fact for p, section in judgements.waiting for fact in self.index.awaited(p, section)]
        facts += [fact for p in judgements.kept for fact in self.index.judged(p, "kept")]
        self.index.record([*stored, *refused, *facts])
        self.index.expect(judgements.needs, stored)
        self._store.insert("passages", PASSAGES, [passage_row(p) for p, _ in judgements.judged])
        self._bench.sections.settle(judgements.matches)
        decisions = accept_decisions(self._store, batch)
        self._store.insert("heartbeats", HEARTBEATS, [heartbeat_row(beat) for _, beat in batch.heartbeats])
        discarded = self.index.discard_released(row[0] for row in [*stored, *facts])
        report = DrainReport(
            passages=len(judgements.judged),
            violations=len(judgements.found),
            evidence_stored=len(stored),
            evidence_discarded=discarded,
            decisions=decisions,
        )
        self._units.heard(beat for _, beat in batch.heartbeats)
        return report + self.end_waiting()

    def _store_findings(self, judgements: Judgements) -> None:
        found = judgements.found
        violations = [
            violation_row(each.passage, each.finding, each.plate, each.matched.keeper, each.due, each.matched)
            for each in found
        ]
        # What makes it a case comes last: nobody opens one whose candidates or terms are not there yet.
        candidates = [
            candidates_row(violation_id(each.passage.passage_id, each.finding.offence), each.matched)
            for each in found
        ]
        self._store.insert("case_candidates", CASE_CANDIDATES, candidates)
        terms = [
            terms_row(violation_id(each.passage.passage_id, each.finding.offence), each.terms)
            for each in found
            if each.terms is not None
        ]
        self._store.insert("review_terms", REVIEW_TERMS, terms)
        self._store.insert("violations", VIOLATIONS, violations)
        settle_again(
            self._store,
            [violation_id(each.passage.passage_id, each.finding.offence) for each in found],
            [each.passage.started_at_ns for each in found],
        )
        opened = [opened_row(each.passage, each.finding) for each in found]
        self._store.insert("case_events", CASE_EVENTS, opened)
        findings = [finding_row(each.passage, each.finding) for each in found]
        findings += [finding_row(each.passage, each.finding, each.ground) for each in judgements.set_aside]
        self._store.insert("findings", FINDINGS, findings)
        keep_seeded(self._store, self.index, self._seeding.beside(found))

    def end_waiting(self) -> DrainReport:
        """Erase the pictures of passages whose other half never came, or that broke no rule with it."""
        ended = self._bench.sections.ended()
        facts = [fact for each in ended for fact in self.index.ended(each.passage, each.section_id)]
        self.index.record(facts)
        discarded = self.index.discard_released(row[0] for row in facts)
        self._bench.sections.release(ended)
        return DrainReport(evidence_discarded=discarded)

    def _store_evidence(self, batch: Batch, released: set[str]) -> tuple[list[Row], list[Row]]:
        """Store the batch's evidence but for what is known to be of no use; what was stored, what refused."""
        stored: list[Row] = []
        refused: list[Row] = []
        # What a worker stored that ended before it could say so is there: with its fact, it is erased too.
        useless = [item for _, item in batch.evidence if item.passage_id in released]
        begun = begun_of(self._evidence, useless)
        wanted = [
            (record, item)
            for record, item in batch.evidence
            if item.passage_id not in released or item.digest in begun
        ]
        outcomes = put_all(self._evidence, [item for _, item in wanted])
        for (record, item), fault in zip(wanted, outcomes, strict=True):
            if fault is not None:
                batch.refused.append(Refusal(record, "corrupt", str(fault)))
                refused += self.index.refused(item)
            else:
                stored.append(self.index.stored(item))
                EVIDENCE_STORED_BYTES.inc(len(item.content))
        if self._receiving is not None:
            good = (item for (_, item), fault in zip(wanted, outcomes, strict=True) if fault is None)
            self._receiving.receive(good)
        return stored, refused
