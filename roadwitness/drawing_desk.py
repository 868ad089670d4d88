"""One site's camera on the pages where it is calibrated and drawn: its picture and its files."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import cv2

from dashboards.sites.desk import CameraFrame, Saved
from detectors.capture import open_source
from detectors.frames import Frame, SourceError
from enforcement.road import Road
from enforcement.road_file import geojson_of, load_road, read_road
from roadwitness.calibration_file import load_calibration
from roadwitness.site import Site, SiteFileError
from roadwitness.surveying import survey
from roadwitness.tables import read_toml
from roadwitness.wiring import source_of
from streams.errors import RoadwitnessError
from streams.survey import SurveyReport, SurveyRequest

CALIBRATION_FILE = "calibration.toml"
ROAD_FILE = "road.geojson"
_QUALITY = 92


class NotSaved(RoadwitnessError):
    """What was to be saved is wrong, or cannot be written."""


class DrawingDesk:
    """The desk of one site. What it saves lies beside the site file, or where that file says already."""

    def __init__(self, site: Site, picture: CameraFrame) -> None:
        """Work on ``site`` with a reference picture of its camera."""
        self._site = site
        self._picture = picture
        self._folder = site.path.parent
        table = read_toml(site.path, "site file", SiteFileError).get("calibration", {})
        self._calibration_file: str | None = table.get("file")

    def cameras(self) -> list[str]:
        """The site's camera."""
        return [self._site.file.camera.id]

    def frame(self, camera_id: str) -> CameraFrame:
        """The reference picture."""
        return self._picture

    def calibration(self, camera_id: str) -> SurveyRequest | None:
        """What was saved here last, else what the site file holds."""
        if self._calibration_path.exists():
            return load_calibration(self._calibration_path).request()
        settings = self._site.file.calibration
        return None if settings is None else settings.request()

    def survey(self, request: SurveyRequest) -> SurveyReport:
        """Fit the survey."""
        return survey(request)

    def save_calibration(self, camera_id: str, request: SurveyRequest) -> Saved:
        """Write the calibration file.

        Raises:
            NotSaved: when the survey fixes nothing, has no validity, or the file cannot be written.
        """
        report = survey(request)
        if report.problem is not None:
            raise NotSaved(report.problem)
        if not report.toml:
            raise NotSaved("A calibration needs its first and last day; give both.")
        _write(self._calibration_path, report.toml.encode())
        return Saved(self._calibration_path.name, self._still("calibration", self._calibration_path.name))

    def road(self, camera_id: str) -> bytes:
        """The saved road."""
        path = self._road_path
        return geojson_of(load_road(path) if path.exists() else Road())

    def save_road(self, camera_id: str, geojson: bytes) -> Saved:
        """Write the road file, as its reader understands it.

        Raises:
            RoadError: when a line or a zone is wrong.
            NotSaved: when the file cannot be written.
        """
        _write(self._road_path, geojson_of(read_road(geojson)))
        return Saved(self._road_path.name, self._still("road", self._road_path.name))

    @property
    def _calibration_path(self) -> Path:
        return self._folder / (self._calibration_file or CALIBRATION_FILE)

    @property
    def _road_path(self) -> Path:
        return self._site.resolve(self._site.file.road) or self._folder / ROAD_FILE

    def _still(self, table: str, name: str) -> str:
        named = self._site.file.road if table == "road" else self._calibration_file
        if named is not None:
            return "The site uses it from its next start."
        return f'In {self._site.path.name}, let [{table}] be file = "{name}", and the site uses it.'


def picture_of(site: Site, source: str | None = None, at_s: float = 0.0) -> CameraFrame:
    """The first frame of the camera, clip or folder that comes ``at_s`` seconds after the very first one.

    Raises:
        SourceError: when the source gives no such frame.
    """
    with closing(open_source(source_of(site, source), site.recorded_at_ns)) as frames:
        first: Frame | None = None
        for frame in frames.frames():
            first = first or frame
            if frame.captured_at_ns - first.captured_at_ns >= at_s * 1e9:
                return _as_jpeg(frame)
    raise SourceError(f"the source ends before {at_s:g} s; name an earlier time with --at")


def _as_jpeg(frame: Frame) -> CameraFrame:
    height, width = frame.image.shape[:2]
    _, content = cv2.imencode(".jpg", frame.image, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return CameraFrame(content.tobytes(), width, height)


def _write(path: Path, content: bytes) -> None:
    """Put the whole content in place at once, so that nobody reads half a road."""
    fresh = path.with_name(f"{path.name}.new")
    try:
        fresh.write_bytes(content)
        fresh.replace(path)
    except OSError as error:
        raise NotSaved(f"{path} cannot be written ({error.strerror}); check the folder's rights.") from error
