"""Finds and ends what a cluster started, also when the one who started it is gone (``kill -9``).

Not by files of process ids: a number is reused, and a process can be killed before it wrote its file. Every
program of a cluster carries the cluster's folder in its environment, which the kernel shows in ``/proc``.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

from scripts.local_cluster.process import MARK

_GRACE_S = 15.0


def leftovers(folder: Path) -> list[int]:
    """The ids of all processes that the cluster in ``folder`` started and that still live."""
    mark = f"{MARK}={folder.resolve()}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid() and _carries(entry, mark):
            found.append(int(entry.name))
    return sorted(found)


def end_leftovers(folder: Path, grace_s: float = _GRACE_S) -> int:
    """End them, in good order where they let themselves; how many there were."""
    first = leftovers(folder)
    _signal(first, signal.SIGCONT)  # a paused one hears nothing
    _signal(first, signal.SIGTERM)
    deadline = time.monotonic() + grace_s
    while (left := leftovers(folder)) and time.monotonic() < deadline:
        time.sleep(0.1)
    _signal(left, signal.SIGKILL)
    while leftovers(folder):
        time.sleep(0.05)
    return len(first)


def _carries(entry: Path, mark: bytes) -> bool:
    try:
        return mark in (entry / "environ").read_bytes().split(b"\0")
    except OSError:
        return False  # somebody else's, or it has just ended


def _signal(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
