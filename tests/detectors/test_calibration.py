"""From the picture to the road: what a calibration promises, and what it refuses."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.calibration import Calibration, CalibrationError, ControlPoint

TRUE = np.array([[0.0031, 0.0004, -2.1], [0.0002, -0.021, 15.5], [0.00001, 0.0019, -0.22]])
PIXELS = [(100.0, 700.0), (1200.0, 690.0), (300.0, 400.0), (900.0, 390.0), (600.0, 250.0), (700.0, 560.0)]


def on_road(pixel):
    x, y, w = TRUE @ [*pixel, 1.0]
    return (x / w, y / w)


def surveyed(pixels=PIXELS, **kwargs):
    points = [ControlPoint(p, on_road(p)) for p in pixels]
    return Calibration.from_points("north", (1280, 720), points, **kwargs)


def test_points_that_fit_a_plane_have_no_residuals():
    calibration = surveyed()
    assert calibration.residuals_px == pytest.approx(np.zeros(6), abs=1e-6)
    assert calibration.residuals_m == pytest.approx(np.zeros(6), abs=1e-8)


def test_a_point_that_was_surveyed_wrongly_shows_in_its_residual():
    points = [ControlPoint(p, on_road(p)) for p in PIXELS]
    x, y = points[2].road
    points[2] = ControlPoint(points[2].image, (x + 1.5, y))
    residuals = Calibration.from_points("north", (1280, 720), points).residuals_m
    assert residuals.max() > 0.3


@given(x=st.floats(0, 1280), y=st.floats(200, 720))
def test_to_the_road_and_back_is_where_one_started(x, y):
    calibration = surveyed()
    assert calibration.road_to_image(calibration.image_to_road([(x, y)])) == pytest.approx(
        np.array([[x, y]]), abs=1e-4
    )


def test_the_sky_is_not_on_the_road():
    assert np.isnan(surveyed().image_to_road([(640.0, 20.0)])).all()
    assert np.isfinite(surveyed().image_to_road([(640.0, 700.0)])).all()


def test_a_pixel_is_worth_more_metres_far_away():
    far, near = surveyed().metres_per_pixel([(640.0, 260.0), (640.0, 700.0)])
    assert far > 3 * near > 0


@pytest.mark.parametrize(("moment_ns", "holds"), [(99, False), (100, True), (199, True), (200, False)])
def test_a_calibration_holds_from_its_beginning_until_before_its_end(moment_ns, holds):
    assert surveyed(valid_from_ns=100, valid_until_ns=200).holds_at(moment_ns) is holds


def test_a_calibration_without_dates_always_holds():
    assert surveyed().holds_at(0)


LINE = [(100.0, 100.0), (200.0, 200.0), (300.0, 300.0), (400.0, 400.0)]


@pytest.mark.parametrize(
    ("points", "says"),
    [
        ([ControlPoint(p, on_road(p)) for p in PIXELS[:3]], "has 3 points"),
        ([ControlPoint(p, (p[0], p[1])) for p in LINE], "on one line"),
        ([ControlPoint(p, on_road(p)) for p in [*PIXELS[:3], PIXELS[0]]], "on one line or coincide"),
        ([ControlPoint((0.0, 0.0), (0.0, 0.0))] * 4, "coincide"),
        (
            [ControlPoint(i, r) for i, r in zip(PIXELS, [*LINE[:3], (9.0, 1.0)], strict=False)],
            "cannot be solved",
        ),
        ([ControlPoint((float("nan"), 1.0), (0.0, 0.0))] * 4, "not a finite number"),
    ],
    ids=["three", "collinear", "one twice", "all one", "three of four on a line", "not a number"],
)
def test_points_that_fix_no_plane_are_refused_with_a_sentence(points, says):
    with pytest.raises(CalibrationError, match=says):
        Calibration.from_points("north", (1280, 720), points)


def test_a_swapped_pair_that_folds_the_road_over_the_horizon_is_refused():
    road = [on_road(p) for p in PIXELS[:4]]
    road[0], road[1] = road[1], road[0]
    points = [ControlPoint(p, r) for p, r in zip(PIXELS, road, strict=False)]
    with pytest.raises(CalibrationError, match="swapped"):
        Calibration.from_points("north", (1280, 720), points)


def test_a_validity_that_ends_before_it_begins_is_refused():
    with pytest.raises(CalibrationError, match="ends before it begins"):
        surveyed(valid_from_ns=200, valid_until_ns=100)
