"""A section between two cameras: the same vehicles pass both, but some leave in between and some join.

Many brake at the cameras, so that only their average speed tells how they drove.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from enforcement.road import Line, Road, Zone
from roadwitness.simulator.layouts import Layout
from roadwitness.simulator.plan import RECORDED_AT, Plan, Scenario, SiteFacts
from roadwitness.simulator.scene import threshold_kmh
from roadwitness.simulator.scenes.casting import Cast, Role
from roadwitness.simulator.scenes.open_road import (
    LANE_M,
    MEASURED_Y,
    MEASURING,
    camera_of,
    carriageway,
    dashed,
    lanes_of,
    ring,
    steady,
    survey_of,
)
from roadwitness.simulator.scenes.request import SceneRequest
from roadwitness.simulator.scenes.timetable import Timetable
from roadwitness.simulator.scenes.wrapping import obstacles, wrapped
from roadwitness.simulator.site_files import policy_text, speeding_table
from roadwitness.simulator.trips import Trip
from roadwitness.simulator.truth import OffenceTruth

LIMIT_KMH = 80.0
LENGTH_M, LENGTH_SIGMA_M = 800.0, 0.2
CLOCK_SIGMA_MS = 60.0
ACROSS_M = 2 * LANE_M
SECTION = "sim-section"
CAMERAS = {"entry": "sim-section-entry", "exit": "sim-section-exit"}

POLICY = f"""
[[sections]]
id = "{SECTION}"
entry_camera = "{CAMERAS["entry"]}"
exit_camera = "{CAMERAS["exit"]}"
entry_line = "entry-line"
exit_line = "exit-line"
length_m = {LENGTH_M}
length_sigma_m = {LENGTH_SIGMA_M}
limit_kmh = {LIMIT_KMH}
longest_s = 70.0

[sections.tolerance]
below_100_kmh = 3.0
above_100_percent = 3.0
"""


@dataclass(frozen=True)
class Journey:
    """One vehicle's way through the section: when it passed the entry, and how fast it was on average."""

    role: Role
    lane: int
    entered_s: float
    average_kmh: float


def build(request: SceneRequest) -> Scenario:
    """The scene: its entry, and from the same vehicles its exit."""
    rng = np.random.default_rng([request.seed, 80])
    cast = Cast(request.seed, lamps_on=wrapped(request).light.lamps_on)
    lasts_s = request.seconds or 30.0
    entry, leave, journeys, at_s = Timetable(clear_m=11.0), Timetable(clear_m=11.0), [], 0.0
    while at_s < lasts_s - 6.0:
        lane, role = int(rng.integers(1, 3)), cast.vehicle()
        average = float(rng.uniform(88, 125) if rng.random() < 0.45 else rng.uniform(62, 79))
        spot = min(average, float(rng.uniform(68, 82))) if rng.random() < 0.7 else average
        leaves = rng.random() < 0.15
        what = "leaves the section before its exit" if leaves else "drives through the section"
        made = steady(role, lane, spot, what)
        placed = entry.place([made], at_s, at_s + 4.0)
        if placed is not None and not leaves:
            journeys.append(Journey(role, lane, placed + _line_after_s(made), average))
        at_s += float(rng.uniform(1.2, 2.2))
    for journey in sorted(journeys, key=_due_s):
        _arrive(leave, journey, rng)
    for _ in range(max(1, len(journeys) // 6)):
        joins = steady(
            cast.vehicle(), int(rng.integers(1, 3)), float(rng.uniform(70, 84)), "joined in the section"
        )
        leave.place([joins], float(rng.uniform(_due_s(journeys[0]), _due_s(journeys[-1]))))
    starts_s = round(min(trip.enters_s for trip in leave.placed) - 0.5, 2)
    ends_s = max(trip.leaves_s for trip in leave.placed)
    offset_s = round(float(rng.uniform(-0.11, 0.11)), 3)
    plans = (
        _plan(request, "entry", entry.placed, lasts_s, 0.0, 0.0),
        _plan(
            request,
            "exit",
            [_shifted(trip, starts_s) for trip in leave.placed],
            ends_s - starts_s,
            starts_s,
            offset_s,
        ),
    )
    policy = policy_text("sim-section-2026", speeding_table(LIMIT_KMH), POLICY)
    return Scenario(plans, policy, request.seed)


def _line_after_s(made: Trip) -> float:
    """Seconds from a trip's start until its front passes the reference line."""
    passes = made.motion.when(made.measured_at_m)
    assert passes is not None
    return passes - float(made.motion.times_s[0])


def _due_s(journey: Journey) -> float:
    return journey.entered_s + LENGTH_M * 3.6 / journey.average_kmh


def _arrive(leave: Timetable, journey: Journey, rng: np.random.Generator) -> None:
    """Put the vehicle in at the exit, late if the road before it is not free; its average says so."""
    spot = min(journey.average_kmh * float(rng.uniform(0.85, 1.05)), float(rng.uniform(68, 95)))
    made = steady(journey.role, journey.lane, spot, "drives through the section")
    placed = leave.place([made], _due_s(journey) - _line_after_s(made))
    assert placed is not None
    left_s = placed + _line_after_s(made)
    average = LENGTH_M * 3.6 / (left_s - journey.entered_s)
    if average > threshold_kmh(LIMIT_KMH):
        facts: dict[str, float | str] = {
            "section": SECTION,
            "average_kmh": round(average, 3),
            "seconds": round(left_s - journey.entered_s, 4),
            "length_m": LENGTH_M,
        }
        leave.placed[-1] = replace(leave.placed[-1], offences=(OffenceTruth("average_speed", facts),))


def _shifted(trip: Trip, starts_s: float) -> Trip:
    """The trip in the seconds of a clip that starts later."""
    motion = trip.motion.later(-starts_s)
    return replace(trip, motion=motion, enters_s=trip.enters_s - starts_s, leaves_s=trip.leaves_s - starts_s)


def _plan(
    request: SceneRequest, end: str, trips: Sequence[Trip], lasts_s: float, starts_s: float, offset_s: float
) -> Plan:
    areas, stripes = carriageway(-LANE_M, ACROSS_M)
    line = Line(f"{end}-line", "gate", ((0.0, MEASURED_Y), (ACROSS_M, MEASURED_Y)), heading_deg=180.0)
    zones = tuple(
        Zone(f"lane-{n}", "lane", ring((n - 1) * LANE_M, n * LANE_M, 10.0, 70.0), 180.0) for n in (1, 2)
    )
    return Plan(
        "section",
        request.seed + (1000 if end == "exit" else 0),
        request.width,
        request.height,
        request.fps,
        lasts_s,
        camera_of(request, ACROSS_M, 5.2 if end == "entry" else 5.8, 1650.0),
        wrapped(request),
        Layout(areas, (*stripes, dashed(LANE_M))),
        tuple(sorted(trips, key=lambda trip: trip.enters_s)),
        SiteFacts(
            f"{SECTION}-{end}",
            f"Simulated section, {end}",
            CAMERAS[end],
            lanes_of(2),
            MEASURING,
            survey_of(ACROSS_M),
            end,
            RECORDED_AT + timedelta(seconds=starts_s + offset_s),
            CLOCK_SIGMA_MS,
        ),
        LIMIT_KMH,
        threshold_kmh(LIMIT_KMH),
        stands=obstacles(request, LANE_M, 12.0),
        road=Road(f"{CAMERAS[end]}-2026-05", (line,), zones),
        clock_offset_s=offset_s,
    )
