"""Where a vehicle's end was on the road, point by point, how surely, and which end it is.

The foot of a box that is cut off at the picture's edge, hidden behind another vehicle, or outside the area
for which the camera is calibrated is no place on the road: such points have none. The others are moved from
the foot of the box to one end of the vehicle, as :mod:`detectors.speed.outline` explains.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from detectors.calibration import Calibration
from detectors.passages import Sighting
from detectors.speed.outline import Outline, end_positions
from streams.messages import Box, TrackPoint

Array = NDArray[np.float64]

FRONT, REAR, UNKNOWN = "front", "rear", "unknown"

#: A box that comes nearer than this to the picture's edge, in parts of its height, may be cut off there.
_EDGE_PART = 0.02
#: A heading is taken over this time before and after, and over at least this way.
_WINDOW_S, _LEAST_WAY_M = 0.5, 0.8
#: Headings are rounded to this, so that a track has a few of them only.
_STEP_DEG = 5.0
#: Relative standard uncertainty of a vehicle's width: of cars 0.1 m.
_WIDTH_PART = 0.06
#: Standard uncertainty of a heading (radians), and the part of the turn within the window that it may lag by.
_HEADING_SIGMA, _TURNING_PART = 0.04, 0.15
#: What a box errs by beside that where the vehicle shows its side: corners are round and mirrors stand out.
_SIDE_SIGMA_M = 0.3
#: The heading is that of the end, which depends on the heading; two rounds settle it.
_ROUNDS = 2
#: What the foot of the box errs by for a vehicle that never moves, of which nobody knows what it shows.
_STANDING_SIGMA_M = 0.9
#: A track is told to a hundredth of a pixel and a millimetre, far below what it is known to.
_PX_DIGITS, _M_DIGITS = 2, 3


@dataclass(frozen=True)
class RoadTrack:
    """A track with its places on the road, and the part of the vehicle that they are of."""

    points: tuple[TrackPoint, ...]
    part: str = UNKNOWN


def road_track(
    sightings: Sequence[Sighting],
    calibration: Calibration | None,
    outline: Outline | None,
    edge_px: float = 1.1,
    edge_part: float = 0.0075,
    length_part: float = 0.12,
    *,
    surely: bool = True,
) -> RoadTrack:
    """The track of a vehicle in the order of time; without a calibration in the picture only.

    Not ``surely`` leaves out how sure the places are, which takes most of the time: 0 m stands there.
    ``edge_px`` and ``edge_part`` are the standard error of a box's lower edge: a fixed part in px, and one of
    the box's height; ``length_part`` is the relative one of the vehicle's length.
    """
    points = [TrackPoint(s.captured_at_ns, *s.foot) for s in sightings]
    if calibration is None:
        return RoadTrack(tuple(map(_rounded, points)))
    image = np.array([(p.x_px, p.y_px) for p in points])
    foot = calibration.image_to_road(image)
    placed = calibration.covers(image)
    placed &= np.array([s.whole and not _near_edge(s.box, calibration.image_size) for s in sightings])
    if not placed.any():
        return RoadTrack(tuple(map(_rounded, points)))
    index = np.flatnonzero(placed)
    times = np.array([(points[i].captured_at_ns - points[index[0]].captured_at_ns) * 1e-9 for i in index])
    heights = np.array([s.box.h for s in sightings])[index]
    pixel = np.hypot(edge_px, edge_part * heights)
    sigma = calibration.road_sigma_m(image[index], pixel) if surely else np.zeros(len(index))
    camera = calibration.camera_position_m
    places, part = foot[index], UNKNOWN
    if camera is not None and outline is not None:
        kinds = [outline, *_others(outline, length_part)]
        for _ in range(_ROUNDS):
            heading = headings(times, places)
            ends = _ends(foot[index], sigma, heading, _turning(times, heading), calibration, camera, kinds)
            places, errors, part = ends
        sigma = errors
    for i, (x, y), error in zip(index, places, sigma, strict=True):
        p = points[i]
        if np.isfinite(x + y + error):
            points[i] = TrackPoint(p.captured_at_ns, p.x_px, p.y_px, float(x), float(y), float(error))
    return RoadTrack(tuple(map(_rounded, points)), part)


def _rounded(point: TrackPoint) -> TrackPoint:
    """The point as it is told: digits that mean nothing would be two thirds of what a passage weighs."""
    metres = (None if m is None else round(m, _M_DIGITS) for m in (point.x_m, point.y_m, point.sigma_m))
    return TrackPoint(
        point.captured_at_ns, round(point.x_px, _PX_DIGITS), round(point.y_px, _PX_DIGITS), *metres
    )


def _near_edge(box: Box, size: tuple[int, int]) -> bool:
    """Whether a box may be cut off at the picture's edge: its own edge errs by as much."""
    width, height = size
    near = _EDGE_PART * height
    return box.x < near or box.x + box.w > width - near or box.y + box.h > height - near


