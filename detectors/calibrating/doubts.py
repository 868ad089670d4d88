"""What a calibration's uncertainty does to a speed, anywhere in the picture, before any vehicle came."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from detectors.calibrating.control import Matrix
from detectors.calibrating.homography import project
from detectors.calibration import Calibration
from streams.survey import SpeedDoubt

#: Bases over which the speed is thought to be measured; the short one where the long one leaves the picture.
_BASES_M = (10.0, 2.0)
_KMH = 100.0
_COVERAGE = 2.0
_COLUMNS, _ROWS = 16, 9


def speed_doubts(calibration: Calibration, places_px: ArrayLike) -> tuple[SpeedDoubt, ...]:
    """The doubt at image places (N, 2) in px, in order; places that are not on the road are left out."""
    places = np.asarray(places_px, dtype=np.float64).reshape(-1, 2)
    road = calibration.image_to_road(places)
    here = np.isfinite(road).all(axis=1)
    places, road = places[here], road[here]
    if not len(places):
        return ()
    covered, sigmas = calibration.covers(places), calibration.road_sigma_m(places)
    doubts = []
    for place, at, inside, sigma, spread in zip(
        places, road, covered, sigmas, _velocity_spread(calibration, road), strict=True
    ):
        if not np.isfinite(spread).all():
            continue
        sizes, axes = np.linalg.eigh(spread)
        half = _COVERAGE * np.sqrt(np.maximum(sizes, 0.0))
        doubts.append(
            SpeedDoubt(
                image_px=_pair(place),
                road_m=_pair(at),
                speed_percent=_COVERAGE * float(np.sqrt(spread[1, 1])) / _KMH * 100,
                ellipse_kmh=(float(half[1]), float(half[0])),
                ellipse_deg=float(np.degrees(np.arctan2(axes[0, 1], axes[1, 1]))) % 180.0,
                position_m=_COVERAGE * float(sigma),
                covered=bool(inside),
            )
        )
    return tuple(doubts)


def covered_places(calibration: Calibration) -> Matrix:
    """Places (N, 2) in px on an even grid over the picture, as far as the calibration counts there."""
    width, height = calibration.image_size
    x, y = np.meshgrid(
        (np.arange(_COLUMNS) + 0.5) * width / _COLUMNS, (np.arange(_ROWS) + 0.5) * height / _ROWS
    )
    places = np.column_stack([x.ravel(), y.ravel()])
    return np.asarray(places[calibration.covers(places)], dtype=np.float64)


def _velocity_spread(calibration: Calibration, road: Matrix) -> Matrix:
    """Covariance (N, 2, 2) in (km/h)² of 100 km/h along the road, over the draws; NaN unseen."""
    back = np.linalg.inv(calibration.homography).astype(np.float64)
    spread = np.full((len(road), 2, 2), np.nan)
    for base in _BASES_M:
        half = np.array([0.0, base / 2])
        ends = [project(back, road + side * half) for side in (1, -1)]
        moves = np.stack([project(d, ends[0]) - project(d, ends[1]) for d in calibration.draws()])
        apart = moves * (_KMH / base) - np.array([0.0, _KMH])
        found = np.einsum("k,kni,knj->nij", calibration.draw_weights(), apart, apart)
        missing = ~np.isfinite(spread).all(axis=(1, 2))
        spread[missing] = found[missing]
    return spread


def _pair(values: Matrix) -> tuple[float, float]:
    return (float(values[0]), float(values[1]))
