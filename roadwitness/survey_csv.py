"""Surveyed points from a CSV, as a total station or a GNSS rover exports them."""

from __future__ import annotations

import csv
from pathlib import Path

from roadwitness.calibration_file import CalibrationFileError, SurveyedPoint

_IMAGE = ("u", "v")
_ROAD = ("x", "y")
_EARTH = ("latitude", "longitude")
_MORE = ("name", "sigma_px", "sigma_m")


def read_points(path: Path) -> tuple[SurveyedPoint, ...]:
    """The points of a CSV with the columns u, v (px) and either x, y (m) or latitude, longitude (degrees).

    name, sigma_px and sigma_m may be there too; an empty cell takes the usual value.

    Raises:
        CalibrationFileError: one sentence that names the line and what was expected.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
    except FileNotFoundError:
        raise CalibrationFileError(f"There is no file {path} of points: name an existing one.") from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CalibrationFileError(
            f"The points in {path} cannot be read ({error}): name a CSV file in UTF-8."
        ) from error
    columns = {name for row in rows for name in row if name}
    places = [pair for pair in (_ROAD, _EARTH) if set(pair) <= columns]
    unknown = columns - {*_IMAGE, *_ROAD, *_EARTH, *_MORE}
    if not set(_IMAGE) <= columns or len(places) != 1 or unknown:
        wrong = f"; unknown: {', '.join(sorted(unknown))}" if unknown else ""
        raise CalibrationFileError(
            f"The points in {path} need the columns u, v and either x, y or latitude, longitude, and may have"
            f" {', '.join(_MORE)}{wrong}; correct its first line."
        )
    return tuple(_point(path, line, row, places[0]) for line, row in enumerate(rows, 2))


def _point(path: Path, line: int, row: dict[str, str | None], place: tuple[str, str]) -> SurveyedPoint:
    def number(column: str) -> float:
        try:
            return float(row[column] or "")
        except ValueError:
            raise CalibrationFileError(
                f"The points in {path} are wrong in line {line}: {column} is {row[column]!r}; give a number."
            ) from None

    at = (number(place[0]), number(place[1]))
    return SurveyedPoint(
        image=(number("u"), number("v")),
        road=at if place == _ROAD else None,
        wgs84=at if place == _EARTH else None,
        name=(row.get("name") or "").strip(),
        sigma_px=number("sigma_px") if row.get("sigma_px") else None,
        sigma_m=number("sigma_m") if row.get("sigma_m") else None,
    )
