"""Where a calibration counts: inside its points, and a stated margin around them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

from detectors.calibrating.control import Matrix

#: The margin where none is stated, as a part of the longest way between two points.
_PART = 0.2


@dataclass(frozen=True, eq=False)
class Area:
    """The convex hull of the points on the road, ``corners`` (N, 2) in m, grown by ``margin_m``."""

    corners: Matrix
    margin_m: float

    def holds(self, road: Matrix) -> NDArray[np.bool_]:
        """Which road points (N, 2) lie inside, shape (N,); none that is NaN."""
        with np.errstate(invalid="ignore"):
            return np.asarray(self.distances_m(road) <= self.margin_m)

    def outline(self, count: int = 96) -> Matrix:
        """The area's border (M, 2) in m, anticlockwise."""
        angles = np.linspace(0.0, 2 * np.pi, count, endpoint=False)
        out = np.column_stack([np.cos(angles), np.sin(angles)])
        rounded = self.corners[np.argmax(out @ self.corners.T, axis=1)] + self.margin_m * out
        # Straight sides of the road are curves in the picture of a bad lens.
        steps = np.linspace(0.0, 1.0, 6, endpoint=False)[None, :, None]
        way = (np.roll(rounded, -1, axis=0) - rounded)[:, None]
        return np.asarray((rounded[:, None] + steps * way).reshape(-1, 2), dtype=np.float64)

    def distances_m(self, road: Matrix) -> Matrix:
        """How far road points (N, 2) lie outside the points' hull, in m, shape (N,): 0 inside."""
        start, way = self.corners, np.roll(self.corners, -1, axis=0) - self.corners
        to = road[:, None, :] - start[None]
        # The corners go round anticlockwise, so the inside is at every side's left.
        inside = (way[None, :, 0] * to[..., 1] - way[None, :, 1] * to[..., 0] >= 0).all(axis=1)
        along = np.clip((to * way).sum(axis=2) / (way**2).sum(axis=1), 0.0, 1.0)
        away = np.linalg.norm(to - along[..., None] * way, axis=2).min(axis=1)
        return np.asarray(np.where(inside, 0.0, away), dtype=np.float64)


def area_of(road: Matrix, margin_m: float | None = None) -> Area:
    """The area of control points (N, 2) in m that do not lie on one line."""
    corners = road[ConvexHull(road).vertices]
    longest = np.linalg.norm(corners[:, None] - corners[None], axis=2).max()
    return Area(corners, _PART * float(longest) if margin_m is None else margin_m)
