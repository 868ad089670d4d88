"""ClickHouse, embedded in a process of its own and spoken to over HTTP: ``python -m … FOLDER PORT``.

What only a real server has (users, quotas, replicas) is not here; statements and answers are ClickHouse's.
"""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path

from enforcement.front import StoreFront
from enforcement.store import Store
from scripts.local_cluster.answering import answers
from scripts.local_cluster.ports import free_ports
from scripts.local_cluster.process import Process

_READY_S = 60.0
_REPOSITORY = Path(__file__).parents[2]


class StoreServer:
    """The process, its address, and its folder ``folder/store``."""

    def __init__(self, folder: Path) -> None:
        (self.port,) = free_ports(1)
        command = [sys.executable, "-m", __name__, str(folder / "store"), str(self.port)]
        self.process = Process("store", command, folder, environment={"PYTHONPATH": str(_REPOSITORY)})

    @property
    def url(self) -> str:
        """The address of the database, for ``--store``."""
        return f"http://127.0.0.1:{self.port}/roadwitness"

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.process.start()
        self.process.wait_until(lambda: answers(f"http://127.0.0.1:{self.port}/ping"), _READY_S)


def main(folder: str, port: str) -> None:
    """Answer until SIGTERM."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
    store = Store.embedded(Path(folder))
    front = StoreFront(store, int(port))
    front.start()
    stop.wait()
    front.stop()
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
