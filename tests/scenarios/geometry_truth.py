"""Geometry on dense samples of a true drive, written for the proof alone and apart from the rules' own."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tests.scenarios.motion import Reals

Mask = NDArray[np.bool_]


def inside(ring: tuple[tuple[float, float], ...], places: Reals) -> Mask:
    """(N,) whether each place lies in the ring, by counting the edges to its right."""
    x, y = places.T
    odd = np.zeros(len(places), dtype=bool)
    for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], ring[0]), strict=True):
        if y1 != y2:
            odd ^= ((y1 > y) != (y2 > y)) & (x < x1 + (y - y1) * (x2 - x1) / (y2 - y1))
    return odd


@dataclass(frozen=True)
class Crossing:
    """The samples ``i`` and ``i + 1`` lie on two sides of a line; it was crossed in ``heading_deg``."""

    i: int
    part: float
    heading_deg: float
    start: tuple[float, float]
    end: tuple[float, float]


def crossings(points: tuple[tuple[float, float], ...], places: Reals) -> list[Crossing]:
    """Where the way over ``places`` crosses the line through ``points``, in the order of time."""
    found = []
    step = np.diff(places, axis=0)
    for (ax, ay), (bx, by) in pairwise(points):
        along = np.array([bx - ax, by - ay])
        # Solve place + u * step = a + w * along for u and w in [0, 1).
        determinant = step[:, 0] * -along[1] + step[:, 1] * along[0]
        dx, dy = ax - places[:-1, 0], ay - places[:-1, 1]
        with np.errstate(divide="ignore", invalid="ignore"):
            u = (dx * -along[1] + dy * along[0]) / determinant
            w = (step[:, 0] * dy - step[:, 1] * dx) / determinant
            hit = (determinant != 0) & (u >= 0) & (u < 1) & (w >= 0) & (w <= 1)
        for i in np.flatnonzero(hit):
            heading = math.degrees(math.atan2(step[i, 0], step[i, 1]))
            found.append(Crossing(int(i), float(u[i]), heading, (ax, ay), (bx, by)))
    return sorted(found, key=lambda crossing: crossing.i + crossing.part)


def aside(crossing: Crossing, places: Reals) -> Reals:
    """(N,) distances from the crossed piece of line, positive on the side to which it was crossed."""
    (ax, ay), (bx, by) = crossing.start, crossing.end
    length = math.hypot(bx - ax, by - ay)
    distance = ((bx - ax) * (places[:, 1] - ay) - (by - ay) * (places[:, 0] - ax)) / length
    heading = math.radians(crossing.heading_deg)
    onward = (bx - ax) * math.cos(heading) - (by - ay) * math.sin(heading)
    return np.asarray(distance if onward > 0 else -distance)


def turned(one_deg: float | Reals, other_deg: float) -> Reals:
    """The angle between two headings, 0 to 180 degrees."""
    return np.asarray(np.abs((np.asarray(one_deg) - other_deg + 180.0) % 360.0 - 180.0))


def runs(mask: Mask) -> Iterator[tuple[int, int]]:
    """(first, last) of every stretch of samples in which ``mask`` holds."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        yield int(start), int(end) - 1
