"""WGS84 to metres along the road, and back."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.calibrating.earth import EarthFrame
from detectors.calibration import CalibrationError

BERLIN = (52.5163, 13.3777)


def metres_per_degree(latitude):
    """North and east, from the radii of curvature (an independent formula)."""
    e2, a, phi = 0.00669437999014, 6378137.0, math.radians(latitude)
    w = math.sqrt(1 - e2 * math.sin(phi) ** 2)
    return math.radians(a * (1 - e2) / w**3), math.radians(a / w * math.cos(phi))


@pytest.mark.parametrize("latitude", [0.0, 45.0, 60.2, -33.9])
def test_a_thousandth_of_a_degree_is_as_long_as_the_ellipsoid_says(latitude):
    north, east = metres_per_degree(latitude)
    (up, right) = EarthFrame((latitude, 20.0), 0.0).to_road([(latitude + 0.001, 20.0), (latitude, 20.001)])
    assert up == pytest.approx([0.0, north / 1000], abs=2e-3)
    assert right == pytest.approx([east / 1000, 0.0], abs=2e-3)


@given(
    latitude=st.floats(-80, 80),
    longitude=st.floats(-179, 179),
    heading=st.floats(0, 359),
    height=st.floats(-100, 4000),
    x=st.floats(-500, 500),
    y=st.floats(-500, 500),
)
def test_there_and_back(latitude, longitude, heading, height, x, y):
    frame = EarthFrame((latitude, longitude), heading, height)
    assert frame.to_road(frame.to_earth([(x, y)])) == pytest.approx(np.array([[x, y]]), abs=1e-5)


@pytest.mark.parametrize(
    ("heading", "north", "road"),
    [
        (0, True, (0, 1)),
        (90, False, (0, 1)),
        (180, True, (0, -1)),
        (270, False, (0, -1)),
        (90, True, (-1, 0)),
    ],
)
def test_y_runs_along_the_heading_and_x_to_its_right(heading, north, road):
    per_north, per_east = metres_per_degree(BERLIN[0])
    place = (BERLIN[0] + 50 / per_north, BERLIN[1]) if north else (BERLIN[0], BERLIN[1] + 50 / per_east)
    (found,) = EarthFrame(BERLIN, heading).to_road([place])
    assert found == pytest.approx(np.array(road) * 50, abs=0.01)


def test_a_place_further_on_says_the_heading():
    along = EarthFrame(BERLIN, 217.0)
    (place,) = along.to_earth([(0.0, 80.0)])
    assert EarthFrame.towards(BERLIN, tuple(place)).heading_deg == pytest.approx(217.0, abs=1e-6)


def test_on_a_mountain_the_same_angle_is_a_longer_way():
    low, high = (
        EarthFrame(BERLIN, 0.0, h).to_road([(BERLIN[0] + 0.001, BERLIN[1])])[0][1] for h in (0, 2000)
    )
    assert high / low == pytest.approx(1 + 2000 / 6.38e6, rel=2e-5)


@pytest.mark.parametrize(
    ("places", "says"),
    [
        ([(91.0, 0.0)], "no latitude and longitude"),
        ([(float("nan"), 0.0)], "no latitude and longitude"),
        ([(BERLIN[1], BERLIN[0])], "swapped or mistyped"),
    ],
)
def test_what_is_no_place_near_by_is_refused(places, says):
    with pytest.raises(CalibrationError, match=says):
        EarthFrame(BERLIN, 0.0).to_road(places)


def test_a_road_that_runs_towards_its_own_origin_is_refused():
    with pytest.raises(CalibrationError, match="less than a metre"):
        EarthFrame.towards(BERLIN, BERLIN)
