"""The road's grid and the calibrated area as lines in the picture, for people to see whether they fit it."""

from __future__ import annotations

import numpy as np

from detectors.calibrating.control import Matrix
from detectors.calibration import Calibration
from streams.survey import RoadLine

_STEPS_M = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)
_MOST_LINES = 14
_PIECES = 60


def road_grid(calibration: Calibration) -> tuple[RoadLine, ...]:
    """Lines of constant x and of constant y at round metres over the calibrated area, where they are seen."""
    outline = calibration.area.outline()
    low, high = outline.min(axis=0), outline.max(axis=0)
    lines = []
    for axis, along in ((0, True), (1, False)):
        for at in _round_places(float(low[axis]), float(high[axis])):
            other = np.linspace(low[1 - axis], high[1 - axis], _PIECES)
            road = np.empty((_PIECES, 2))
            road[:, axis], road[:, 1 - axis] = at, other
            for piece in _seen(calibration, road):
                lines.append(RoadLine(f"{'xy'[axis]} {at:g} m", along, at, _pairs(piece)))
    return tuple(lines)


def area_in_picture(calibration: Calibration) -> tuple[tuple[float, float], ...]:
    """The outline in px of where the calibration counts, as far as it lies before the camera."""
    pixels = calibration.road_to_image(calibration.area.outline())
    return _pairs(pixels[np.isfinite(pixels).all(axis=1)])


def _round_places(low: float, high: float) -> list[float]:
    step = next((s for s in _STEPS_M if (high - low) / s <= _MOST_LINES), _STEPS_M[-1])
    return [float(i * step) for i in range(int(np.ceil(low / step)), int(np.floor(high / step)) + 1)]


def _seen(calibration: Calibration, road: Matrix) -> list[Matrix]:
    """The pieces in px of a road line (N, 2) that lie in the picture or near it."""
    pixels = calibration.road_to_image(road)
    width, height = calibration.image_size
    with np.errstate(invalid="ignore"):
        near = (np.abs(pixels - [width / 2, height / 2]) <= [width, height]).all(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], near.astype(np.int8), [0]])))
    return [pixels[a:b] for a, b in edges.reshape(-1, 2) if b - a > 1]


def _pairs(points: Matrix) -> tuple[tuple[float, float], ...]:
    return tuple((round(float(x), 2), round(float(y), 2)) for x, y in points)
