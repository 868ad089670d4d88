"""Which cases have to be erased now, and by which rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from enforcement.case_queue import EACH_PARTITION
from enforcement.erasing.marks import FINISHED, HELD
from enforcement.store import Store

_DAY_MS = 24 * 3600 * 1000
#: When the centre stored what ended a case. What pages and units say of the time is not asked: a clock that
#: is wrong would have a case erased at once, or kept for years.
_ENDED = """(SELECT toUUIDOrZero(case_events.case_id) AS case_id, toString(kind) AS kind,
        max(case_events.recorded_at) AS stored_at
    FROM case_events WHERE kind IN ('rejected', 'lapsed') AND effect != 'conflict' GROUP BY 1, 2)"""


@dataclass(frozen=True)
class DueCase:
    """A case whose time is over; ``occurred_ms`` is UTC ms."""

    case_id: str
    rule: str
    camera_id: str
    site_id: str
    offence: str
    occurred_ms: int
    status: str


def due_cases(store: Store, periods: Mapping[str, int], now_ns: int, limit: int) -> list[DueCase]:
    """At most ``limit`` cases whose time is over, those first that are over longest.

    None that is held, none that is being erased already. ``periods`` are days by rule.
    """
    until = {rule: now_ns // 1_000_000 - days * _DAY_MS for rule, days in periods.items()}
    ends = {
        "rejected": "status = 'rejected' AND ended.stored_at > 0 AND ended.stored_at < until_rejected",
        "lapsed": "status = 'lapsed' AND ended.stored_at > 0 AND ended.stored_at < until_lapsed",
        "finished": "status = 'confirmed' AND finished.ended_at < until_finished AND finished.ended_at > 0",
        "old": "cases.recorded_at < until_old",
    }
    named = [rule for rule in ends if rule in until]
    times = ", ".join(f"fromUnixTimestamp64Milli({{{rule}:Int64}}, 'UTC') AS until_{rule}" for rule in named)
    rules = ", ".join(f"{ends[rule]}, '{rule}'" for rule in named)
    rows = store.query(
        f"""WITH {times}
        SELECT toString(cases.case_id), multiIf({rules}, '') AS over, toString(cases.camera_id),
            toString(cases.site_id), toString(cases.offence),
            intDiv(toUnixTimestamp64Nano(occurred_at), 1000000), toString(cases.status)
        FROM (SELECT * FROM cases FINAL {EACH_PARTITION}) AS cases
        LEFT JOIN {FINISHED} AS finished ON finished.case_id = cases.case_id
        LEFT JOIN {_ENDED} AS ended ON ended.case_id = cases.case_id AND ended.kind = toString(cases.status)
        WHERE erased_at IS NULL AND over != '' AND cases.case_id NOT IN {HELD}
            AND cases.case_id NOT IN (SELECT case_id FROM tombstones)
        ORDER BY cases.recorded_at LIMIT {{limit:UInt32}}
        SETTINGS join_use_nulls = 0""",
        {**until, "limit": limit},
    )
    return [DueCase(*row) for row in rows]
