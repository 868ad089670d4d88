"""SIGKILL in the middle of erasing, again and again: the next run finishes what was begun."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

RUNNER = "tests.enforcement.erasing.killed_eraser"
#: Where one process after the other kills itself, each going on from where the last one came to.
KILLED_AT = [("discard", 2), ("ALTER TABLE violations", 1), ("insert tombstones", 1)]


def erase(folder: Path, step: str = "never", turn: int = 1) -> dict[str, Any] | None:
    """Run it in a process of its own; what is left then, or None where it was killed."""
    done = subprocess.run(
        [sys.executable, "-m", RUNNER, str(folder), step, str(turn)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode == -signal.SIGKILL:
        return None
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_what_was_begun_is_finished_next_time_and_nothing_is_left(tmp_path: Path) -> None:
    for step, turn in KILLED_AT:
        assert erase(tmp_path, step, turn) is None, f"it was not killed: '{step}' was never reached"
    assert erase(tmp_path) == {"erased": [3, 3], "begun": 2, "files": [], "columns": [], "bus": False}
