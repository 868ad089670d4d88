"""Points that err are found by the others, named and left out; it is said which points nobody checks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.calibrating.verdicts import report_of
from detectors.calibration import CalibrationError, ControlPoint
from tests.detectors.calibrating.surveyor import (
    GRID,
    TrueCamera,
    calibrated,
    moved,
    points_of,
    random_camera,
    random_places,
    speed_factor,
)

CAMERA = TrueCamera()


def left_out(calibration):
    return [point.name for point in report_of(calibration).points if point.outlier]


@pytest.mark.parametrize(
    ("places", "wrong"),
    [
        pytest.param(GRID, {4: {"by_m": (0.0, 1.0)}}, id="a metre too far"),
        pytest.param(GRID, {0: {"by_px": (25.0, 0.0)}}, id="clicked beside it, at a corner"),
        pytest.param(GRID, {2: {"by_m": (3.5, 0.0)}, 9: {"by_m": (0.0, 10.0)}}, id="wrong lane, wrong tens"),
        pytest.param(
            GRID, {1: {"by_px": (40, 9)}, 5: {"by_px": (-60, 30)}, 6: {"by_m": (1, 1)}}, id="three of twelve"
        ),
        pytest.param(GRID, {3: {"by_m": (0.0, 500.0)}}, id="beyond the horizon"),
        pytest.param(GRID, {0: {"by_m": (-18.5, -13.6)}}, id="almost under the camera"),
        pytest.param(GRID, {2: {"by_m": (25.5, -15.7)}}, id="beside the camera"),
        pytest.param(GRID, {7: {"by_m": (-8.5, -28.4)}}, id="behind the camera"),
    ],
)
def test_wrong_points_are_named_and_left_out(places, wrong):
    points = points_of(CAMERA, places, np.random.default_rng(5))
    for i, how in wrong.items():
        points[i] = moved(points[i], **how)
    calibration = calibrated(points)
    assert left_out(calibration) == [f"nail {i + 1}" for i in sorted(wrong)]
    factor, sigma = speed_factor(calibration, CAMERA, (3.5, 25.0))
    assert abs(factor - 1) < 3 * sigma, "what is left measures as if the wrong points had never been"


@settings(max_examples=25, deadline=None)
@given(
    which=st.sampled_from(range(12)),
    direction=st.floats(0, 6.28),
    metres=st.floats(1.0, 30.0),
    seed=st.integers(0, 10**6),
)
def test_any_point_that_errs_by_a_metre_or_more_is_found(which, direction, metres, seed):
    points = points_of(CAMERA, GRID, np.random.default_rng(seed))
    by = (metres * np.cos(direction), metres * np.sin(direction))
    points[which] = moved(points[which], by_m=by)
    assert f"nail {which + 1}" in left_out(calibrated(points))


def test_right_points_are_left_in():
    rng = np.random.default_rng(8)
    lost = 0
    for _ in range(80):
        camera = random_camera(rng)
        lost += bool(left_out(calibrated(points_of(camera, random_places(rng, camera, 12), rng))))
    assert lost <= 3


def test_of_an_outlier_it_is_said_where_the_others_put_it():
    points = points_of(CAMERA, GRID)
    points[7] = moved(points[7], by_m=(0.0, 2.0))
    report = report_of(calibrated(points))
    assert report.points[7].left_out_m == pytest.approx(2.0, rel=0.1)
    assert report.points[7].fitted_px == pytest.approx(CAMERA.project([points[7].road])[0], abs=1e-3)
    (warning,) = report.warnings
    assert warning.startswith("nail 8 lies ")
    assert warning.endswith("from where the other points put it and is left out; measure it again.")
    assert report.rms_px < 1e-6, "the residuals are those of the points that count"


def test_four_points_cannot_check_each_other():
    report = report_of(calibrated(points_of(CAMERA, [GRID[i] for i in (0, 2, 9, 11)])))
    assert report.checks == 0
    assert [point.left_out_m for point in report.points] == [None] * 4
    assert "Four points cannot check each other" in report.warnings[0]


def test_five_points_notice_an_error_but_cannot_say_whose_it_is():
    points = points_of(CAMERA, [GRID[i] for i in (0, 2, 4, 9, 11)])
    points[1] = moved(points[1], by_m=(0.3, 0.0))
    report = report_of(calibrated(points))
    assert not any(point.outlier for point in report.points)
    assert report.noise_scale > 3
    assert any("five cannot tell which one is wrong" in warning for warning in report.warnings)


def test_a_point_that_no_others_check_is_named():
    # Five on one line of the road, two beside it: without one of the two there is no plane.
    places = [(0.0, y) for y in (14.0, 18.0, 22.0, 30.0, 40.0)] + [(7.0, 16.0), (7.0, 36.0)]
    report = report_of(calibrated(points_of(CAMERA, places)))
    assert report.checks == 3
    assert [point.name for point in report.points if point.left_out_m is None] == ["nail 6", "nail 7"]
    assert "No other points check nail 6, nail 7" in report.warnings[0]


def test_points_that_agree_on_nothing_are_refused():
    rng = np.random.default_rng(2)
    chaos = [ControlPoint(tuple(rng.uniform(100, 600, 2)), tuple(rng.uniform(0, 40, 2))) for _ in range(8)]
    with pytest.raises(CalibrationError, match="no 6 agree with each other"):
        calibrated(chaos)


def test_the_same_points_give_the_same_calibration_every_time():
    points = points_of(CAMERA, GRID * 2, np.random.default_rng(4))
    points[3] = moved(points[3], by_m=(2.0, 0.0))
    assert (calibrated(points).draws() == calibrated(points).draws()).all()
