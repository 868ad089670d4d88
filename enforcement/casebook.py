"""The case book: what pages and reports read about cases. Writes nothing.

book = CaseBook(Store.embedded(Path("data/store")))
for case in book.queue():
    print(case.plate, case.offence, case.enforced, case.unit)
"""

from __future__ import annotations

import time
from dataclasses import dataclass, fields

import msgspec

from enforcement.case_plate import CasePlate
from enforcement.register import Keeper
from enforcement.rules.finding import Finding, decode_finding
from enforcement.statistics import Statistics
from enforcement.store import Store
from streams.messages import Passage

_SUMMARY = """
    violation_id, occurred_at_ns, camera_id, offence, plate, plate_confidence, vehicle, speed_kmh,
    speed_uncertainty_kmh, limit_kmh, enforced_speed_kmh, keeper_id, status, thumbnail_digest, plate_digest,
    measured, unit, measured_uncertainty, enforced, allowed
"""


_PLATE = """
    plate, plate_confidence, plate_raw, plate_legible, plate_normalised, plate_probability, plate_country,
    plate_country_probability, plate_region, plate_format, plate_why, grammar_version
"""
_PLATE_SIZE = len(fields(CasePlate))


@dataclass(frozen=True)
class CaseSummary:
    """One line of the queue. Times are UTC ns, speeds km/h; ``status``: open, confirmed or rejected.

    ``measured``, ``measured_uncertainty`` (k = 2), ``enforced`` and ``allowed`` are in ``unit``, as in the
    finding. The speeds are the same numbers where the unit is km/h, and None otherwise.
    """

    case_id: str
    occurred_at_ns: int
    camera_id: str
    offence: str
    plate: str | None
    plate_confidence: float
    vehicle: str
    speed_kmh: float | None
    speed_uncertainty_kmh: float | None
    limit_kmh: float | None
    enforced_speed_kmh: float | None
    keeper_id: str | None
    status: str
    thumbnail_digest: str | None
    plate_digest: str | None
    measured: float
    unit: str
    measured_uncertainty: float | None
    enforced: float
    allowed: float


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
    """Everything about one case. ``missing_evidence``: digests that were announced and are not there yet."""

    summary: CaseSummary
    plate: CasePlate
    passage: Passage
    finding: Finding
    keeper: Keeper | None
    events: tuple[CaseEvent, ...]
    missing_evidence: tuple[str, ...]


class CaseBook(Statistics):
    """Read access to cases. Safe to use from several threads."""

    def __init__(self, store: Store) -> None:
        """Read from ``store``, whose migrations have run."""
        self._store = store

    def queue(
        self,
        status: str | None = "open",
        limit: int = 50,
        offset: int = 0,
        camera: str | None = None,
        offence: str | None = None,
    ) -> list[CaseSummary]:
        """Cases of one status (None: of every status), oldest first, at most ``limit`` after ``offset``."""
        rows = self._store.query(
            f"""SELECT {_SUMMARY} FROM v_cases
            WHERE ({{status:Nullable(String)}} IS NULL OR status = {{status:Nullable(String)}})
              AND ({{camera:Nullable(String)}} IS NULL OR camera_id = {{camera:Nullable(String)}})
              AND ({{offence:Nullable(String)}} IS NULL OR offence = {{offence:Nullable(String)}})
            ORDER BY occurred_at_ns, violation_id LIMIT {{limit:UInt32}} OFFSET {{offset:UInt32}}""",
            {"status": status, "camera": camera, "offence": offence, "limit": limit, "offset": offset},
        )
        return [CaseSummary(*row) for row in rows]

    def count(self) -> dict[str, int]:
        """How many cases there are of each status; all three statuses are always named."""
        counts = dict.fromkeys(("open", "confirmed", "rejected"), 0)
        counts.update(self._store.query("SELECT status, count() FROM v_cases GROUP BY status"))
        return counts

    def case(self, case_id: str) -> Case | None:
        """One case with its events and evidence, or None where there is no such case."""
        rows = self._store.query(
            f"""SELECT passage, finding, keeper, {_PLATE}, {_SUMMARY} FROM v_cases
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
        stored = self._stored_evidence(announced)
        return Case(
            summary=CaseSummary(*summary),
            plate=CasePlate(*plate),
            passage=seen,
            finding=found,
            keeper=msgspec.json.decode(keeper, type=Keeper) if keeper else None,
            events=self.events(case_id),
            missing_evidence=tuple(sorted(announced - stored)),
        )

    def events(self, case_id: str) -> tuple[CaseEvent, ...]:
        """What happened to a case: its opening, then decisions in the order of the decisions log."""
        rows = self._store.query(
            """SELECT at_ns, kind, officer, reason_code, note FROM v_case_events
            WHERE case_id = {case:String} ORDER BY sequence, event_id""",
            {"case": case_id},
        )
        return tuple(CaseEvent(*row) for row in rows)

    def next_open(self, after_case_id: str | None = None) -> str | None:
        """The oldest open case after this one (any open case but this one where none follows), or None."""
        rows = self._store.query(
            """SELECT violation_id FROM v_cases WHERE status = 'open' AND violation_id != {case:String}
            ORDER BY (occurred_at_ns, violation_id) <=
                (SELECT max((occurred_at_ns, violation_id)) FROM v_cases WHERE violation_id = {case:String}),
                occurred_at_ns, violation_id LIMIT 1""",
            {"case": after_case_id or ""},
        )
        return str(rows[0][0]) if rows else None

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

    def _stored_evidence(self, digests: set[str]) -> set[str]:
        rows = self._store.query(
            """SELECT toString(digest) AS stored FROM evidence_index FINAL
            WHERE digest IN {digests:Array(String)} GROUP BY stored
            HAVING maxIf(recorded_at, fact = 'stored') > maxIf(recorded_at, fact = 'discarded')""",
            {"digests": sorted(digests)},
        )
        return {str(row[0]) for row in rows}
