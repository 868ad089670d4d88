"""From boxes to positions along a vehicle's way, with what is uncertain about each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.calibrating.homography import project
from detectors.calibration import Calibration
from detectors.speed.outline import end_positions, variants
from detectors.speed.settings import Seen, SpeedSettings

Array = NDArray[np.float64]

#: The camera's height that is reckoned with where the view does not tell it.
_UNKNOWN_HEIGHT_M = 6.0
#: The height of a vehicle where its box is not known: a car's.
_USUAL_HEIGHT_M = 1.5


@dataclass(frozen=True)
class Way:
    """Positions along the way, (N,) in metres, and what errs about them: one standard uncertainty each, in m.

    ``noise_m`` (N,) is the error of each box's edge, ``path`` (N,) the way in the picture in vehicle sizes.
    ``calibration`` (N, K) and ``outline`` (N, M) err for all points together; ``places`` (N, 2) is where the
    vehicle's end was.
    """

    places: Array
    along: Array
    noise_m: Array
    path: Array
    calibration: Array
    outline: Array


def way_of(
    image: Array, times: Array, heights_px: Array, calibration: Calibration, seen: Seen, limits: SpeedSettings
) -> Way:
    """The way of a vehicle whose foot was at ``image`` (N, 2) px at ``times`` (N,), in s."""
    foot = calibration.image_to_road(image)
    course = _course(times, foot)
    camera = calibration.camera_position_m
    places, outlines = foot, np.zeros((len(foot), 0))
    if seen.outline is not None and camera is not None:
        ahead = camera[:2] - foot.mean(axis=0)
        heading = course if course @ ahead >= 0 else -course
        ends = [end_positions(foot, heading, calibration, camera, o) for o in variants(seen.outline)]
        places = np.mean(ends, axis=0)
        outlines = np.array([(end - places) @ course for end in ends]).T / np.sqrt(len(ends))
    elif seen.outline is not None:
        # Uncorrected, positions are too long by nothing where the wheels show, by all of it where the bumper
        # does: somewhere between.
        along = foot @ course
        part = seen.outline.skirt_m / _UNKNOWN_HEIGHT_M / np.sqrt(12.0)
        outlines = (part * (along - along.mean()))[:, None]
    pixel = np.sqrt(limits.edge_px**2 + (limits.edge_part * heights_px) ** 2 + seen.shake_px**2)
    return Way(
        places,
        places @ course,
        np.maximum(pixel * _metres_per_pixel(image, calibration, course), 1e-4),
        _path(image, heights_px),
        _calibration_columns(image, times, foot @ course, calibration),
        outlines,
    )


def heights_of(image: Array, calibration: Calibration, seen: Seen) -> Array:
    """The heights (N,) in px of the vehicle's boxes; where they are not known, those of a car."""
    if seen.boxes is not None:
        return np.array([box.h for box in seen.boxes])
    half = np.array([0.5, 0.0])
    across = calibration.image_to_road(image + half) - calibration.image_to_road(image - half)
    return np.asarray(_USUAL_HEIGHT_M / np.maximum(np.linalg.norm(across, axis=1), 1e-6))


def _course(times: Array, places: Array) -> Array:
    """The unit vector (2,) of the motion, by the medians of the slopes (Theil and Sen)."""
    one, two = np.triu_indices(len(times), max(1, len(times) // 3))
    slope = np.median((places[two] - places[one]) / (times[two] - times[one])[:, None], axis=0)
    length = float(np.linalg.norm(slope))
    return np.asarray(slope / length) if length > 1e-9 else np.array([0.0, 1.0])


def _metres_per_pixel(image: Array, calibration: Calibration, course: Array) -> Array:
    """How far (N,) a position moves along the way when the image point errs by one pixel in any direction."""
    moves = []
    for half in (np.array([0.5, 0.0]), np.array([0.0, 0.5])):
        moves.append(
            (calibration.image_to_road(image + half) - calibration.image_to_road(image - half)) @ course
        )
    return np.hypot(*moves)


def _path(image: Array, heights_px: Array) -> Array:
    steps = np.linalg.norm(np.diff(image, axis=0), axis=1)
    sizes = (heights_px[1:] + heights_px[:-1]) / 2
    return np.concatenate([[0.0], np.cumsum(steps / np.maximum(sizes, 1.0))])


def _calibration_columns(image: Array, times: Array, along: Array, calibration: Calibration) -> Array:
    """(N, K): how each draw of the calibration would move the positions along the way, weighted."""
    columns = []
    flat = calibration.undistort(image)
    for draw, weight in zip(calibration.draws(), calibration.draw_weights(), strict=True):
        places = project(draw, flat)
        columns.append(np.sqrt(weight) * (places @ _course(times, places) - along))
    return np.array(columns).T
