"""Puts the roadside together from a site file: models, reader, calibration, pipeline."""

from __future__ import annotations

from dataclasses import dataclass

from detectors.calibration import Calibration, ControlPoint
from detectors.faces import FaceDetector
from detectors.manifest import ModelManifest
from detectors.pipeline import LaneStrip, PipelineSettings, RoadsidePipeline
from detectors.plates import PlateDetector
from detectors.reading import open_reader
from detectors.speed import SpeedSettings
from detectors.stageclock import StageClock
from detectors.vehicles import VehicleDetector
from enforcement.policy import Policy, load_policy
from roadwitness.site import Site, SiteFile, SiteFileError, nanoseconds
from streams.sealing import PublicKey


@dataclass(frozen=True)
class Eyes:
    """The loaded detectors and the digests of their models."""

    vehicles: VehicleDetector
    plates: PlateDetector
    faces: FaceDetector
    digests: dict[str, str]


def open_eyes() -> Eyes:
    """Load the shipped models.

    Raises:
        ModelMissing, ModelCorrupt: when a file of the manifest is not there or not intact.
    """
    manifest = ModelManifest.load()
    return Eyes(
        vehicles=VehicleDetector(manifest.path("vehicles")),
        plates=PlateDetector(manifest.path("plates")),
        faces=FaceDetector(manifest.path("faces")),
        digests={entry.name: entry.sha256 for entry in manifest.entries},
    )


def calibration_of(site: SiteFile) -> Calibration | None:
    """The homography of a site's surveyed points, or None where there are none.

    Raises:
        CalibrationError: when the points do not fix a plane.
    """
    settings = site.calibration
    if settings is None:
        return None
    return Calibration.from_points(
        settings.id,
        settings.image_size,
        [ControlPoint(point.image, point.road) for point in settings.points],
        nanoseconds(settings.valid_from),
        nanoseconds(settings.valid_until),
    )


def build_pipeline(
    eyes: Eyes,
    site: SiteFile | None,
    *,
    trigger_kmh: float | None,
    sealing_key: PublicKey | None,
    evidence: bool = True,
    clock: StageClock | None = None,
) -> RoadsidePipeline:
    """The roadside pipeline of a site; without a site, one that sees and reads but cannot measure."""
    stretch = site.measuring if site else None
    settings = PipelineSettings(
        camera_id=site.camera.id if site else "camera",
        site_id=site.site.id if site else "nowhere",
        plate_trigger_kmh=trigger_kmh,
        evidence=evidence,
        models=eyes.digests,
        speed=SpeedSettings(stretch_m=(stretch.y_from_m, stretch.y_to_m) if stretch else None),
    )
    return RoadsidePipeline(
        settings,
        eyes.vehicles,
        eyes.plates,
        eyes.faces,
        open_reader(site.reader.name if site else "rapidocr"),
        calibration_of(site) if site else None,
        [LaneStrip(lane.id, lane.x_from_m, lane.x_to_m) for lane in site.lanes] if site else (),
        sealing_key,
        clock,
    )


def policy_of(site: Site) -> Policy:
    """The policy that the site file names.

    Raises:
        SiteFileError: when it names none; a case needs a law.
    """
    path = site.resolve(site.file.policy)
    if path is None:
        raise SiteFileError(f'The site file {site.path} names no policy: add [policy] with file = "….toml".')
    return load_policy(path)


def source_of(site: Site, override: str | None) -> str:
    """Where the frames come from: the command line's source, or the site file's."""
    source = override or site.source
    if source is None:
        raise SiteFileError(f"The site file {site.path} names no source: add camera.source or give --source.")
    return source
