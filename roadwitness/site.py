"""The site file: one camera, its calibration, its law. Read strictly, so that a typing error is found."""

from __future__ import annotations

import difflib
import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec

from detectors.reading import DEFAULT_READER
from streams.errors import RoadwitnessError


class SiteFileError(RoadwitnessError):
    """The site file is missing, is not TOML, or holds something that it may not hold."""


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class SiteIdentity(_Strict, frozen=True):
    """``[site]``: what the place is called."""

    id: str
    name: str = ""


class CameraSettings(_Strict, frozen=True):
    """``[camera]``: where the frames come from. ``recorded_at`` is the time of a clip's first frame."""

    id: str
    source: str | None = None
    recorded_at: datetime | None = None


class SurveyedPoint(_Strict, frozen=True):
    """One point of the road: where it is in the image (px) and on the road (m)."""

    image: tuple[float, float]
    road: tuple[float, float]


class CalibrationSettings(_Strict, frozen=True):
    """``[calibration]``: the surveyed points, for which picture size, and from when to when they hold."""

    id: str
    valid_from: datetime
    valid_until: datetime
    image_size: tuple[int, int]
    points: tuple[SurveyedPoint, ...]


class Lane(_Strict, frozen=True):
    """``[[lanes]]``: a strip of the road, across (m)."""

    id: str
    x_from_m: float
    x_to_m: float


class MeasuringStretch(_Strict, frozen=True):
    """``[measuring]``: the stretch of road, along (m), on which speed is measured."""

    y_from_m: float
    y_to_m: float


class FileReference(_Strict, frozen=True):
    """``[policy]`` and ``[register]``: a file, relative to the site file."""

    file: str


class ReaderSettings(_Strict, frozen=True):
    """``[reader]``: which plate reader."""

    name: str = DEFAULT_READER


class InferenceSettings(_Strict, frozen=True):
    """``[inference]``: what runs the models, and on how many threads (0: as many as there are cores).

    ROADWITNESS_PROVIDER wins over ``provider``; see :mod:`detectors.providers` for the names.
    """

    provider: str = "cpu"
    threads: Annotated[int, msgspec.Meta(ge=0)] = 0


class DetectorSettings(_Strict, frozen=True):
    """``[detector]``: when the vehicle detector looks, and how closely; None leaves it to the scene.

    ``every`` 2 looks at every second frame; ``input_size`` is the longest side of the model's input, in px.
    """

    every: Annotated[int, msgspec.Meta(ge=1)] | None = None
    input_size: Annotated[int, msgspec.Meta(ge=160, le=1920)] | None = None


class ModelFiles(_Strict, frozen=True):
    """``[models]``: detectors in place of ours, ONNX files relative to the site file."""

    vehicles: str | None = None
    plates: str | None = None


class SiteFile(_Strict, frozen=True):
    """A site file as it is written."""

    site: SiteIdentity
    camera: CameraSettings
    calibration: CalibrationSettings | None = None
    lanes: tuple[Lane, ...] = ()
    measuring: MeasuringStretch | None = None
    policy: FileReference | None = None
    register: FileReference | None = None
    reader: ReaderSettings = ReaderSettings()
    inference: InferenceSettings = InferenceSettings()
    models: ModelFiles = ModelFiles()
    detector: DetectorSettings = DetectorSettings()


class Site(msgspec.Struct, frozen=True):
    """A site file and the folder that its relative paths start from."""

    path: Path
    file: SiteFile

    def resolve(self, reference: FileReference | None) -> Path | None:
        """The path that a reference means, or None for none."""
        return None if reference is None else self.path.parent / reference.file

    def model(self, name: str) -> Path | None:
        """The file that stands in for our model ``name`` (vehicles or plates), None where none does."""
        file: str | None = getattr(self.file.models, name)
        return None if file is None else self.path.parent / file

    @property
    def source(self) -> str | None:
        """The camera's source: a URL as it stands, anything else relative to the site file."""
        source = self.file.camera.source
        if source is None or "://" in source:
            return source
        return str(self.path.parent / source)

    @property
    def recorded_at_ns(self) -> int | None:
        """Time of the clip's first frame in UTC nanoseconds; None leaves it to the clip."""
        moment = self.file.camera.recorded_at
        return None if moment is None else nanoseconds(moment)


#: The tables of a site file, by where they stand.
_TABLES: dict[str, type[_Strict]] = {
    "": SiteFile,
    "site": SiteIdentity,
    "camera": CameraSettings,
    "calibration": CalibrationSettings,
    "calibration.points": SurveyedPoint,
    "lanes": Lane,
    "measuring": MeasuringStretch,
    "policy": FileReference,
    "register": FileReference,
    "reader": ReaderSettings,
    "inference": InferenceSettings,
    "models": ModelFiles,
    "detector": DetectorSettings,
}


def nanoseconds(moment: datetime) -> int:
    """UTC nanoseconds since the epoch, to the microsecond; a time without a zone is taken as UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    since = aware - datetime(1970, 1, 1, tzinfo=UTC)
    return ((since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds) * 1_000


def _explain(text: str) -> str:
    """msgspec's message in a user's words: the place first, then what to do about it."""
    message, _, place = text.partition(" - at `$")
    place = place.rstrip("`").lstrip(".")
    # msgspec counts the tables of a list from 0, people from 1.
    shown = re.sub(r"\[(\d+)\]", lambda number: f" {int(number[1]) + 1}", place)
    table = f"[{shown}] " if shown else ""
    unknown = re.search(r"unknown field `([^`]+)`", message)
    if unknown:
        known = _TABLES[re.sub(r"\[\d+\]", "", place)].__struct_fields__
        near = difflib.get_close_matches(unknown.group(1), known, n=1)
        advice = f"did you mean `{near[0]}`?" if near else f"it may have {', '.join(known)}."
        return f"{table}`{unknown.group(1)}` is unknown; {advice}"
    missing = re.search(r"missing required field `([^`]+)`", message)
    if missing:
        return f"{table}`{missing.group(1)}` is missing; add it."
    return f"`{shown}` is wrong: {message[:1].lower()}{message[1:]}; correct it."


def _check(path: Path, site: SiteFile) -> None:
    strips = [(f"lane {lane.id}: x_from_m", lane.x_from_m, "x_to_m", lane.x_to_m) for lane in site.lanes]
    if site.measuring:
        strips.append(("[measuring] y_from_m", site.measuring.y_from_m, "y_to_m", site.measuring.y_to_m))
    for low_name, low, high_name, high in strips:
        if not low < high:
            raise SiteFileError(
                f"The site file {path} is wrong: {low_name} is {low:g} and {high_name} {high:g}; "
                "write the smaller one first."
            )
    for table, text in (("site", site.site.id), ("camera", site.camera.id)):
        if not text.strip():
            raise SiteFileError(f"The site file {path} is wrong: [{table}] `id` is empty; give it one.")


def load_site(path: Path) -> Site:
    """Read a site file.

    Raises:
        SiteFileError: one sentence that names the file, the place in it and what was expected.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SiteFileError(f"There is no site file {path}: name an existing .toml file.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SiteFileError(
            f"The site file {path} cannot be read ({error}): name a TOML file in UTF-8."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise SiteFileError(f"The site file {path} is not valid TOML: {error}; correct the line.") from error
    try:
        site = msgspec.convert(document, SiteFile)
    except msgspec.ValidationError as error:
        raise SiteFileError(f"The site file {path} is wrong: {_explain(str(error))}") from error
    _check(path, site)
    return Site(path.resolve(), site)
