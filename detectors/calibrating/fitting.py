"""Control points to a homography with its covariance, and the draws that carry it into any measurement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detectors.calibrating.agreement import agree
from detectors.calibrating.control import CalibrationError, ControlPoint, Mask, Matrix, SharedError
from detectors.calibrating.homography import degenerate, project
from detectors.calibrating.lens import Lens
from detectors.calibrating.refining import Observations, Refined, refine

#: The middle draw of the unscented transform counts for this many of the others' pairs.
_KAPPA = 1.0
_FURTHEST_PX, _FURTHEST_M = 1e6, 1e8


@dataclass(frozen=True, eq=False)
class Fit:
    """The homography (3, 3) of N points, and ``draws`` (K, 3, 3) that stand for its covariance.

    ``kept`` (N,) is false for outliers. ``noise_scale`` is by how much the stated noise was raised to explain
    the residuals of the kept ones. ``left_out_px`` and ``left_out_m`` (N,) say how far the fit of the other
    points misses each; NaN where those cannot tell, as with four points.
    """

    homography: Matrix
    refined: Refined
    draws: Matrix
    draw_weights: Matrix
    kept: Mask
    noise_scale: float
    left_out_px: Matrix
    left_out_m: Matrix

    @property
    def checks(self) -> int:
        """How many points more than the needed four took part; at 0 no point checks another."""
        return int(np.count_nonzero(self.kept)) - 4


def fit_points(
    name: str, points: Sequence[ControlPoint], lens: Lens | None, shared: Sequence[SharedError]
) -> Fit:
    """Fit the most likely homography, without the points that the others contradict.

    Raises:
        CalibrationError: when the points are too few, not finite, do not fix a plane, or contradict each
            other so that no majority of them agrees.
    """
    seen = _observations(name, points, lens, shared)
    try:
        found = agree(name, seen)
        refined, kept = found.fit, seen.only(found.kept)
        if found.noise_scale > 1.0:
            refined = refine(name, kept.louder(found.noise_scale), refined.homography())
        draws, weights = _draws(refined)
    except np.linalg.LinAlgError:
        raise degenerate(name) from None
    if not all(np.isfinite(project(draw, kept.image)).all() for draw in draws):
        raise CalibrationError(
            f"calibration {name} is hardly fixed by its points: within their noise the horizon may run"
            " between them; survey points further apart, on both sides of the road"
        )
    missed_px, missed_m = refined.misses(seen, found.left_out)
    return Fit(
        homography=refined.homography(),
        refined=refined,
        draws=draws,
        draw_weights=weights,
        kept=found.kept,
        noise_scale=found.noise_scale,
        left_out_px=missed_px,
        left_out_m=missed_m,
    )


def _observations(
    name: str, points: Sequence[ControlPoint], lens: Lens | None, shared: Sequence[SharedError]
) -> Observations:
    if len(points) < 4:
        raise CalibrationError(
            f"calibration {name} has {len(points)} points; survey at least 4 that span the road"
        )
    image = np.array([point.image for point in points], dtype=np.float64)
    road = np.array([point.road for point in points], dtype=np.float64)
    if not (np.isfinite(image).all() and np.isfinite(road).all()):
        raise CalibrationError(f"calibration {name} holds a point that is not a finite number")
    if np.abs(image).max() > _FURTHEST_PX or np.abs(road).max() > _FURTHEST_M:
        raise CalibrationError(
            f"calibration {name} holds a point that is millions of px or m away; correct the number"
        )
    sigma_px = np.array([point.sigma_px for point in points], dtype=np.float64)
    sigma_m = np.array([point.sigma_m for point in points], dtype=np.float64)
    if not ((sigma_px > 0) & (sigma_px < _FURTHEST_PX) & (sigma_m >= 0) & (sigma_m < _FURTHEST_M)).all():
        raise CalibrationError(
            f"calibration {name} holds a point whose sigma_px or sigma_m is not positive or not finite;"
            " say how well it is known"
        )
    if lens is not None:
        step = np.array([0.5, 0.0])
        wide = [lens.undistort(image + d) - lens.undistort(image - d) for d in (step, step[::-1])]
        image = lens.undistort(image)
        if not (np.isfinite(image).all() and np.isfinite(wide).all()):
            raise CalibrationError(
                f"calibration {name} has a point where its lens's coefficients no longer hold;"
                " leave it out or measure the lens again"
            )
        # A lens that pulls the picture apart there pulls the click's error apart as much.
        sigma_px = sigma_px * np.sqrt(np.abs(np.linalg.det(np.stack(wide, axis=1))))
    for error in shared:
        if len(error.shifts_m) != len(points):
            raise CalibrationError(
                f"calibration {name} has {len(points)} points but its error {error.name!r} shifts"
                f" {len(error.shifts_m)}; give one shift a point"
            )
        if not np.isfinite(error.shifts_m).all():
            raise CalibrationError(
                f"calibration {name} has an error {error.name!r} with a shift that is no finite number;"
                " correct it"
            )
    shifts = np.array([error.shifts_m for error in shared], dtype=np.float64).reshape(-1, len(points), 2)
    return Observations(image, road, sigma_px, sigma_m, shifts.transpose(1, 2, 0))


def _draws(refined: Refined) -> tuple[Matrix, Matrix]:
    """Sigma points (Julier & Uhlmann, *Proc. IEEE* 92 (2004) 401) of the homography: (K, 3, 3) and (K,)."""
    parameters, covariance = refined.parameters, refined.covariance
    spread = np.sqrt(len(parameters) + _KAPPA)
    size = np.sqrt(np.diag(covariance))
    root = np.linalg.cholesky(covariance / np.outer(size, size)) * size[:, None] * spread
    shifted = [parameters + side * column for column in root.T for side in (1, -1)]
    draws = np.stack([refined.homography(), *(refined.homography(p) for p in shifted)])
    weights = np.full(len(draws), 0.5 / spread**2)
    weights[0] = _KAPPA / spread**2
    return draws, weights
