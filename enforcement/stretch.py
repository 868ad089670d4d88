"""How far a vehicle drove inside a zone, beyond doubt."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from enforcement.geometry import ZoneShape, apart
from enforcement.way import Way


@dataclass(frozen=True, slots=True)
class Stretch:
    """Straight from point ``first`` to point ``last`` of a way, all points between surely in the zone.

    ``metres`` is measured, ``uncertainty_m`` (k = 2) that of both places.
    """

    first: int
    last: int
    metres: float
    uncertainty_m: float

    @property
    def surely_m(self) -> float:
        """The distance that was driven at least."""
        return self.metres - self.uncertainty_m


def runs(way: Way, holds: Callable[[int], bool]) -> Iterator[tuple[int, int]]:
    """The first and last point of every longest run without a break in which ``holds`` at each point."""
    first = -1
    for i in range(len(way.t)):
        if first >= 0 and way.broken[i - 1]:
            yield first, i - 1
            first = -1
        if holds(i):
            first = i if first < 0 else first
        elif first >= 0:
            yield first, i - 1
            first = -1
    if first >= 0:
        yield first, len(way.t) - 1


def driven_inside(way: Way, zone: ZoneShape, least_m: float) -> Stretch | None:
    """The longest stretch that the tracked point surely drove in the zone without leaving it.

    None where none is surely at least ``least_m`` long. Its points are those of the clean way.
    """
    if apart(way.bounds, zone.bounds):
        return None
    way = way.clean
    x, y, u = way.x, way.y, way.u
    best: Stretch | None = None
    for first, last in runs(way, lambda i: zone.depth(x[i], y[i]) >= u[i]):
        metres = math.dist(way.middle(first), way.middle(last))
        stretch = Stretch(first, last, metres, u[first] + u[last])
        if stretch.surely_m >= least_m and (best is None or stretch.surely_m > best.surely_m):
            best = stretch
    return best
