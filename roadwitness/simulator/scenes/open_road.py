"""What scenes on an open road share: lanes towards the camera, its place, a timetable without crashes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from roadwitness.simulator.camera import Camera, aim
from roadwitness.simulator.layouts import Area, Ring, Stripe, rectangle
from roadwitness.simulator.motion import Motion, steps
from roadwitness.simulator.paths import Path, straight
from roadwitness.simulator.scenes.casting import Role
from roadwitness.simulator.scenes.request import SceneRequest
from roadwitness.simulator.trips import Trip

LANE_M = 3.5
FAR_Y, NEAR_Y = 125.0, -16.0
MEASURED_Y = 25.0
MEASURING = (11.0, 45.0)
SURVEY_Y = (11.0, 16.0, 23.0, 33.0, 48.0)
WIDE_APART_M = 2.4


def camera_of(
    request: SceneRequest, across_m: float, height_m: float = 5.6, focal_px: float = 1400.0
) -> Camera:
    """A camera over the middle of ``across_m`` metres of approaching lanes."""
    return aim(
        x_m=across_m * 0.42,
        height_m=height_m,
        near_y_m=8.9 * height_m / 5.6,
        at_x_m=across_m / 2,
        focal_px=focal_px * request.width / 1280,
        width=request.width,
        height=request.height,
    )


def lane_centre(lane: int) -> float:
    """The middle of a lane; 1 is the leftmost towards the camera, 0 the one beside it going away."""
    return (lane - 0.5) * LANE_M


def lanes_of(count: int) -> tuple[tuple[str, float, float], ...]:
    """The site file's lanes."""
    return tuple((str(n), (n - 1) * LANE_M, n * LANE_M) for n in range(1, count + 1))


def survey_of(across_m: float) -> tuple[tuple[float, float], ...]:
    """Where the surveyor put points: on edges, middles and lane lines."""
    xs = np.unique([-LANE_M, *np.arange(0.0, across_m + 0.1, LANE_M), across_m / 2])
    return tuple((float(x), y) for y in SURVEY_Y for x in xs)


def carriageway(
    left_m: float, right_m: float, shoulder_m: float = 1.2
) -> tuple[tuple[Area, ...], tuple[Stripe, ...]]:
    """Asphalt with its edge lines, and the double line between the directions at x = 0."""
    edges = tuple(Stripe(((x, -30), (x, 400)), 0.2) for x in (left_m, right_m))
    middle = tuple(Stripe(((x, -30), (x, 400)), 0.13) for x in (-0.3, 0.0))
    return (Area(rectangle(left_m - shoulder_m, right_m + shoulder_m, -30, 500)),), edges + middle


def dashed(x_m: float, y_from: float = -30.0, y_to: float = 400.0) -> Stripe:
    """A lane line that may be crossed."""
    return Stripe(((x_m, y_from), (x_m, y_to)), 0.14, 4.0, 8.0)


def ring(x_from: float, x_to: float, y_from: float, y_to: float) -> Ring:
    """A zone's ring; the same as a rectangle on the ground."""
    return rectangle(x_from, x_to, y_from, y_to)


def at_speed(speed_kmh: float, from_y: float = FAR_Y) -> Motion:
    """A steady motion whose front is at the start of its path at second 0."""
    return steps(0.0, 0.0, speed_kmh / 3.6, [(abs(from_y - NEAR_Y) / (speed_kmh / 3.6), 0.0)])


def trip(
    role: Role, lane: int, way: Path, motion: Motion, behaviour: str, measured_y: float = MEASURED_Y
) -> Trip:
    """A trip along the whole of ``way``; it enters at second 0."""
    ends = motion.when(way.length_m)
    return Trip(
        role.vehicle_id,
        role.model,
        role.look,
        role.plate,
        lane,
        way,
        motion,
        float(motion.times_s[0]),
        float(motion.times_s[-1]) if ends is None else ends,
        way.where(1, measured_y),
        behaviour,
    )


def steady(role: Role, lane: int, speed_kmh: float, behaviour: str, drift_m: float = 0.0) -> Trip:
    """A vehicle that keeps its lane and its speed."""
    way = straight(lane_centre(lane) + drift_m, FAR_Y, NEAR_Y)
    return trip(role, lane, way, at_speed(speed_kmh), behaviour)


def later(one: Trip, by_s: float) -> Trip:
    """The same trip, ``by_s`` seconds later."""
    hazard = None if one.hazard is None else (one.hazard[0] + by_s, one.hazard[1] + by_s)
    return replace(
        one,
        motion=one.motion.later(by_s),
        enters_s=one.enters_s + by_s,
        leaves_s=one.leaves_s + by_s,
        hazard=hazard,
    )
