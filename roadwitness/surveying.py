"""What a survey amounts to, for the page on which somebody clicks its points and for the command line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from detectors.calibrating.requests import calibrate
from detectors.calibrating.verdicts import report_of
from roadwitness.calibration_file import (
    CalibrationSettings,
    EarthSettings,
    LensSettings,
    ScaleSettings,
    SharedSettings,
    SurveyedPoint,
    toml_of,
)
from streams.errors import RoadwitnessError
from streams.survey import SurveyReport, SurveyRequest


def survey(request: SurveyRequest) -> SurveyReport:
    """Fit a survey and say everything about it; what is wrong is said in ``problem``, never raised."""
    try:
        report = report_of(calibrate(request), request.places_px)
    except RoadwitnessError as error:
        return SurveyReport(problem=_sentence(str(error)))
    settings = settings_of(request)
    text = "" if settings is None else toml_of(settings, report.warnings)
    return msgspec.structs.replace(report, toml=text)


def settings_of(request: SurveyRequest) -> CalibrationSettings | None:
    """The survey as it is written to a file; None while its validity is open, as a file needs one."""
    if request.valid_from_ns is None or request.valid_until_ns is None:
        return None
    return CalibrationSettings(
        id=request.calibration_id,
        valid_from=_moment(request.valid_from_ns),
        valid_until=_moment(request.valid_until_ns),
        image_size=request.image_size,
        points=tuple(
            SurveyedPoint(p.image_px, p.road_m, p.wgs84, p.name, p.sigma_px, p.sigma_m)
            for p in request.points
        ),
        lens=LensSettings(**msgspec.structs.asdict(request.lens)) if request.lens else None,
        wgs84=EarthSettings(**msgspec.structs.asdict(request.frame)) if request.frame else None,
        scale_sigma=ScaleSettings(**msgspec.structs.asdict(request.scale_sigma)),
        shared=tuple(SharedSettings(error.name, error.shifts_m) for error in request.shared),
        margin_m=request.margin_m,
    )


def _moment(at_ns: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at_ns // 1000)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."
