"""A process that stopped itself stays for a while, so that whoever watches sees why before it is gone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from enforcement.errors import EvidenceFull, StoreFull
from enforcement.halting import TooMuchRefused
from roadwitness.operating import Operating
from streams.bus import BusFull
from streams.events import Events
from streams.health import Health
from streams.metrics import WORKER_HALTED

_events = Events(__name__)


@contextmanager
def shown_when_halted(
    health: Health, operating: Operating, stop: threading.Event, farewell_s: float
) -> Iterator[None]:
    """Within it, an error that ends the work is shown on the operators' port, where there is one.

    It rises after ``farewell_s``, or when ``stop`` is set.
    """
    halted: list[str] = []
    health.state("work", lambda: f"it halted: {halted[0]}" if halted else None)
    try:
        yield
    except (TooMuchRefused, StoreFull, EvidenceFull, BusFull) as error:
        reason = "refused" if isinstance(error, TooMuchRefused) else "full"
        WORKER_HALTED.labels(reason).set(1)
        halted.append("too much cannot be handled" if reason == "refused" else "there is no room left")
        _events.error("halted", str(error), reason=reason)
        if operating.port is not None:
            stop.wait(farewell_s)
        raise
