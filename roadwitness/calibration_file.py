"""A calibration as it is written down: ``[calibration]`` in a site file, or a file of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from roadwitness.tables import Strict, Tables, convert, nanoseconds, read_toml
from streams.errors import RoadwitnessError
from streams.survey import (
    Pair,
    SharedErrorSize,
    SharedShift,
    SurveyFrame,
    SurveyLens,
    SurveyPoint,
    SurveyRequest,
)

_WHAT = "calibration file"


class CalibrationFileError(RoadwitnessError):
    """A calibration file is missing, is not TOML, or holds something that it may not hold."""


class SurveyedPoint(Strict, frozen=True):
    """One point: where it is in the image (px), and on the road (m) or on the earth (latitude, longitude).

    ``sigma_px`` and ``sigma_m`` are the standard uncertainties of each coordinate.
    """

    image: Pair
    road: Pair | None = None
    wgs84: Pair | None = None
    name: str = ""
    sigma_px: float | None = None
    sigma_m: float | None = None


class LensSettings(SurveyLens, frozen=True, forbid_unknown_fields=True):
    """``[lens]``: as ``roadwitness calibrate lens`` writes it, and how well it was found."""

    image_size: tuple[int, int] | None = None
    rms_px: float | None = None
    photos: int | None = None
    sigmas: dict[str, float] | None = None


class EarthSettings(SurveyFrame, frozen=True, forbid_unknown_fields=True):
    """``[wgs84]``: where the road's axes lie on the earth."""


class ScaleSettings(SharedErrorSize, frozen=True, forbid_unknown_fields=True):
    """``scale_sigma``: by which part all lengths across and along the road may be wrong together."""


class SharedSettings(SharedShift, frozen=True, forbid_unknown_fields=True):
    """``[[shared]]``: another error that the points share."""


class CalibrationSettings(Strict, frozen=True):
    """``[calibration]``: the points, for which picture size, and from when to when they hold."""

    id: str
    valid_from: datetime
    valid_until: datetime
    image_size: tuple[int, int]
    points: tuple[SurveyedPoint, ...]
    lens: LensSettings | None = None
    wgs84: EarthSettings | None = None
    scale_sigma: ScaleSettings = ScaleSettings()
    shared: tuple[SharedSettings, ...] = ()
    margin_m: float | None = None

    def request(self, places_px: Sequence[Pair] = ()) -> SurveyRequest:
        """The same as a survey; ``places_px`` as there."""
        return SurveyRequest(
            calibration_id=self.id,
            image_size=self.image_size,
            points=tuple(
                SurveyPoint(p.image, p.road, p.wgs84, p.name, p.sigma_px, p.sigma_m) for p in self.points
            ),
            valid_from_ns=nanoseconds(self.valid_from),
            valid_until_ns=nanoseconds(self.valid_until),
            lens=self.lens,
            frame=self.wgs84,
            scale_sigma=self.scale_sigma,
            shared=self.shared,
            margin_m=self.margin_m,
            places_px=tuple(places_px),
        )


#: The tables of ``[calibration]``, by where they stand below it.
TABLES: Tables = {
    "": CalibrationSettings,
    "points": SurveyedPoint,
    "lens": LensSettings,
    "wgs84": EarthSettings,
    "scale_sigma": ScaleSettings,
    "shared": SharedSettings,
}


class _LensFile(Strict, frozen=True):
    lens: LensSettings


def load_calibration(path: Path) -> CalibrationSettings:
    """Read a calibration file, or the points that a site file holds.

    Raises:
        CalibrationFileError: one sentence that names the file, the place in it and what was expected.
    """
    document = read_toml(path, _WHAT, CalibrationFileError)
    inside = document.get("calibration")
    document = inside if isinstance(inside, dict) else document
    settings = convert(document, CalibrationSettings, TABLES, path, _WHAT, CalibrationFileError)
    check_lens(settings, path, _WHAT)
    return settings


def check_lens(settings: CalibrationSettings, path: Path, what: str) -> None:
    """See that the lens was measured at the camera's picture size.

    Raises:
        CalibrationFileError: when it was not; ``path`` is the file, ``what`` what people call it.
    """
    lens = settings.lens
    if lens is not None and lens.image_size not in (None, settings.image_size):
        raise CalibrationFileError(
            f"The {what} {path} is wrong: its lens was measured on pictures of {lens.image_size}, its points"
            f" on {settings.image_size}; measure the lens at the camera's own picture size."
        )


def load_lens(path: Path) -> LensSettings:
    """Read what ``calibrate lens`` wrote.

    Raises:
        CalibrationFileError: one sentence that names the file, the place in it and what was expected.
    """
    document = read_toml(path, "lens file", CalibrationFileError)
    tables: Tables = {"": _LensFile, "lens": LensSettings}
    return convert(document, _LensFile, tables, path, "lens file", CalibrationFileError).lens


def toml_of(settings: CalibrationSettings, remarks: Sequence[str] = ()) -> str:
    """The calibration as TOML, after ``remarks`` as comments; :func:`load_calibration` reads it back."""
    lines = [f"# {remark}" for remark in remarks]
    fields = msgspec.to_builtins(settings, builtin_types=(datetime,))
    lens = fields.pop("lens", None)
    points = fields.pop("points")
    for name, value in fields.items():
        if value not in (None, (), [], {}) and value != {"across": 0.0, "along": 0.0}:
            lines.append(f"{name} = {_toml(value)}")
    lines += ["points = [", *(f"  {_toml(point)}," for point in points), "]"]
    if lens:
        lines += ["", lens_toml(lens)]
    return "\n".join(lines) + "\n"


def lens_toml(lens: dict[str, Any]) -> str:
    """A ``[lens]`` table as TOML."""
    held = [f"{name} = {_toml(value)}" for name, value in lens.items() if value not in (None, {})]
    return "\n".join(["[lens]", *held])


def _toml(value: object) -> str:
    if isinstance(value, dict):
        held = (f"{key} = {_toml(item)}" for key, item in value.items() if item not in (None, ""))
        return f"{{ {', '.join(held)} }}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_toml(item) for item in value)}]"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str):
        # JSON's strings are TOML's basic strings.
        return msgspec.json.encode(value).decode()
    return repr(value)
