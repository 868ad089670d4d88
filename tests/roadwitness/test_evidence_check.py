"""`roadwitness evidence check`, as a person runs it."""

from __future__ import annotations

import pytest

from enforcement.evidence_check import CheckReport, Finding
from enforcement.evidence_gaps import Need
from roadwitness.auditing import in_words

MISSING = Finding("missing", "a" * 64, (Need("case-1", "a" * 64, "frame"), Need("case-2", "a" * 64, "frame")))
CORRUPT = Finding("corrupt", "b" * 64, (Need("case-1", "b" * 64, "plate"),))
UNKNOWN = Finding("unknown", "c" * 64)


@pytest.mark.parametrize(
    ("findings", "done", "sentence"),
    [
        (
            [MISSING, CORRUPT, UNKNOWN],
            [],
            "9 pieces checked, 1 missing, 1 corrupt, 1 unknown, in 2 cases: --mark enters what is lost or "
            "returned, so that its cases say so.",
        ),
        (
            [CORRUPT],
            ["1 entered", "2 unknown erased"],
            "9 pieces checked, 1 corrupt, in 1 case: 1 entered; 2 unknown erased.",
        ),
        (
            [UNKNOWN, UNKNOWN],
            [],
            "9 pieces checked, 2 unknown: no case needs these, --erase-unknown erases them.",
        ),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(findings: list[Finding], done: list[str], sentence: str) -> None:
    assert in_words(CheckReport(9, findings), done) == sentence
