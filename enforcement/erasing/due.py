"""Which cases have to be erased now, and by which rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from enforcement.case_queue import EACH_PARTITION
from enforcement.erasing.marks import FINISHED, HELD
from enforcement.store import Store

_DAY_MS = 24 * 3600 * 1000


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
        "rejected": "status = 'rejected' AND decided_at < until_rejected",
        "lapsed": "status = 'lapsed' AND due_at < until_lapsed",
        "finished": "status = 'confirmed' AND finished.ended_at < until_finished AND finished.ended_at > 0",
        "old": "recorded_at < until_old",
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
        WHERE erased_at IS NULL AND over != '' AND cases.case_id NOT IN {HELD}
            AND cases.case_id NOT IN (SELECT case_id FROM tombstones)
        ORDER BY recorded_at LIMIT {{limit:UInt32}}
        SETTINGS join_use_nulls = 0""",
        {**until, "limit": limit},
    )
    return [DueCase(*row) for row in rows]
