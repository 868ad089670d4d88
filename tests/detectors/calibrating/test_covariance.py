"""What a calibration says of its own errors is true: neither too small nor too large."""

import numpy as np
import pytest

from detectors.calibration import SharedError
from tests.detectors.calibrating.surveyor import (
    GRID,
    TrueCamera,
    calibrated,
    points_of,
    random_camera,
    random_places,
    speed_factor,
)


def speed_errors(seed, count, cameras=700, times=1.0):
    """Errors of the way along the road, in units of the stated standard uncertainty, over random cameras."""
    rng = np.random.default_rng(seed)
    errors = []
    for _ in range(cameras):
        camera = random_camera(rng)
        places = random_places(rng, camera, count)
        calibration = calibrated(points_of(camera, places, rng, times=times))
        factor, sigma = speed_factor(calibration, camera, (rng.uniform(0, 7), rng.uniform(20, 35)))
        errors.append((factor - 1) / sigma)
    return np.abs(errors)


@pytest.mark.parametrize("count", [12, 20])
def test_the_truth_lies_inside_twice_the_standard_uncertainty_in_95_of_100_surveys(count):
    assert 0.93 <= np.mean(speed_errors(count, count) < 2) <= 0.97


def test_noise_that_was_stated_half_as_large_as_it_is_is_widened_by_the_residuals():
    assert np.mean(speed_errors(3, 14, cameras=120, times=2.0) < 2) >= 0.91


def test_noise_that_was_stated_too_large_is_believed():
    places = [p.road for p in points_of(TrueCamera(), GRID)]
    quiet = calibrated(points_of(TrueCamera(), places))
    assert quiet.fit.noise_scale == 1.0
    assert speed_factor(quiet, TrueCamera(), (3.5, 25.0))[1] > 1e-4


@pytest.mark.parametrize(("times", "scale"), [(3.0, 3.0), (10.0, 10.0)])
def test_the_noise_is_raised_to_what_the_residuals_are(times, scale):
    points = points_of(TrueCamera(), GRID * 3, np.random.default_rng(1), times=times)
    assert calibrated(points).fit.noise_scale == pytest.approx(scale, rel=0.35)


def test_more_points_make_it_surer():
    one, four = (calibrated(points_of(TrueCamera(), GRID * n)) for n in (1, 4))
    ratio = speed_factor(one, TrueCamera(), (3.5, 25.0))[1] / speed_factor(four, TrueCamera(), (3.5, 25.0))[1]
    assert ratio == pytest.approx(2.0, rel=0.05)


def test_a_tape_that_may_be_1_percent_too_long_makes_every_speed_1_percent_uncertain_whatever_the_points():
    points = points_of(TrueCamera(), GRID * 4)
    tape = SharedError("tape", tuple((0.0, 0.01 * (p.road[1] - 25.0)) for p in points))
    shared = calibrated(points, shared=[tape])
    own = speed_factor(calibrated(points), TrueCamera(), (3.5, 25.0))[1]
    assert speed_factor(shared, TrueCamera(), (3.5, 25.0))[1] == pytest.approx(np.hypot(0.01, own), rel=0.02)
    assert shared.fit.noise_scale == 1.0


def test_the_draws_are_weighed_to_one_and_begin_with_the_calibration_itself():
    calibration = calibrated(points_of(TrueCamera(), GRID))
    assert calibration.draw_weights().sum() == pytest.approx(1.0)
    assert (calibration.draw_weights() > 0).all()
    assert calibration.draws()[0] == pytest.approx(calibration.homography)
    assert len(calibration.draws()) == len(calibration.draw_weights())


def test_places_far_away_are_known_less_well_and_pixels_add_to_it():
    calibration = calibrated(points_of(TrueCamera(), GRID))
    places = calibration.road_to_image([(3.5, 20.0), (3.5, 40.0), (3.5, 60.0)])
    still, clicked = calibration.road_sigma_m(places), calibration.road_sigma_m(places, 1.0)
    assert (np.diff(still) > 0).all()
    assert (clicked > still).all()
    # Far away a pixel down is by far the longest way on the road.
    pixel = calibration.metres_per_pixel(places)[-1]
    assert clicked[-1] == pytest.approx(np.hypot(still[-1], pixel), rel=0.02)


def test_the_sky_has_no_uncertainty():
    assert np.isnan(calibrated(points_of(TrueCamera(), GRID)).road_sigma_m([(640.0, -2000.0)])).all()
