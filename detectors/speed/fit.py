"""Position against time with constant acceleration, by generalised least squares.

The errors of a detector's boxes are alike as long as the picture of the vehicle is alike, so neighbouring
looks do not count for as many as they are. Their covariance is

    scale^2 n_i n_j [ own (i = j) + (1 - own) exp(-|p_i - p_j| / reach) ] + what all points share,

with n the expected error in metres and p how far the vehicle has moved in the picture, in sizes of itself.
``scale`` and ``reach`` are not known: the residuals say how likely each pair of a grid is (restricted
likelihood, Patterson & Thompson 1971), and the answer is the mean over the grid, weighted so. Wild boxes lose
their weight first (Huber, *Robust Statistics*, ch. 7).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_HUBER = 1.345
#: The part of a box's error that the next box does not share.
_OWN = 0.5
_SCALES = np.array([0.45, 0.67, 1.0, 1.5, 2.25, 3.4])
_REACHES = np.array([0.2, 0.6, 1.8])
#: What is expected of scale and reach before the residuals are seen: natural logarithms, standard deviations.
_SCALE_SPREAD, _REACH_SPREAD, _USUAL_REACH = 0.3, 0.6, 0.6


@dataclass(frozen=True)
class Motion:
    """The fitted motion at time 0: ``operator`` (3, N) turns positions into position, speed, acceleration.

    ``own`` (N, N) is the covariance of the boxes' errors; ``precision`` (N, N) the inverse of the whole
    covariance as it was expected, before the residuals had their say; ``scale`` how large the errors are in
    terms of what was expected; ``independent`` the number of independent points that the looks are worth.
    """

    operator: Array
    state: Array
    residuals: Array
    own: Array
    precision: Array
    scale: float
    independent: float
    weights: Array


def design(times: Array) -> Array:
    """(N, 3): position, speed and acceleration at time 0 into positions at ``times`` (s)."""
    return np.column_stack([np.ones_like(times), times, times**2 / 2])


def fit_motion(
    times: Array, along: Array, noise_m: Array, path: Array, common: Array, acceleration_sigma: float
) -> Motion:
    """Fit positions ``along`` the way (N,) in metres at ``times`` (N,) in seconds.

    ``noise_m`` (N,) is the expected error of each, ``path`` (N,) the way in the picture in vehicle sizes,
    ``common`` (N, N) the covariance of what errs for all points together. ``acceleration_sigma`` in m/s^2 is
    what vehicles usually do: where the points cannot tell, it does.
    """
    matrix = design(times)
    weights = _robust_weights(matrix, along, noise_m)
    apart = np.abs(path[:, None] - path[None, :])
    prior = np.diag([0.0, 0.0, 1.0 / acceleration_sigma**2])
    found = []
    for reach in _REACHES:
        own = box_covariance(noise_m, weights, apart, reach)
        for scale in _SCALES:
            operator, evidence, precision = solve(matrix, along, scale**2 * own + common, prior)
            evidence += expectation(scale, reach)
            found.append((evidence, operator, scale**2 * own, precision, scale, np.exp(-apart / reach)))
    likely = np.exp(np.array([f[0] for f in found]) - max(f[0] for f in found))
    likely /= likely.sum()
    operator, own = (
        np.asarray(sum(share * f[i] for share, f in zip(likely, found, strict=True))) for i in (1, 2)
    )
    expected = [(share, f[3]) for share, f in zip(likely, found, strict=True) if f[4] == 1.0]
    precision = sum(share * f for share, f in expected) / max(sum(share for share, _ in expected), 1e-300)
    alike = np.asarray(sum(share * f[5] for share, f in zip(likely, found, strict=True)))
    alike = _OWN * np.eye(len(times)) + (1 - _OWN) * alike
    state = operator @ along
    return Motion(
        operator,
        state,
        along - matrix @ state,
        own,
        precision,
        float(likely @ [f[4] for f in found]),
        float(len(times) ** 2 / alike.sum()),
        weights,
    )


def expectation(scale: float, reach: float) -> float:
    """How likely a scale and a reach are before the residuals are seen: a logarithm."""
    return float(
        -((np.log(scale) / _SCALE_SPREAD) ** 2) / 2 - (np.log(reach / _USUAL_REACH) / _REACH_SPREAD) ** 2 / 2
    )


def box_covariance(noise_m: Array, weights: Array, apart: Array, reach: float) -> Array:
    """The covariance (N, N) of boxes that err as expected; ``apart`` (N, N) is in vehicle sizes."""
    alike = np.outer(noise_m, noise_m) * np.exp(-apart / reach)
    return np.asarray(np.diag(_OWN * noise_m**2 / weights) + (1 - _OWN) * alike)


def solve(matrix: Array, along: Array, covariance: Array, prior: Array) -> tuple[Array, float, Array]:
    """The operator (3, N), the logarithm of the restricted likelihood, and the precision (N, N)."""
    covariance = covariance + 1e-8 * np.eye(len(along))
    inverse = np.linalg.inv(covariance)
    information = matrix.T @ inverse @ matrix + prior
    operator = np.linalg.solve(information, matrix.T @ inverse)
    residual = along - matrix @ (operator @ along)
    # The prior on the acceleration is one more observation, of nought.
    misfit = residual @ inverse @ residual + (operator @ along) @ prior @ (operator @ along)
    evidence = -0.5 * (misfit + np.linalg.slogdet(covariance)[1] + np.linalg.slogdet(information)[1])
    return np.asarray(operator, np.float64), float(evidence), np.asarray(inverse, np.float64)


def _robust_weights(matrix: Array, along: Array, noise_m: Array) -> Array:
    weights = np.ones(len(along))
    for _ in range(10):
        root = np.sqrt(weights) / noise_m
        solution = np.linalg.lstsq(matrix * root[:, None], along * root, rcond=None)[0]
        distances = np.abs(along - matrix @ solution) / noise_m
        scale = max(1.4826 * float(np.median(distances)), 1.0)
        weights = np.minimum(1.0, _HUBER * scale / np.maximum(distances, 1e-12))
    # A box that is within its share of errors keeps all its weight; a wild one loses it with its distance.
    return np.where(weights > 0.5, 1.0, weights**2)
