"""The queue: cases in the order of time, by status, camera and offence, out of a table made for it."""

from __future__ import annotations

from dataclasses import dataclass

from enforcement.store import Store

#: What a line of the queue is made of, as ``v_cases`` names it.
SUMMARY = """
    violation_id, occurred_at_ns, camera_id, offence, plate, plate_confidence, vehicle, speed_kmh,
    speed_uncertainty_kmh, limit_kmh, enforced_speed_kmh, keeper_id, status, thumbnail_digest, plate_digest,
    measured, unit, measured_uncertainty, enforced, allowed
"""
_OF_A_ROW = SUMMARY.replace("violation_id", "toString(case_id)").replace(
    "occurred_at_ns", "toUnixTimestamp64Nano(occurred_at)"
)
#: All rows of a case lie in one partition, so partitions need not be compared with one another.
EACH_PARTITION = "SETTINGS do_not_merge_across_partitions_select_final = 1"
_LACKS = (
    "case_id IN (SELECT case_id FROM evidence_gaps GROUP BY case_id, digest, opened_at HAVING sum(sign) > 0)"
)
_COMPLETE = {None: "1", True: f"NOT {_LACKS}", False: _LACKS}

#: Later than ``after``, or as late and behind ``case`` in the table's order.
_AFTER = """occurred_at >= fromUnixTimestamp64Nano({after:Int64}, 'UTC')
    AND (occurred_at, case_id) >
        (fromUnixTimestamp64Nano({after:Int64}, 'UTC'), toUUIDOrZero({case:String}))"""


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


class CaseQueue:
    """Lists and counts cases out of the table ``cases``; a mix-in of the case book. Needs ``self._store``."""

    _store: Store

    def queue(
        self,
        status: str | None = "open",
        limit: int = 50,
        offset: int = 0,
        camera: str | None = None,
        offence: str | None = None,
        complete: bool | None = None,
    ) -> list[CaseSummary]:
        """Cases of one status (None: of every status), oldest first, at most ``limit`` after ``offset``.

        ``camera`` and ``offence`` narrow them down, and ``complete`` to those that have all their evidence,
        or to those that lack some; None is no limit.
        """
        wanted = {"status": status, "camera_id": camera, "offence": offence}
        given = {name: value for name, value in wanted.items() if value is not None}
        conditions = " AND ".join([*(f"{name} = {{{name}:String}}" for name in given), _COMPLETE[complete]])
        # The rows are chosen by a few narrow columns first, and the others are read of those chosen alone.
        rows = self._store.query(
            f"""SELECT {_OF_A_ROW} FROM cases FINAL
            WHERE (occurred_at, case_id) IN (
                SELECT occurred_at, case_id FROM cases FINAL WHERE {conditions}
                ORDER BY occurred_at, case_id LIMIT {{limit:UInt32}} OFFSET {{offset:UInt32}}
            )
            ORDER BY occurred_at, cases.case_id {EACH_PARTITION}""",
            {**given, "limit": limit, "offset": offset},
        )
        return [CaseSummary(*row) for row in rows]

    def count(self) -> dict[str, int]:
        """How many cases there are of each status; all three statuses are always named."""
        counts = dict.fromkeys(("open", "confirmed", "rejected"), 0)
        counts.update(
            self._store.query(f"SELECT status, count() FROM cases FINAL GROUP BY status {EACH_PARTITION}")
        )
        return counts

    def cameras_and_offences(self) -> tuple[list[str], list[str]]:
        """The cameras that have cases, and the offences of which there are cases, by name."""
        rows = self._store.query(
            """SELECT what, name FROM (
                SELECT DISTINCT 0 AS what, toString(camera_id) AS name FROM cases
                UNION ALL SELECT DISTINCT 1, toString(offence) FROM cases
            ) ORDER BY what, name"""
        )
        return [name for what, name in rows if what == 0], [name for what, name in rows if what == 1]

    def next_open(self, after_case_id: str | None = None) -> str | None:
        """The oldest open case after this one (any open case but this one where none follows), or None."""
        case_id = after_case_id or ""
        rows = self._store.query(
            """SELECT toUnixTimestamp64Nano(occurred_at) FROM cases
            WHERE case_id = toUUIDOrZero({case:String}) LIMIT 1""",
            {"case": case_id},
        )
        if rows and (following := self._first_open(case_id, f"AND {_AFTER}", rows[0][0])):
            return following
        return self._first_open(case_id)

    def _first_open(self, case_id: str, condition: str = "", after_ns: int = 0) -> str | None:
        rows = self._store.query(
            f"""SELECT toString(case_id) FROM cases FINAL
            WHERE status = 'open' AND case_id != toUUIDOrZero({{case:String}}) {condition}
            ORDER BY occurred_at, cases.case_id LIMIT 1 {EACH_PARTITION}""",
            {"case": case_id, "after": after_ns},
        )
        return str(rows[0][0]) if rows else None
