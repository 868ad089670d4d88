"""Every named scene has the drivers that it promises, a truth that agrees with itself, and good files."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from enforcement.policy import load_policy
from enforcement.road_file import load_road
from roadwitness.simulator import SCENES, WEATHERS, SceneRequest, SimulatorError, Truth, build_scene
from roadwitness.simulator.clip import truth_of
from roadwitness.simulator.plan import Plan
from roadwitness.simulator.scenes import junction_road, lanes, open_road, section, stopping, tailgating
from roadwitness.simulator.scenes.meeting import meet
from roadwitness.simulator.site_files import write_site
from roadwitness.simulator.trips import Moving
from roadwitness.simulator.truth import FrameTruth
from roadwitness.site import load_site

PROMISED = {
    "junction": {"red_light", "stop_line", "forbidden_movement"},
    "lanes": {"reserved_lane", "solid_line", "vehicle_ban"},
    "wrong-way": {"wrong_way"},
    "stopping": {"stopping"},
    "tailgating": {"following"},
    "section": {"average_speed"},
    "speeds": set(),
    "straight": set(),
}
SEEDS = (1, 2)


@pytest.fixture(scope="module")
def plans() -> dict[tuple[str, int], tuple[Plan, ...]]:
    return {
        (name, seed): build_scene(SceneRequest(name=name, seed=seed)).plans
        for name in SCENES
        for seed in SEEDS
    }


def unseen_truth(plan: Plan) -> Truth:
    """The truth of a plan as if every vehicle had been seen in its first frame; nothing is rendered."""
    frame = FrameTruth(0, (0.0, 0.0, 1.0, 1.0), None, None, None, 1.0)
    return truth_of(plan, [[frame]] * len(plan.vehicles), {})


def passes_line_s(vehicle: Moving) -> float:
    """When a vehicle of the section passes the reference line, by bisection of its poses."""
    low, high = vehicle.enters_s, vehicle.leaves_s
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if vehicle.pose(middle).y_m > open_road.MEASURED_Y else (low, middle)
    return high


def slowly(plan: Plan) -> Truth:
    """The truth of the plan at two frames a second."""
    return unseen_truth(replace(plan, fps=2))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", PROMISED)
def test_a_scene_has_its_offences_and_others_that_do_nothing_wrong(
    name: str, seed: int, plans: dict[tuple[str, int], tuple[Plan, ...]]
) -> None:
    vehicles = [vehicle for plan in plans[name, seed] for vehicle in plan.vehicles]
    committed = Counter(offence.offence for vehicle in vehicles for offence in vehicle.offences)
    assert PROMISED[name] <= set(committed)
    assert sum(not vehicle.offences for vehicle in vehicles) >= 5


def test_every_scene_is_listed_here() -> None:
    assert set(PROMISED) == set(SCENES)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", [name for name in PROMISED if name != "straight"])
def test_no_two_vehicles_drive_through_each_other(
    name: str, seed: int, plans: dict[tuple[str, int], tuple[Plan, ...]]
) -> None:
    for plan in plans[name, seed]:
        for one, other in combinations(plan.vehicles, 2):
            assert not meet(one, other, plan.duration_s), (one.behaviour, other.behaviour)


@pytest.mark.parametrize("name", PROMISED)
def test_a_seed_repeats_its_truth_and_another_does_not(
    name: str, plans: dict[tuple[str, int], tuple[Plan, ...]]
) -> None:
    first, other = ([slowly(plan) for plan in plans[name, seed]] for seed in SEEDS)
    assert [slowly(plan) for plan in build_scene(SceneRequest(name=name, seed=SEEDS[0])).plans] == first
    assert first != other


@pytest.mark.parametrize("name", PROMISED)
def test_the_path_moves_at_its_own_speed_along_its_own_heading(
    name: str, plans: dict[tuple[str, int], tuple[Plan, ...]]
) -> None:
    for vehicle in (v for plan in plans[name, 1] for v in unseen_truth(plan).vehicles):
        path = np.array([(p.x_m, p.y_m, p.heading_deg, p.speed_kmh / 3.6) for p in vehicle.path])
        if len(path) < 3:
            continue
        steps = np.diff(path[:, :2], axis=0) * 25
        assert np.hypot(*steps.T) == pytest.approx(np.abs(path[1:, 3] + path[:-1, 3]) / 2, abs=0.35)
        fast = path[:-1, 3] > 3
        headings = np.radians(path[:-1, 2][fast])
        ahead = np.column_stack([np.sin(headings), np.cos(headings)])
        # The front of a turning vehicle moves a little outwards of where the vehicle points.
        assert np.all(np.sum(ahead * steps[fast], axis=1) > 0.8 * np.hypot(*steps[fast].T))


@pytest.mark.parametrize("name", PROMISED)
def test_the_files_of_a_scene_are_read_by_what_judges(name: str, tmp_path: Path) -> None:
    scenario = build_scene(SceneRequest(name=name, seed=2))
    (tmp_path / "policy.toml").write_text(scenario.policy)
    policy = load_policy(tmp_path / "policy.toml")
    for plan in scenario.plans:
        folder = tmp_path / plan.site.folder
        folder.mkdir(exist_ok=True)
        write_site(folder / "site.toml", plan)
        site = load_site(folder / "site.toml")
        found = site.resolve(site.file.policy)
        assert found is not None
        assert found.resolve() == tmp_path / "policy.toml"
        if plan.road is not None:
            road = load_road(folder / "road.geojson")
            assert road == plan.road
            assert road.id == f"{plan.site.camera_id}-2026-05"
            named = [lane.zone for lane in policy.reserved_lanes] + [ban.zone for ban in policy.vehicle_bans]
            named += [stop.zone for stop in policy.stopping]
            assert all(road.zone(zone) for zone in named)
            assert all(road.line(line.line) for line in policy.solid_lines)
            assert all(road.line(gate) for move in policy.movements for gate in (move.enters, move.leaves))
        signals = {signal.id for signal in site.file.signals}
        assert signals >= {line.signal for line in (plan.road.lines if plan.road else ()) if line.signal}


def test_who_drives_at_red_passes_the_line_in_the_red_that_the_truth_states(
    plans: dict[tuple[str, int], tuple[Plan, ...]],
) -> None:
    for seed in SEEDS:
        (plan,) = plans["junction", seed]
        truth = unseen_truth(plan)
        reds = [p for p in truth.phases if p.signal_id == junction_road.SIGNAL and p.state == "red"]
        for vehicle in truth.offenders("red_light"):
            (facts,) = (o.facts for o in vehicle.offences if o.offence == "red_light")
            crossed = float(facts["crossed_at_s"])
            (red,) = (p for p in reds if p.from_s <= crossed < p.until_s)
            assert crossed - red.from_s == pytest.approx(float(facts["seconds_into_red"]), abs=2e-3)
            assert 0.5 < crossed - red.from_s <= 3.5
            before, after = (
                next(p for p in vehicle.path if p.frame == frame)
                for frame in (int(crossed * 25), int(crossed * 25) + 1)
            )
            assert before.y_m <= junction_road.STOP_Y <= after.y_m
            assert vehicle.path[-1].y_m > junction_road.CROSSING_FROM


def test_who_stops_at_red_stays_behind_the_line_and_who_creeps_before_the_junction(
    plans: dict[tuple[str, int], tuple[Plan, ...]],
) -> None:
    seen = Counter[str]()
    for seed in SEEDS:
        (plan,) = plans["junction", seed]
        for vehicle in unseen_truth(plan).vehicles:
            stands = [p.y_m for p in vehicle.path if p.speed_kmh == 0]
            if vehicle.behaviour == "stops behind the line" and stands:
                assert max(stands) < junction_road.STOP_Y
                assert not vehicle.offences
                seen["stops"] += 1
            if any(o.offence == "stop_line" for o in vehicle.offences):
                assert junction_road.STOP_Y + 0.5 < max(stands) < junction_road.CROSSING_FROM
                seen["creeps"] += 1
    assert seen["stops"] >= 2
    assert seen["creeps"] >= 2


def test_who_stands_too_long_stands_in_the_zone_that_long(
    plans: dict[tuple[str, int], tuple[Plan, ...]],
) -> None:
    for seed in SEEDS:
        (plan,) = plans["stopping", seed]
        for vehicle in unseen_truth(plan).offenders("stopping"):
            stands = [p for p in vehicle.path if p.speed_kmh == 0]
            assert len(stands) / 25 == pytest.approx(float(vehicle.offences[0].facts["stood_s"]), abs=0.1)
            assert len(stands) / 25 > stopping.LONGEST_S
            assert all(stopping.ZONE_Y[0] < p.y_m < stopping.ZONE_Y[1] for p in stands)


def test_followers_keep_the_gap_that_the_truth_states(plans: dict[tuple[str, int], tuple[Plan, ...]]) -> None:
    (plan,) = plans["tailgating", 1]
    vehicles = {vehicle.vehicle_id: vehicle for vehicle in unseen_truth(plan).vehicles}
    found = 0
    for follower in vehicles.values():
        for offence in follower.offences:
            leader = vehicles[str(offence.facts["leader"])]
            own = {p.frame: p for p in follower.path}
            gaps = [
                (own[p.frame].y_m - p.y_m - leader.length_m) / (own[p.frame].speed_kmh / 3.6)
                for p in leader.path
                if p.frame in own and leader.length_m
            ]
            assert gaps == pytest.approx([float(offence.facts["least_gap_s"])] * len(gaps), abs=0.01)
            assert gaps[0] < tailgating.LEAST_GAP_S
            found += 1
    assert found >= 4


def test_a_section_has_the_same_plates_at_both_ends_and_the_stated_averages(
    plans: dict[tuple[str, int], tuple[Plan, ...]],
) -> None:
    entry, leave = plans["section", 1]
    plates = [{v.plate.text for v in plan.vehicles} for plan in (entry, leave)]
    assert len(plates[0] & plates[1]) >= 6
    assert plates[1] - plates[0]
    starts_s = (leave.site.recorded_at - entry.site.recorded_at).total_seconds() - leave.clock_offset_s
    passed = {v.vehicle_id: passes_line_s(v) for v in entry.vehicles}
    for vehicle in leave.vehicles:
        for offence in vehicle.offences:
            lasted_s = starts_s + passes_line_s(vehicle) - passed[vehicle.vehicle_id]
            assert section.LENGTH_M / lasted_s * 3.6 == pytest.approx(
                float(offence.facts["average_kmh"]), abs=0.01
            )
            assert float(offence.facts["average_kmh"]) > section.LIMIT_KMH + 3
    slow_there = [v for v in leave.vehicles if v.offences and v.speed_kmh < leave.threshold_kmh]
    assert slow_there, "somebody brakes at the cameras"


def test_a_lane_is_changed_across_the_solid_line_only_by_offenders(
    plans: dict[tuple[str, int], tuple[Plan, ...]],
) -> None:
    (plan,) = plans["lanes", 2]
    for vehicle in unseen_truth(plan).vehicles:
        beside = [
            p.x_m < open_road.LANE_M for p in vehicle.path if lanes.SOLID_Y[0] < p.y_m < lanes.SOLID_Y[1]
        ]
        crosses = 0 < sum(beside) < len(beside)
        assert crosses == any(o.offence == "solid_line" for o in vehicle.offences), vehicle.behaviour


@pytest.mark.parametrize(
    ("request_of", "message"),
    [
        ({"name": "moon"}, "There is no scene moon: choose from straight"),
        ({"name": "lanes", "weather": "hail"}, f"choose from {', '.join(WEATHERS)}"),
        ({"name": "lanes", "shake": "wild"}, "There is no shake wild"),
        ({"name": "lanes", "width": 641}, "even sizes"),
        ({"name": "lanes", "seconds": 0.0}, "positive duration"),
    ],
)
def test_what_is_not_there_is_refused_in_a_sentence(request_of: dict[str, object], message: str) -> None:
    with pytest.raises(SimulatorError, match=message):
        build_scene(SceneRequest(**request_of))  # type: ignore[arg-type]
