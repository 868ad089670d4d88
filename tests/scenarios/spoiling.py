"""Takes something away from what is known of a passage: who knows less may accuse nobody more falsely."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from random import Random

from msgspec.structs import replace

from enforcement.circumstances import Circumstances
from streams.messages import Passage, TrackPoint

_NOWHERE = (None, None, None)


def _fewer_points(passage: Passage, rng: Random) -> Passage:
    kept = rng.uniform(0.2, 0.9)
    return replace(passage, track=tuple(point for point in passage.track if rng.random() < kept))


def _a_piece_of_the_track(passage: Passage, rng: Random) -> Passage:
    start, end = sorted((rng.randrange(len(passage.track)), rng.randrange(len(passage.track))))
    return replace(passage, track=passage.track[start : end + 1])


def _off_the_road(passage: Passage, rng: Random) -> Passage:
    """Some points have no place on the road, or one without a number."""

    def lost(point: TrackPoint) -> TrackPoint:
        if rng.random() > 0.3:
            return point
        x, y, sigma = rng.choice((_NOWHERE, (math.nan, math.nan, 0.1), (point.x_m, point.y_m, None)))
        return replace(point, x_m=x, y_m=y, sigma_m=sigma)

    return replace(passage, track=tuple(lost(point) for point in passage.track))


def _poorer_places(passage: Passage, rng: Random) -> Passage:
    factor = rng.uniform(1.5, 6.0)
    track = (replace(p, sigma_m=None if p.sigma_m is None else p.sigma_m * factor) for p in passage.track)
    return replace(passage, track=tuple(track))


def _points_twice(passage: Passage, rng: Random) -> Passage:
    """Some points come twice, as after a broken connection."""
    track = [p for point in passage.track for p in [point] * rng.choice((1, 1, 1, 2))]
    return replace(passage, track=tuple(track))


def _unknown_lamps(passage: Passage, rng: Random) -> Passage:
    lamps = (replace(phase, state="unknown") if rng.random() < 0.4 else phase for phase in passage.lamps)
    return replace(passage, lamps=tuple(phase for phase in lamps if rng.random() < 0.8))


def _unknown_numbers(passage: Passage, rng: Random) -> Passage:
    fields = {
        "length_m": None,
        "clock_sigma_ms": None,
        "tracked_part": "unknown",
        "vehicle_confidence": rng.uniform(0.0, 0.5),
        "leader": None,
        "plate": None,
        "calibration_id": None,
        "speed": replace(passage.speed, uncertainty_kmh=None),
    }
    gone = rng.sample(sorted(fields), rng.randint(1, 4))
    return replace(passage, **{name: fields[name] for name in gone})


SPOILS: tuple[Callable[[Passage, Random], Passage], ...] = (
    _fewer_points,
    _a_piece_of_the_track,
    _off_the_road,
    _poorer_places,
    _points_twice,
    _unknown_lamps,
    _unknown_numbers,
)


def spoiled(circumstances: Circumstances, rng: Random) -> Circumstances:
    """The same with one to three kinds of knowledge missing."""
    passage = circumstances.passage
    for spoil in rng.sample(SPOILS, rng.randint(1, 3)):
        passage = spoil(passage, rng) if passage.track else passage
    return dataclasses.replace(circumstances, passage=passage)
