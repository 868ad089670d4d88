"""What the measurements of benchmarks/flow.py share: a figure beside its limit, and what a process costs."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from streams.bus import Publisher
from streams.topics import Topic

REPOSITORY = Path(__file__).parents[1]
# scripts/local_cluster starts the broker and the store; it is no part of what is installed.
sys.path.insert(0, str(REPOSITORY))

_TICKS_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Figure:
    """A stage's rate in things a second, beside the rate that its limit reached in the same run."""

    stage: str
    rate: float
    limit_is: str
    limit: float
    note: str = ""

    @property
    def part(self) -> float:
        """How much of the limit is reached."""
        return self.rate / self.limit


@dataclass(frozen=True)
class Bar:
    """What was promised, what was measured, and whether that is enough; None where nothing was measured."""

    what: str
    measured: str
    held: bool | None


def rate_of(work: Callable[[], object], count: int, repeat: int = 1) -> float:
    """Things a second, by the clock on the wall, in the fastest of ``repeat`` rounds."""
    seconds = []
    for _ in range(repeat):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return count / min(seconds)


def cpu_s(pid: int) -> float:
    """Seconds of a core that a process and its threads have used; 0 for one that is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS_S


def rss_mb(pid: int) -> float:
    """Memory that a process holds now, MB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def fill(bus: Publisher, messages: Iterator[tuple[str, bytes]], count: int) -> None:
    """Publish the next ``count`` of ``messages`` as passages."""
    while batch := [(Topic.PASSAGES, *each) for each in islice(messages, min(count, 1000))]:
        bus.publish_many(batch)
        count -= len(batch)
