"""The case book: what pages and reports read about cases. Writes nothing.

book = CaseBook(Store.embedded(Path("data/store")))
for case in book.queue():
    print(case.plate, case.offence, case.enforced, case.unit)
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, fields

import msgspec

from enforcement.case_plate import CasePlate
from enforcement.case_queue import SUMMARY, CaseQueue, CaseSummary
from enforcement.completeness import Completeness, Whereabouts
from enforcement.matching import Candidate, Match, Matched
from enforcement.matching.kept import matched_exactly, matched_of
from enforcement.papers.records import CaseRecords
from enforcement.register import Keeper
from enforcement.rules.finding import Finding, decode_finding
from enforcement.statistics import Statistics
from enforcement.store import Store
from streams.messages import Passage

_PLATE = """
    plate, plate_confidence, plate_raw, plate_legible, plate_normalised, plate_probability, plate_country,
    plate_country_probability, plate_region, plate_format, plate_why, grammar_version
"""
_PLATE_SIZE = len(fields(CasePlate))


@dataclass(frozen=True)
class CaseEvent:
    """Something that happened to a case; ``kind`` is opened, confirmed, rejected or conflict.

    ``conflict`` is a decision that came after another officer's: it is kept, and changes nothing.
    """

    at_ns: int
    kind: str
    officer: str | None
    reason_code: str | None
    note: str


@dataclass(frozen=True)
class Case:
    """Everything about one case. ``whereabouts`` tells of each digest that the case needs where it is.

    ``matched`` is what the register says of the plate; ``keeper`` is None unless that is certain, or an
    officer chose one of the candidates.
    """

    summary: CaseSummary
    plate: CasePlate
    passage: Passage
    finding: Finding
    keeper: Keeper | None
    events: tuple[CaseEvent, ...]
    whereabouts: Mapping[str, Whereabouts]
    matched: Matched = field(default_factory=lambda: Matched("none"))

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


class CaseBook(CaseQueue, CaseRecords, Completeness, Statistics):
    """Read access to cases. Safe to use from several threads."""

    def __init__(self, store: Store) -> None:
        """Read from ``store``, whose migrations have run."""
        self._store = store

    def case(self, case_id: str) -> Case | None:
        """One case with its events and evidence, or None where there is no such case."""
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
        return Case(
            summary=CaseSummary(*summary),
            plate=CasePlate(*plate),
            passage=seen,
            finding=found,
            keeper=kept,
            events=self.events(case_id),
            whereabouts=self.whereabouts(announced),
            matched=matched_of(self._store, case_id) or matched_exactly(kept),
        )

    def events(self, case_id: str) -> tuple[CaseEvent, ...]:
        """What happened to a case: its opening, then decisions in the order of the decisions log."""
        rows = self._store.query(
            """SELECT at_ns, kind, officer, reason_code, note FROM v_case_events
            WHERE case_id = {case:String} ORDER BY sequence, event_id""",
            {"case": case_id},
        )
        return tuple(CaseEvent(*row) for row in rows)

    def wait_for_decision(self, case_id: str, decision_id: str, timeout_s: float) -> CaseEvent | None:
        """Wait until the worker has applied a decision, and say what became of it.

        Returns:
            The event (``kind`` is ``conflict`` where another officer was first), or None when it did not
            come within ``timeout_s`` seconds: the decision lies on the bus and will be applied later.
        """
        until = time.monotonic() + timeout_s
        while True:
            rows = self._store.query(
                """SELECT at_ns, kind, officer, reason_code, note FROM v_case_events
                WHERE case_id = {case:String} AND decision_id = {decision:String}""",
                {"case": case_id, "decision": decision_id},
            )
            if rows:
                return CaseEvent(*rows[0])
            if time.monotonic() >= until:
                return None
            time.sleep(min(0.05, timeout_s))
