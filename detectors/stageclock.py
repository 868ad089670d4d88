"""Where the time goes: seconds and calls per stage of the pipeline."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class StageTime:
    """What one stage took in all: ``seconds`` of wall clock in ``calls`` calls."""

    seconds: float = 0.0
    calls: int = 0


class StageClock:
    """Adds up the time of named stages. ``now_s`` is the clock, injectable for tests.

    >>> ticks = iter([0.0, 2.0])
    >>> clock = StageClock(lambda: next(ticks))
    >>> with clock.stage("reading"):
    ...     pass
    >>> clock.stages["reading"]
    StageTime(seconds=2.0, calls=1)
    """

    def __init__(self, now_s: Callable[[], float] = time.perf_counter) -> None:
        self._now_s = now_s
        self.stages: dict[str, StageTime] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count the time until the block ends, also by an exception, under ``name``."""
        begun = self._now_s()
        try:
            yield
        finally:
            before = self.stages.get(name, StageTime())
            self.stages[name] = StageTime(before.seconds + self._now_s() - begun, before.calls + 1)

    @property
    def total_s(self) -> float:
        """Seconds in all stages together."""
        return sum(stage.seconds for stage in self.stages.values())
