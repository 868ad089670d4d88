"""Where a calibration counts: among its points and a stated margin around them."""

import numpy as np
import pytest

from detectors.calibrating.area import area_of
from tests.detectors.calibrating.surveyor import GRID, TrueCamera, calibrated, moved, points_of

#: 7 m wide, from y = 14 to 40: a fifth of 26 m is 5.2 m.
CORNERS = np.array(GRID)


@pytest.mark.parametrize(
    ("place", "margin_m", "inside"),
    [
        ((3.0, 30.0), None, True),
        ((3.0, 45.1), None, True),
        ((3.0, 45.3), None, False),
        ((3.0, 8.9), None, True),
        ((3.0, 8.7), None, False),
        ((10.9, 30.0), None, True),
        ((11.1, 30.0), None, False),
        ((10.5, 44.5), None, False),
        ((3.0, 40.9), 1.0, True),
        ((3.0, 41.1), 1.0, False),
        ((8.1, 30.0), 1.0, False),
        ((7.0, 40.0), 0.0, True),
        ((7.1, 40.0), 0.0, False),
        ((float("nan"), 30.0), None, False),
    ],
)
def test_on_the_road(place, margin_m, inside):
    assert area_of(CORNERS, margin_m).holds(np.array([place])) == [inside]


def test_in_the_picture():
    calibration = calibrated(points_of(TrueCamera(), GRID))
    seen = calibration.road_to_image([(3.0, 30.0), (3.0, 60.0), (-9.0, 30.0)])
    assert calibration.covers(seen).tolist() == [True, False, False]
    assert calibration.covers([(640.0, -2000.0)]).tolist() == [False], "the sky is never covered"


def test_a_point_that_was_left_out_does_not_widen_it():
    points = points_of(TrueCamera(), [*GRID, (3.5, 70.0)])
    points[-1] = moved(points[-1], by_px=(0.0, 30.0))
    calibration = calibrated(points)
    assert calibration.covers(TrueCamera().project([(3.5, 60.0)])).tolist() == [False]


def test_its_border_is_drawn_where_it_ends():
    area = area_of(CORNERS)
    border = area.outline()
    middle = border.mean(axis=0)
    assert area.holds(middle + (border - middle) * 0.999).all()
    assert not area.holds(middle + (border - middle) * 1.02).any()
