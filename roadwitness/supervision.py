"""Tells systemd that a process has started, and that it goes on: ``Type=notify`` and ``WatchdogSec=``."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from streams.health import Health

_MICROSECONDS = 1e6


@contextmanager
def supervised(health: Health, environment: Mapping[str, str] = os.environ) -> Iterator[None]:
    """Say that all is up, again and again that the loops go round, and in the end that it stops.

    Where systemd asks for nothing this does nothing. A process whose ``/health`` says *stalled* sends no sign
    of life any more, so systemd starts it again after ``WatchdogSec``.
    """
    address = environment.get("NOTIFY_SOCKET")
    if not address:
        yield
        return
    every_s = float(environment.get("WATCHDOG_USEC") or 0) / _MICROSECONDS / 3
    over = threading.Event()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        # '@' stands for a name that is in no folder.
        line.connect(f"\0{address[1:]}" if address.startswith("@") else address)

        def tell(what: bytes) -> None:
            with suppress(OSError):  # a supervisor that is starting itself again is no reason to end
                line.send(what)

        def live() -> None:
            while not over.wait(every_s):
                well, _ = health.living()
                if well:
                    tell(b"WATCHDOG=1")

        thread = threading.Thread(target=live, name="supervision", daemon=True)
        tell(b"READY=1")
        if every_s:
            thread.start()
        try:
            yield
        finally:
            over.set()
            if every_s:
                thread.join()
            tell(b"STOPPING=1")
