"""The site file: one camera, its calibration, its law. Read strictly, so that a typing error is found."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec

from detectors.reading import DEFAULT_READER
from roadwitness import calibration_file
from roadwitness.calibration_file import CalibrationSettings, check_lens, load_calibration
from roadwitness.site_signals import SignalTable, SignTable, faults_of
from roadwitness.tables import Strict, Tables, convert, nanoseconds, read_toml
from streams.errors import RoadwitnessError

_WHAT = "site file"

Latitude = Annotated[float, msgspec.Meta(ge=-90, le=90)]
Longitude = Annotated[float, msgspec.Meta(ge=-180, le=180)]


class SiteFileError(RoadwitnessError):
    """The site file is missing, is not TOML, or holds something that it may not hold."""


class SiteIdentity(Strict, frozen=True):
    """``[site]``: what the place is called."""

    id: str
    name: str = ""


class CameraSettings(Strict, frozen=True):
    """``[camera]``: where the frames come from. ``recorded_at`` is the time of a clip's first frame.

    ``position`` is the camera's latitude and longitude (WGS84, degrees), ``clock_sigma_ms`` the standard
    uncertainty (k = 1) of its clock. ``frame_interval_ms`` is how far apart its frames are known to be:
    speeds are void while their times say otherwise. ``readout_ms`` is how much later a rolling shutter reads
    the last row than the first.
    """

    id: str
    source: str | None = None
    recorded_at: datetime | None = None
    position: tuple[Latitude, Longitude] | None = None
    clock_sigma_ms: Annotated[float, msgspec.Meta(ge=0)] | None = None
    frame_interval_ms: Annotated[float, msgspec.Meta(gt=0)] | None = None
    readout_ms: Annotated[float, msgspec.Meta(ge=0)] = 0.0


class Lane(Strict, frozen=True):
    """``[[lanes]]``: a strip of the road, across (m)."""

    id: str
    x_from_m: float
    x_to_m: float


class MeasuringStretch(Strict, frozen=True):
    """``[measuring]``: the stretch of road, along (m), on which speed is measured.

    A speed that is less certain (k = 2) than ``largest_uncertainty_kmh``, above 100 km/h than as many per
    cent, is void.
    """

    y_from_m: float
    y_to_m: float
    largest_uncertainty_kmh: Annotated[float, msgspec.Meta(gt=0)] | None = None


class FileReference(Strict, frozen=True):
    """``[policy]`` and ``[road]``: a file, relative to the site file."""

    file: str


class RegisterReference(Strict, frozen=True):
    """``[register]``: a ``file`` to import (CSV or Parquet), or the ``url`` of a service that is asked.

    The service holds about so many ``vehicles``, gets ``per_second`` questions at most, about ``most_plates``
    plates a reading, and has ``timeout_s`` seconds for each.
    """

    file: str | None = None
    url: str | None = None
    vehicles: Annotated[int, msgspec.Meta(ge=1)] = 1_000_000
    most_plates: Annotated[int, msgspec.Meta(ge=1, le=50)] = 8
    per_second: Annotated[float, msgspec.Meta(gt=0)] = 10.0
    timeout_s: Annotated[float, msgspec.Meta(gt=0, le=60)] = 5.0


class ReaderSettings(Strict, frozen=True):
    """``[reader]``: which plate reader."""

    name: str = DEFAULT_READER


class InferenceSettings(Strict, frozen=True):
    """``[inference]``: what runs the models, and on how many threads (0: as many as there are cores).

    ROADWITNESS_PROVIDER wins over ``provider``; see :mod:`detectors.providers` for the names.
    """

    provider: str = "cpu"
    threads: Annotated[int, msgspec.Meta(ge=0)] = 0


class DetectorSettings(Strict, frozen=True):
    """``[detector]``: when the vehicle detector looks, and how closely; None leaves it to the scene.

    ``every`` 2 looks at every second frame; ``input_size`` is the longest side of the model's input, in px.
    """

    every: Annotated[int, msgspec.Meta(ge=1)] | None = None
    input_size: Annotated[int, msgspec.Meta(ge=160, le=1920)] | None = None


class EvidenceSettings(Strict, frozen=True):
    """``[evidence]``: whether a short clip belongs to the evidence of a passage that a rule may concern."""

    clip: bool = True


class ModelFiles(Strict, frozen=True):
    """``[models]``: detectors in place of ours, ONNX files relative to the site file."""

    vehicles: str | None = None
    plates: str | None = None


class SiteFile(Strict, frozen=True):
    """A site file as it is written."""

    site: SiteIdentity
    camera: CameraSettings
    calibration: CalibrationSettings | None = None
    lanes: tuple[Lane, ...] = ()
    measuring: MeasuringStretch | None = None
    policy: FileReference | None = None
    register: RegisterReference | None = None
    reader: ReaderSettings = ReaderSettings()
    inference: InferenceSettings = InferenceSettings()
    models: ModelFiles = ModelFiles()
    detector: DetectorSettings = DetectorSettings()
    evidence: EvidenceSettings = EvidenceSettings()
    road: FileReference | None = None
    signals: tuple[SignalTable, ...] = ()
    signs: tuple[SignTable, ...] = ()


class Site(msgspec.Struct, frozen=True):
    """A site file and the folder that its relative paths start from."""

    path: Path
    file: SiteFile

    def resolve(self, reference: FileReference | RegisterReference | None) -> Path | None:
        """The path that a reference means, or None for none."""
        if reference is None or reference.file is None:
            return None
        return self.path.parent / reference.file

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
_TABLES: Tables = {
    "": SiteFile,
    "site": SiteIdentity,
    "camera": CameraSettings,
    **{f"calibration.{at}".rstrip("."): kind for at, kind in calibration_file.TABLES.items()},
    "lanes": Lane,
    "measuring": MeasuringStretch,
    "policy": FileReference,
    "register": RegisterReference,
    "reader": ReaderSettings,
    "inference": InferenceSettings,
    "models": ModelFiles,
    "detector": DetectorSettings,
    "road": FileReference,
    "signals": SignalTable,
    "signs": SignTable,
}


def _check(path: Path, site: SiteFile) -> None:
    if site.register is not None and (site.register.file is None) == (site.register.url is None):
        raise SiteFileError(
            f"The site file {path} is wrong: [register] needs either `file` or `url`; write one of them."
        )
    if site.calibration is not None:
        check_lens(site.calibration, path, _WHAT)
    strips = [(f"lane {lane.id}: x_from_m", lane.x_from_m, "x_to_m", lane.x_to_m) for lane in site.lanes]
    if site.measuring:
        strips.append(("[measuring] y_from_m", site.measuring.y_from_m, "y_to_m", site.measuring.y_to_m))
    for low_name, low, high_name, high in strips:
        if not low < high:
            raise SiteFileError(
                f"The site file {path} is wrong: {low_name} is {low:g} and {high_name} {high:g}; "
                "write the smaller one first."
            )
    picture = site.calibration.image_size if site.calibration else None
    for fault in faults_of(site.signals, site.signs, picture):
        raise SiteFileError(f"The site file {path} is wrong: {fault}")
    for table, text in (("site", site.site.id), ("camera", site.camera.id)):
        if not text.strip():
            raise SiteFileError(f"The site file {path} is wrong: [{table}] `id` is empty; give it one.")


def _calibration_elsewhere(path: Path, document: dict[str, object]) -> CalibrationSettings | None:
    """Take ``[calibration] file`` out of the document and read that file; None where there is none."""
    table = document.get("calibration")
    if not isinstance(table, dict) or "file" not in table:
        return None
    if not isinstance(table["file"], str) or len(table) > 1:
        raise SiteFileError(
            f"The site file {path} is wrong: [calibration] `file` names a file that holds everything else;"
            " write either the file's name alone or the points."
        )
    del document["calibration"]
    return load_calibration(path.parent / table["file"])


def load_site(path: Path) -> Site:
    """Read a site file.

    Raises:
        SiteFileError, CalibrationFileError: one sentence that names the file, the place in it and what was
            expected.
    """
    document = read_toml(path, _WHAT, SiteFileError)
    elsewhere = _calibration_elsewhere(path, document)
    site = convert(document, SiteFile, _TABLES, path, _WHAT, SiteFileError)
    if elsewhere is not None:
        site = msgspec.structs.replace(site, calibration=elsewhere)
    _check(path, site)
    return Site(path.resolve(), site)
