"""From a survey as it is written down to a calibration: the one way, for pages, files and commands."""

from __future__ import annotations

from detectors.calibrating.control import SIGMA_M, SIGMA_PX, CalibrationError, ControlPoint, SharedError
from detectors.calibrating.earth import EarthFrame
from detectors.calibrating.lens import Lens
from detectors.calibration import Calibration
from streams.survey import SurveyFrame, SurveyLens, SurveyPoint, SurveyRequest

Pair = tuple[float, float]


def calibrate(request: SurveyRequest) -> Calibration:
    """The calibration of a survey.

    Raises:
        CalibrationError: when the points fix no plane, contradict each other, or lack a place on the road.
    """
    frame = earth_frame(request.frame) if request.frame else None
    points = [_point(i, point, frame) for i, point in enumerate(request.points, 1)]
    return Calibration.from_points(
        request.calibration_id,
        request.image_size,
        points,
        request.valid_from_ns,
        request.valid_until_ns,
        lens=_lens(request.lens) if request.lens else None,
        shared=_shared(request, [point.road for point in points]),
        margin_m=request.margin_m,
    )


def earth_frame(frame: SurveyFrame) -> EarthFrame:
    """The road's axes on the earth.

    Raises:
        CalibrationError: when the direction is missing, or said twice.
    """
    if (frame.heading_deg is None) == (frame.towards is None):
        raise CalibrationError(
            "say where the road runs by either a heading in degrees or a place that it runs towards"
        )
    if frame.towards is not None:
        return EarthFrame.towards(frame.origin, frame.towards, frame.height_m)
    return EarthFrame(frame.origin, frame.heading_deg or 0.0, frame.height_m)


def _point(number: int, point: SurveyPoint, frame: EarthFrame | None) -> ControlPoint:
    name = point.name or f"point {number}"
    if (point.road_m is None) == (point.wgs84 is None):
        raise CalibrationError(
            f"{name} needs its place on the road either in metres or in WGS84; give it one"
        )
    if point.wgs84 is None:
        road = point.road_m or (0.0, 0.0)
    elif frame is None:
        raise CalibrationError(
            f"{name} is given in WGS84; say where the road's axes lie, by an origin and a heading or a place"
        )
    else:
        ((x, y),) = frame.to_road([point.wgs84]).tolist()
        road = (x, y)
    return ControlPoint(
        image=point.image_px,
        road=road,
        sigma_px=SIGMA_PX if point.sigma_px is None else point.sigma_px,
        sigma_m=SIGMA_M if point.sigma_m is None else point.sigma_m,
        name=name,
    )


def _lens(lens: SurveyLens) -> Lens:
    return Lens(lens.focal_px, lens.centre_px, lens.k1, lens.k2, lens.p1, lens.p2, lens.k3)


def _shared(request: SurveyRequest, road: list[Pair]) -> list[SharedError]:
    errors = [SharedError(shift.name, shift.shifts_m) for shift in request.shared]
    scale, count = request.scale_sigma, max(len(road), 1)
    if not (0 <= scale.across < 1 and 0 <= scale.along < 1):
        raise CalibrationError(
            "a scale's uncertainty is a part of the length, such as 0.01 for 1 %; correct it"
        )
    # Measured from the middle: a shift of all points alike moves the road's origin and no speed.
    x, y = sum(r[0] for r in road) / count, sum(r[1] for r in road) / count
    if scale.across > 0:
        errors.append(SharedError("scale across", tuple((scale.across * (r[0] - x), 0.0) for r in road)))
    if scale.along > 0:
        errors.append(SharedError("scale along", tuple((0.0, scale.along * (r[1] - y)) for r in road)))
    return errors
