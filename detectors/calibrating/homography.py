"""Planar homographies: the linear fit that starts every other, and the mapping itself.

The fit is the normalised direct linear transform (Hartley & Zisserman, *Multiple View Geometry*, 2nd ed.,
algorithm 4.2), so pixels and metres of very different size do not spoil its conditioning.
"""

from __future__ import annotations

import numpy as np

from detectors.calibrating.control import CalibrationError, Matrix

_LEAST_SPREAD = 1e-3


def project(matrix: Matrix, points: Matrix) -> Matrix:
    """Where ``matrix`` (3, 3) puts points (N, 2); NaN where their depth is not positive (the horizon)."""
    homogeneous = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    depth = homogeneous[:, 2:]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(depth > 0, homogeneous[:, :2] / depth, np.nan), dtype=np.float64)


def normalisation(name: str, points: Matrix) -> Matrix:
    """The similarity (3, 3) that moves points (N, 2) to the origin, at a mean distance of root two from it.

    Raises:
        CalibrationError: when the points lie on one line or coincide.
    """
    centre = points.mean(axis=0)
    spread = np.linalg.svd(points - centre, compute_uv=False)
    if spread[1] < _LEAST_SPREAD * spread[0] or spread[0] == 0.0:
        raise degenerate(name)
    scale = np.sqrt(2.0) / np.linalg.norm(points - centre, axis=1).mean()
    return np.array([[scale, 0, -scale * centre[0]], [0, scale, -scale * centre[1]], [0, 0, 1.0]])


def fit_linear(name: str, image: Matrix, road: Matrix) -> Matrix:
    """The homography (3, 3) from image points (N, 2) to road points (N, 2), N >= 4, depth positive at them.

    Raises:
        CalibrationError: when the points do not fix a plane, or lie on both sides of its horizon.
    """
    image_scaling, road_scaling = normalisation(name, image), normalisation(name, road)
    scaled_image, scaled_road = project(image_scaling, image), project(road_scaling, road)
    _, singular, directions = np.linalg.svd(design(scaled_image, scaled_road))
    # With a unique solution only the last singular value vanishes: a second one that does means that a whole
    # family of planes fits, as when three of four points lie on one line.
    if singular[7] < _LEAST_SPREAD * singular[0]:
        raise degenerate(name)
    scaled = directions[-1].reshape(3, 3)
    homography = np.linalg.inv(road_scaling) @ scaled @ image_scaling
    depth = np.column_stack([image, np.ones(len(image))]) @ homography[2]
    if abs(np.linalg.det(scaled)) < 1e-9 or np.abs(depth).min() < 1e-12 * np.abs(depth).max():
        raise degenerate(name)
    if depth.min() < 0 < depth.max():
        raise CalibrationError(
            f"calibration {name} puts the horizon between its points; a point is swapped or mistyped"
        )
    return np.asarray(homography / np.copysign(np.linalg.norm(homography), depth[0]), dtype=np.float64)


def design(image: Matrix, road: Matrix) -> Matrix:
    """The equations of the linear fit: (..., 2N, 9) for points (..., N, 2), two rows a point."""
    x, y, u, v = image[..., 0], image[..., 1], road[..., 0], road[..., 1]
    one, none = np.ones_like(x), np.zeros_like(x)
    first = np.stack([-x, -y, -one, none, none, none, u * x, u * y, u], axis=-1)
    second = np.stack([none, none, none, -x, -y, -one, v * x, v * y, v], axis=-1)
    return np.concatenate([first, second], axis=-2)


def degenerate(name: str) -> CalibrationError:
    """The error for points that fix no plane."""
    return CalibrationError(
        f"calibration {name} cannot be solved: its points lie on one line or coincide;"
        " survey points on both sides of the road"
    )
