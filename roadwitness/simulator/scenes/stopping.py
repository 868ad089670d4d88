"""Two lanes and a strip at the kerb in which none may stop; some do, for seconds or for a minute."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from enforcement.road import Road, Zone
from roadwitness.simulator.layouts import YELLOW, Area, Layout, Stripe, rectangle
from roadwitness.simulator.motion import Motion, steps
from roadwitness.simulator.paths import Path, shifting
from roadwitness.simulator.plan import Plan, Scenario, SiteFacts
from roadwitness.simulator.scenes.casting import Cast, Role
from roadwitness.simulator.scenes.open_road import (
    FAR_Y,
    LANE_M,
    MEASURING,
    NEAR_Y,
    camera_of,
    carriageway,
    dashed,
    lane_centre,
    lanes_of,
    ring,
    steady,
    survey_of,
    trip,
)
from roadwitness.simulator.scenes.request import SceneRequest
from roadwitness.simulator.scenes.timetable import Timetable
from roadwitness.simulator.scenes.wrapping import obstacles, wrapped
from roadwitness.simulator.site_files import policy_text, speeding_table
from roadwitness.simulator.trips import Trip
from roadwitness.simulator.truth import OffenceTruth

LIMIT_KMH = 50.0
ACROSS_M = 2 * LANE_M
STRIP_X = (ACROSS_M, ACROSS_M + 2.8)
ZONE_Y = (15.0, 31.0)
LONGEST_S = 10.0
BRAKE_MS2, SPEED_UP_MS2 = 2.4, 1.8
CAMERA = "sim-stopping-1"

POLICY = f"""
[[stopping]]
zone = "no-stopping"
longest_s = {LONGEST_S}
"""


def road() -> Road:
    """The strip in which none may stop."""
    return Road(
        f"{CAMERA}-2026-05",
        (),
        (
            Zone("no-stopping", "no_stopping", ring(*STRIP_X, *ZONE_Y)),
            Zone("lane-1", "lane", ring(0.0, LANE_M, 10.0, 70.0), 180.0),
            Zone("lane-2", "lane", ring(LANE_M, ACROSS_M, 10.0, 70.0), 180.0),
        ),
    )


def layout() -> Layout:
    """The lanes, the strip with its yellow marks, and the pavement beside it."""
    areas, stripes = carriageway(-LANE_M, ACROSS_M, 2.9)
    zigzag = tuple(
        (STRIP_X[0] + (0.35 if n % 2 else 1.25), float(y))
        for n, y in enumerate(np.arange(ZONE_Y[0], ZONE_Y[1] + 0.1, 2.0))
    )
    frame = (*rectangle(STRIP_X[0] + 0.2, STRIP_X[1], *ZONE_Y), (STRIP_X[0] + 0.2, ZONE_Y[0]))
    marks = (dashed(LANE_M), Stripe(zigzag, 0.12, colour=YELLOW), Stripe(frame, 0.14, colour=YELLOW))
    pavement = Area(rectangle(STRIP_X[1] + 0.1, STRIP_X[1] + 4.0, -30, 500), "pavement")
    return Layout(
        (*areas, pavement), stripes + marks, lamps=((STRIP_X[1] + 1.0, 24.0), (STRIP_X[1] + 1.0, 54.0))
    )


def build(request: SceneRequest) -> Scenario:
    """The scene: one after the other pulls in, rolls through or breaks down, while others pass."""
    rng = np.random.default_rng([request.seed, 50])
    cast = Cast(request.seed, lamps_on=wrapped(request).light.lamps_on)
    duration = request.seconds or 110.0
    table = Timetable(clear_m=5.0)
    visits = [
        ("stands in the zone", float(rng.uniform(14, 24)), 19.0),
        ("stands in the zone for a moment", float(rng.uniform(4.0, 7.0)), 18.5),
        ("rolls slowly through the zone", 0.0, 18.0),
        ("breaks down", float(rng.uniform(20, 40)), 20.0),
        ("stands before the zone", float(rng.uniform(14, 20)), 38.5),
    ]
    at_s = 0.0
    for number in rng.permutation(len(visits)):
        what, stands_s, front_y = visits[int(number)]
        placed = table.place([_visit(cast.vehicle(), what, stands_s, front_y)], at_s, duration - 12.0)
        at_s = at_s + 4.0 if placed is None else placed + 4.0 + stands_s
    at_s = 0.5
    while at_s < duration - 5.0:
        kind = str(rng.choice(["hatchback", "saloon", "suv", "van", "bus", "truck"]))
        passing = steady(cast.vehicle(kind), int(rng.integers(1, 3)), float(rng.uniform(40, 50)), "passes")
        table.place([passing], at_s, at_s + 3.0)
        at_s += float(rng.uniform(3.0, 6.0))
    trips = tuple(judged(one, duration) for one in table.placed)
    plan = Plan(
        "stopping",
        request.seed,
        request.width,
        request.height,
        request.fps,
        duration,
        camera_of(request, STRIP_X[1]),
        wrapped(request),
        layout(),
        trips,
        SiteFacts(
            "sim-stopping",
            "Simulated no-stopping zone",
            CAMERA,
            lanes_of(2),
            MEASURING,
            survey_of(STRIP_X[1]),
        ),
        LIMIT_KMH,
        LIMIT_KMH + 3,
        stands=obstacles(request, ACROSS_M, 12.0),
        road=road(),
    )
    return Scenario(
        (plan,), policy_text("sim-stopping-2026", speeding_table(LIMIT_KMH), POLICY), request.seed
    )


def _visit(role: Role, what: str, stands_s: float, front_y: float) -> Trip:
    """A way from lane 2 into the strip and out again, with a halt of ``stands_s`` at ``front_y``."""
    strip = (STRIP_X[0] + STRIP_X[1]) / 2
    way = shifting(
        lane_centre(2),
        FAR_Y,
        NEAR_Y,
        [(front_y + 28.0, front_y + 9.0, strip), (front_y - 3.0, NEAR_Y, lane_centre(2))],
    )
    halt_m = way.where(1, front_y)
    motion = _halting(halt_m, stands_s) if stands_s else _rolling(way)
    made = trip(role, 2, way, motion, what)
    if what == "breaks down":
        start, end = motion.standing()[0]
        made = replace(made, hazard=(start, end))
    return made


def _halting(halt_m: float, stands_s: float) -> Motion:
    fast = 40 / 3.6
    brakes_m = fast**2 / (2 * BRAKE_MS2)
    changes = [
        ((halt_m - brakes_m) / fast, 0.0),
        (fast / BRAKE_MS2, -BRAKE_MS2),
        (stands_s, 0.0),
        (10.0 / SPEED_UP_MS2, SPEED_UP_MS2),
        (8.0, 0.0),
    ]
    return _exact(steps(0.0, 0.0, fast, changes), stands=2)


def _rolling(way: Path) -> Motion:
    """It slows to a walk before the zone, rolls through it, and speeds up behind it."""
    fast, slow = 40 / 3.6, 5.0 / 3.6
    from_m, to_m = way.where(1, ZONE_Y[1] + 1.0), way.where(1, ZONE_Y[0] - 1.0)
    brakes_m = (fast**2 - slow**2) / (2 * BRAKE_MS2)
    changes = [
        ((from_m - brakes_m) / fast, 0.0),
        ((fast - slow) / BRAKE_MS2, -BRAKE_MS2),
        ((to_m - from_m) / slow, 0.0),
        (8.0 / SPEED_UP_MS2, SPEED_UP_MS2),
        (6.0, 0.0),
    ]
    return steps(0.0, 0.0, fast, changes)


def _exact(motion: Motion, stands: int) -> Motion:
    """The same with a speed of exactly zero where it stands, from its ``stands``-th time on."""
    speeds = motion.speeds_ms.copy()
    speeds[stands : stands + 2] = 0.0
    return Motion(motion.times_s, motion.arc_m, speeds)


def judged(one: Trip, until_s: float) -> Trip:
    """The trip with its offence, if it stood in the zone for too long within the clip."""
    found = []
    for start, end in one.motion.standing():
        x, y = one.path.at(one.motion.at(start)[0])
        stood = min(end, until_s) - start
        if STRIP_X[0] < x < STRIP_X[1] and ZONE_Y[0] < y < ZONE_Y[1] and stood > LONGEST_S:
            facts: dict[str, float | str] = {
                "zone": "no-stopping",
                "from_s": round(start, 3),
                "stood_s": round(stood, 3),
            }
            found.append(OffenceTruth("stopping", facts))
    return replace(one, offences=tuple(found))
