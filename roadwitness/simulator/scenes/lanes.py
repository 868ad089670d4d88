"""Three lanes in a town: lane 1 closed to lorries, a solid line between it and lane 2, lane 3 for buses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from enforcement.road import Line, Road, Zone
from roadwitness.simulator.layouts import Area, Layout, Stripe, lettering, rectangle
from roadwitness.simulator.paths import shifting
from roadwitness.simulator.plan import Plan, Scenario, SiteFacts
from roadwitness.simulator.scenes.casting import Cast, Role
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

LIMIT_KMH = 50.0
ACROSS_M = 3 * LANE_M
SOLID_Y = (10.0, 50.0)
BUS_LANE_Y = (10.0, 50.0)
LEAST_IN_BUS_LANE_M, LEAST_IN_BAN_M, LEAST_BEYOND_M = 20.0, 5.0, 0.5
#: So long before its end the last vehicle enters the clip, to be seen until it has passed.
PASSING_S = 10.0
CAMERA = "sim-lanes-1"

POLICY = f"""
[[reserved_lanes]]
zone = "bus-lane"
allowed = ["bus", "bicycle"]
least_distance_m = {LEAST_IN_BUS_LANE_M}

[[solid_lines]]
line = "solid-1-2"
least_beyond_m = {LEAST_BEYOND_M}