def headings(times: Array, places: Array) -> Array:
    """Unit vectors (N, 2) of where the vehicle is going at each of its places (N, 2); NaN if it never moves.

    While it stands it keeps the heading that it came with, and before it moves off the one that it leaves by.
    """
    first = np.searchsorted(times, times - _WINDOW_S)
    last = np.searchsorted(times, times + _WINDOW_S, side="right") - 1
    moves = places[last] - places[first]
    ways = np.linalg.norm(moves, axis=1)
    moving = np.flatnonzero(ways >= _LEAST_WAY_M)
    if not len(moving):
        moves, ways = np.broadcast_to(places[-1] - places[0], places.shape), np.full(len(places), np.nan)
        way = float(np.linalg.norm(moves[0]))
        return np.asarray(moves / way if way >= _LEAST_WAY_M else np.full(places.shape, np.nan))
    latest = np.maximum.accumulate(np.where(ways >= _LEAST_WAY_M, np.arange(len(ways)), moving[0]))
    return np.asarray(moves[latest] / ways[latest, None])


def _turning(times: Array, heading: Array) -> Array:
    """By how much (radians) the heading (N, 2) changes within the window around each time (N,)."""
    angle = np.unwrap(np.arctan2(heading[:, 1], heading[:, 0]))
    first = np.searchsorted(times, times - _WINDOW_S)
    last = np.searchsorted(times, times + _WINDOW_S, side="right") - 1
    return np.asarray(np.abs(angle[last] - angle[first]))


def _ends(
    foot: Array,
    sigma: Array,
    heading: Array,
    turning: Array,
    calibration: Calibration,
    camera: Array,
    kinds: Sequence[Outline],
) -> tuple[Array, Array, str]:
    """Places of one end of the vehicle (N, 2), their sigma (N,), and which end that is.

    It is the end that faces the camera most of the way. Where it turns away it is followed on as far as the
    vehicle's outline tells, with the doubt of its length. Of ``kinds`` the first is the usual vehicle, the
    others differ from it as vehicles do.
    """
    sight = camera[:2] - foot
    facing = (heading * sight).sum(axis=1) / np.maximum(np.linalg.norm(sight, axis=1), 1e-6)
    known = np.isfinite(facing)
    if not known.any():
        return foot, np.hypot(sigma, _STANDING_SIGMA_M), UNKNOWN
    end = 1 if facing[known].mean() >= 0 else -1
    places, errors = foot.copy(), np.hypot(sigma, _STANDING_SIGMA_M)
    rounded = np.round(np.degrees(np.arctan2(heading[:, 1], heading[:, 0])) / _STEP_DEG)
    for turn in np.unique(rounded[known]):
        chosen = np.flatnonzero(rounded == turn)
        angle = np.radians(turn * _STEP_DEG)
        doubt = np.hypot(_HEADING_SIGMA, _TURNING_PART * float(turning[chosen].mean()))
        towards, aside = (end * np.array([np.cos(a), np.sin(a)]) for a in (angle, angle + doubt))
        at, *others = (end_positions(foot[chosen], towards, calibration, camera, kind) for kind in kinds)
        others.append(end_positions(foot[chosen], aside, calibration, camera, kinds[0]))
        places[chosen] = at
        side = _SIDE_SIGMA_M**2 * (1.0 - np.minimum(facing[chosen] ** 2, 1.0))
        errors[chosen] = np.sqrt(sigma[chosen] ** 2 + side + sum(((o - at) ** 2).sum(axis=1) for o in others))
    return places, errors, FRONT if end == 1 else REAR


def _others(outline: Outline, length_part: float) -> list[Outline]:
    """Vehicles of the same kind that differ by one standard uncertainty in one measure each."""
    return [
        replace(outline, skirt_m=outline.skirt_m + outline.skirt_sigma_m),
        replace(outline, overhang_m=outline.overhang_m + outline.overhang_sigma_m),
        replace(outline, length_m=outline.length_m * (1 + length_part)),
        replace(outline, width_m=outline.width_m * (1 + _WIDTH_PART)),
    ]
