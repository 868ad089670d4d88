"""The best homography for points that err in the picture and on the road, with its covariance.

The eight parameters are those of the map from the road to the picture, both normalised, with its last entry
held at one: the points' centre lies before the camera, so that entry cannot vanish. Gauss-Newton minimises
the points' distances in the picture, each weighed by its own noise there: the image's, and the survey's as
the map shows it (effective variance: Orear, *Am. J. Phys.* 50 (1982) 912). The covariance is the inverse of
the normal matrix (Hartley & Zisserman, 2nd ed., result 5.9). Errors that points share enter as a full
covariance matrix, so that a tape that is too long is not averaged away.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from detectors.calibrating.control import CalibrationError, Mask, Matrix
from detectors.calibrating.homography import normalisation, project

_STEPS = 30
_SMALL = 1e-11


@dataclass(frozen=True, eq=False)
class Observations:
    """N points: undistorted ``image`` (N, 2) in px, ``road`` (N, 2) in m, and their standard uncertainties.

    ``sigma_px`` and ``sigma_m`` have shape (N,), ``shared_m`` (N, 2, S): the shifts of S shared errors.
    """

    image: Matrix
    road: Matrix
    sigma_px: Matrix
    sigma_m: Matrix
    shared_m: Matrix

    def only(self, kept: Mask) -> Observations:
        """The points where the mask ``kept`` (N,) is true."""
        return Observations(
            self.image[kept], self.road[kept], self.sigma_px[kept], self.sigma_m[kept], self.shared_m[kept]
        )

    def louder(self, scale: float) -> Observations:
        """The same points with ``scale`` times the noise; what they share stays as it is."""
        return replace(self, sigma_px=self.sigma_px * scale, sigma_m=self.sigma_m * scale)


@dataclass(frozen=True, eq=False)
class Refined:
    """A fitted map: ``parameters`` (8,) with ``covariance`` (8, 8), in the units of both scalings (3, 3)."""

    parameters: Matrix
    covariance: Matrix
    image_scaling: Matrix
    road_scaling: Matrix

    def homography(self, parameters: Matrix | None = None) -> Matrix:
        """The map (3, 3) from the picture to the road, of these parameters or of others near them."""
        chosen = self.parameters if parameters is None else parameters
        scaled = np.append(chosen, 1.0).reshape(3, 3)
        matrix = np.linalg.inv(self.road_scaling) @ np.linalg.inv(scaled) @ self.image_scaling
        return np.asarray(matrix / np.linalg.norm(matrix), dtype=np.float64)

    def residuals(self, seen: Observations) -> tuple[Matrix, Matrix, Matrix]:
        """Residuals (2N,) of N points, their Jacobian (2N, 8) and covariance (2N, 2N), normalised."""
        scaled = project(self.road_scaling, seen.road)
        shown, by_parameters, by_road = _shown(self.parameters, scaled)
        residuals = (project(self.image_scaling, seen.image) - shown).reshape(-1)
        return residuals, by_parameters, self._noise(seen, by_road)

    def misses(self, seen: Observations, apart: Matrix) -> tuple[Matrix, Matrix]:
        """Lengths (N,) in px and in m of N points' distances ``apart`` (N, 2) in normalised units."""
        _, _, by_road = _shown(self.parameters, project(self.road_scaling, seen.road))
        on_road = np.linalg.solve(by_road, apart[..., None])[..., 0]
        return (
            np.linalg.norm(apart, axis=1) / self.image_scaling[0, 0],
            np.linalg.norm(on_road, axis=1) / self.road_scaling[0, 0],
        )

    def _noise(self, seen: Observations, by_road: Matrix) -> Matrix:
        per_px, per_m = self.image_scaling[0, 0], self.road_scaling[0, 0]
        noise = np.zeros((2 * len(seen.road), 2 * len(seen.road)))
        for i, turn in enumerate(by_road):
            block = (seen.sigma_px[i] * per_px) ** 2 * np.eye(2)
            block += (seen.sigma_m[i] * per_m) ** 2 * turn @ turn.T
            noise[2 * i : 2 * i + 2, 2 * i : 2 * i + 2] = block
        shared = (by_road @ (seen.shared_m * per_m)).reshape(len(noise), -1)
        return np.asarray(noise + shared @ shared.T, dtype=np.float64)


def refine(name: str, seen: Observations, start: Matrix) -> Refined:
    """Refine the homography ``start`` (picture to road) to the most likely one.

    Raises:
        CalibrationError: when it does not converge, as with points that contradict each other wildly.
    """
    image_scaling, road_scaling = normalisation(name, seen.image), normalisation(name, seen.road)
    scaled = image_scaling @ np.linalg.inv(start) @ np.linalg.inv(road_scaling)
    if abs(scaled[2, 2]) < 1e-9 * np.abs(scaled).max():
        raise _astray(name)
    fit = Refined((scaled / scaled[2, 2]).reshape(-1)[:8], np.eye(8), image_scaling, road_scaling)
    for _ in range(_STEPS):
        residuals, jacobian, noise = fit.residuals(seen)
        if not np.isfinite(residuals).all():
            raise _astray(name)
        weighed = np.linalg.solve(noise, jacobian)
        covariance = np.linalg.inv(jacobian.T @ weighed)
        step = covariance @ (weighed.T @ residuals)
        fit = Refined(fit.parameters + step, covariance, image_scaling, road_scaling)
        if np.abs(step).max() < _SMALL:
            return fit
    spread = np.sqrt(np.diag(fit.covariance))
    if (np.abs(step) > 1e-3 * spread).any():
        raise _astray(name)
    return fit


def _shown(parameters: Matrix, road: Matrix) -> tuple[Matrix, Matrix, Matrix]:
    """Where the map shows road points (N, 2), and its derivatives: (2N, 8) and (N, 2, 2)."""
    matrix = np.append(parameters, 1.0).reshape(3, 3)
    homogeneous = np.column_stack([road, np.ones(len(road))])
    shown = project(matrix, road)
    depth = homogeneous @ matrix[2]
    along = homogeneous / depth[:, None]
    by_parameters = np.zeros((len(road), 2, 8))
    by_parameters[:, 0, 0:3] = along
    by_parameters[:, 1, 3:6] = along
    by_parameters[:, :, 6:8] = -shown[:, :, None] * along[:, None, :2]
    by_road = (matrix[None, :2, :2] - shown[:, :, None] * matrix[None, 2:, :2]) / depth[:, None, None]
    return shown, by_parameters.reshape(-1, 8), by_road


def _astray(name: str) -> CalibrationError:
    return CalibrationError(
        f"calibration {name} does not settle: its points contradict each other; check them for swaps and"
        " typing errors"
    )
