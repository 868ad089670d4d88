"""Where a calibration counts: inside its points, and a margin around them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

from detectors.calibrating.control import Matrix

#: The margins where none is stated: a part of what the points span, and across the road at least one lane.
_PART = 0.2
_LANE_M = 4.0


@dataclass(frozen=True, eq=False)
class Area:
    """The convex hull of the points on the road, ``corners`` (N, 2) in m, anticlockwise, grown by a margin.

    ``margins_m`` is how much it is grown across and along the road.
    """

    corners: Matrix
    margins_m: tuple[float, float]

    def holds(self, road: Matrix) -> NDArray[np.bool_]:
        """Which road points (N, 2) lie inside, shape (N,); none that is NaN."""
        start = self.corners / self._sizes
        way = np.roll(start, -1, axis=0) - start
        to = (road / self._sizes)[:, None, :] - start[None]
        with np.errstate(invalid="ignore"):
            # The corners go round anticlockwise, so the inside is at every side's left.
            inside = (way[None, :, 0] * to[..., 1] - way[None, :, 1] * to[..., 0] >= 0).all(axis=1)
            along = np.clip((to * way).sum(axis=2) / (way**2).sum(axis=1), 0.0, 1.0)
            away = np.linalg.norm(to - along[..., None] * way, axis=2).min(axis=1)
            return np.asarray(inside | (away <= 1.0))

    def outline(self, count: int = 96) -> Matrix:
        """The area's border (M, 2) in m, anticlockwise."""
        angles = np.linspace(0.0, 2 * np.pi, count, endpoint=False)
        out = np.column_stack([np.cos(angles), np.sin(angles)])
        start = self.corners / self._sizes
        rounded = (start[np.argmax(out @ start.T, axis=1)] + out) * self._sizes
        # Straight sides of the road are curves in the picture of a bad lens.
        steps = np.linspace(0.0, 1.0, 6, endpoint=False)[None, :, None]
        way = (np.roll(rounded, -1, axis=0) - rounded)[:, None]
        return np.asarray((rounded[:, None] + steps * way).reshape(-1, 2), dtype=np.float64)

    @property
    def _sizes(self) -> Matrix:
        return np.maximum(self.margins_m, 1e-9)


def area_of(road: Matrix, margin_m: float | None = None) -> Area:
    """The area of control points (N, 2) in m that do not lie on one line; ``margin_m`` in every direction.

    Without one it is a fifth of what the points span along the road and across it, there at least 4 m.
    """
    corners = road[ConvexHull(road).vertices]
    wide, long = _PART * (corners.max(axis=0) - corners.min(axis=0))
    margins = (max(float(wide), _LANE_M), float(long)) if margin_m is None else (margin_m, margin_m)
    return Area(corners, margins)
