"""Ways over the road plane: lines by their length, with rounded corners and changes of lane."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from roadwitness.simulator.camera import Floats
from roadwitness.simulator.posing import Pose

STEP_M = 0.25
#: From the front bumper to the rear axle, as a part of the vehicle's length.
REAR_AXLE = 0.78

Place = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Path:
    """A line (n, 2) in metres and the length along it at each point (n,); straight beyond both ends."""

    points: Floats
    arc: Floats

    @property
    def length_m(self) -> float:
        """From the first point to the last."""
        return float(self.arc[-1])

    def at(self, arc_m: float) -> Place:
        """The place ``arc_m`` metres from the start."""
        if 0.0 <= arc_m <= self.arc[-1]:
            return (
                float(np.interp(arc_m, self.arc, self.points[:, 0])),
                float(np.interp(arc_m, self.arc, self.points[:, 1])),
            )
        end, before, beyond = (0, 1, arc_m) if arc_m < 0 else (-1, -2, arc_m - self.arc[-1])
        way = self.points[end] - self.points[before]
        way = way / np.hypot(*way) * abs(beyond)
        return float(self.points[end][0] + way[0]), float(self.points[end][1] + way[1])

    def pose(self, arc_m: float, length_m: float) -> Pose:
        """A vehicle with its front at ``arc_m``: it points from where its rear axle was to its front."""
        x, y = self.at(arc_m)
        behind_x, behind_y = self.at(arc_m - REAR_AXLE * length_m)
        return Pose(x, y, math.degrees(math.atan2(x - behind_x, y - behind_y)) % 360.0)

    def where(self, axis: int, value: float) -> float:
        """The length at which it first has ``value`` as its x (axis 0) or y (1); else ``ValueError``."""
        side = self.points[:, axis] - value
        hits = np.flatnonzero(side[:-1] * side[1:] <= 0)
        if len(hits) == 0:
            raise ValueError(f"The path never reaches {value:g}.")
        first = int(hits[0])
        span = side[first] - side[first + 1]
        share = 0.0 if span == 0 else side[first] / span
        return float(self.arc[first] + share * (self.arc[first + 1] - self.arc[first]))


def path(points: Floats) -> Path:
    """A path through ``points`` (n, 2), straight between them."""
    steps = np.hypot(*np.diff(points, axis=0).T)
    keep = np.concatenate([[True], steps > 1e-9])
    points = np.asarray(points, dtype=np.float64)[keep]
    return Path(points, np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))]))


def rounded(corners: Sequence[Place], radius_m: float) -> Path:
    """A path along straight legs between ``corners``, each inner corner rounded with ``radius_m``."""
    spots = np.array(corners, dtype=np.float64)
    pieces = [spots[:1]]
    for before, corner, after in zip(spots[:-2], spots[1:-1], spots[2:], strict=True):
        into = (corner - before) / np.linalg.norm(corner - before)
        out = (after - corner) / np.linalg.norm(after - corner)
        turn = math.acos(float(np.clip(into @ out, -1.0, 1.0)))
        if turn < 1e-6:
            continue
        reach = radius_m * math.tan(turn / 2)
        left = float(into[0] * out[1] - into[1] * out[0])
        normal = np.array([-into[1], into[0]]) * (1.0 if left > 0 else -1.0)
        start = corner - into * reach
        steps = max(4, int(radius_m * turn / STEP_M))
        angles = np.linspace(0.0, turn, steps + 1)[:, None]
        pieces.append(start + radius_m * (np.sin(angles) * into + (1 - np.cos(angles)) * normal))
    pieces.append(spots[-1:])
    return path(np.concatenate(pieces))


def shifting(
    x_from_m: float, y_from_m: float, y_to_m: float, shifts: Sequence[tuple[float, float, float]]
) -> Path:
    """A path along the road from ``y_from_m`` to ``y_to_m`` that changes its x on the way.

    Each of ``shifts`` is (y at its start, y at its end, new x); the change is smooth in direction.
    """
    ys = np.linspace(y_from_m, y_to_m, max(2, int(abs(y_to_m - y_from_m) / STEP_M)))
    xs = np.full_like(ys, x_from_m)
    now = x_from_m
    for start, end, target in shifts:
        share = np.clip((ys - start) / (end - start), 0.0, 1.0)
        xs += (target - now) * share**3 * (10 - 15 * share + 6 * share**2)
        now = target
    return path(np.column_stack([xs, ys]))


def straight(x_m: float, y_from_m: float, y_to_m: float) -> Path:
    """A path along the road at ``x_m``."""
    return path(np.array([(x_m, y_from_m), (x_m, y_to_m)]))
