"""SIGKILL in the middle of erasing, again and again: the next run finishes what was begun."""

from __future__ import annotations

from pathlib import Path

from tests.enforcement.killed_process import run_until

RUNNER = "tests.enforcement.erasing.killed_eraser"
#: Where one process after the other kills itself, each going on from where the last one came to.
KILLED_AT = [("discard", 2), ("ALTER TABLE violations", 1), ("insert tombstones", 1)]


def test_what_was_begun_is_finished_next_time_and_nothing_is_left(tmp_path: Path) -> None:
    for step, turn in KILLED_AT:
        killed = run_until(RUNNER, tmp_path, step, turn)
        assert killed is None, f"it was not killed: '{step}' was never reached"
    left = {"erased": [3, 3], "begun": 2, "files": [], "columns": [], "bus": False}
    assert run_until(RUNNER, tmp_path) == left
