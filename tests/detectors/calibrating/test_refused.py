"""What is no survey is refused with a sentence."""

import pytest

from detectors.calibrating.control import ControlPoint, SharedError
from detectors.calibration import CalibrationError, Lens
from tests.detectors.calibrating.surveyor import GRID, SIZE, TrueCamera, calibrated, points_of

POINTS = points_of(TrueCamera(), GRID)
NARROW = points_of(TrueCamera(), [(3.5, 15.0), (3.52, 22.0), (3.5, 30.0), (3.53, 40.0), (3.51, 35.0)])
TWIN = points_of(TrueCamera(), [(0.0, 30.0), (0.3, 30.0), (0.0, 30.6), (0.3, 30.6)], sigma_px=4.0)


@pytest.mark.parametrize(
    ("points", "kwargs", "says"),
    [
        pytest.param(NARROW, {}, "on one line or coincide", id="a narrow strip"),
        pytest.param(TWIN, {}, "hardly fixed by its points", id="a small patch far away"),
        pytest.param([ControlPoint(p.image, p.road, 0.0) for p in POINTS], {}, "sigma_px", id="no noise"),
        pytest.param([ControlPoint(p.image, p.road, 1, -1.0) for p in POINTS], {}, "sigma_m", id="minus"),
        pytest.param(
            POINTS, {"shared": [SharedError("tape", ((0, 1),))]}, "one shift a point", id="shifts for others"
        ),
        pytest.param(
            POINTS,
            {"lens": Lens((1500, 1500), (640, 360), k1=-4.0)},
            "coefficients no longer hold",
            id="a lens that folds over",
        ),
    ],
)
def test_with_a_sentence(points, kwargs, says):
    with pytest.raises(CalibrationError, match=says):
        calibrated(points, **kwargs)


@pytest.mark.parametrize("focal", [(0.0, 1500.0), (-1.0, 1.0), (float("nan"), 1.0)])
def test_a_lens_without_a_focal_length(focal):
    with pytest.raises(CalibrationError, match="no positive focal length"):
        Lens(focal, (SIZE[0] / 2, SIZE[1] / 2))
