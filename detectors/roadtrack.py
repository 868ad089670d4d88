"""Where a vehicle's end was on the road, point by point, how surely, and which end it is.

The foot of a box that is cut off at the picture's edge, or hidden behind another vehicle, is no place on the
road: such points have none. The others are moved from the foot of the box to the vehicle's end that faces the
camera, as :mod:`detectors.speed.outline` explains.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from detectors.calibration import Calibration
from detectors.passages import Sighting
from detectors.speed.outline import Outline, end_positions
from streams.messages import TrackPoint

Array = NDArray[np.float64]

FRONT, REAR, UNKNOWN = "front", "rear", "unknown"

#: A heading is taken over this time before and after, and over at least this way.
_WINDOW_S, _LEAST_WAY_M = 0.5, 0.8
#: Headings are rounded to this, so that a track has a few of them only.
_STEP_DEG = 10.0
#: Cosine of the angle between heading and line of sight below which the camera sees a side and no end.
_LEAST_FACING = 0.4
#: What the foot of the box errs by where it shows no end: about half of a car's width.
_SIDE_SIGMA_M = 0.9
#: Part of the points that must show one end for the track to be that end's.
_MOSTLY = 0.9


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
) -> RoadTrack:
    """The track of a vehicle in the order of time; without a calibration in the picture only.

    ``edge_px`` and ``edge_part`` are the standard error of a box's lower edge: a fixed part in px, and one of
    the box's height.
    """
    points = [TrackPoint(s.captured_at_ns, *s.foot) for s in sightings]
    if calibration is None:
        return RoadTrack(tuple(points))
    image = np.array([(p.x_px, p.y_px) for p in points])
    foot = calibration.image_to_road(image)
    placed = np.isfinite(foot).all(axis=1) & np.array([s.whole for s in sightings])
    if not placed.any():
        return RoadTrack(tuple(points))
    index = np.flatnonzero(placed)
    times = np.array([(points[i].captured_at_ns - points[index[0]].captured_at_ns) * 1e-9 for i in index])
    heights = np.array([s.box.h for s in sightings])[index]
    pixel = np.hypot(edge_px, edge_part * heights)
    sigma = calibration.road_sigma_m(image[index], pixel)
    camera = calibration.camera_position_m
    places, part = foot[index], UNKNOWN
    if camera is not None:
        places, sigma, part = _ends(places, sigma, headings(times, places), calibration, camera, outline)
    for i, (x, y), error in zip(index, places, sigma, strict=True):
        p = points[i]
        if np.isfinite(x + y + error):
            points[i] = TrackPoint(p.captured_at_ns, p.x_px, p.y_px, float(x), float(y), float(error))
    return RoadTrack(tuple(points), part)


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


def _ends(
    foot: Array,
    sigma: Array,
    heading: Array,
    calibration: Calibration,
    camera: Array,
    outline: Outline | None,
) -> tuple[Array, Array, str]:
    """Places of the end that faces the camera (N, 2), their sigma (N,), and which end that is."""
    sight = camera[:2] - foot
    facing = (heading * sight).sum(axis=1) / np.maximum(np.linalg.norm(sight, axis=1), 1e-6)
    ends = np.where(facing >= _LEAST_FACING, 1, np.where(facing <= -_LEAST_FACING, -1, 0))
    places, errors = foot.copy(), np.hypot(sigma, np.where(ends == 0, _SIDE_SIGMA_M, 0.0))
    rounded = np.round(np.degrees(np.arctan2(heading[:, 1], heading[:, 0])) / _STEP_DEG)
    for turn in np.unique(rounded[ends != 0]) if outline is not None else ():
        for end in (1, -1):
            chosen = np.flatnonzero((rounded == turn) & (ends == end))
            if not len(chosen) or outline is None:
                continue
            angle = np.radians(turn * _STEP_DEG)
            towards = end * np.array([np.cos(angle), np.sin(angle)])
            places[chosen] = end_positions(foot[chosen], towards, calibration, camera, outline)
            errors[chosen] = np.sqrt(
                sigma[chosen] ** 2
                + _spread(places[chosen], foot[chosen], towards, calibration, camera, outline)
            )
    part = UNKNOWN
    for end, name in ((1, FRONT), (-1, REAR)):
        if (ends == end).mean() >= _MOSTLY and not (ends == -end).any():
            part = name
    return places, errors, part


def _spread(
    places: Array, foot: Array, towards: Array, calibration: Calibration, camera: Array, outline: Outline
) -> Array:
    """Variance (N,) of the places in m² because vehicles of a kind differ in skirt and overhang."""
    higher = replace(outline, skirt_m=outline.skirt_m + outline.skirt_sigma_m)
    longer = replace(outline, overhang_m=outline.overhang_m + outline.overhang_sigma_m)
    moves = [end_positions(foot, towards, calibration, camera, o) - places for o in (higher, longer)]
    return np.asarray(sum((move**2).sum(axis=1) for move in moves))
