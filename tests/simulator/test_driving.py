"""Paths, motions and drivers obey geometry and physics."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadwitness.simulator.driving import Driver, Halt, SlowStretch, crossing_at, drive, drive_queue
from roadwitness.simulator.motion import steps
from roadwitness.simulator.ordering import painting_order
from roadwitness.simulator.paths import rounded, shifting, straight
from roadwitness.simulator.posing import Pose


@given(
    heading=st.floats(0, 360),
    x=st.floats(-20, 20),
    y=st.floats(0, 90),
    u=st.floats(-9, 9),
    v=st.floats(-3, 3),
)
def test_a_pose_and_its_inverse_agree(heading: float, x: float, y: float, u: float, v: float) -> None:
    pose = Pose(x, y, heading)
    world = pose.to_world(np.array([[u, v, 1.0]]))[0]
    assert pose.seen_at(world) == pytest.approx((u, v), abs=1e-9)
    assert math.hypot(world[0] - x, world[1] - y) == pytest.approx(math.hypot(u, v), abs=1e-9)


@pytest.mark.parametrize(
    ("heading", "ahead", "left"),
    [(0, (0, 1), (-1, 0)), (90, (1, 0), (0, 1)), (180, (0, -1), (1, 0)), (270, (-1, 0), (0, -1))],
)
def test_headings_run_clockwise_from_the_road(
    heading: float, ahead: tuple[int, int], left: tuple[int, int]
) -> None:
    pose = Pose(0.0, 0.0, heading)
    assert pose.to_world(np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]))[:, :2].tolist() == [
        list(ahead),
        list(left),
    ]


def test_a_left_turn_ends_where_and_how_it_should() -> None:
    way = rounded([(1.75, 0.0), (1.75, 40.0), (-30.0, 40.0)], 8.0)
    assert way.length_m == pytest.approx(40 + 31.75 - 2 * 8 + 8 * math.pi / 2, abs=0.01)
    assert way.pose(5.0, 4.5).heading_deg == pytest.approx(0.0)
    assert way.pose(way.length_m, 4.5).heading_deg == pytest.approx(270.0)
    assert way.pose(way.length_m, 4.5).y_m == pytest.approx(40.0)
    radii = np.hypot(way.points[:, 0] - (1.75 - 8.0), way.points[:, 1] - 32.0)
    bend = (way.points[:, 0] < 1.7) & (way.points[:, 1] < 39.9)
    assert radii[bend] == pytest.approx(8.0)


def test_a_change_of_lane_is_smooth_and_ends_in_the_new_lane() -> None:
    way = shifting(1.75, 80.0, 0.0, [(50.0, 25.0, 5.25)])
    assert way.at(20.0)[0] == pytest.approx(1.75)
    assert way.at(way.length_m)[0] == pytest.approx(5.25)
    headings = [way.pose(float(s), 4.5).heading_deg for s in np.arange(5.0, 75.0, 0.5)]
    assert np.abs(np.diff(headings)).max() < 1.5
    assert 150 < min(headings) < 170
    assert max(headings) == pytest.approx(180.0, abs=0.01)


@given(speed=st.floats(5, 40), rate=st.floats(-2, 2), at=st.floats(0.1, 4.9))
def test_a_motion_is_the_integral_of_its_speed(speed: float, rate: float, at: float) -> None:
    speed += 12.0
    motion = steps(3.0, 10.0, speed, [(5.0, rate), (2.0, 0.0)])
    assert motion.at(3.0 + at) == pytest.approx((10 + speed * at + rate * at**2 / 2, speed + rate * at, rate))
    assert motion.when(motion.at(3.0 + at)[0]) == pytest.approx(3.0 + at, abs=1e-6)


@pytest.mark.parametrize("over_m", [-1.2, 1.8])
def test_a_driver_stands_where_it_is_to_halt_and_then_goes_on(over_m: float) -> None:
    motion = drive(Driver(0.0, 13.0, 4.5, halts=(Halt(90.0 + over_m, 25.0),)), None, 40.0)
    ((start, end),) = motion.standing()
    assert motion.at(start)[0] == pytest.approx(90.0 + over_m, abs=0.25)
    assert end == pytest.approx(25.0, abs=0.1)
    assert motion.at(39.0)[1] > 12.0
    assert np.diff(motion.speeds_ms).min() > -8.0 * 0.04


def test_a_driver_passes_a_place_when_asked() -> None:
    driver = crossing_at(Driver(0.0, 13.0, 4.5, slow=(SlowStretch(60.0, 70.0, 5.0),)), 92.0, 17.3)
    assert drive(driver, None, 40.0).when(92.0) == pytest.approx(17.3, abs=0.05)


def test_nobody_in_a_queue_runs_into_the_one_ahead() -> None:
    first = Driver(0.0, 12.0, 4.5, halts=(Halt(80.0, 30.0),))
    queue = [first, Driver(2.0, 14.0, 4.7), Driver(4.0, 13.0, 11.5), Driver(6.5, 15.0, 4.2)]
    motions = drive_queue(queue, 60.0)
    for at_s in np.arange(7.0, 60.0, 0.2):
        arcs = [motion.at(float(at_s))[0] for motion in motions]
        for ahead, behind, driver in zip(arcs[:-1], arcs[1:], queue[:-1], strict=True):
            assert ahead - driver.length_m - behind > 0.8
    assert all(motion.at(28.0)[1] == 0.0 for motion in motions)


def test_what_is_nearer_to_the_camera_is_painted_later() -> None:
    pole = Pose(7.7, 22.6).outline(0.4, 0.4)
    beyond, before = Pose(8.0, 30.0, 90.0).outline(4.5, 1.8), Pose(5.3, 15.0, 0.0).outline(4.5, 1.8)
    bus_beside = Pose(1.75, 12.0, 180.0).outline(11.5, 2.5)
    order = painting_order([before, pole, bus_beside, beyond], np.array([1.6, 0.0]))
    assert order.index(3) < order.index(1) < order.index(0)


def test_a_path_says_where_it_reaches_a_line() -> None:
    way = straight(1.75, 80.0, 0.0)
    assert way.at(way.where(1, 22.0)) == pytest.approx((1.75, 22.0))
    with pytest.raises(ValueError, match="never reaches"):
        way.where(1, 100.0)
