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
from enforcement.case_queue import SUMMARY, CaseQueue, CaseSummary
from enforcement.completeness import Completeness, Whereabouts
from enforcement.deadlines import dues_of
from enforcement.matching import Candidate, Match, Matched
from enforcement.matching.kept import matched_exactly, matched_of
from enforcement.papers.records import CaseRecords
from enforcement.register import Keeper
from enforcement.reviewing.answers import Answered
from enforcement.reviewing.became import recorded
from enforcement.reviewing.history import history_of
from enforcement.rules.finding import Finding, decode_finding
from enforcement.similar_cases import SimilarCases
from enforcement.statistics import Statistics
from enforcement.store import Store
from streams.messages import Passage

_PLATE = """
    plate, plate_confidence, plate_raw, plate_legible, plate_normalised, plate_probability, plate_country,
    plate_country_probability, plate_region, plate_format, plate_why, grammar_version
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

    @property
    def store(self) -> Store:
        """The store that it reads from."""
        return self._store

    def case(self, case_id: str, seen_by: str = "", *, settles: bool = False) -> Case | None:
        """One case with its events and evidence, or None where there is no such case.

        ``seen_by`` is the officer who asks, ``settles`` whether they settle disagreements: until the case
        is decided they learn of no answer that they may not know, and nobody else of any.
        """
        rows = self._store.query(
            f"""SELECT passage, finding, keeper, {_PLATE}, {SUMMARY} FROM v_cases
            WHERE violation_id = {{case:String}}""",
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
        due = dues_of(self._store, [case_id]).get(case_id)
        chosen = course.ruling.chosen_plate if course.ruling is not None else None
        return Case(
            summary=replace(
                CaseSummary(*summary),
                status=course.status,
                due_at_ns=due.at_ns if due else None,
                is_due_soon=due is not None and due.soon_at_ns <= time.time_ns(),
            ),
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
