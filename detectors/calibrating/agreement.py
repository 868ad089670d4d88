"""Which control points agree: what the others say of each one, and the search for those that err.

A point is judged by the fit of all other points, never by one that it took part in (Baarda, *A testing
procedure for use in geodetic networks*, 1968). Where one is out of its noise, a consensus is searched for
from subsets of four points, the best by its least quantile of squares (Rousseeuw & Leroy, *Robust Regression
and Outlier Detection*, ch. 3), then grown. The subsets are the same on every run.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from math import comb, log

import numpy as np
from scipy.special import gammaincinv, stdtrit

from detectors.calibrating.control import CalibrationError, Mask, Matrix
from detectors.calibrating.homography import design, fit_linear, normalisation, project
from detectors.calibrating.refining import Observations, Refined, refine

#: How often a set of points without an error may lose one.
_FALSE_ALARM = 0.01
#: A point counts as checked by the others from this part of its own weight on.
_LEAST_REDUNDANCY = 0.02
#: Residuals that are not larger than this part of all sets' are what the stated noise says.
_EXPECTED = 0.9
_MOST_SUBSETS = 600
_ROUNDS = 12


@dataclass(frozen=True, eq=False)
class Agreement:
    """The points ``kept`` (N,), their fit, and what the others say of each of the N points.

    ``left_out`` (N, 2) is how far each point lies from where the others put it, in normalised image units;
    ``distances`` (N,) the same squared in units of its uncertainty; NaN where the others cannot tell.
    ``noise_scale`` is by how much the stated noise has to be raised to explain the kept points' residuals.
    """

    fit: Refined
    kept: Mask
    left_out: Matrix
    distances: Matrix
    noise_scale: float


def agree(name: str, seen: Observations) -> Agreement:
    """Fit the points that agree; with five or fewer, all of them.

    Raises:
        CalibrationError: when the points fix no plane, or no majority of them agrees.
    """
    everyone = np.ones(len(seen.image), dtype=bool)
    try:
        judged = _judge(name, seen, everyone)
    except CalibrationError:
        if len(seen.image) < 6 or _flat(name, seen):
            raise
        return _search(name, seen)
    limit = _limit(len(seen.image))
    if len(seen.image) < 6 or not (judged.distances > limit).any():
        return judged
    return _search(name, seen)


def _judge(name: str, seen: Observations, kept: Mask) -> Agreement:
    """Fit the kept points, and say of every point how far it is from what the other kept ones say."""
    chosen = seen.only(kept)
    fit = refine(name, chosen, fit_linear(name, chosen.image, chosen.road))
    residuals, jacobian, noise = fit.residuals(chosen)
    weights: Matrix = np.linalg.inv(noise).astype(np.float64)
    rest = weights - weights @ jacobian @ fit.covariance @ jacobian.T @ weights
    pulls = rest @ residuals
    left_out, distances = np.full((len(kept), 2), np.nan), np.full(len(kept), np.nan)
    for row, i in enumerate(np.flatnonzero(kept)):
        two = slice(2 * row, 2 * row + 2)
        own = np.linalg.cholesky(noise[two, two])
        if np.linalg.eigvalsh(own.T @ rest[two, two] @ own)[0] > _LEAST_REDUNDANCY:
            left_out[i] = np.linalg.solve(rest[two, two], pulls[two])
            distances[i] = left_out[i] @ pulls[two]
    others = ~kept
    if others.any():
        left_out[others], distances[others] = _apart(fit, seen.only(others))
    return Agreement(fit, kept, left_out, distances, _scale(residuals, weights))


def _apart(fit: Refined, others: Observations) -> tuple[Matrix, Matrix]:
    """How far points that did not take part lie from where ``fit`` has them, and the same squared in noise.

    The noise is that of the place where a point was surveyed and that of the place where it is seen, the
    less doubtful of both: nothing contradicts a place that was mistyped to lie almost under the camera, where
    a millimetre more is half the picture.
    """
    seen_at = replace(others, road=project(fit.homography(), others.image))
    residuals, *surveyed = fit.residuals(others)
    missed = residuals.reshape(-1, 2)
    distances = np.zeros(len(missed))
    for by, noise in (surveyed, fit.residuals(seen_at)[1:]):
        for i, apart in enumerate(missed):
            two = slice(2 * i, 2 * i + 2)
            doubt = noise[two, two] + by[two] @ fit.covariance @ by[two].T
            # A point beyond the horizon of the fit is as wrong as can be.
            far = not (np.isfinite(apart).all() and np.isfinite(doubt).all())
            distances[i] = max(distances[i], np.inf if far else apart @ np.linalg.solve(doubt, apart))
    return missed, distances


def _scale(residuals: Matrix, weights: Matrix) -> float:
    """By how much the noise is larger than stated: 1 unless they are larger than nine in ten such sets

    A scale that is itself estimated from few residuals is widened as Student's t asks, so that k = 2 keeps
    its meaning (GUM, annex G).
    """
    freedom = len(residuals) - 8
    if freedom <= 0:
        return 1.0
    squares = float(residuals @ weights @ residuals)
    if squares <= 2.0 * gammaincinv(freedom / 2, _EXPECTED):
        return 1.0
    return float(np.sqrt(squares / freedom) * stdtrit(freedom, 0.97725) / 2.0)


def _search(name: str, seen: Observations) -> Agreement:
    count = len(seen.image)
    quorum = (count + 5) // 2
    distances = _subset_distances(name, seen)
    for best in np.argsort(np.partition(distances, quorum - 1, axis=1)[:, quorum - 1])[:8]:
        kept = np.zeros(count, dtype=bool)
        kept[np.argsort(distances[best])[:quorum]] = True
        try:
            found = _grow(name, seen, kept)
        except CalibrationError:
            continue
        if np.count_nonzero(found.kept) >= quorum:
            return found
    raise CalibrationError(
        f"calibration {name} has {count} points of which no {quorum} agree with each other within their"
        " stated noise; check them for swaps and typing errors, or survey them again"
    )


def _grow(name: str, seen: Observations, kept: Mask) -> Agreement:
    """Let every point in that the kept ones confirm, and out that they do not, until nothing changes."""
    found = _judge(name, seen, kept)
    for turn in range(_ROUNDS):
        # The best part of the points looks quieter than all of them are.
        part = np.count_nonzero(kept) / len(kept) if turn == 0 else 1.0
        loud = found.noise_scale**2 / _quietness(part)
        # A point that the others cannot judge stays in.
        good = ~(found.distances > _limit(len(kept)) * max(1.0, loud))
        if (good == kept).all():
            return found
        kept = good
        found = _judge(name, seen, kept)
    return found


def _limit(count: int) -> float:
    """The squared distance that among ``count`` right points is exceeded once in a hundred calibrations."""
    return -2.0 * log(_FALSE_ALARM / count)


def _quietness(part: float) -> float:
    """The mean square of the closest ``part`` of two-dimensional normal errors, as a part of all errors'."""
    if part >= 1.0:
        return 1.0
    edge = -2.0 * log(1.0 - part)
    return (2.0 - (edge + 2.0) * (1.0 - part)) / part / 2.0


