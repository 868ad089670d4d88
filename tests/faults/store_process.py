"""The embedded store behind HTTP, as a process: ``python -m tests.faults.store_process FOLDER PORT``."""

from __future__ import annotations

import faulthandler
import signal
import sys
import threading
from pathlib import Path

from enforcement.front import StoreFront
from enforcement.store import Store


def main(folder: Path, port: int) -> None:
    """Answer until killed; told by SIGURG (ClickHouse has SIGUSR1 for itself), say where each thread is."""
    faulthandler.register(signal.SIGURG)
    StoreFront(Store.embedded(folder), port).start()
    threading.Event().wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
