"""What a person is told of a register that was imported."""

from __future__ import annotations

from enforcement.register import ImportReport
from roadwitness.keeping import repeated


def test_a_register_without_repetitions_needs_no_word() -> None:
    assert repeated(ImportReport(3)) == ""


def test_plates_that_come_again_are_named_with_their_lines() -> None:
    twice = tuple((line, f"AB{line}") for line in range(2, 7))
    said = " Left out as repeated, the first line of a plate counts: AB2 (line 2), AB3 (line 3), AB4 (line 4)"
    assert repeated(ImportReport(1, twice[:3])) == f"{said}."
    assert repeated(ImportReport(1, twice)) == f"{said} and others."
