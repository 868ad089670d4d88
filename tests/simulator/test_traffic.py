"""Traffic keeps its lanes, its distance and its speeds."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import msgspec
import numpy as np
import pytest

from roadwitness.simulator import SceneSettings, SimulatorError, demo_scene
from roadwitness.simulator.scene import threshold_kmh, tolerance_kmh
from roadwitness.simulator.traffic import Drive, plan_traffic


@pytest.fixture(scope="module", params=[7, 8, 21])
def drives(request: pytest.FixtureRequest) -> list[Drive]:
    return plan_traffic(msgspec.structs.replace(demo_scene(), seed=request.param))


def test_no_vehicle_touches_the_one_ahead_while_either_can_be_seen(drives: list[Drive]) -> None:
    for at_s in np.arange(0.0, 40.0, 0.1):
        for lane in {drive.lane for drive in drives}:
            there = [d for d in drives if d.lane == lane and d.enters_s <= at_s <= d.leaves_s]
            there.sort(key=lambda d: d.pose(at_s).y_m)
            for ahead, behind in pairwise(there):
                room = behind.pose(at_s).y_m - ahead.pose(at_s).y_m - ahead.model.length
                assert room >= ahead.gap_m - 0.01


def test_every_speed_is_clearly_on_one_side_of_the_threshold(drives: list[Drive]) -> None:
    threshold = demo_scene().threshold_kmh
    assert sum(d.speed_kmh > threshold for d in drives) == 10
    assert all(abs(d.speed_kmh - threshold) >= 4 for d in drives)
    assert all(55 <= d.speed_kmh <= 115 for d in drives)


def test_every_vehicle_has_passed_before_the_clip_ends(drives: list[Drive]) -> None:
    assert max(d.leaves_s for d in drives) <= demo_scene().duration_s
    assert min(d.enters_s for d in drives) >= 0


def test_no_plate_is_driven_twice(drives: list[Drive]) -> None:
    assert len({d.plate.text for d in drives}) == len(drives) == 24


def test_speeders_have_a_front_plate_to_be_read(drives: list[Drive]) -> None:
    assert all(d.model.front_plate is not None for d in drives if d.speed_kmh > 80)


def test_the_same_seed_plans_the_same_traffic() -> None:
    first, second = plan_traffic(demo_scene()), plan_traffic(demo_scene())
    assert [(d.plate, d.speed_kmh, d.enters_s, d.x_m) for d in first] == [
        (d.plate, d.speed_kmh, d.enters_s, d.x_m) for d in second
    ]
    assert dataclasses.astuple(first[0].plate) == dataclasses.astuple(second[0].plate)


@pytest.mark.parametrize(
    ("limit_kmh", "expected"), [(50.0, 53.0), (80.0, 83.0), (100.0, 104.0), (130.0, 135.0)]
)
def test_the_threshold_is_the_fastest_speed_that_the_tolerance_forgives(
    limit_kmh: float, expected: float
) -> None:
    assert threshold_kmh(limit_kmh) == pytest.approx(expected)
    just_over = threshold_kmh(limit_kmh) + 0.1
    assert just_over - tolerance_kmh(just_over) > limit_kmh


def test_traffic_that_does_not_fit_is_refused_with_what_to_do() -> None:
    with pytest.raises(SimulatorError, match=r"make the scene at least \d+ s longer"):
        plan_traffic(SceneSettings(vehicles=40, duration_s=10))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"width": 641}, "even sizes"),
        ({"vehicles": 0}, "at least one vehicle"),
        ({"vehicles": 2, "speeders": 3}, "no more speeders than vehicles"),
        ({"duration_s": 0}, "positive duration"),
        ({"countries": ("XX",)}, "no plates for XX"),
    ],
)
def test_an_impossible_scene_is_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(SimulatorError, match=message):
        msgspec.structs.replace(SceneSettings(), **settings).__post_init__()
