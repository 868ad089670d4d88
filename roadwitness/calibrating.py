"""``roadwitness calibrate``: from what was surveyed to a calibration file, a report and a picture."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from detectors.calibrating.control import CalibrationError
from detectors.calibrating.picture import draw_report
from detectors.calibrating.requests import calibrate
from detectors.calibrating.verdicts import report_of
from detectors.calibration import Calibration
from roadwitness.calibration_file import (
    CalibrationSettings,
    EarthSettings,
    check_lens,
    load_calibration,
    load_lens,
    toml_of,
)
from roadwitness.calibration_table import shown
from roadwitness.lane_file import read_lanes
from roadwitness.progress import results, say
from roadwitness.survey_csv import read_points
from streams.survey import Pair, SurveyReport

_PLACES = 6


@dataclass(frozen=True)
class Naming:
    """What a CSV of points cannot say: the calibration's name, its validity, and the road's axes on earth."""

    id: str | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    earth: EarthSettings | None = None


@dataclass(frozen=True)
class Outputs:
    """Where the results go, and the lens that takes part."""

    out: Path
    picture: Path | None = None
    lens: Path | None = None


def calibrate_points(points: Path, frame: Path, naming: Naming, outputs: Outputs) -> None:
    """Fit surveyed points, from a calibration file or a CSV, to ``frame``; write, tell and draw the result.

    Raises:
        CalibrationFileError: when a file is missing or wrong.
        CalibrationError: when the points fix no plane, contradict each other, or are of another picture.
    """
    image = read_frame(frame)
    size = (int(image.shape[1]), int(image.shape[0]))
    if points.suffix.lower() == ".csv":
        if naming.id is None or naming.valid_from is None or naming.valid_until is None:
            raise CalibrationError(
                "a CSV holds points alone: give the calibration --id, --valid-from and --valid-until"
            )
        settings = CalibrationSettings(
            id=naming.id,
            valid_from=naming.valid_from,
            valid_until=naming.valid_until,
            image_size=size,
            points=read_points(points),
            wgs84=naming.earth,
        )
    elif naming != Naming():
        raise CalibrationError(
            f"{points} says itself what it is called, when it holds and where the road lies: leave out the"
            " options that are for a CSV"
        )
    else:
        settings = load_calibration(points)
    finish(settings, image, frame, outputs)


def calibrate_lanes(lanes: Path, frame: Path, outputs: Outputs) -> None:
    """Fit the dashes of a lane file to ``frame``; write, tell and draw the result.

    Raises:
        CalibrationFileError: when a file is missing or wrong.
        CalibrationError: when the dashes fix no plane, or contradict each other.
    """
    image = read_frame(frame)
    finish(read_lanes(lanes, (int(image.shape[1]), int(image.shape[0]))), image, frame, outputs)


def finish(settings: CalibrationSettings, image: NDArray[np.uint8], frame: Path, outputs: Outputs) -> None:
    """Fit ``settings``, with the lens that ``outputs`` names; write, tell and draw the result.

    Raises:
        CalibrationFileError: when the lens's file is missing or wrong.
        CalibrationError: when the points fix no plane, contradict each other, or are of another picture.
    """
    size = (int(image.shape[1]), int(image.shape[0]))
    if settings.image_size != size:
        raise CalibrationError(
            f"calibration {settings.id} is for pictures of {settings.image_size[0]}x{settings.image_size[1]},"
            f" but {frame} has {size[0]}x{size[1]}; name a frame of the camera as it runs"
        )
    if outputs.lens is not None:
        settings = msgspec.structs.replace(settings, lens=load_lens(outputs.lens))
        check_lens(settings, outputs.lens, "lens file")
    calibration = calibrate(settings.request())
    report = report_of(calibration, _places(calibration))
    results.print(shown(report))
    for warning in report.warnings:
        say(warning, "yellow")
    outputs.out.write_text(toml_of(settings, _remarks(report)), encoding="utf-8")
    if outputs.picture is not None:
        drawn = draw_report(image, report, settings.id)
        try:
            written = cv2.imwrite(str(outputs.picture), drawn)
        except cv2.error:
            written = False
        if not written:
            raise CalibrationError(
                f"the picture {outputs.picture} cannot be written; name a .jpg or .png in an existing folder"
            )
    say(f'Written: {outputs.out}. In a site file: [calibration] file = "{outputs.out.name}".')


def read_frame(path: Path) -> NDArray[np.uint8]:
    """A still picture, (height, width, 3) in BGR.

    Raises:
        CalibrationError: when it is none.
    """
    image = cv2.imread(str(path), cv2.IMREAD_COLOR) if path.is_file() else None
    if image is None:
        raise CalibrationError(f"{path} is no picture that can be read; name a .jpg or .png of one frame")
    return np.asarray(image, dtype=np.uint8)


def _places(calibration: Calibration) -> list[Pair]:
    """Places in the picture along the middle of what was surveyed, from near to far."""
    (left, near), (right, far) = calibration.area.corners.min(axis=0), calibration.area.corners.max(axis=0)
    along = np.linspace(near, far, _PLACES)
    pixels = calibration.road_to_image(np.column_stack([np.full(_PLACES, (left + right) / 2), along]))
    inside = ((pixels >= 0) & (pixels < calibration.image_size)).all(axis=1)
    return [(float(x), float(y)) for x, y in pixels[inside]]


def _remarks(report: SurveyReport) -> list[str]:
    worst = max((doubt.speed_percent for doubt in report.speeds), default=None)
    remarks = [
        "Made by roadwitness calibrate; the fit is made again from these points whenever the file is read.",
        f"Residuals {report.rms_px:.2f} px and {report.rms_m:.3f} m (rms); {report.checks} points check the"
        f" others; noise {report.noise_scale:.2f} times as stated.",
    ]
    if worst is not None:
        remarks.append(f"Speeds are uncertain by up to {worst:.2f} % (k = 2) from the calibration alone.")
    return [*remarks, *report.warnings]
