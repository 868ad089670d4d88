"""How closely the vehicle detector looks at a scene."""

import pytest

from detectors.calibration import Calibration, ControlPoint
from detectors.scene import (
    LARGEST_INPUT,
    MEASURED_PX,
    SMALLEST_INPUT,
    input_size_for,
    input_size_of,
    narrowest_car_px,
)


def road(horizon_px=100.0):
    """A camera 1,280 px wide over a straight road of 8 m: 1,000 px at 5 m, 100 px at 50 m."""
    ends = [(5.0, 1000.0), (50.0, 100.0)]
    points = [
        ControlPoint((640 + side * width / 2, horizon_px + width / 2), (4 + side * 4, along))
        for along, width in ends
        for side in (-1, 1)
    ]
    return Calibration.from_points("straight", (1280, 720), points)


@pytest.mark.parametrize(
    ("longest_side_px", "narrowest_px", "size"),
    [
        pytest.param(1280, 48, 640, id="720p and the narrowest passage"),
        pytest.param(1920, 48, 960, id="1080p and the narrowest passage"),
        pytest.param(1280, 65, 480, id="a car of 65 px"),
        pytest.param(3840, 48, LARGEST_INPUT, id="never larger than helps"),
        pytest.param(1280, 500, SMALLEST_INPUT, id="never smaller than works"),
    ],
)
def test_the_smallest_vehicle_that_matters_keeps_its_pixels(longest_side_px, narrowest_px, size):
    assert input_size_for(longest_side_px, narrowest_px) == size


def test_the_input_is_one_that_a_yolo_takes():
    assert {input_size_for(1280, width) % 32 for width in range(20, 300)} == {0}


def test_a_car_is_narrowest_at_the_far_end_of_the_stretch():
    at_50_m = 1.7 / 8 * 100
    assert narrowest_car_px(road(), (10, 50)) == pytest.approx(at_50_m, rel=1e-6)
    assert narrowest_car_px(road(), (50, 10)) == pytest.approx(at_50_m, rel=1e-6)
    assert narrowest_car_px(road(), (10, 25)) == pytest.approx(2 * at_50_m, rel=1e-6)


def test_without_a_stretch_the_surveyed_points_are_what_is_measured():
    assert narrowest_car_px(road(), None) == narrowest_car_px(road(), (5, 50))


def test_what_is_measured_near_by_needs_a_smaller_input():
    sizes = [input_size_of(road(), (6, far)) for far in (50, 20, 15, 10)]
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) >= 3


def test_a_vehicle_too_small_to_be_a_passage_asks_for_nothing():
    assert input_size_of(road(), (5, 50)) == input_size_for(1280, 48, MEASURED_PX)


@pytest.mark.parametrize("calibration", [None, road()], ids=["no calibration", "behind the camera"])
def test_a_scene_that_tells_nothing_leaves_it_to_the_picture(calibration):
    assert input_size_of(calibration, (-90, -80)) is None
