"""What keeps a case beyond its time, and what finishes one: marks that people set, with who and why."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from enforcement.errors import RetentionError
from enforcement.store import Store

Mark = Literal["held", "released", "paid", "closed", "reopened"]
#: Every mark, with what it says.
MARKS: Mapping[Mark, str] = {
    "held": "A legal hold keeps the case.",
    "released": "The hold has ended.",
    "paid": "The fine was paid.",
    "closed": "The case is finished in another way.",
    "reopened": "The case is not finished after all.",
}

#: The cases that a legal hold keeps now, as a subquery.
HELD = """(SELECT case_id FROM case_marks WHERE mark IN ('held', 'released')
    GROUP BY case_id HAVING argMax(mark, (at, mark)) = 'held')"""
#: The cases that are finished, with since when (``ended_at``), as a subquery.
FINISHED = """(SELECT case_id, max(at) AS ended_at FROM case_marks
    WHERE mark IN ('paid', 'closed', 'reopened') GROUP BY case_id
    HAVING argMax(mark, (at, mark)) != 'reopened')"""

_LONGEST = 500


@dataclass(frozen=True)
class SetMark:
    """A mark on a case: which, when (UTC ns), by whom, why."""

    mark: str
    at_ns: int
    who: str
    reason: str


def mark_case(store: Store, case_id: str, mark: Mark, who: str, reason: str) -> None:
    """Set a mark on a case, now by the store's clock: periods count from it, whoever's clock is wrong.

    Raises:
        RetentionError: when there is no such case, it cannot have that mark, or nobody says who and why.
    """
    rows = store.query(
        """SELECT toString(status), case_id IN (SELECT case_id FROM tombstones),
            toUnixTimestamp64Micro(now64(6))
        FROM cases FINAL
        WHERE case_id = toUUIDOrZero({case:String})""",
        {"case": case_id},
    )
    if not rows:
        raise RetentionError(f"there is no case {case_id}; copy the id from its page.")
    status, is_erased, now_us = rows[0]
    if is_erased:
        raise RetentionError(f"the case {case_id} was erased; nothing of it is left to mark.")
    if mark in ("paid", "closed") and status != "confirmed":
        raise RetentionError(f"the case {case_id} is {status}: only a confirmed one is finished by a person.")
    if not who.strip() or not 3 <= len(reason.strip()) <= _LONGEST:
        raise RetentionError(f"say who sets the mark, and why in 3 to {_LONGEST} characters.")
    row = (uuid.UUID(case_id), mark, now_us, who.strip(), reason.strip())
    store.insert("case_marks", ("case_id", "mark", "at", "who", "reason"), [row])


def mark_of(text: str) -> Mark:
    """The mark of this name.

    Raises:
        RetentionError: when there is none.
    """
    for mark in MARKS:
        if mark == text:
            return mark
    raise RetentionError(f"'{text}' is no mark; write one of {', '.join(MARKS)}.")


def held_cases(store: Store) -> list[tuple[str, SetMark]]:
    """Every case under a legal hold with the mark that says so, the newest first."""
    rows = store.query(
        f"""SELECT toString(case_id), toString(mark), toUnixTimestamp64Micro(at) * 1000, who, reason
        FROM case_marks FINAL WHERE mark = 'held' AND case_id IN {HELD} ORDER BY at"""
    )
    newest = {case_id: SetMark(*mark) for case_id, *mark in rows}
    return sorted(newest.items(), key=lambda item: -item[1].at_ns)
