"""The case book: what pages and reports read about cases. Writes nothing.

book = CaseBook(Store.embedded(Path("data/store")))
for case in book.queue():
    print(case.plate, case.offence, case.enforced, case.unit)
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

import msgspec

from enforcement.case_event import CaseEvent as CaseEvent
from enforcement.case_plate import CasePlate
from enforcement.case_queue import CaseQueue, CaseSummary
from enforcement.completeness import Completeness, Whereabouts
from enforcement.matching import Candidate, Match, Matched
from enforcement.matching.kept import matched_exactly, matched_of
from enforcement.papers.records import CaseRecords
from enforcement.register import Keeper
from enforcement.reviewing.answers import Answered
from enforcement.reviewing.became import recorded
from enforcement.reviewing.history import history_of
from enforcement.rules.finding import Finding, decode_finding
from enforcement.settled_counts import SettledCounts
from enforcement.similar_cases import SimilarCases
from enforcement.statistics import Statistics
from enforcement.store import Store
from streams.messages import Passage

#: The columns of a case's violation, those of the plate first and then those of its line in the queue. A case
#: from before plates were weighed is about what was read.
_COLUMNS = """
    plate, plate_confidence, if(grammar_version = '', plate, plate_raw),
    plate_legible OR (grammar_version = '' AND plate IS NOT NULL),
    if(grammar_version = '', plate, plate_normalised), plate_probability,
    nullIf(toString(plate_country), ''), plate_country_probability, nullIf(toString(plate_region), ''),
    nullIf(toString(plate_format), ''), plate_why, grammar_version,
    violation_id, toUnixTimestamp64Nano(occurred_at), camera_id, offence, plate, plate_confidence, vehicle,
    speed_kmh, speed_uncertainty_kmh, limit_kmh, enforced_speed_kmh, keeper_id, '', thumbnail_digest,
    plate_digest, measured, unit, measured_uncertainty, enforced, allowed, match, candidates,
    toUnixTimestamp64Milli(due_at) * 1000000, ifNull(due_soon_at <= now64(3), false)
"""
_PLATE_SIZE = len(fields(CasePlate))


@dataclass(frozen=True)
class Case:
    """Everything about one case. ``whereabouts`` tells of each digest that the case needs where it is.

    ``matched`` is what the register says of the plate; ``keeper`` is None unless that is certain, or an
    officer chose one of the candidates: ``chosen_plate``, empty where it was none of them. ``events`` are
    what the one who asked may know; ``answered`` holds every answer and its officer, and is for deciding
    what to ask whom, never for showing.
    """

    summary: CaseSummary
    plate: CasePlate
    passage: Passage
    finding: Finding
    keeper: Keeper | None
    events: tuple[CaseEvent, ...]
    whereabouts: Mapping[str, Whereabouts]
    matched: Matched = field(default_factory=lambda: Matched("none"))
    chosen_plate: str | None = None
    answered: Answered = field(default_factory=Answered, repr=False)

    @property
    def ruling(self) -> CaseEvent | None:
        """The event that decided the case; None while nothing has."""
        ruling = self.answered.course.ruling
        if ruling is None:
            return None
        return next((event for event in self.events if event.decision_id == ruling.decision_id), None)

    @property
    def match(self) -> Match:
        """``certain``, ``ambiguous``, ``none`` or ``foreign``."""
        return self.matched.match

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """The registered vehicles that it may be, likeliest first."""
        return self.matched.candidates

    @property
    def none_of_these(self) -> float:
        """The probability that it is none of the candidates."""
        return self.matched.none_of_these

    @property
    def missing_evidence(self) -> tuple[str, ...]:
        """Digests that the case needs and that are not there."""
        return tuple(sorted(digest for digest, it in self.whereabouts.items() if it.state != "here"))


class CaseBook(CaseQueue, CaseRecords, Completeness, SimilarCases, Statistics):
    """Read access to cases. Safe to use from several threads."""

    def __init__(self, store: Store) -> None:
        """Read from ``store``, whose migrations have run."""
        self._store = store
        self._settled = SettledCounts(store)

    @property
    def store(self) -> Store:
        """The store that it reads from."""
        return self._store

    def case(self, case_id: str, seen_by: str = "", *, settles: bool = False) -> Case | None:
        """One case with its events and evidence, or None where there is no such case.

        ``seen_by`` is the officer who asks, ``settles`` whether they settle disagreements: until the case
        is decided they learn of no answer that they may not know, and nobody else of any.
        """
        # A row is long: it is read only where the id is found, and FINAL would read all that might hold it.
        rows = self._store.query(
            f"""SELECT passage, finding, keeper, {_COLUMNS} FROM violations
            PREWHERE violation_id = {{case:String}} ORDER BY recorded_at DESC LIMIT 1""",
            {"case": case_id},
        )
        if not rows:
            return None
        passage, finding, keeper, *columns = rows[0]
        plate, summary = columns[:_PLATE_SIZE], columns[_PLATE_SIZE:]
        seen = msgspec.json.decode(passage, type=Passage)
        found = decode_finding(finding)
        elsewhere = found.other.evidence if found.other else ()
        announced = {reference.digest for reference in (*seen.evidence, *elsewhere)}
        kept = msgspec.json.decode(keeper, type=Keeper) if keeper else None
        matched = matched_of(self._store, case_id) or matched_exactly(kept)
        history = history_of(self._store, case_id)
        course = history.answered.course
        chosen = course.ruling.chosen_plate if course.ruling is not None else None
        return Case(
            summary=replace(CaseSummary(*summary), status=course.status),
            plate=CasePlate(*plate),
            passage=seen,
            finding=found,
            keeper=kept or matched.chosen(chosen),
            events=history.seen_by(seen_by, settles=settles),
            whereabouts=self.whereabouts(announced),
            matched=matched,
            chosen_plate=chosen,
            answered=history.answered,
        )

    def events(self, case_id: str, seen_by: str = "", *, settles: bool = False) -> tuple[CaseEvent, ...]:
        """What happened to a case: its opening, then the answers by their log; as in :meth:`case`."""
        return history_of(self._store, case_id).seen_by(seen_by, settles=settles)

    def answered(self, case_id: str) -> Answered:
        """Every answer to a case by now, and what they come to; for deciding what to ask whom."""
        return history_of(self._store, case_id).answered

    def wait_for_decision(self, case_id: str, decision_id: str, timeout_s: float) -> CaseEvent | None:
        """Wait until the worker has applied a decision, and say what became of it.

        Returns:
            The event (``kind`` is ``conflict`` where it changed nothing), or None when it did not come
            within ``timeout_s`` seconds: the decision lies on the bus and will be applied later.
        """
        until = time.monotonic() + timeout_s
        while True:
            found = recorded(self._store, {decision_id: case_id})
            if found:
                return found[decision_id]
            if time.monotonic() >= until:
                return None
            time.sleep(min(0.05, timeout_s))
