"""Lens distortion: taken out before the road, put in again on the way back."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.calibrating.verdicts import report_of
from detectors.calibration import Lens
from tests.detectors.calibrating.surveyor import SIZE, TrueCamera, calibrated, points_of

CAMERA = TrueCamera()
BARREL = Lens((1500.0, 1500.0), (640.0, 360.0), k1=-0.32, k2=0.11, p1=0.0008, p2=-0.0005)
PLACES = [(x, y) for x in (-2.0, 1.0, 4.0, 7.0) for y in (15.0, 22.0, 31.0, 42.0)]


@given(x=st.floats(0, SIZE[0]), y=st.floats(0, SIZE[1]))
def test_distorting_undoes_undistorting(x, y):
    there = BARREL.undistort(np.array([[x, y]]))
    assert BARREL.distort(there) == pytest.approx(np.array([[x, y]]), abs=0.02)


def test_the_centre_stays_and_the_corners_move():
    flat = BARREL.undistort(np.array([[640.0, 360.0], [0.0, 0.0]]))
    assert flat[0] == pytest.approx([640.0, 360.0], abs=1e-6)
    assert (flat[1] < -10).all(), "a barrel draws the corners in"


def test_where_the_coefficients_fold_over_there_is_no_place():
    strong = Lens((700.0, 700.0), (640.0, 360.0), k1=-0.5)
    assert np.isnan(strong.undistort(np.array([[0.0, 0.0]]))).all()
    assert np.isnan(strong.distort(np.array([[-400.0, -300.0]]))).all()
    assert np.isfinite(strong.undistort(np.array([[640.0, 500.0]]))).all()


def test_a_lens_without_distortion_changes_nothing():
    plain = Lens((1500.0, 1500.0), (640.0, 360.0))
    points = np.array([[3.0, 4.0], [1200.0, 700.0]])
    assert plain.undistort(points) == pytest.approx(points, abs=1e-6)
    assert plain.distort(points) == pytest.approx(points, abs=1e-9)


def test_the_road_is_found_through_a_bad_lens():
    calibration = calibrated(points_of(CAMERA, PLACES, lens=BARREL), lens=BARREL)
    places = np.array([(0.0, 16.0), (6.0, 25.0), (3.0, 40.0)])
    through = BARREL.distort(CAMERA.project(places))
    assert calibration.image_to_road(through) == pytest.approx(places, abs=2e-3)
    assert calibration.road_to_image(places) == pytest.approx(through, abs=0.02)
    assert calibration.residuals_px.max() < 0.05


def test_without_its_lens_the_same_survey_does_not_fit():
    calibration = calibrated(points_of(CAMERA, PLACES, lens=BARREL))
    assert calibration.residuals_px.max() > 1.0
    assert calibration.fit.noise_scale > 1.5
    assert any("a lens that was not measured" in warning for warning in report_of(calibration).warnings)


def test_an_error_of_the_lens_cancels_between_the_points_and_the_vehicles():
    off = replace(BARREL, k1=BARREL.k1 + 0.02)
    right, wrong = (calibrated(points_of(CAMERA, PLACES, lens=BARREL), lens=lens) for lens in (BARREL, off))
    for x, y in ((0.0, 20.0), (3.0, 28.0), (6.0, 37.0)):
        ends = BARREL.distort(CAMERA.project([(x, y - 5), (x, y + 5)]))
        true, found = (np.linalg.norm(np.diff(c.image_to_road(ends), axis=0)) for c in (right, wrong))
        assert found == pytest.approx(true, rel=1e-3)


def test_noise_of_the_click_grows_where_the_lens_draws_the_picture_together():
    with_lens = calibrated(points_of(CAMERA, PLACES, lens=BARREL), lens=BARREL)
    without = calibrated(points_of(CAMERA, PLACES))
    place = (4.0, 30.0)
    a = with_lens.road_sigma_m(with_lens.road_to_image([place]))
    b = without.road_sigma_m(without.road_to_image([place]))
    assert a > b


@pytest.mark.parametrize(
    "camera",
    [CAMERA, TrueCamera(x=-3, height=8.5, yaw=0.25), TrueCamera(height=4.2, pitch=0.1, yaw=0.0, focal=2600)],
    ids=["usual", "from the side", "long lens, straight"],
)
def test_the_camera_s_place_follows_from_the_view(camera):
    places = [(x, y) for x in (0.0, 3.5, 7.0) for y in (18.0, 25.0, 40.0)]
    calibration = calibrated(points_of(camera, places))
    assert calibration.camera_position_m == pytest.approx([camera.x, 0.0, camera.height], abs=1e-3)
    assert calibration.camera_height_m == pytest.approx(camera.height, abs=1e-3)
    assert len(calibration.camera_positions_m()) == len(calibration.draws())


def test_the_camera_s_place_follows_from_a_known_lens():
    calibration = calibrated(points_of(CAMERA, PLACES, lens=BARREL), lens=BARREL)
    assert calibration.camera_position_m == pytest.approx([2.5, 0.0, 6.0], abs=5e-3)


def test_coordinates_of_a_whole_country_lose_nothing():
    corner = np.array([392_000.0, 5_820_000.0])
    points = points_of(CAMERA, PLACES)
    far = calibrated([replace(p, road=tuple(np.array(p.road) + corner)) for p in points])
    ((x, y),) = far.image_to_road(CAMERA.project([(3.0, 30.0)]))
    assert (x, y) == pytest.approx((392_003.0, 5_820_030.0), abs=1e-5)
    assert far.camera_position_m[:2] == pytest.approx([392_002.5, 5_820_000.0], abs=1e-3)
    assert far.camera_height_m == pytest.approx(6.0, abs=1e-3)


def test_straight_from_above_the_view_does_not_tell_how_high():
    from tests.detectors.roadside_parts import calibration

    assert calibration().camera_position_m is None
    assert calibration().camera_height_m is None
    assert calibration().camera_positions_m() is None
