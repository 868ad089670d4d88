"""Whether another process has an embedded store open.

The engine itself says so only on the standard error output, and its exception is the same for every reason.
"""

from __future__ import annotations

import fcntl
import os
import re
from pathlib import Path


def held_by_another_process(store: Path) -> bool:
    """True when a process other than this one has the ClickHouse folder ``store`` open.

    ClickHouse locks the file ``status`` in its folder and writes its process id there.
    """
    try:
        with (store / "status").open("rb") as status:
            try:
                fcntl.flock(status, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                owner = re.search(rb"PID: (\d+)", status.read())
                return owner is None or int(owner.group(1)) != os.getpid()
    except OSError:
        return False  # no store yet, or one that cannot be read: opening it says why
    return False
