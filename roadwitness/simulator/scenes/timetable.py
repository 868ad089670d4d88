"""Finds times at which vehicles can drive without meeting others."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from roadwitness.simulator.camera import Floats
from roadwitness.simulator.scenes.open_road import later
from roadwitness.simulator.trips import Trip

TICK_S = 0.25
WIDE_APART_M = 2.4
TALL_M = 2.4
MORE_BEHIND_TALL = 2.2


@dataclass(frozen=True)
class _Places:
    """Where a trip's front is at each tick from ``first`` on, (n, 2) m, and the road that it takes up."""

    first: int
    fronts: Floats
    length_m: float
    room_m: float

    def moved(self, ticks: int) -> _Places:
        return _Places(self.first + ticks, self.fronts, self.length_m, self.room_m)

    def meets(self, other: _Places) -> bool:
        start = max(self.first, other.first)
        end = min(self.first + len(self.fronts), other.first + len(other.fronts))
        if end <= start:
            return False
        own = self.fronts[start - self.first : end - self.first]
        others = other.fronts[start - other.first : end - other.first]
        beside = np.abs(own[:, 0] - others[:, 0]) < WIDE_APART_M
        # The one with the smaller y is ahead on the way to the camera, and its body lies behind its front.
        apart = others[:, 1] - own[:, 1]
        near = np.where(
            apart >= 0, apart < self.length_m + self.room_m, -apart < other.length_m + other.room_m
        )
        return bool(np.any(beside & near))


@dataclass
class Timetable:
    """Trips that do not meet: none comes nearer to another's rear than ``clear_m``, to a tall one's more."""

    clear_m: float = 9.0
    placed: list[Trip] = field(default_factory=list)
    _taken: list[_Places] = field(default_factory=list)

    def place(
        self, group: Sequence[Trip], not_before_s: float, not_after_s: float = math.inf
    ) -> float | None:
        """Put ``group`` in at ``not_before_s`` or soon after; returns when, None where that is too late."""
        at = math.ceil(not_before_s / TICK_S)
        wanted = [self._places(one) for one in group]
        while any(places.moved(at).meets(other) for places in wanted for other in self._taken):
            at += 1
            if at * TICK_S > not_after_s:
                return None
        self.placed += [later(one, at * TICK_S) for one in group]
        self._taken += [places.moved(at) for places in wanted]
        return at * TICK_S

    def _places(self, one: Trip) -> _Places:
        first = math.floor(one.enters_s / TICK_S)
        times = np.arange(first, math.ceil(one.leaves_s / TICK_S) + 1) * TICK_S
        fronts = np.array([one.path.at(one.motion.at(float(at_s))[0]) for at_s in times])
        room_m = self.clear_m * (MORE_BEHIND_TALL if one.model.height > TALL_M else 1.0)
        return _Places(first, fronts, one.model.length, room_m)
