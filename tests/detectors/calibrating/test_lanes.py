"""Lane markings as control points: against the truth of a painted road."""

import numpy as np
import pytest

from detectors.calibrating.lanes import DashedLine, DashPattern, lane_points
from detectors.calibrating.requests import calibrate
from detectors.calibration import CalibrationError
from streams.survey import SharedErrorSize, SurveyRequest
from tests.detectors.calibrating.surveyor import SIZE, TrueCamera, speed_factor

CAMERA = TrueCamera()
PATTERN = DashPattern(3.0, 6.0, 3.5)


def painted(x, dashes, stretch=1.0, step=0.0):
    """Where the ends of a line's dashes are seen; ``stretch`` times as long as the pattern says."""
    ends = [(x, stretch * (9.0 * d + part) + step) for d in dashes for part in (0.0, 3.0)]
    return [tuple(p) for p in CAMERA.project(np.array(ends)).tolist()]


def calibrated(lines, length_sigma=0.01):
    points, shared = lane_points(PATTERN, lines, 1.0, 0.04)
    scale = SharedErrorSize(0.02, length_sigma)
    return calibrate(SurveyRequest("dashes", SIZE, points, scale_sigma=scale, shared=shared))


def test_two_lines_of_dashes_measure_the_road():
    lines = [DashedLine(lanes, painted(3.5 * lanes, (2, 3, 4)), first=2) for lanes in (0, 1, 2)]
    calibration = calibrated(lines)
    assert calibration.image_to_road(CAMERA.project([(5.0, 30.0)])) == pytest.approx(
        np.array([[5.0, 30.0]]), abs=1e-6
    )
    assert calibration.residuals_px.max() < 1e-6


def test_a_pattern_that_is_painted_2_percent_longer_is_covered_by_its_stated_doubt():
    lines = [DashedLine(n, painted(3.5 * n, (2, 3, 4), 1.02), first=2) for n in (0, 1, 2)]
    factor, sigma = speed_factor(calibrated(lines, 0.01), CAMERA, (3.5, 26.0))
    assert factor == pytest.approx(1 / 1.02, abs=1e-3), "nobody can see it in the picture"
    assert abs(factor - 1) < 2.0 * sigma
    assert sigma == pytest.approx(0.01, rel=0.2)


def test_a_hidden_end_is_left_out_and_the_others_keep_their_places():
    ends = painted(0.0, (2, 3, 4))
    ends[2] = None
    points, _ = lane_points(
        PATTERN, [DashedLine(0, ends, first=2), DashedLine(1, painted(3.5, (2, 3)), 2)], 1, 0
    )
    assert [p.road_m[1] for p in points[:5]] == [18.0, 21.0, 30.0, 36.0, 39.0]
    assert points[2].name == "line 1, dash 3 far end"


def test_a_line_that_is_out_of_step_may_turn_the_road_s_axis_but_no_speed():
    straight = DashedLine(0, painted(0.0, (2, 3, 4)), first=2)
    late = DashedLine(2, painted(7.0, (2, 3, 4), step=0.5), first=2, offset_sigma_m=0.5)
    calibration = calibrated([straight, late], length_sigma=0.0)
    factor, sigma = speed_factor(calibration, CAMERA, (3.5, 26.0))
    assert abs(factor - 1) < 2 * sigma
    assert sigma < 0.012


def test_a_dash_that_was_miscounted_is_found():
    wrong = painted(3.5, (2, 3, 4))
    wrong[4:] = painted(3.5, (5,))
    lines = [DashedLine(n, painted(3.5 * n, (2, 3, 4)), first=2) for n in (0, 2)]
    calibration = calibrated([*lines, DashedLine(1, wrong, first=2, name="middle")])
    names = [p.name for p, kept in zip(calibration.points, calibration.fit.kept, strict=True) if not kept]
    assert names == ["middle, dash 4 near end", "middle, dash 4 far end"]


@pytest.mark.parametrize(
    ("pattern", "lines", "says"),
    [
        (DashPattern(0.0, 6.0, 3.5), [], "longer than 0 m"),
        (PATTERN, [DashedLine(0, painted(0.0, (2, 3)))], "second one"),
        (PATTERN, [DashedLine(0, painted(0.0, (2,))), DashedLine(0, painted(0.0, (3,)))], "second one"),
        (PATTERN, [DashedLine(0, painted(0.0, (2,))), DashedLine(1, [None, None])], "second one"),
    ],
    ids=["no dash", "one line", "one line twice", "nothing seen of the second"],
)
def test_markings_that_are_too_few_are_refused(pattern, lines, says):
    with pytest.raises(CalibrationError, match=says):
        lane_points(pattern, lines, 1.0, 0.04)
