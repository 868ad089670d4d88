"""How a vehicle moved on the road plane: where it was at a time, which way it pointed, how fast it was."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.formatting import NANOSECONDS
from streams.messages import TrackPoint

#: A direction is taken over at least this much road, so that noise at a standstill is none.
_HEADING_BASE_M = 4.0
#: A time this far outside the track still belongs to its end.
_SLACK_NS = NANOSECONDS // 4
#: A local speed is the slope over about this much time on either side.
_SLOPE_HALF_S = 0.2


@dataclass(frozen=True)
class Sample:
    """Where the tracked point was (m) at a time (UTC ns)."""

    at_ns: int
    x_m: float
    y_m: float


@dataclass(frozen=True)
class Pose:
    """Where the tracked point was (m), and the unit vector in which the vehicle was heading."""

    x_m: float
    y_m: float
    ahead_x: float
    ahead_y: float


@dataclass(frozen=True)
class LocalSpeed:
    """The slope of the track around a time: ``after_s`` since its beginning, ``kmh``."""

    after_s: float
    kmh: float


def on_road(track: Sequence[TrackPoint]) -> tuple[Sample, ...]:
    """The calibrated points of a track in the order of time, each time once."""
    by_time = {
        point.captured_at_ns: Sample(point.captured_at_ns, point.x_m, point.y_m)
        for point in track
        if point.x_m is not None and point.y_m is not None
    }
    return tuple(by_time[at_ns] for at_ns in sorted(by_time))


def pose_at(samples: Sequence[Sample], at_ns: int) -> Pose | None:
    """The pose at a time, between the two nearest samples; None outside the track or without a direction."""
    if len(samples) < 2 or not samples[0].at_ns - _SLACK_NS <= at_ns <= samples[-1].at_ns + _SLACK_NS:
        return None
    after = min(max(bisect_left([sample.at_ns for sample in samples], at_ns), 1), len(samples) - 1)
    one, other = samples[after - 1], samples[after]
    part = min(max((at_ns - one.at_ns) / (other.at_ns - one.at_ns), 0.0), 1.0)
    ahead = _direction(samples, after - 1, after)
    if ahead is None:
        return None
    return Pose(
        one.x_m + part * (other.x_m - one.x_m), one.y_m + part * (other.y_m - one.y_m), ahead[0], ahead[1]
    )


def _direction(samples: Sequence[Sample], first: int, last: int) -> tuple[float, float] | None:
    """The unit vector from a sample before to one after, wide enough apart; None where it never moved."""
    while True:
        x, y = samples[last].x_m - samples[first].x_m, samples[last].y_m - samples[first].y_m
        length = math.hypot(x, y)
        whole = first == 0 and last == len(samples) - 1
        if length >= _HEADING_BASE_M or (whole and length > 0.0):
            return x / length, y / length
        if whole:
            return None
        first, last = max(first - 1, 0), min(last + 1, len(samples) - 1)


def local_speeds(samples: Sequence[Sample]) -> tuple[LocalSpeed, ...]:
    """The speed around each sample, by least squares over its neighbours in time; none from fewer than 3."""
    speeds = []
    times = [(sample.at_ns - samples[0].at_ns) / NANOSECONDS for sample in samples]
    first = last = 0
    for middle in times:
        while times[first] < middle - _SLOPE_HALF_S:
            first += 1
        while last < len(times) and times[last] <= middle + _SLOPE_HALF_S:
            last += 1
        near = range(first, last)
        if len(near) < 3:
            continue
        mean = sum(times[index] for index in near) / len(near)
        spread = sum((times[index] - mean) ** 2 for index in near)
        x = sum((times[index] - mean) * samples[index].x_m for index in near) / spread
        y = sum((times[index] - mean) * samples[index].y_m for index in near) / spread
        speeds.append(LocalSpeed(mean, math.hypot(x, y) * 3.6))
    return tuple(speeds)
