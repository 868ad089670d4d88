"""The lens: radial and tangential distortion after Brown (1966), computed by OpenCV."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from detectors.calibrating.control import CalibrationError, Matrix

_CRITERIA = (cv2.TERM_CRITERIA_MAX_ITER | cv2.TERM_CRITERIA_EPS, 60, 1e-10)
#: Further than this from where it should come back to, in px, an undistorted place is none.
_WRONG_PX = 0.02


@dataclass(frozen=True)
class Lens:
    """Focal lengths and centre in px (x, y), and Brown's coefficients, as OpenCV defines them.

    Raises:
        CalibrationError: for numbers that no lens has.
    """

    focal_px: tuple[float, float]
    centre_px: tuple[float, float]
    k1: float = 0.0
    k2: float = 0.0
    p1: float = 0.0
    p2: float = 0.0
    k3: float = 0.0

    def __post_init__(self) -> None:
        numbers = (*self.focal_px, *self.centre_px, *self.coefficients)
        if not np.isfinite(numbers).all() or min(self.focal_px) <= 0:
            raise CalibrationError(
                "the lens holds a number that is not finite, or no positive focal length; correct it"
            )

    @property
    def coefficients(self) -> tuple[float, float, float, float, float]:
        """In OpenCV's order."""
        return (self.k1, self.k2, self.p1, self.p2, self.k3)

    @property
    def matrix(self) -> Matrix:
        """The camera matrix, (3, 3)."""
        (fx, fy), (cx, cy) = self.focal_px, self.centre_px
        return np.array([[fx, 0.0, cx], [0.0, fy, cy], [0.0, 0.0, 1.0]])

    def undistort(self, xy_px: Matrix) -> Matrix:
        """Where image points (N, 2) would be through a perfect lens; NaN where the coefficients fold over."""
        out = np.full((len(xy_px), 2), np.nan)
        finite = np.isfinite(xy_px).all(axis=1)
        if not finite.any():
            return out
        given = np.ascontiguousarray(xy_px[finite]).reshape(-1, 1, 2)
        flat = cv2.undistortImagePoints(given, self.matrix, np.array(self.coefficients), None, _CRITERIA)
        flat = np.asarray(flat, dtype=np.float64).reshape(-1, 2)
        back = self.distort(flat)
        with np.errstate(invalid="ignore"):
            there = np.linalg.norm(back - xy_px[finite], axis=1) < _WRONG_PX
        out[finite] = np.where(there[:, None], flat, np.nan)
        return out

    def distort(self, xy_px: Matrix) -> Matrix:
        """Where the lens shows the points (N, 2) of a perfect one; NaN where the coefficients fold over."""
        points = (np.asarray(xy_px, dtype=np.float64) - self.centre_px) / self.focal_px
        finite = np.isfinite(points).all(axis=1)
        out = np.full((len(points), 2), np.nan)
        if not finite.any():
            return out
        solid = np.column_stack([points[finite], np.ones(int(finite.sum()))]).reshape(-1, 1, 3)
        none = np.zeros(3)
        shown, _ = cv2.projectPoints(solid, none, none, self.matrix, np.array(self.coefficients))
        squared = (points[finite] ** 2).sum(axis=1)
        # Past this radius the polynomial turns back, and two places of the road would share one pixel.
        grows = 1 + squared * (3 * self.k1 + squared * (5 * self.k2 + squared * 7 * self.k3)) > 0
        out[finite] = np.where(grows[:, None], shown.reshape(-1, 2), np.nan)
        return out
