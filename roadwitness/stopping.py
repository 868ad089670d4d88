"""Ending on request: SIGTERM, as supervisors send it, and Ctrl-C."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from detectors.frames import FrameSource

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def asked_to_stop() -> Iterator[threading.Event]:
    """An event that SIGTERM and SIGINT set within it; the second of them ends at once, as without it.

    Also what makes SIGTERM heard at all by the first process of a container.
    """
    stop = threading.Event()
    before = {number: signal.getsignal(number) for number in _SIGNALS}

    def request(number: int, _frame: FrameType | None) -> None:
        stop.set()
        signal.signal(number, before[signal.Signals(number)])

    for number in _SIGNALS:
        signal.signal(number, request)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def closing_when(stop: threading.Event, source: FrameSource) -> Iterator[None]:
    """Let ``source`` end once ``stop`` is set."""
    over = threading.Event()

    def close() -> None:
        while not over.is_set():
            if stop.wait(0.2):
                source.close()
                return

    watcher = threading.Thread(target=close, name="stopping", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
