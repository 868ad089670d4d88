"""``roadwitness deadlines``: undecided cases by the time that is left."""

from __future__ import annotations

import time
from pathlib import Path

import msgspec

from dashboards.formatting import due_text, utc_text
from enforcement.queries import reading_from
from enforcement.reviewing.course import UNDECIDED
from roadwitness.progress import say

_CASES = f"""SELECT toString(cases.case_id) AS case_id, toString(camera_id) AS camera,
    toString(cases.offence) AS offence,
    toString(cases.status) AS status, toUnixTimestamp64Milli(assumeNotNull(due_at)) * 1000000 AS due_ns,
    toUnixTimestamp64Milli(assumeNotNull(due_soon_at)) * 1000000 AS soon_ns
FROM cases FINAL
WHERE cases.status IN ({", ".join(map(repr, UNDECIDED))}) AND due_at IS NOT NULL
ORDER BY due_at, cases.case_id"""


class _Case(msgspec.Struct):
    case_id: str
    camera: str
    offence: str
    status: str
    due_ns: int
    soon_ns: int


class _Answer(msgspec.Struct):
    data: list[_Case]


def list_deadlines(place: str | Path, limit: int) -> None:
    """Print a line for each of the ``limit`` cases that lapse first, parted by tabs; no plate.

    Raises:
        StoreError: when the store cannot be asked.
    """
    with reading_from(place) as reader:
        answer = msgspec.json.decode(
            reader.ask(f"{_CASES} LIMIT {limit}", "json"), type=_Answer, strict=False
        )
    now_ns = time.time_ns()
    for case in answer.data:
        left = f"{'soon, ' if case.soon_ns <= now_ns else ''}{due_text(case.due_ns, now_ns)}"
        print("\t".join((case.case_id, case.camera, case.offence, case.status, utc_text(case.due_ns), left)))
    if not answer.data:
        say("No undecided case has a deadline; [deadlines] in the policy sets them.")
