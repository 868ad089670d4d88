"""What the frames' times themselves say about how well they are known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: How many frames may lie between two looks at least, and how far off a grid (in intervals) fits it.
_MOST_PARTS, _GOOD = 4, 0.05
#: Gaps of more frames than this say nothing about the grid: an interval's estimate does not reach so far.
_LONGEST_GAP = 40


@dataclass(frozen=True)
class Grid:
    """The regular grid on which times lie: its interval, and their usual and largest distance from it."""

    interval_s: float
    jitter_s: float
    largest_s: float


def grid_of(times: Array, interval_s: float | None = None) -> Grid:
    """The grid of ``times`` (N,), in seconds and rising; ``interval_s`` is the camera's, if it is known.

    Without it, it is the largest part of the shortest step into which all steps go: a vehicle may have been
    looked at on every second or third frame only.
    """
    steps = np.diff(times)
    shortest = float(np.percentile(steps, 5))
    candidates = [interval_s] if interval_s else [shortest / parts for parts in range(1, _MOST_PARTS + 1)]
    grids = [_fitted(steps, candidate, fixed=interval_s is not None) for candidate in candidates]
    return next((g for g in grids if g.largest_s < 4 * _GOOD * g.interval_s), grids[0])


def _fitted(steps: Array, interval: float, *, fixed: bool) -> Grid:
    whole = np.maximum(np.round(steps / interval), 1.0)
    usual = whole <= _LONGEST_GAP
    if not fixed and usual.any():
        interval = float(np.median(steps[usual] / whole[usual]))
        whole = np.maximum(np.round(steps / interval), 1.0)
    departures = np.abs(steps - whole * interval)
    # A step holds the jitter of two times, and one of them that is wild is no jitter.
    usual_part = departures[departures <= max(float(np.median(departures)) * 6, _GOOD * interval)]
    return Grid(interval, float(np.sqrt(np.mean(usual_part**2) / 2)), float(departures.max()))
