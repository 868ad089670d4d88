"""Two lanes of one direction and one of the other, and now and then a driver against the traffic."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from enforcement.road import Road, Zone
from roadwitness.simulator.layouts import Layout, arrow
from roadwitness.simulator.motion import steps
from roadwitness.simulator.paths import straight
from roadwitness.simulator.plan import Plan, Scenario, SiteFacts
from roadwitness.simulator.scenes.casting import Cast
from roadwitness.simulator.scenes.open_road import (
    FAR_Y,
    LANE_M,
    MEASURING,
    NEAR_Y,
    at_speed,
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

LIMIT_KMH = 80.0
ACROSS_M = 2 * LANE_M
LANE_Y = (10.0, 75.0)
CAMERA = "sim-wrong-way-1"

POLICY = """
[wrong_way]
least_distance_m = 12.0
least_speed_kmh = 8.0
"""


def road() -> Road:
    """The three lanes and their headings."""
    return Road(
        f"{CAMERA}-2026-05",
        (),
        (
            Zone("lane-1", "lane", ring(0.0, LANE_M, *LANE_Y), 180.0),
            Zone("lane-2", "lane", ring(LANE_M, ACROSS_M, *LANE_Y), 180.0),
            Zone("opposite", "lane", ring(-LANE_M - 0.3, -0.3, *LANE_Y), 0.0),
        ),
    )


def layout() -> Layout:
    """The lanes, with arrows that tell their direction."""
    areas, stripes = carriageway(-LANE_M - 0.3, ACROSS_M)
    marks = [mark for lane in (1, 2) for y in (20.0, 50.0) for mark in arrow(lane_centre(lane), y, -1)]
    lines = tuple(mark for mark in marks if hasattr(mark, "points"))
    heads = tuple(mark for mark in marks if not hasattr(mark, "points"))
    return Layout(areas, (*stripes, dashed(LANE_M), *lines), heads)  # type: ignore[arg-type]


def build(request: SceneRequest) -> Scenario:
    """The scene: traffic in both directions, two drivers against it, and one who backs up a little."""
    rng = np.random.default_rng([request.seed, 40])
    cast = Cast(request.seed, lamps_on=wrapped(request).light.lamps_on)
    table = Timetable()
    duration = request.seconds or 45.0
    for lane, at_s in ((2, 4.0), (1, 24.0)):
        if at_s < duration:
            table.place([_against(cast, lane, float(rng.uniform(30, 65)))], at_s)
    if duration > 20.0:
        table.place([_backs_up(cast)], 12.0)
    at_s = 0.0
    while at_s < duration - 6:
        if rng.random() < 0.35:
            role = cast.vehicle()
            way = straight(-LANE_M / 2 - 0.3, NEAR_Y, FAR_Y)
            made = trip(role, 0, way, at_speed(float(rng.uniform(55, 78))), "drives in the other direction")
        else:
            kind = str(rng.choice(["truck", "van", "saloon", "hatchback", "suv", "motorcycle"]))
            lane = int(rng.integers(1, 3))
            made = steady(cast.vehicle(kind), lane, float(rng.uniform(55, 78)), "keeps its lane")
        table.place([made], at_s, at_s + 4.0)
        at_s += 1.5
    plan = Plan(
        "wrong-way",
        request.seed,
        request.width,
        request.height,
        request.fps,
        duration,
        camera_of(request, ACROSS_M, 5.4, 1550.0),
        wrapped(request),
        layout(),
        tuple(table.placed),
        SiteFacts(
            "sim-wrong-way", "Simulated rural road", CAMERA, lanes_of(2), MEASURING, survey_of(ACROSS_M)
        ),
        LIMIT_KMH,
        LIMIT_KMH + 3,
        stands=obstacles(request, LANE_M, 12.0),
        road=road(),
    )
    return Scenario(
        (plan,), policy_text("sim-wrong-way-2026", speeding_table(LIMIT_KMH), POLICY), request.seed
    )


def _against(cast: Cast, lane: int, speed_kmh: float) -> Trip:
    way = straight(lane_centre(lane), NEAR_Y, FAR_Y)
    made = trip(cast.vehicle(), lane, way, at_speed(speed_kmh), "drives against the traffic")
    facts: dict[str, float | str] = {"lane": str(lane), "speed_kmh": round(speed_kmh, 2)}
    return replace(made, offences=(OffenceTruth("wrong_way", facts),))


def _backs_up(cast: Cast) -> Trip:
    """It stops at the edge, backs up for six metres, and goes on."""
    way = straight(lane_centre(2) + 0.5, FAR_Y, NEAR_Y)
    fast, brake = 40 / 3.6, 2.5
    stopping_m = fast**2 / (2 * brake)
    until_stop = (FAR_Y - 22.0 - stopping_m) / fast
    changes = [
        (until_stop, 0.0),
        (fast / brake, -brake),
        (1.0, 0.0),
        (1.5, -1.0),
        (2.5, 0.0),
        (1.5, 1.0),
        (1.0, 0.0),
    ]
    motion = steps(0.0, 0.0, fast, [*changes, (5.0, 2.0), (2.0, 0.0)])
    return trip(cast.vehicle(), 2, way, motion, "backs up for six metres")
