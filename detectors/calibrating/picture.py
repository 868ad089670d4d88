"""The calibration drawn over its frame: a person sees at once whether the grid lies on the road."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from streams.survey import Pair, SurveyReport

Image = NDArray[np.uint8]

_ALONG, _ACROSS, _AREA = (255, 200, 60), (80, 220, 255), (200, 200, 200)
_GOOD, _BAD, _INK, _SHADE = (90, 230, 90), (60, 60, 255), (255, 255, 255), (25, 25, 25)
_ARROW_PX = 40.0
#: OpenCV draws to this many binary places of a pixel.
_SHIFT = 4
_FACTORS = (1, 2, 5, 10, 20, 50, 100)


def draw_report(frame: Image, report: SurveyReport, title: str) -> Image:
    """A copy of ``frame`` (height, width, 3; BGR) with the road's grid, the points and their residuals.

    Residual arrows are drawn larger than they are; a line at the bottom says by how much.
    """
    picture = frame.copy()
    thick = max(1, picture.shape[1] // 960)
    if len(report.area_px) > 2:
        cv2.polylines(picture, [_polygon(report.area_px)], True, _AREA, thick, cv2.LINE_AA, _SHIFT)
    for line in report.grid:
        colour = _ALONG if line.along else _ACROSS
        cv2.polylines(picture, [_polygon(line.line_px)], False, colour, thick, cv2.LINE_AA, _SHIFT)
    for line in report.grid:
        place = _label_place(line.line_px, picture.shape[1], picture.shape[0], low=line.along)
        if place:
            _write(picture, line.label, place, thick)
    longest = max((p.residual_px or 0.0 for p in report.points if not p.outlier), default=0.0)
    factor = max((f for f in _FACTORS if f * longest <= _ARROW_PX), default=1)
    for point in report.points:
        colour = _BAD if point.outlier else _GOOD
        at = np.array(point.image_px)
        size = 1 if point.outlier else factor
        if point.fitted_px is not None:
            tip = at + (np.array(point.fitted_px) - at) * size
            cv2.arrowedLine(picture, _whole(at), _whole(tip), colour, thick, cv2.LINE_AA, tipLength=0.2)
        cv2.circle(picture, _whole(at), 4 * thick, colour, thick, cv2.LINE_AA)
        if point.outlier:
            _write(picture, point.name, (at[0] + 7 * thick, at[1] - 5 * thick), thick)
    _caption(picture, _lines(report, title, factor), thick)
    return picture


def _lines(report: SurveyReport, title: str, factor: int) -> list[str]:
    out = sum(p.outlier for p in report.points)
    height = f", camera {report.camera_m[2]:.1f} m high" if report.camera_m else ""
    return [
        f"{title}: {len(report.points) - out} points, residuals {report.rms_px:.2f} px and "
        f"{report.rms_m * 100:.1f} cm (rms){height}",
        f"arrows: residuals, {factor} times as long; red: left out ({out}), true length",
    ]


def _caption(picture: Image, lines: list[str], thick: int) -> None:
    for number, line in enumerate(reversed(lines)):
        _write(picture, line, (8 * thick, picture.shape[0] - (10 + 16 * number) * thick), thick)


def _label_place(line: tuple[Pair, ...], width: int, height: int, *, low: bool) -> Pair | None:
    """Where a line's label stands: at its lowest place in the picture, or at its leftmost one."""
    inside = [(x, y) for x, y in line if 4 <= x <= width - 60 and 14 <= y <= height - 44]
    if not inside:
        return None
    return max(inside, key=lambda p: p[1]) if low else min(inside, key=lambda p: p[0])


def _write(picture: Image, text: str, at: tuple[float, float], thick: int) -> None:
    # OpenCV's own font has no more than that.
    text = "".join(c if c.isascii() else "?" for c in text)
    place, scale = (round(float(at[0])), round(float(at[1]))), 0.42 * thick
    # A thicker pen makes wider letters, so the shade is the same text beside itself.
    shifts = [(x * thick, y * thick) for x in (-1, 0, 1) for y in (-1, 0, 1) if x or y]
    for (x, y), colour in [*((shift, _SHADE) for shift in shifts), ((0, 0), _INK)]:
        at_px = (place[0] + x, place[1] + y)
        cv2.putText(picture, text, at_px, cv2.FONT_HERSHEY_SIMPLEX, scale, colour, thick, cv2.LINE_AA)


def _polygon(points: tuple[Pair, ...]) -> NDArray[np.int32]:
    # Beyond OpenCV's coordinates nothing is in the picture anyway.
    clipped = np.clip(np.array(points), -20_000, 20_000)
    return np.asarray(np.round(clipped * 2**_SHIFT), dtype=np.int32)


def _whole(point: NDArray[np.float64]) -> tuple[int, int]:
    x, y = np.clip(np.round(point), -20_000, 20_000)
    return int(x), int(y)
