"""Two fast lanes with pairs of vehicles that follow each other at gaps from 0.3 to 2.5 seconds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from enforcement.road import Road, Zone
from roadwitness.simulator.layouts import Layout
from roadwitness.simulator.paths import shifting
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
    later,
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

LIMIT_KMH = 100.0
ACROSS_M = 2 * LANE_M
LEAST_GAP_S, LEAST_SPEED_KMH = 0.9, 60.0
CAMERA = "sim-tailgating-1"

POLICY = f"""
[following]
least_gap_s = {LEAST_GAP_S}
least_speed_kmh = {LEAST_SPEED_KMH}
least_distance_m = 20.0
"""


def road() -> Road:
    """The two lanes."""
    return Road(
        f"{CAMERA}-2026-05",
        (),
        tuple(
            Zone(f"lane-{n}", "lane", ring((n - 1) * LANE_M, n * LANE_M, 10.0, 75.0), 180.0) for n in (1, 2)
        ),
    )


def build(request: SceneRequest) -> Scenario:
    """The scene: pairs at all gaps, one who has just cut in, and slow ones that may be near."""
    rng = np.random.default_rng([request.seed, 60])
    cast = Cast(request.seed, lamps_on=wrapped(request).light.lamps_on)
    duration = request.seconds or 40.0
    table, at_s = Timetable(clear_m=16.0), 0.0
    gaps = [
        float(g)
        for g in rng.permutation(np.concatenate([rng.uniform(0.3, 0.7, 4), rng.uniform(1.15, 2.5, 5)]))
    ]
    number = 0
    while at_s < duration - 6.5:
        lane = int(rng.integers(1, 3))
        kind = number % 8
        if kind == 3:
            group = _pair(cast, lane, float(rng.uniform(35, 50)), 0.7, "follows closely but slowly")
        elif kind == 6:
            group = _cut_in(cast, float(rng.uniform(80, 95)))
        else:
            gap = gaps[number % len(gaps)]
            group = _pair(cast, lane, float(rng.uniform(80, 104)), gap, f"follows at {gap:.2f} s")
        placed = table.place(group, at_s + 1.0, duration - 6.5)
        at_s = duration if placed is None else placed
        number += 1
    plan = Plan(
        "tailgating",
        request.seed,
        request.width,
        request.height,
        request.fps,
        duration,
        camera_of(request, ACROSS_M, 6.0, 1500.0),
        wrapped(request),
        _ground(),
        tuple(table.placed),
        SiteFacts(
            "sim-tailgating", "Simulated fast road", CAMERA, lanes_of(2), MEASURING, survey_of(ACROSS_M)
        ),
        LIMIT_KMH,
        LIMIT_KMH + 4,
        stands=obstacles(request, LANE_M, 12.0),
        road=road(),
    )
    return Scenario(
        (plan,), policy_text("sim-tailgating-2026", speeding_table(LIMIT_KMH), POLICY), request.seed
    )


def _ground() -> Layout:
    areas, stripes = carriageway(-LANE_M, ACROSS_M)
    return Layout(areas, (*stripes, dashed(LANE_M)))


def _pair(cast: Cast, lane: int, speed_kmh: float, gap_s: float, behaviour: str) -> list[Trip]:
    """A leader, and a follower whose front passes every place ``gap_s`` after the leader's rear."""
    leader = steady(cast.vehicle(), lane, speed_kmh, "is followed")
    delay = gap_s + leader.model.length / (speed_kmh / 3.6)
    follower = later(steady(cast.vehicle(), lane, speed_kmh, behaviour, 0.1), delay)
    return [leader, _judged(follower, leader, gap_s, speed_kmh)]


def _judged(follower: Trip, leader: Trip, gap_s: float, speed_kmh: float) -> Trip:
    if gap_s >= LEAST_GAP_S or speed_kmh <= LEAST_SPEED_KMH:
        return follower
    facts: dict[str, float | str] = {
        "least_gap_s": round(gap_s, 3),
        "least_gap_m": round(gap_s * speed_kmh / 3.6, 2),
        "leader": leader.vehicle_id,
    }
    return replace(follower, offences=(OffenceTruth("following", facts),))


def _cut_in(cast: Cast, speed_kmh: float) -> list[Trip]:
    """One changes lanes closely before another while the camera looks on: the other does nothing wrong."""
    role = cast.vehicle()
    way = shifting(lane_centre(1), FAR_Y, NEAR_Y, [(48.0, 14.0, lane_centre(2))])
    cutter = trip(role, 1, way, at_speed(speed_kmh), "cuts in")
    delay = 0.6 + role.model.length / (speed_kmh / 3.6)
    return [cutter, later(steady(cast.vehicle(), 2, speed_kmh, "has another cut in before it"), delay)]
