"""How far along its path a vehicle is at a time, and how fast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from roadwitness.simulator.camera import Floats


@dataclass(frozen=True, eq=False)
class Motion:
    """Times (n,), metres along the path (n,) and speeds in m/s (n,); linear in speed between times.

    Before the first time the vehicle comes on at its first speed, after the last it keeps its last one.
    """

    times_s: Floats
    arc_m: Floats
    speeds_ms: Floats

    def at(self, at_s: float) -> tuple[float, float, float]:
        """(metres along the path, m/s, m/s²) at ``at_s``."""
        times = self.times_s
        if at_s <= times[0]:
            return float(self.arc_m[0] + self.speeds_ms[0] * (at_s - times[0])), float(self.speeds_ms[0]), 0.0
        if at_s >= times[-1]:
            beyond = self.speeds_ms[-1] * (at_s - times[-1])
            return float(self.arc_m[-1] + beyond), float(self.speeds_ms[-1]), 0.0
        place = int(np.searchsorted(times, at_s, side="right")) - 1
        since = at_s - times[place]
        rate = (self.speeds_ms[place + 1] - self.speeds_ms[place]) / (times[place + 1] - times[place])
        speed = self.speeds_ms[place] + rate * since
        return (
            float(self.arc_m[place] + (self.speeds_ms[place] + speed) / 2 * since),
            float(speed),
            float(rate),
        )

    def when(self, arc_m: float) -> float | None:
        """The first time at which it is ``arc_m`` along its path; None where it never is."""
        if arc_m <= self.arc_m[0]:
            slow = self.speeds_ms[0] <= 0
            return None if slow else float(self.times_s[0] - (self.arc_m[0] - arc_m) / self.speeds_ms[0])
        there = np.flatnonzero(self.arc_m >= arc_m)
        if len(there) == 0:
            last = float(self.speeds_ms[-1])
            return None if last <= 0 else float(self.times_s[-1] + (arc_m - self.arc_m[-1]) / last)
        low, high = float(self.times_s[there[0] - 1]), float(self.times_s[there[0]])
        for _ in range(40):
            middle = (low + high) / 2
            low, high = (low, middle) if self.at(middle)[0] >= arc_m else (middle, high)
        return high

    def later(self, by_s: float) -> Motion:
        """The same, ``by_s`` seconds later."""
        return Motion(self.times_s + by_s, self.arc_m, self.speeds_ms)

    def standing(self, below_ms: float = 0.05) -> list[tuple[float, float]]:
        """The stretches of time (from, until) in which it stands."""
        still = np.abs(self.speeds_ms) <= below_ms
        edges = np.flatnonzero(np.diff(np.concatenate([[False], still, [False]]).astype(int)))
        last = len(self.times_s) - 1
        return [
            (float(self.times_s[a]), float(self.times_s[min(b - 1, last)]))
            for a, b in edges.reshape(-1, 2)
            if b - a > 1
        ]


def steps(start_s: float, arc_m: float, speed_ms: float, changes: Sequence[tuple[float, float]]) -> Motion:
    """A motion from ``speed_ms`` in pieces of constant acceleration: (seconds, m/s²) one after the other."""
    times, arcs, speeds = [start_s], [arc_m], [speed_ms]
    for lasts_s, rate in changes:
        after = speeds[-1] + rate * lasts_s
        times.append(times[-1] + lasts_s)
        arcs.append(arcs[-1] + (speeds[-1] + after) / 2 * lasts_s)
        speeds.append(after)
    return Motion(np.array(times), np.array(arcs), np.array(speeds))
