"""Speeds from 20 to 180 km/h, some of them changing, past a camera whose place the seed chooses."""

from __future__ import annotations

import numpy as np

from roadwitness.simulator.layouts import Layout
from roadwitness.simulator.motion import Motion, steps
from roadwitness.simulator.paths import straight
from roadwitness.simulator.plan import Plan, Scenario, SiteFacts
from roadwitness.simulator.scene import threshold_kmh
from roadwitness.simulator.scenes.casting import Cast
from roadwitness.simulator.scenes.open_road import (
    FAR_Y,
    LANE_M,
    MEASURED_Y,
    MEASURING,
    NEAR_Y,
    camera_of,
    carriageway,
    dashed,
    lane_centre,
    lanes_of,
    survey_of,
    trip,
)
from roadwitness.simulator.scenes.request import SceneRequest
from roadwitness.simulator.scenes.timetable import Timetable
from roadwitness.simulator.scenes.wrapping import obstacles, wrapped
from roadwitness.simulator.site_files import policy_text, speeding_table

LIMIT_KMH = 80.0
ACROSS_M = 2 * LANE_M
#: Who takes longer than this would keep all others away.
LONGEST_S = 40.0


def build(request: SceneRequest) -> Scenario:
    """The scene: as many vehicles as fit, a third of them braking or speeding up."""
    rng = np.random.default_rng([request.seed, 70])
    cast = Cast(request.seed, lamps_on=wrapped(request).light.lamps_on)
    duration = request.seconds or 60.0
    table, at_s = Timetable(clear_m=11.0), 0.0
    role = cast.vehicle()
    while at_s < duration - 4.0:
        speed = float(rng.uniform(20, 180))
        rate = float(rng.choice([0.0, 0.0, rng.uniform(-3.0, -0.8), rng.uniform(0.6, 2.2)]))
        lane = int(rng.integers(1, 3))
        way = straight(lane_centre(lane) + float(rng.normal(0, 0.15)), FAR_Y, NEAR_Y)
        what = "keeps its speed" if rate == 0 else "brakes" if rate < 0 else "speeds up"
        made = trip(role, lane, way, _motion(speed / 3.6, rate), what)
        if made.leaves_s - made.enters_s < LONGEST_S and table.place([made], at_s, at_s + 3.0) is not None:
            role = cast.vehicle()
        at_s += 0.7
    height = float(rng.uniform(4.8, 7.5))
    plan = Plan(
        "speeds",
        request.seed,
        request.width,
        request.height,
        request.fps,
        duration,
        camera_of(request, ACROSS_M, height, float(rng.uniform(1350, 1750))),
        wrapped(request),
        _ground(),
        tuple(table.placed),
        SiteFacts(
            "sim-speeds", "Simulated road", "sim-speeds-1", lanes_of(2), MEASURING, survey_of(ACROSS_M)
        ),
        LIMIT_KMH,
        threshold_kmh(LIMIT_KMH),
        stands=obstacles(request, LANE_M, 12.0),
    )
    return Scenario((plan,), policy_text("sim-speeds-2026", speeding_table(LIMIT_KMH)), request.seed)


def _ground() -> Layout:
    areas, stripes = carriageway(-LANE_M, ACROSS_M)
    return Layout(areas, (*stripes, dashed(LANE_M)))


def _motion(speed_ms: float, rate_ms2: float) -> Motion:
    """A motion that has ``speed_ms`` at the measured place, and ``rate_ms2`` all the way in the picture."""
    measured_m = FAR_Y - MEASURED_Y
    changing_m = measured_m - (FAR_Y - 70.0)
    if rate_ms2 == 0.0:
        return steps(0.0, 0.0, speed_ms, [(2.0, 0.0)])
    # Where braking or speeding up began it had another speed, but never one that it could not have.
    before = np.sqrt(max((0.6 * speed_ms) ** 2, speed_ms**2 - 2 * rate_ms2 * changing_m))
    rate = (speed_ms**2 - before**2) / (2 * changing_m)
    least = 0.5 * speed_ms
    lasts = (
        (FAR_Y - NEAR_Y - 55.0) / max(before, speed_ms) if rate > 0 else min(6.0, (before - least) / -rate)
    )
    return steps(0.0, 0.0, float(before), [(55.0 / before, 0.0), (float(lasts), float(rate)), (1.0, 0.0)])
