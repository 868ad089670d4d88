"""The bars of benchmarks/flow.py, and what it says of those that are missed."""

from __future__ import annotations

import os

from flow_parts import Bar
from flow_whole import Run


def bar(what: str, value: float, *, at_least: float | None = None, at_most: float | None = None) -> Bar:
    """A number beside what it must reach, or must not pass."""
    held = value >= at_least if at_least is not None else at_most is not None and value <= at_most
    wanted = f"at least {at_least:,g}" if at_least is not None else f"at most {at_most:,g}"
    return Bar(what, f"{value:,.1f} ({wanted})", held)


def whole_bars(runs: dict[str, Run]) -> list[Bar]:
    """What the whole was promised to do; a missed one is told with where the time goes."""
    one, two, raw = runs["one worker"], runs["two workers"], runs["raw pipe"]
    return [
        bar("passages a second through one worker", one.rate, at_least=5_000.0),
        _part_of_raw(one, raw),
        _two_against_one(one, two),
    ]


def _part_of_raw(one: Run, raw: Run) -> Bar:
    """What a worker reaches of the pipe that judges nothing, and what a passage may cost for 60 %."""
    part = one.rate / raw.rate
    stages = ", ".join(f"{stage} {spent:.0f}" for stage, spent in one.stages_us.items() if spent >= 1.0)
    said = (
        f"{part:.0%} (at least 60 %, which leaves {1e6 / (0.6 * raw.rate):.0f} us a passage; the worker "
        f"keeps {one.cores['worker']:.2f} of its one core busy with "
        f"{1e6 * one.cores['worker'] / one.rate:.0f} us, the raw pipe with "
        f"{1e6 * raw.cores['raw'] / raw.rate:.0f}; us by the clock: {stages})"
    )
    return Bar("part of the raw pipe", said, part >= 0.6)


def _two_against_one(one: Run, two: Run) -> Bar:
    """Held by 1.7 times the rate, or where the profile shows that there is no more of the machine to use."""
    times, cores = two.rate / one.rate, len(os.sched_getaffinity(0))
    profile = ", ".join(f"{part} {busy:.2f}" for part, busy in two.cores.items())
    full = sum(two.cores.values()) >= 0.9 * cores
    said = f"{times:.2f} times (at least 1.7, or all of {cores} cores used: {profile})"
    return Bar("two workers against one", said, times >= 1.7 or full)
