"""What a page and a terminal are told of a calibration."""

import numpy as np
import pytest

from detectors.calibrating.doubts import speed_doubts
from detectors.calibrating.picture import draw_report
from detectors.calibrating.requests import calibrate
from detectors.calibrating.verdicts import report_of
from streams.survey import SharedErrorSize, SharedShift, SurveyFrame, SurveyLens, SurveyPoint, SurveyRequest
from tests.detectors.calibrating.surveyor import (
    GRID,
    SIZE,
    TrueCamera,
    calibrated,
    moved,
    points_of,
    speed_factor,
)

CAMERA = TrueCamera()
NO_DOUBT = SharedErrorSize()
CALIBRATION = calibrated(points_of(CAMERA, GRID))


def test_the_doubt_in_a_speed_is_the_spread_of_the_draws():
    (doubt,) = speed_doubts(CALIBRATION, CAMERA.project([(3.0, 26.0)]))
    _, sigma = speed_factor(CALIBRATION, CAMERA, (3.0, 26.0))
    assert doubt.road_m == pytest.approx((3.0, 26.0))
    assert doubt.speed_percent == pytest.approx(200 * sigma, rel=0.02)
    assert doubt.ellipse_kmh[0] >= doubt.ellipse_kmh[1] > 0
    assert doubt.covered


def test_the_ellipse_points_along_the_road_where_lengths_are_doubtful_and_across_where_directions_are():
    long = calibrate(_request(scale=SharedErrorSize(0.0, 0.05)))
    (doubt,) = speed_doubts(long, CAMERA.project([(3.0, 26.0)]))
    assert doubt.ellipse_kmh[0] == pytest.approx(10.0, rel=0.05), "5 % of 100 km/h, twice"
    assert min(doubt.ellipse_deg, 180 - doubt.ellipse_deg) < 5


def test_places_that_are_not_on_the_road_have_no_doubt_to_tell():
    assert speed_doubts(CALIBRATION, [(640.0, -3000.0)]) == ()


def test_outside_the_area_the_doubt_is_told_but_not_covered():
    (doubt,) = speed_doubts(CALIBRATION, CAMERA.project([(3.0, 60.0)]))
    assert not doubt.covered


def test_the_grid_lies_where_the_camera_sees_the_road():
    report = report_of(CALIBRATION)
    along = {line.at_m: line for line in report.grid if line.along}
    across = {line.at_m: line for line in report.grid if not line.along}
    assert {0.0, 6.0} <= set(along)
    assert {15.0, 40.0} <= set(across)
    assert across[40.0].label == "y 40 m"
    road = CALIBRATION.image_to_road(across[40.0].line_px)
    assert road[:, 1] == pytest.approx(np.full(len(road), 40.0), abs=0.05)
    assert len(report.area_px) > 50


def test_without_places_the_doubt_is_told_all_over_the_area():
    speeds = report_of(CALIBRATION).speeds
    assert len(speeds) > 20
    assert all(speed.covered for speed in speeds)


def test_a_point_beside_the_picture_is_noticed():
    report = report_of(calibrated(points_of(CAMERA, [*GRID, (-9.0, 14.0)])))
    assert "nail 13: not inside the picture of 1280x720 px; correct the place." in report.warnings


def test_the_picture_shows_the_grid_the_points_and_who_is_wrong():
    frame = np.full((SIZE[1], SIZE[0], 3), 90, np.uint8)
    points = points_of(CAMERA, GRID)
    points[4] = moved(points[4], by_px=(60.0, 0.0))
    report = report_of(calibrated(points))
    picture = draw_report(frame, report, "north")
    assert picture.shape == frame.shape
    assert (frame == 90).all(), "the frame itself stays as it is"
    red = (picture[..., 2] > 200) & (picture[..., 1] < 120)
    x, y = (round(v) for v in points[4].image)
    assert red[y - 8 : y + 8, x - 8 : x + 8].any()
    x, y = (round(v) for v in points[0].image)
    assert not red[y - 8 : y + 8, x - 8 : x + 8].any()


def _request(scale=NO_DOUBT, **changes):
    points = tuple(SurveyPoint(p.image, p.road, name=p.name) for p in points_of(CAMERA, GRID))
    return SurveyRequest("north", SIZE, **{"points": points, "scale_sigma": scale, **changes})


def test_points_in_wgs84_give_the_same_road_as_the_same_points_in_metres():
    from detectors.calibrating.earth import EarthFrame

    frame = EarthFrame((52.5163, 13.3777), 143.0, 40.0)
    places = frame.to_earth(GRID)
    points = tuple(
        SurveyPoint(p.image, wgs84=tuple(place))
        for p, place in zip(points_of(CAMERA, GRID), places.tolist(), strict=True)
    )
    earth = calibrate(_request(points=points, frame=SurveyFrame((52.5163, 13.3777), 143.0, height_m=40.0)))
    assert earth.homography == pytest.approx(calibrate(_request()).homography, rel=1e-4, abs=1e-9)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"points": (SurveyPoint((1, 2)),)}, "point 1 needs its place on the road"),
        ({"points": (SurveyPoint((1, 2), (0, 0), (52, 13)),)}, "either in metres or in WGS84"),
        ({"points": (SurveyPoint((1, 2), wgs84=(52, 13)),)}, "where the road's axes lie"),
        ({"frame": SurveyFrame((52.0, 13.0))}, "either a heading"),
        ({"frame": SurveyFrame((52.0, 13.0), 10.0, (52.1, 13.0))}, "either a heading"),
        ({"lens": SurveyLens((0.0, 1.0), (640, 360))}, "focal length"),
        ({"points": ()}, "has 0 points"),
        ({"margin_m": -1.0}, "give 0 m or more"),
        ({"scale_sigma": SharedErrorSize(along=5.0)}, "such as 0.01 for 1 %"),
        ({"shared": (SharedShift("tape", ((float("nan"), 0.0),) * 12),)}, "no finite number"),
        ({"points": (SurveyPoint((1e9, 1), (1, 1)),) * 4}, "millions of px or m away"),
    ],
)
def test_a_survey_that_leaves_something_open_is_refused(changes, says):
    from detectors.calibration import CalibrationError

    with pytest.raises(CalibrationError, match=says):
        calibrate(_request(**changes))
