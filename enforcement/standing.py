"""Where a vehicle stood still, and how long: by its places alone, so that no uncertainty makes it stand."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from statistics import median

from enforcement.way import Way

_SMOOTHED_S = 0.4  # to either side
_STAYS_M = 0.6  # more than this is rolling
_HALTED_M = 0.1
_MOVES_ON_M = 2.0  # no scatter of a place that could be seen to stand is so large
_APPROACH_M = 2.0
_LEAST_ROLLING_S = 0.8  # at either end
_UNSEEN_ROLLING_S = 1.0
_ROLLING_MARGIN = 2.2  # brakes are let go a little before the halt, and places scatter


@dataclass(frozen=True, slots=True)
class Stand:
    """The vehicle stood from point ``first`` to point ``last``, at (``x``, ``y``) give or take ``u`` metres.

    ``u`` is the largest expanded uncertainty (k = 2) of these points. ``measured_s`` is the time between the
    two points, ``rolling_s`` how much of it may have been rolling to the halt and off again.
    """

    first: int
    last: int
    x: float
    y: float
    u: float
    measured_s: float
    rolling_s: float

    @property
    def surely_s(self) -> float:
        """How long the vehicle stood at least."""
        return self.measured_s - self.rolling_s


def stands(way: Way, least_s: float) -> list[Stand]:
    """Every time the vehicle stood for a measured ``least_s`` or longer, in order.

    The places are averaged over some tenths of a second; a stand is a stretch without a break in which all
    of them lie within a box of ``_STAYS_M``, from where they come as close to its middle as the scatter
    lets them to where they leave it.
    """
    t = way.t
    if next(still(way, least_s), None) is None:
        return []
    x, y = _smoothed(way, way.x), _smoothed(way, way.y)
    stretches = [(a, b) for a, b in _stretches(way, x, y) if t[b] - t[a] >= least_s]
    taken: list[Stand] = []
    for first, last in sorted(stretches, key=lambda ab: t[ab[0]] - t[ab[1]]):
        if all(last < other.first or first > other.last for other in taken):
            stand = _trimmed(way, x, y, first, last)
            if stand.measured_s >= least_s:
                taken.append(stand)
    return sorted(taken, key=lambda stand: stand.first)


def still(way: Way, least_s: float) -> Iterator[int]:
    """Points at which the vehicle had not moved on for half of ``least_s``: cheap, and none for most.

    Where it stood for ``least_s`` there is one of them within the stand.
    """
    t, x, y = way.t, way.x, way.y
    if t[-1] - t[0] < least_s:
        return
    if not least_s > 0.0:
        yield 0
    then = 0
    while (i := bisect_left(t, least_s / 2.0, then + 1, key=lambda time: time - t[then])) < len(t):
        if abs(x[i] - x[then]) + abs(y[i] - y[then]) < _MOVES_ON_M:
            yield i
        then = i


def _trimmed(way: Way, x: list[float], y: list[float], first: int, last: int) -> Stand:
    middle_x, middle_y = median(x[first : last + 1]), median(y[first : last + 1])
    away = [math.hypot(x[i] - middle_x, y[i] - middle_y) for i in range(len(x))]
    close_m = _HALTED_M + median(away[first : last + 1])
    while first < last and away[first] > close_m:
        first += 1
    while last > first and away[last] > close_m:
        last -= 1
    rolling_s = _rolling_s(way, away, first, -1, close_m) + _rolling_s(way, away, last, 1, close_m)
    most = max(way.u[first : last + 1])
    return Stand(first, last, middle_x, middle_y, most, way.t[last] - way.t[first], rolling_s)


def _rolling_s(way: Way, away: list[float], end: int, step: int, close_m: float) -> float:
    """How long the vehicle may have rolled within ``close_m`` before the halt (after it for ``step`` 1).

    At an even braking the last d metres take the part sqrt(d/D) of the time that the last D metres take; how
    long it took from D to d was seen.
    """
    i = end
    while 0 <= i + step < len(away) and not way.broken[min(i, i + step)]:
        i += step
        if away[i] > _APPROACH_M:
            part = math.sqrt(close_m / _APPROACH_M)
            took_s = abs(way.t[i] - way.t[end])
            return max(_LEAST_ROLLING_S, _ROLLING_MARGIN * took_s * part / (1.0 - part))
    return _UNSEEN_ROLLING_S


def _stretches(way: Way, x: list[float], y: list[float]) -> list[tuple[int, int]]:
    """The longest runs of points without a break that lie within ``_STAYS_M``; they may overlap."""
    found = []
    start = 0
    queues = _Extremes(x), _Extremes(y)
    for i in range(len(x)):
        fresh = i > 0 and way.broken[i - 1]
        fits = not fresh and all(queue.spread_with(i) <= _STAYS_M for queue in queues)
        if not fits and i > start:
            found.append((start, i - 1))
        for queue in queues:
            queue.add(i)
        if fresh:
            start = i
            for queue in queues:
                queue.drop_before(start)
        while any(queue.spread > _STAYS_M for queue in queues):
            start += 1
            for queue in queues:
                queue.drop_before(start)
    found.append((start, len(x) - 1))
    return found


class _Extremes:
    """The lowest and the highest of the values that a moving window holds."""

    def __init__(self, values: list[float]) -> None:
        self._values = values
        self._low: deque[int] = deque()
        self._high: deque[int] = deque()

    @property
    def spread(self) -> float:
        return self._values[self._high[0]] - self._values[self._low[0]]

    def spread_with(self, i: int) -> float:
        if not self._low:
            return 0.0
        value = self._values[i]
        return max(value, self._values[self._high[0]]) - min(value, self._values[self._low[0]])

    def add(self, i: int) -> None:
        values = self._values
        while self._low and values[self._low[-1]] >= values[i]:
            self._low.pop()
        while self._high and values[self._high[-1]] <= values[i]:
            self._high.pop()
        self._low.append(i)
        self._high.append(i)

    def drop_before(self, start: int) -> None:
        while self._low[0] < start:
            self._low.popleft()
        while self._high[0] < start:
            self._high.popleft()


def _smoothed(way: Way, values: list[float]) -> list[float]:
    """The mean over ``_SMOOTHED_S`` to either side of each point, never across a break."""
    t, broken = way.t, way.broken
    base = values[0]  # so that sums of far coordinates stay exact
    sums = [0.0, *accumulate(value - base for value in values)]
    means = []
    first = last = 0
    run_end = 0
    for i in range(len(values)):
        if i and broken[i - 1]:
            first = i
        if i > run_end or i == 0:
            run_end = i
            while run_end < len(broken) and not broken[run_end]:
                run_end += 1
        while t[i] - t[first] > _SMOOTHED_S:
            first += 1
        last = max(last, i)
        while last < run_end and t[last + 1] - t[i] <= _SMOOTHED_S:
            last += 1
        means.append(base + (sums[last + 1] - sums[first]) / (last + 1 - first))
    return means
