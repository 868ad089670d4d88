"""From the picture to the road: a lens and a homography fitted to surveyed points, with its uncertainty.

:mod:`detectors.calibrating` holds the parts; this is what the roadside measures with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detectors.calibrating.area import Area, area_of
from detectors.calibrating.camera import camera_place_m
from detectors.calibrating.control import CalibrationError, ControlPoint, Matrix, SharedError
from detectors.calibrating.fitting import Fit, fit_points
from detectors.calibrating.homography import project
from detectors.calibrating.lens import Lens

__all__ = ["Calibration", "CalibrationError", "ControlPoint", "Lens", "SharedError"]


@dataclass(frozen=True, eq=False)
class Calibration:
    """A camera's map from the image (px) to the road plane (m), how well it is known, and when it holds.

    ``homography`` (3, 3) maps image points without the lens's distortion. ``valid_from_ns`` and
    ``valid_until_ns`` are UTC nanoseconds; None leaves that end open. ``residuals_px`` and ``residuals_m``
    are each control point's distance from where the fit puts it, shape (N,); with exactly four points they
    are zero and say nothing.
    """

    calibration_id: str
    image_size: tuple[int, int]
    points: tuple[ControlPoint, ...]
    homography: Matrix
    residuals_px: Matrix
    residuals_m: Matrix
    fit: Fit
    area: Area
    lens: Lens | None = None
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
        *,
        lens: Lens | None = None,
        shared: Sequence[SharedError] = (),
        margin_m: float | None = None,
    ) -> Calibration:
        """Fit a calibration to at least four points, no three of the needed four on one line.

        ``margin_m`` is how far outside the points it still counts: by default a fifth of what they span,
        and across the road at least one lane.

        Raises:
            CalibrationError: when the points are too few, not finite, or do not fix a plane.
        """
        if valid_from_ns is not None and valid_until_ns is not None and valid_until_ns <= valid_from_ns:
            raise CalibrationError(
                f"calibration {calibration_id} ends before it begins; correct its validity"
            )
        if margin_m is not None and not 0 <= margin_m < np.inf:
            raise CalibrationError(
                f"calibration {calibration_id} has a margin of {margin_m:g} m; give 0 m or more"
            )
        fit = fit_points(calibration_id, points, lens, shared)
        image = np.array([point.image for point in points], dtype=np.float64)
        road = np.array([point.road for point in points], dtype=np.float64)
        made = cls(
            calibration_id=calibration_id,
            image_size=image_size,
            points=tuple(points),
            homography=fit.homography,
            residuals_px=np.zeros(len(points)),
            residuals_m=np.zeros(len(points)),
            fit=fit,
            area=area_of(road[fit.kept], margin_m),
            lens=lens,
            valid_from_ns=valid_from_ns,
            valid_until_ns=valid_until_ns,
        )
        object.__setattr__(made, "residuals_px", np.linalg.norm(made.road_to_image(road) - image, axis=1))
        object.__setattr__(made, "residuals_m", np.linalg.norm(made.image_to_road(image) - road, axis=1))
        return made

    def undistort(self, xy_px: ArrayLike) -> Matrix:
        """Image points (N, 2) in px as a lens without distortion would show them."""
        points = np.asarray(xy_px, dtype=np.float64).reshape(-1, 2)
        return points if self.lens is None else self.lens.undistort(points)

    def image_to_road(self, xy_px: ArrayLike) -> Matrix:
        """Road positions in metres, (N, 2), of image points (N, 2) in px; NaN at or above the horizon."""
        return project(self.homography, self.undistort(xy_px))

    def road_to_image(self, xy_m: ArrayLike) -> Matrix:
        """Image positions in px, shape (N, 2), of road points (N, 2) in metres; NaN behind the camera."""
        flat = project(self._back, np.asarray(xy_m, dtype=np.float64).reshape(-1, 2))
        return flat if self.lens is None else self.lens.distort(flat)

    def covers(self, xy_px: ArrayLike) -> NDArray[np.bool_]:
        """Which of the image points (N, 2) lie where the calibration counts, shape (N,)."""
        return self.area.holds(self.image_to_road(xy_px))

    def metres_per_pixel(self, xy_px: ArrayLike) -> Matrix:
        """How far the road point moves along the road, in metres, when the image point moves one pixel down.

        ``xy_px`` has shape (N, 2); the answer has shape (N,) and is not negative.
        """
        points = np.asarray(xy_px, dtype=np.float64).reshape(-1, 2)
        half = np.array([0.0, 0.5])
        moved = self.image_to_road(points + half) - self.image_to_road(points - half)
        return np.asarray(np.linalg.norm(moved, axis=1), dtype=np.float64)

    def draws(self) -> NDArray[np.float64]:
        """Homographies (K, 3, 3) that stand for all that the survey allows; the first is ``homography``.

        Each maps undistorted image points. The spread of any function of the road over them, weighed by
        :meth:`draw_weights`, is that function's standard uncertainty from the calibration.
        """
        return self.fit.draws

    def draw_weights(self) -> NDArray[np.float64]:
        """The weights (K,) of :meth:`draws`, positive, of sum one."""
        return self.fit.draw_weights

    def road_covariance_m(self, xy_px: ArrayLike, pixel_sigma_px: ArrayLike = 0.0) -> Matrix:
        """Covariance (N, 2, 2) in m² of the road positions of image points (N, 2).

        It comes from the calibration and from the pixels.

        ``pixel_sigma_px`` is the points' standard uncertainty in each direction, one number or shape (N,).
        """
        points = np.asarray(xy_px, dtype=np.float64).reshape(-1, 2)
        flat = self.undistort(points)
        spread = np.stack([project(draw, flat) for draw in self.draws()])
        spread = spread - np.tensordot(self.draw_weights(), spread, axes=1)
        covariance = np.einsum("k,kni,knj->nij", self.draw_weights(), spread, spread)
        turn = np.stack(
            [self.image_to_road(points + d) - self.image_to_road(points - d) for d in np.eye(2) / 2], axis=2
        )
        sigma = np.broadcast_to(np.asarray(pixel_sigma_px, dtype=np.float64), (len(points),))
        return np.asarray(
            covariance + (sigma**2)[:, None, None] * turn @ turn.transpose(0, 2, 1), dtype=np.float64
        )

    def road_sigma_m(self, xy_px: ArrayLike, pixel_sigma_px: ArrayLike = 0.0) -> Matrix:
        """Standard uncertainty (N,) in m of the road positions of image points, in their worse direction."""
        covariance = self.road_covariance_m(xy_px, pixel_sigma_px)
        sigma = np.full(len(covariance), np.nan)
        known = np.isfinite(covariance).all(axis=(1, 2))
        sigma[known] = np.sqrt(np.linalg.eigvalsh(covariance[known])[:, -1])
        return sigma

    @property
    def camera_position_m(self) -> Matrix | None:
        """Where the camera stands, (x, y, height) in m in the road's axes; None where the view does not tell.

        The lens gives focal length and centre; without one, pixels are square and the centre the picture's.
        """
        places = self._places
        return None if places is None else places[0]

    @property
    def camera_height_m(self) -> float | None:
        """The camera's height above the road in m; None where the view does not tell."""
        place = self.camera_position_m
        return None if place is None else float(place[2])

    def camera_positions_m(self) -> Matrix | None:
        """The camera's place (K, 3) for each of the :meth:`draws`; None where the view does not tell."""
        return self._places

    def holds_at(self, moment_ns: int) -> bool:
        """Whether the calibration is valid at ``moment_ns`` (UTC nanoseconds; the end is exclusive)."""
        begun = self.valid_from_ns is None or moment_ns >= self.valid_from_ns
        return begun and (self.valid_until_ns is None or moment_ns < self.valid_until_ns)

    @cached_property
    def _back(self) -> Matrix:
        """The homography from the road to undistorted image points."""
        return np.asarray(np.linalg.inv(self.homography), dtype=np.float64)

    @cached_property
    def _places(self) -> Matrix | None:
        width, height = self.image_size
        lens = self.lens
        centre, focal = (lens.centre_px, lens.focal_px[0]) if lens else ((width / 2, height / 2), None)
        # National coordinates are millions of metres: their last digits would not survive the squares.
        x, y = self.area.corners.mean(axis=0)
        origin = np.array([x, y, 0.0])
        near = np.array([[1.0, 0.0, -x], [0.0, 1.0, -y], [0.0, 0.0, 1.0]])
        places = [camera_place_m(near @ draw, centre, width, focal) for draw in self.draws()]
        known = [place + origin for place in places if place is not None]
        return np.stack(known) if len(known) == len(places) else None
