"""The whole of benchmarks/flow.py: from Kafka through worker processes into ClickHouse, and what it costs."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from flow_parts import cpu_s, rss_mb

_WORKER = str(Path(__file__).with_name("flow_worker.py"))
_SAMPLE_S = 0.2
_STALLED_S = 60.0


@dataclass(frozen=True)
class Run:
    """What came through while all processes worked, and how many cores each part kept busy."""

    rate: float
    seconds: float
    handled: int
    cores: Mapping[str, float]
    rss_mb: Mapping[str, float] = field(default_factory=dict)


class _Handling:
    """One process and what it has said of its progress."""

    def __init__(self, name: str, arguments: Sequence[str]) -> None:
        self.name = name
        self.process = subprocess.Popen(
            [sys.executable, _WORKER, *arguments], stdout=subprocess.PIPE, text=True
        )
        self.said: list[tuple[float, int]] = []
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            at, count = line.split()
            self.said.append((float(at), int(count)))

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._thread.join()


def run(processes: Mapping[str, Sequence[str]], others: Mapping[str, int], count: int) -> Run:
    """Let ``processes`` (arguments by name) handle ``count`` records.

    ``others`` are the process ids of what they need, by name. The rate is that of the stretch from when the
    last of them had handled its first batch until the first had handled its last: starting, joining the
    group and waiting at the end are no part of it.
    """
    handling = [_Handling(name, arguments) for name, arguments in processes.items()]
    pids = {**{each.name: each.process.pid for each in handling}, **others}
    samples: list[tuple[float, dict[str, float]]] = []
    held: dict[str, float] = {}
    stalled_at, before = time.monotonic() + _STALLED_S, 0
    try:
        while (done := sum(n for each in handling for _, n in each.said)) < count:
            samples.append((time.time(), {name: cpu_s(pid) for name, pid in pids.items()}))
            held = {name: max(held.get(name, 0.0), rss_mb(pid)) for name, pid in pids.items()}
            if any(each.process.poll() is not None for each in handling):
                raise RuntimeError("a process of the benchmark ended; its reason stands above.")
            if done > before:
                stalled_at, before = time.monotonic() + _STALLED_S, done
            elif time.monotonic() > stalled_at:
                raise RuntimeError(f"nothing moves after {done} of {count} records.")
            time.sleep(_SAMPLE_S)
        samples.append((time.time(), {name: cpu_s(pid) for name, pid in pids.items()}))
    finally:
        for each in handling:
            each.stop()
    start = max(each.said[0][0] for each in handling)
    end = min(each.said[-1][0] for each in handling)
    if end <= start:  # so little that they were never at work together
        start, end = min(each.said[0][0] for each in handling), max(each.said[-1][0] for each in handling)
    handled = sum(n for each in handling for at, n in each.said if start < at <= end)
    seconds = max(end - start, 1e-6)  # all in one batch: nothing can be said of the rate
    return Run(handled / seconds, seconds, handled, _cores(samples, start, end), held)


def first_said(arguments: Sequence[str]) -> float:
    """When a new process has handled its first records, UTC seconds; it is ended then."""
    one = _Handling("worker", arguments)
    until = time.monotonic() + _STALLED_S
    try:
        while not one.said:
            if one.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("the worker ended, or handled nothing.")
            time.sleep(0.01)
        return one.said[0][0]
    finally:
        one.stop()


def _cores(samples: list[tuple[float, dict[str, float]]], start: float, end: float) -> dict[str, float]:
    within = [sample for sample in samples if start <= sample[0] <= end] or samples
    (first, before), (last, after) = within[0], within[-1]
    return {name: (after[name] - before[name]) / max(last - first, 1e-9) for name in before}
