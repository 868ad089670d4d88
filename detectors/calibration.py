"""From the picture to the road: a homography fitted to surveyed points, with its residuals and its validity.

The fit is the normalised direct linear transform (Hartley & Zisserman, *Multiple View Geometry*, 2nd ed.,
algorithm 4.2), so pixels and metres of very different size do not spoil its conditioning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from streams.errors import RoadwitnessError

Matrix = NDArray[np.float64]

_LEAST_SPREAD = 1e-3


class CalibrationError(RoadwitnessError):
    """The surveyed points do not fix the road plane; the message says why and what to do."""


@dataclass(frozen=True)
class ControlPoint:
    """One surveyed point: ``image`` in px (x, y), ``road`` in metres (x right across, y along the road)."""

    image: tuple[float, float]
    road: tuple[float, float]


@dataclass(frozen=True, eq=False)
class Calibration:
    """A camera's homography from the image (px) to the road plane (m), and when it holds.

    ``valid_from_ns`` and ``valid_until_ns`` are UTC nanoseconds; None leaves that end open.
    ``residuals_px`` and ``residuals_m`` are each control point's distance from where the fit puts it,
    shape (N,); with exactly four points they are zero and say nothing.
    """

    calibration_id: str
    image_size: tuple[int, int]
    points: tuple[ControlPoint, ...]
    homography: Matrix
    residuals_px: Matrix
    residuals_m: Matrix
    valid_from_ns: int | None = None
    valid_until_ns: int | None = None

    @classmethod
    def from_points(
        cls,
        calibration_id: str,
        image_size: tuple[int, int],
        points: Sequence[ControlPoint],
        valid_from_ns: int | None = None,
        valid_until_ns: int | None = None,
    ) -> Calibration:
        """Fit a calibration to at least four points, no three of the needed four on one line.

        Raises:
            CalibrationError: when the points are too few, not finite, or do not fix a plane.
        """
        if len(points) < 4:
            raise CalibrationError(
                f"calibration {calibration_id} has {len(points)} points; survey at least 4 that span the road"
            )
        image = np.array([point.image for point in points], dtype=np.float64)
        road = np.array([point.road for point in points], dtype=np.float64)
        if not (np.isfinite(image).all() and np.isfinite(road).all()):
            raise CalibrationError(f"calibration {calibration_id} holds a point that is not a finite number")
        if valid_from_ns is not None and valid_until_ns is not None and valid_until_ns <= valid_from_ns:
            raise CalibrationError(
                f"calibration {calibration_id} ends before it begins; correct its validity"
            )
        homography = _fit(calibration_id, image, road)
        back: Matrix = np.linalg.inv(homography).astype(np.float64)
        return cls(
            calibration_id=calibration_id,
            image_size=image_size,
            points=tuple(points),
            homography=homography,
            residuals_px=np.linalg.norm(_project(back, road) - image, axis=1),
            residuals_m=np.linalg.norm(_project(homography, image) - road, axis=1),
            valid_from_ns=valid_from_ns,
            valid_until_ns=valid_until_ns,
        )

    def image_to_road(self, xy_px: ArrayLike) -> Matrix:
        """Road positions in metres, (N, 2), of image points (N, 2) in px; NaN at or above the horizon."""
        return _project(self.homography, np.asarray(xy_px, dtype=np.float64).reshape(-1, 2))

    def road_to_image(self, xy_m: ArrayLike) -> Matrix:
        """Image positions in px, shape (N, 2), of road points (N, 2) in metres; NaN behind the camera."""
        back: Matrix = np.linalg.inv(self.homography).astype(np.float64)
        return _project(back, np.asarray(xy_m, dtype=np.float64).reshape(-1, 2))

    def metres_per_pixel(self, xy_px: ArrayLike) -> Matrix:
        """How far the road point moves along the road, in metres, when the image point moves one pixel down.

        ``xy_px`` has shape (N, 2); the answer has shape (N,) and is not negative.
        """
        points = np.asarray(xy_px, dtype=np.float64).reshape(-1, 2)
        half = np.array([0.0, 0.5])
        moved = self.image_to_road(points + half) - self.image_to_road(points - half)
        return np.asarray(np.linalg.norm(moved, axis=1), dtype=np.float64)

    def holds_at(self, moment_ns: int) -> bool:
        """Whether the calibration is valid at ``moment_ns`` (UTC nanoseconds; the end is exclusive)."""
        begun = self.valid_from_ns is None or moment_ns >= self.valid_from_ns
        return begun and (self.valid_until_ns is None or moment_ns < self.valid_until_ns)


def _fit(name: str, image: Matrix, road: Matrix) -> Matrix:
    image_scaling, road_scaling = _normalisation(name, image), _normalisation(name, road)
    scaled_image, scaled_road = _project(image_scaling, image), _project(road_scaling, road)
    rows = []
    for (x, y), (u, v) in zip(scaled_image, scaled_road, strict=True):
        rows.append([-x, -y, -1, 0, 0, 0, u * x, u * y, u])
        rows.append([0, 0, 0, -x, -y, -1, v * x, v * y, v])
    _, singular, directions = np.linalg.svd(np.array(rows))
    # With a unique solution only the last singular value vanishes: a second one that does means that a whole
    # family of planes fits, as when three of four points lie on one line.
    if singular[7] < _LEAST_SPREAD * singular[0]:
        raise _degenerate(name)
    scaled = directions[-1].reshape(3, 3)
    homography = np.linalg.inv(road_scaling) @ scaled @ image_scaling
    depth = np.column_stack([image, np.ones(len(image))]) @ homography[2]
    if abs(np.linalg.det(scaled)) < 1e-9 or np.abs(depth).min() < 1e-12 * np.abs(depth).max():
        raise _degenerate(name)
    if depth.min() < 0 < depth.max():
        raise CalibrationError(
            f"calibration {name} puts the horizon between its points; a point is swapped or mistyped"
        )
    return np.asarray(homography / np.copysign(np.linalg.norm(homography), depth[0]), dtype=np.float64)


def _normalisation(name: str, points: Matrix) -> Matrix:
    centre = points.mean(axis=0)
    spread = np.linalg.svd(points - centre, compute_uv=False)
    if spread[1] < _LEAST_SPREAD * spread[0] or spread[0] == 0.0:
        raise _degenerate(name)
    scale = np.sqrt(2.0) / np.linalg.norm(points - centre, axis=1).mean()
    return np.array([[scale, 0, -scale * centre[0]], [0, scale, -scale * centre[1]], [0, 0, 1.0]])


def _degenerate(name: str) -> CalibrationError:
    return CalibrationError(
        f"calibration {name} cannot be solved: its points lie on one line or coincide;"
        " survey points on both sides of the road"
    )


def _project(matrix: Matrix, points: Matrix) -> Matrix:
    homogeneous = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    depth = homogeneous[:, 2:]
    # _fit gives the surveyed side of the horizon positive depth, and the exact inverse keeps that sign.
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(depth > 0, homogeneous[:, :2] / depth, np.nan), dtype=np.float64)
