"""Cases that nobody decided in time: counted as they come near, and closed when their time is over."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from enforcement.deadlines import LAPSED
from enforcement.decisions import mark_decided
from enforcement.rows import CASE_EVENTS, Row
from enforcement.store import Store
from streams.events import Events
from streams.identity import identify
from streams.metrics import CASES_LAPSED

_AT_ONCE = 1000

_events = Events(__name__)


@dataclass(frozen=True)
class Waiting:
    """Undecided cases with a deadline: ``ample`` have time, ``soon`` are due soon, ``late`` are over."""

    ample: int
    soon: int
    late: int


def waiting(store: Store, now_ns: int) -> Waiting:
    """How many cases wait for a decision that the law sets a time for."""
    [(ample, soon, late)] = store.query(
        """SELECT countIf(due_soon_at > now), countIf(due_soon_at <= now AND due_at > now),
            countIf(due_at <= now)
        FROM (
            SELECT due_at, due_soon_at, fromUnixTimestamp64Milli({now:Int64}, 'UTC') AS now
            FROM open_cases FINAL WHERE due_at IS NOT NULL
        )""",
        {"now": now_ns // 1_000_000},
    )
    return Waiting(ample, soon, late)


def close_lapsed(store: Store, *, clock: Callable[[], int] = time.time_ns) -> int:
    """Close cases whose time is over as lapsed; returns how many. It may be repeated, by several workers too.

    What was decided in time and is still on its way counts all the same when it comes. What had lapsed when
    it came is told of with its camera: a unit was away for long, or its clock is wrong.
    """
    rows = store.query(
        f"""SELECT toString(case_id), toUnixTimestamp64Milli(assumeNotNull(due_at)) * 1000000,
            if(due_at <= recorded_at, toString(camera_id), '')
        FROM open_cases FINAL WHERE due_at <= fromUnixTimestamp64Milli({{now:Int64}}, 'UTC')
        ORDER BY due_at LIMIT {_AT_ONCE}""",
        {"now": clock() // 1_000_000},
    )
    if not rows:
        return 0
    store.insert("case_events", CASE_EVENTS, [_event(case_id, due_ns) for case_id, due_ns, _ in rows])
    marked = mark_decided(store, {case_id for case_id, *_ in rows})
    # A worker that was killed may have left a decided case among the open ones.
    lapsed = sum(answered.course.status == "lapsed" for answered in marked.values())
    if lapsed:
        CASES_LAPSED.inc(lapsed)
        sentence = f"{lapsed} cases have lapsed: nobody decided them in time."
        _events.warning("cases-lapsed", sentence, cases=lapsed)
    for camera_id in sorted({camera_id for *_, camera_id in rows if camera_id}):
        sentence = f"Cases of {camera_id} had lapsed when they came: look at the clock of its unit."
        _events.warning("came-lapsed", sentence, camera=camera_id)
    return lapsed


def _event(case_id: str, due_ns: int) -> Row:
    # Its place in the log is 0, as that of the opening: it is no decision and takes none's place.
    return (case_id, identify("case-event", case_id, "lapsed"), 0, "lapsed", due_ns, "", "", "", LAPSED)