[[vehicle_bans]]
zone = "no-trucks"
least_distance_m = {LEAST_IN_BAN_M}
scope = {{ vehicles = ["truck"] }}
"""


def road() -> Road:
    """The solid line, the bus lane and the lane that is closed to lorries."""
    return Road(
        f"{CAMERA}-2026-05",
        (Line("solid-1-2", "solid", ((LANE_M, SOLID_Y[0]), (LANE_M, SOLID_Y[1]))),),
        (
            Zone("bus-lane", "reserved", ring(2 * LANE_M, ACROSS_M, *BUS_LANE_Y)),
            Zone("no-trucks", "ban", ring(0.0, LANE_M, *BUS_LANE_Y)),
            Zone("lane-1", "lane", ring(0.0, LANE_M, 10.0, 70.0), 180.0),
            Zone("lane-2", "lane", ring(LANE_M, 2 * LANE_M, 10.0, 70.0), 180.0),
        ),
    )


def layout() -> Layout:
    """The lanes with their marks."""
    areas, stripes = carriageway(-LANE_M, ACROSS_M)
    bus_lane = Area(rectangle(2 * LANE_M, ACROSS_M, -30, 400), "red")
    marks = (
        dashed(LANE_M, 70.0, 400.0),
        Stripe(((LANE_M, -30), (LANE_M, 70)), 0.16),
        Stripe(((2 * LANE_M, -30), (2 * LANE_M, 400)), 0.22, 1.5, 1.5),
        *(mark for y in (17.0, 36.0, 58.0) for mark in lettering("BUS", lane_centre(3), y, -1, 3.4)),
    )
    pavement = Area(rectangle(ACROSS_M + 0.25, ACROSS_M + 4.0, -30, 500), "pavement")
    return Layout(
        (*areas, bus_lane, pavement), stripes + marks, lamps=((ACROSS_M + 1.0, 22.0), (ACROSS_M + 1.0, 52.0))
    )


def build(request: SceneRequest) -> Scenario:
    """The scene: lane keepers and lane changers, allowed and not."""
    rng = np.random.default_rng([request.seed, 30])
    cast = Cast(request.seed, lamps_on=wrapped(request).light.lamps_on)
    roles = [
        lambda: _keeps(cast.vehicle("bus"), 3, rng, "drives a bus in the bus lane"),
        lambda: _keeps(cast.vehicle(), 3, rng, "drives in the bus lane"),
        lambda: _changes(cast.vehicle(), 1, 2, (52.0, 24.0), rng, "crosses the solid line"),
        lambda: _changes(cast.vehicle(), 2, 3, (33.0, 14.0), rng, "enters the bus lane for the last metres"),
        lambda: _keeps(cast.vehicle("truck"), 1, rng, "drives a lorry in the lane closed to lorries"),
        lambda: _changes(cast.vehicle(), 2, 1, (48.0, 20.0), rng, "crosses the solid line"),
        lambda: _keeps(cast.vehicle("truck"), 2, rng, "drives a lorry where it may"),
        lambda: _changes(cast.vehicle("bus"), 2, 3, (56.0, 30.0), rng, "changes to the bus lane with a bus"),
        lambda: _touches(cast.vehicle(), rng),
        lambda: _changes(cast.vehicle(), 1, 2, (112.0, 78.0), rng, "changes lanes where the line is broken"),
        lambda: _changes(cast.vehicle(), 3, 2, (75.0, 50.0), rng, "leaves the bus lane early"),
        lambda: _keeps(cast.vehicle(), 1, rng, "keeps its lane"),
        lambda: _keeps(cast.vehicle("motorcycle"), 2, rng, "keeps its lane"),
    ]
    table, at_s = Timetable(), 0.0
    order = [int(n) for n in rng.permutation(len(roles))]
    duration = request.seconds or 45.0
    while at_s < duration - PASSING_S:
        for number in order:
            made = roles[number]()
            placed = table.place([made], at_s + 1.2, duration - PASSING_S)
            at_s = duration if placed is None else placed
    trips = tuple(judged(one, duration) for one in table.placed)
    plan = Plan(
        "lanes",
        request.seed,
        request.width,
        request.height,
        request.fps,
        duration,
        camera_of(request, ACROSS_M),
        wrapped(request),
        layout(),
        trips,
        SiteFacts("sim-lanes", "Simulated bus lane", CAMERA, lanes_of(3), MEASURING, survey_of(ACROSS_M)),
        LIMIT_KMH,
        LIMIT_KMH + 3,
        stands=obstacles(request, LANE_M * 1.5, 12.0),
        road=road(),
    )
    return Scenario((plan,), policy_text("sim-lanes-2026", speeding_table(LIMIT_KMH), POLICY), request.seed)


def _speed(rng: np.random.Generator) -> float:
    return float(rng.uniform(40, 49))


def _keeps(role: Role, lane: int, rng: np.random.Generator, behaviour: str) -> Trip:
    return steady(role, lane, _speed(rng), behaviour, float(rng.normal(0, 0.12)))


def _changes(
    role: Role, lane: int, to: int, over_y: tuple[float, float], rng: np.random.Generator, behaviour: str
) -> Trip:
    way = shifting(lane_centre(lane), FAR_Y, NEAR_Y, [(over_y[0], over_y[1], lane_centre(to))])
    return trip(role, lane, way, at_speed(_speed(rng)), behaviour)


def _touches(role: Role, rng: np.random.Generator) -> Trip:
    """Its wheels run over the solid line, its middle stays on its side."""
    near = LANE_M - 0.45
    shifts = [(60.0, 42.0, near), (32.0, 14.0, lane_centre(1))]
    way = shifting(lane_centre(1), FAR_Y, NEAR_Y, shifts)
    return trip(role, 1, way, at_speed(_speed(rng)), "touches the solid line with its wheels")


def judged(one: Trip, until_s: float) -> Trip:
    """The trip with what of it is an offence, worked out from its way."""
    times = np.arange(max(0.0, one.enters_s), min(one.leaves_s, until_s), 0.02)
    if len(times) == 0:
        return one
    places = np.array([one.path.at(one.motion.at(float(t))[0]) for t in times])
    x, y = places.T
    found = []
    in_lane = (x > 2 * LANE_M) & (x < ACROSS_M) & (y > BUS_LANE_Y[0]) & (y < BUS_LANE_Y[1])
    driven = float(np.ptp(y[in_lane])) if in_lane.any() else 0.0
    if one.model.label not in ("bus", "bicycle") and driven > LEAST_IN_BUS_LANE_M:
        found.append(OffenceTruth("reserved_lane", {"zone": "bus-lane", "driven_m": round(driven, 2)}))
    closed = (x > 0) & (x < LANE_M) & (y > BUS_LANE_Y[0]) & (y < BUS_LANE_Y[1])
    if one.model.label == "truck" and closed.any() and np.ptp(y[closed]) > LEAST_IN_BAN_M:
        found.append(
            OffenceTruth("vehicle_ban", {"zone": "no-trucks", "driven_m": round(float(np.ptp(y[closed])), 2)})
        )
    side = np.sign(x - LANE_M)
    crossed = np.flatnonzero((side[:-1] * side[1:] < 0) & (y[:-1] > SOLID_Y[0]) & (y[:-1] < SOLID_Y[1]))
    if len(crossed):
        at = int(crossed[0])
        facts: dict[str, float | str] = {
            "line": "solid-1-2",
            "crossed_at_s": round(float(times[at]), 3),
            "y_m": round(float(y[at]), 2),
        }
        found.append(OffenceTruth("solid_line", facts))
    return replace(one, offences=tuple(found))
