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
    #: What a passage took in each stage of the first process, us, by the clock on the wall.
    stages_us: Mapping[str, float] = field(default_factory=dict)


class _Handling:
    """One process and what it has said of its progress."""

    def __init__(self, name: str, arguments: Sequence[str]) -> None:
        self.name = name
        self.process = subprocess.Popen(
            [sys.executable, _WORKER, *arguments], stdout=subprocess.PIPE, text=True
        )
        self.said: list[tuple[float, int]] = []
        self.stages: dict[str, float] = {}
        self.share = 0
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            first, second = line.split()
            if first == "share":
                self.share = int(second)
            elif first.replace(".", "").isdigit():
                self.said.append((float(first), int(second)))
            else:
                self.stages[first] = float(second)

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._thread.join()


def run(
    processes: Mapping[str, Sequence[str]],
    others: Mapping[str, int],
    count: int,
    *,
    gate: Path | None = None,
    partitions: int = 0,
) -> Run:
    """Let ``processes`` (arguments by name) handle ``count`` records.

    ``others`` are the process ids of what they need, by name. With a ``gate`` the processes begin together,
    once they have shared out the ``partitions``; without one it counts from the first batch that was handled.
    It ends when the first of them has handled its last batch, so that all were at work all the time.
    """
    if gate is not None:
        gate.unlink(missing_ok=True)
        processes = {name: [*arguments, str(gate)] for name, arguments in processes.items()}
    handling = [_Handling(name, arguments) for name, arguments in processes.items()]
    pids = {**{each.name: each.process.pid for each in handling}, **others}
    samples: list[tuple[float, dict[str, float]]] = []
    held: dict[str, float] = {}
    opened: float | None = None
    stalled_at, before = time.monotonic() + _STALLED_S, 0
    try:
        while (done := sum(n for each in handling for _, n in each.said)) < count:
            if gate is not None and opened is None and _shared_out(handling, partitions):
                gate.touch()
                opened = time.time()
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
    start = opened or max(each.said[0][0] for each in handling)
    end = min(each.said[-1][0] for each in handling if each.said)
    handled = sum(n for each in handling for at, n in each.said if start < at <= end)
    seconds = max(end - start, 1e-6)  # all in one batch: nothing can be said of the rate
    first = handling[0]
    all_of_it = sum(n for _, n in first.said) or 1
    stages = {stage: 1e6 * spent / all_of_it for stage, spent in first.stages.items()}
    return Run(handled / seconds, seconds, handled, _cores(samples, start, end), held, stages)


def _shared_out(handling: Sequence[_Handling], partitions: int) -> bool:
    shares = [each.share for each in handling]
    return min(shares) > 0 and sum(shares) == partitions


def first_said(arguments: Sequence[str]) -> tuple[float, float]:
    """When a new process had handled its first records (UTC seconds), and its time on a core until then."""
    one = _Handling("worker", arguments)
    until = time.monotonic() + _STALLED_S
    try:
        while not one.said:
            if one.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("the worker ended, or handled nothing.")
            time.sleep(0.01)
        return one.said[0][0], cpu_s(one.process.pid)
    finally:
        one.stop()


def _cores(samples: list[tuple[float, dict[str, float]]], start: float, end: float) -> dict[str, float]:
    within = [sample for sample in samples if start <= sample[0] <= end] or samples
    (first, before), (last, after) = within[0], within[-1]
    return {name: (after[name] - before[name]) / max(last - first, 1e-9) for name in before}
