"""What ``roadwitness calibrate lanes`` reads: a painted pattern, and where its dashes end in a frame."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from detectors.calibrating.control import SIGMA_M
from detectors.calibrating.lanes import DashedLine, DashPattern, lane_points
from roadwitness.calibration_file import (
    CalibrationFileError,
    CalibrationSettings,
    ScaleSettings,
    SharedSettings,
    SurveyedPoint,
)
from roadwitness.tables import Strict, Tables, convert, read_toml

_WHAT = "lane file"
_Part = Annotated[float, Meta(ge=0, lt=0.5)]


class LineSettings(Strict, frozen=True):
    """``[[lines]]``: a line of dashes. ``ends`` are px, near and far in turn; ``[]`` where one is hidden."""

    lanes: float
    ends: tuple[tuple[float, ...], ...]
    first: int = 0
    offset_m: float = 0.0
    offset_sigma_m: Annotated[float, Meta(ge=0)] = 0.1
    name: str = ""


class LaneFile(Strict, frozen=True):
    """The pattern. ``length_sigma`` is by which part dash and gap may differ from what is stated.

    ``width_sigma`` is the same for the lane width; ``sigma_px`` and ``sigma_m`` are how well an end can be
    clicked, and how evenly it is painted.
    """

    id: str
    valid_from: datetime
    valid_until: datetime
    dash_m: float
    gap_m: float
    length_sigma: _Part
    lane_width_m: float
    lines: tuple[LineSettings, ...]
    width_sigma: _Part = 0.02
    sigma_px: float = 1.0
    sigma_m: float = 2 * SIGMA_M
    margin_m: float | None = None


_TABLES: Tables = {"": LaneFile, "lines": LineSettings}


def read_lanes(path: Path, image_size: tuple[int, int]) -> CalibrationSettings:
    """A lane file as a calibration for pictures of ``image_size``.

    Raises:
        CalibrationFileError: one sentence that names the place in the file and what was expected.
        CalibrationError: when the markings are too few.
    """
    document = read_toml(path, _WHAT, CalibrationFileError)
    file = convert(document, LaneFile, _TABLES, path, _WHAT, CalibrationFileError)
    lines = [
        DashedLine(
            lanes=line.lanes,
            ends=[_end(path, end) for end in line.ends],
            first=line.first,
            offset_m=line.offset_m,
            # The others are out of step against the first.
            offset_sigma_m=line.offset_sigma_m if number else 0.0,
            name=line.name,
        )
        for number, line in enumerate(file.lines)
    ]
    pattern = DashPattern(file.dash_m, file.gap_m, file.lane_width_m)
    points, shared = lane_points(pattern, lines, file.sigma_px, file.sigma_m)
    return CalibrationSettings(
        id=file.id,
        valid_from=file.valid_from,
        valid_until=file.valid_until,
        image_size=image_size,
        points=tuple(
            SurveyedPoint(p.image_px, p.road_m, None, p.name, p.sigma_px, p.sigma_m) for p in points
        ),
        scale_sigma=ScaleSettings(file.width_sigma, file.length_sigma),
        shared=tuple(SharedSettings(error.name, error.shifts_m) for error in shared),
        margin_m=file.margin_m,
    )


def _end(path: Path, end: tuple[float, ...]) -> tuple[float, float] | None:
    if not end:
        return None
    if len(end) != 2:
        raise CalibrationFileError(
            f"The {_WHAT} {path} is wrong: an end is {list(end)}; write [x, y] in px, or [] for a hidden one."
        )
    return (end[0], end[1])
