"""The queue: which cases there are for whom, in which order, and how many, out of tables made for it."""

from __future__ import annotations

from dataclasses import dataclass

from enforcement.case_filter import CaseFilter, keys_of, sorted_by
from enforcement.reviewing.course import UNDECIDED
from enforcement.settled_counts import SETTLED, SettledCounts
from enforcement.severity import grade_of, severity_of
from enforcement.store import Store

#: Why a case that was invented to test reviews is no paper.
NO_PAPER = "This case was invented to test reviews: it never becomes a paper."
#: What a line of the queue is made of.
_LINE = """
    toString(case_id), toUnixTimestamp64Nano(occurred_at), camera_id, offence, plate, plate_confidence,
    vehicle, speed_kmh, speed_uncertainty_kmh, limit_kmh, enforced_speed_kmh, keeper_id, status,
    thumbnail_digest, plate_digest, measured, unit, measured_uncertainty, enforced, allowed, match,
    candidates, toUnixTimestamp64Milli(due_at) * 1000000, ifNull(due_soon_at <= now64(3), false)
"""
#: What a case can be when it is not open.
SETTLED_OR_WAITING = ("second review", "disputed", *SETTLED)
#: All rows of a case lie in one partition, so partitions need not be compared with one another.
EACH_PARTITION = "SETTINGS do_not_merge_across_partitions_select_final = 1"


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
    #: What the register made of the plate, and how many vehicles it may be; empty for cases from before.
    match: str = ""
    candidates: int = 0
    #: Until when it has to be decided (UTC ns; None: no deadline, or not asked), and whether that is soon.
    due_at_ns: int | None = None
    is_due_soon: bool = False

    @property
    def grade(self) -> str:
        """How grave it is: slight, serious or grave."""
        return grade_of(severity_of(self))


class CaseQueue:
    """Lists and counts cases; a mix-in of the case book. Needs ``self._store`` and ``self._settled``."""

    _store: Store
    _settled: SettledCounts

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
        return self.listed(CaseFilter(status, camera, offence, complete), "oldest", limit, offset)

    def listed(
        self, wanted: CaseFilter, order: str = "oldest", limit: int = 50, offset: int = 0
    ) -> list[CaseSummary]:
        """The cases that are wanted, in one of ``ORDERS``, at most ``limit`` after ``offset``."""
        condition, bound = wanted.condition()
        keys = sorted_by(order)
        # The rows are chosen by a few narrow columns first, and the others are read of those chosen alone.
        rows = self._store.query(
            f"""SELECT {_LINE} FROM {wanted.lines} AS cases FINAL
            WHERE (occurred_at, case_id) IN (
                SELECT occurred_at, case_id FROM {wanted.table} AS cases FINAL WHERE {condition}
                ORDER BY {keys} LIMIT {{limit:UInt32}} OFFSET {{offset:UInt32}}
            )
            ORDER BY {keys} {EACH_PARTITION}""",
            {**bound, "limit": limit, "offset": offset},
        )
        return [CaseSummary(*row) for row in rows]

    def ids(self, wanted: CaseFilter, order: str = "oldest", limit: int = 500) -> list[str]:
        """The ids of the cases that are wanted, in one of ``ORDERS``, at most ``limit``."""
        condition, bound = wanted.condition()
        rows = self._store.query(
            f"""SELECT toString(cases.case_id) FROM {wanted.table} AS cases FINAL WHERE {condition}
            ORDER BY {sorted_by(order)} LIMIT {{limit:UInt32}} {EACH_PARTITION}""",
            {**bound, "limit": limit},
        )
        return [str(row[0]) for row in rows]

    def count(self) -> dict[str, int]:
        """How many cases there are of each status; all three statuses are always named."""
        counts = dict.fromkeys(("open", "confirmed", "rejected"), 0)
        counts.update(
            self._store.query(
                f"SELECT status, count() FROM cases FINAL WHERE NOT seeded GROUP BY status {EACH_PARTITION}"
            )
        )
        return counts

    def is_seeded(self, case_id: str) -> bool:
        """Whether this case was invented to test reviews: it never becomes a paper."""
        rows = self._store.query(
            "SELECT 1 FROM seeded_cases WHERE case_id = toUUIDOrZero({case:String}) LIMIT 1",
            {"case": case_id},
        )
        return bool(rows)

    def waiting(self, reviewer: str, may_settle: bool) -> dict[str, int]:
        """How many cases each tab of the queue has for this officer.

        ``open`` are those that they may answer now, without the ``foreign`` ones, which stand apart; the
        other names are statuses. Great numbers of what is settled may be a minute old, as
        :class:`SettledCounts` says.
        """
        answerable, bound = CaseFilter(None, reviewer=reviewer, may_settle=may_settle).condition()
        foreign = "match = 'foreign'"
        tabs = {"open": f"{answerable} AND NOT {foreign}", "foreign": f"{answerable} AND {foreign}"}
        tabs |= {status: f"status = '{status}'" for status in SETTLED_OR_WAITING if status in UNDECIDED}
        [counts] = self._store.query(
            f"SELECT {', '.join(f'countIf({each})' for each in tabs.values())} FROM open_cases FINAL", bound
        )
        return dict(zip(tabs, counts, strict=True)) | self._settled.now()

    def cameras_and_offences(self) -> tuple[list[str], list[str]]:
        """The cameras that have cases, and the offences of which there are cases, by name."""
        [(cameras, offences)] = self._store.query(
            """SELECT arraySort(groupUniqArray(toString(camera_id))),
                arraySort(groupUniqArray(toString(offence))) FROM case_sources"""
        )
        return list(cameras), list(offences)

    def followers(self, case_id: str, wanted: CaseFilter, order: str = "oldest", limit: int = 1) -> list[str]:
        """The cases behind ``case_id`` in the list of those wanted, and after its end those at its beginning.

        The case itself need not be in the list, nor exist; it is never among the answer.
        """
        condition, bound = wanted.condition()
        keys = keys_of(order)
        at = "cases.case_id = toUUIDOrZero({case:String})"
        # What lies behind it in the list comes first, and then the list from its beginning.
        rows = self._store.query(
            f"""SELECT toString(cases.case_id) FROM {wanted.table} AS cases FINAL
            WHERE ({condition}) AND NOT {at}
            ORDER BY ({keys}) <= (
                -- The key of one case is found in `violations`, by the filter on its id.
                SELECT {keys} FROM cases WHERE {at} AND occurred_at IN (
                    SELECT occurred_at FROM violations WHERE violation_id = {{case:String}}
                ) LIMIT 1
            ), {keys}
            LIMIT {{limit:UInt32}} {EACH_PARTITION}""",
            {**bound, "case": case_id, "limit": limit},
        )
        return [str(row[0]) for row in rows]
