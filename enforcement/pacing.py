"""Doing something no more often than so many times a second."""

from __future__ import annotations

import time
from collections.abc import Callable


class Pacing:
    """Turns that are at least ``1 / per_second`` apart. Not for several threads."""

    def __init__(
        self,
        per_second: float,
        *,
        clock_s: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._apart_s = 1.0 / per_second
        self._clock_s = clock_s
        self._sleep = sleep
        self._next_s = 0.0

    def wait(self) -> None:
        """Wait for the next turn, and take it."""
        now_s = self._clock_s()
        if now_s < self._next_s:
            self._sleep(self._next_s - now_s)
        self._next_s = max(now_s, self._next_s) + self._apart_s
