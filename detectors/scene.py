"""How large the vehicle detector's input must be for a scene: as small as its smallest vehicle allows.

The detector's time grows with the area of its input. What is too far away to be measured, or too small to
become a passage, need not be found; what is to be found must keep enough pixels.
"""

from __future__ import annotations

import numpy as np

from detectors.calibration import Calibration
from detectors.letterbox import STRIDE

#: A vehicle that is never so wide, in px of the picture, is no passage.
PASSAGE_PX = 48.0
#: What a vehicle needs in the input to be found, and what it needs to be measured: with 24 px a car is found
#: as surely, but its box is too unsteady for a speed.
FOUND_PX, MEASURED_PX = 24.0, 32.0
SMALLEST_INPUT, LARGEST_INPUT = 416, 960
#: A small car, by its width; motorcycles are narrower, but as tall.
_CAR_M = 1.7


def input_size_for(longest_side_px: int, narrowest_px: float, needed_px: float = FOUND_PX) -> int:
    """The input size, in px of its longest side, in which ``narrowest_px`` of the picture are ``needed_px``.

    ``longest_side_px`` is that of the picture; the input is never larger than it needs.

    >>> input_size_for(1280, 48), input_size_for(1920, 48), input_size_for(1280, 400)
    (640, 960, 416)
    """
    wanted = longest_side_px * needed_px / max(narrowest_px, 1.0)
    rounded = -(-wanted // STRIDE) * STRIDE
    return int(min(max(rounded, SMALLEST_INPUT), LARGEST_INPUT))


def narrowest_car_px(calibration: Calibration, stretch_m: tuple[float, float] | None) -> float | None:
    """The width in px of a car where it is smallest on ``stretch_m`` (along the road), None if not seen.

    Without a stretch that of the surveyed points is taken: beyond them nothing is measured well.
    """
    road = calibration.area.corners
    along = stretch_m or (float(road[:, 1].min()), float(road[:, 1].max()))
    middle = float(road[:, 0].min() + road[:, 0].max()) / 2
    widths = []
    for y in along:
        left, right = calibration.road_to_image([(middle - _CAR_M / 2, y), (middle + _CAR_M / 2, y)])
        widths.append(float(np.linalg.norm(right - left)))
    seen = [width for width in widths if np.isfinite(width)]
    return min(seen) if seen else None


def input_size_of(calibration: Calibration | None, stretch_m: tuple[float, float] | None) -> int | None:
    """The input size for a calibrated scene, None where nothing is known of it but its picture."""
    if calibration is None:
        return None
    narrowest = narrowest_car_px(calibration, stretch_m)
    if narrowest is None:
        return None
    return input_size_for(max(calibration.image_size), max(narrowest, PASSAGE_PX), MEASURED_PX)
