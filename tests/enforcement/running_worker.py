"""A worker that runs beside a test, what it is given and what it wrote."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from enforcement.evidence import EvidenceFolder
from enforcement.gathering import Pace
from enforcement.store import Store
from enforcement.worker import Enforcer
from streams.bus import Bus
from streams.encoding import encode
from streams.topics import Topic
from tests.enforcement.samples import CAMERA, passage, policy


class Running:
    """A worker at work on a thread of its own."""

    def __init__(self, worker: Enforcer) -> None:
        self.stop = threading.Event()
        self.error: BaseException | None = None
        self._worker = worker
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._worker.run(self.stop)
        except BaseException as error:
            self.error = error

    def end(self, within_s: float = 15.0) -> float:
        """Ask it to stop; how long that took, in seconds."""
        began = time.monotonic()
        self.stop.set()
        self._thread.join(within_s)
        assert not self._thread.is_alive()
        return time.monotonic() - began

    def wait_for_its_end(self, within_s: float = 90.0) -> None:
        self._thread.join(within_s)
        assert not self._thread.is_alive()


def worker(bus: Bus, store: Store, folder: Path, **options: Any) -> Enforcer:
    options = {"pace": Pace(100, 0.1)} | options
    return Enforcer(bus, store, EvidenceFolder(folder / "evidence"), {CAMERA: policy()}, **options)


def publish(bus: Bus, numbers: Sequence[int]) -> None:
    bus.publish_many([(Topic.PASSAGES, CAMERA, encode(passage(number, 93.4))) for number in numbers])


def count(store: Store, table: str = "violations") -> int:
    [(found,)] = store.query(f"SELECT count() FROM {table}")  # no FINAL: a row that came twice counts twice
    return int(found)