def _flat(name: str, seen: Observations) -> bool:
    """Whether the points lie on one line, on the road or in the picture."""
    try:
        normalisation(name, seen.image)
        normalisation(name, seen.road)
    except CalibrationError:
        return True
    return False


def _subset_distances(name: str, seen: Observations) -> Matrix:
    """Squared distances (M, N) of the points from the exact fits of M subsets, in units of their noise."""
    count = len(seen.image)
    if comb(count, 4) <= _MOST_SUBSETS:
        subsets = np.array(list(combinations(range(count), 4)))
    else:
        rng = np.random.default_rng(0)
        subsets = np.stack([rng.choice(count, 4, replace=False) for _ in range(_MOST_SUBSETS)])
    turn, move = normalisation(name, seen.image), normalisation(name, seen.road)
    image, road = project(turn, seen.image), project(move, seen.road)
    _, singular, directions = np.linalg.svd(design(road[subsets], image[subsets]))
    maps = directions[:, -1].reshape(-1, 3, 3)
    maps = maps[(singular[:, 7] > 1e-3 * singular[:, 0]) & (np.abs(np.linalg.det(maps)) > 1e-9)]
    depth = np.einsum("nj,mj->mn", np.column_stack([road, np.ones(count)]), maps[:, 2])
    # Most points of a right subset lie before the camera; the sign of a map is arbitrary.
    maps = maps * np.sign(np.median(depth, axis=1))[:, None, None]
    places = np.broadcast_to(road, (len(maps), count, 2))
    shown, by_road, depth = _mapped(maps, places)
    seen_at = _mapped(np.linalg.inv(maps), np.broadcast_to(image, places.shape))[0]
    apart = image - shown
    squares = np.where(depth > 0, 0.0, np.inf)
    sigma_px, sigma_m = seen.sigma_px * turn[0, 0], seen.sigma_m * move[0, 0]
    # As in _apart: the noise of both places, the surveyed and the seen one.
    for slopes in (by_road, _mapped(maps, seen_at)[1]):
        noise = sigma_px[:, None, None] ** 2 * np.eye(2)
        noise = noise + sigma_m[:, None, None] ** 2 * slopes @ slopes.swapaxes(-1, -2)
        wrong = ~np.isfinite(apart).all(axis=-1) | ~np.isfinite(noise).all(axis=(-1, -2))
        noise[wrong] = np.eye(2)
        missed = np.where(wrong[..., None], 0.0, apart)
        each = (missed * np.linalg.solve(noise, missed[..., None])[..., 0]).sum(axis=-1)
        squares = np.maximum(squares, np.where(wrong, np.inf, each))
    return np.asarray(squares, dtype=np.float64)


def _mapped(maps: Matrix, places: Matrix) -> tuple[Matrix, Matrix, Matrix]:
    """Where M maps (M, 3, 3) have places (M, N, 2), its derivatives (M, N, 2, 2), and the depths (M, N)."""
    homogeneous = np.concatenate([places, np.ones((*places.shape[:2], 1))], axis=-1)
    depth = np.einsum("mnj,mj->mn", homogeneous, maps[:, 2])
    with np.errstate(divide="ignore", invalid="ignore"):
        shown = np.einsum("mnj,mij->mni", homogeneous, maps[:, :2]) / depth[..., None]
        slopes = (maps[:, None, :2, :2] - shown[..., None] * maps[:, None, 2:, :2]) / depth[..., None, None]
    return shown, slopes, depth
