"""A process of its own that kills itself at a given step, and what it says where it does not."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any


def run_until(runner: str, folder: Path, step: str = "never", turn: int = 0) -> dict[str, Any] | None:
    """Run the module ``runner`` on ``folder``; the last line that it prints, or None where it was killed.

    Args:
        runner: a module whose arguments are these.
        folder: where it works.
        step: before which call it kills itself, and
        turn: before which of those calls.
    """
    done = subprocess.run(
        [sys.executable, "-m", runner, str(folder), step, str(turn)],
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
