"""Puts the roadside together from a site file: models, reader, calibration, pipeline."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from detectors.clip_frames import ClipSettings
from detectors.driver import DriverWitness
from detectors.faces import FaceDetector
from detectors.looking import LookSettings
from detectors.manifest import ModelManifest, ModelMissing, digest_of
from detectors.pipeline import LaneStrip, PipelineSettings, RoadsidePipeline
from detectors.plates import PlateDetector
from detectors.providers import AUTO, CPU, PROVIDER_VARIABLE, choose, name_of
from detectors.reading import DEFAULT_READER, open_reader
from detectors.scene import input_size_of
from detectors.speed import EDGE_INPUT_PX, SpeedSettings
from detectors.stageclock import StageClock
from detectors.surroundings import Surroundings
from detectors.vehicles import FLOAT, QUANTISED, VehicleDetector, vehicle_model
from roadwitness.progress import say
from roadwitness.site import InferenceSettings, Site, SiteFile, SiteFileError
from roadwitness.site_calibration import calibration_of
from streams.messages import Passage
from streams.sealing import PublicKey


@dataclass(frozen=True)
class Eyes:
    """The loaded detectors, the digests of their models, and what runs them."""

    vehicles: VehicleDetector
    plates: PlateDetector
    faces: FaceDetector
    digests: dict[str, str]
    threads: int = 0
    providers: tuple[str, ...] = CPU


def open_eyes(site: Site | None = None) -> Eyes:
    """Load the models: the shipped ones, or those that the site file names, on what it names.

    Raises:
        ModelMissing, ModelCorrupt: when a file of the manifest, or the site file's, is not there or intact.
        ModelUnusable: for a site file's model that is none of that kind.
        ProviderUnusable: when what was to run the models does not do so here.
    """
    manifest = ModelManifest.load()
    threads, providers = inference_of(site.file.inference if site else InferenceSettings())
    digests = {entry.name: entry.sha256 for entry in manifest.entries if entry.name != FLOAT}

    def file_of(name: str) -> Path:
        own = site.model(name) if site else None
        if own is None and name == QUANTISED:
            chosen, path = vehicle_model(manifest, providers)
            digests[name] = manifest.entry(chosen).sha256
            return path
        if own is None:
            return manifest.path(name)
        if not own.is_file():
            raise ModelMissing(
                f"[models] `{name}` names {own}, which is no file; correct it or leave it out."
            )
        digests[name] = digest_of(own)
        return own

    vehicles = VehicleDetector(
        file_of("vehicles"),
        input_size=look_size_of(site.file) if site else None,
        threads=threads,
        providers=providers,
    )
    if vehicles.blind_to:
        say(vehicles.blind_to, "yellow")
    return Eyes(
        vehicles=vehicles,
        plates=PlateDetector(file_of("plates"), threads=threads, providers=providers),
        faces=FaceDetector(manifest.path("faces"), threads=threads, providers=providers),
        digests=digests,
        threads=threads,
        providers=providers,
    )


def _reader_named(site: SiteFile | None, eyes: Eyes) -> str:
    """Who reads the plates; of our own reader also which one."""
    name = site.reader.name if site else DEFAULT_READER
    return f"{name} {eyes.digests['reader']}" if name == "own" else name


def inference_of(settings: InferenceSettings) -> tuple[int, tuple[str, ...]]:
    """The number of threads, and onnxruntime's providers; says which one it is where it was left open.

    Raises:
        ProviderUnusable: when the provider that was asked for does not run here.
    """
    providers = choose(settings.provider)
    if (os.environ.get(PROVIDER_VARIABLE) or settings.provider).strip().lower() == AUTO:
        say(f"Models run on {name_of(providers)}.", "dim")
    return settings.threads, providers


def look_size_of(site: SiteFile) -> int | None:
    """The vehicle detector's input size: as set, or as the measured stretch needs; None: as the picture does.

    Raises:
        CalibrationError: when the surveyed points do not fix a plane.
    """
    return site.detector.input_size or input_size_of(calibration_of(site), stretch_of(site))


def measuring_of(site: SiteFile) -> SpeedSettings:
    """How speeds are measured: where, and how steady the boxes of the vehicle detector are at this size.

    Raises:
        CalibrationError: when the surveyed points do not fix a plane.
    """
    settings = SpeedSettings(stretch_m=stretch_of(site), readout_s=site.camera.readout_ms * 1e-3)
    if site.measuring and (largest := site.measuring.largest_uncertainty_kmh):
        settings = replace(
            settings, largest_uncertainty_kmh=largest, largest_uncertainty_part=largest / 100.0
        )
    size = look_size_of(site)
    if size is None or site.calibration is None:
        return settings
    shrunk = max(max(site.calibration.image_size) / size, 1.0)
    return replace(settings, edge_px=EDGE_INPUT_PX * shrunk)


def stretch_of(site: SiteFile) -> tuple[float, float] | None:
    """From where to where along the road (m) is measured; None everywhere."""
    stretch = site.measuring
    return (stretch.y_from_m, stretch.y_to_m) if stretch else None


def build_pipeline(
    eyes: Eyes,
    site: SiteFile | None,
    *,
    wanted: Callable[[Passage], bool] | None,
    sealing_key: PublicKey | None,
    evidence: bool = True,
    clock: StageClock | None = None,
    every: int | None = None,
    surroundings: Surroundings | None = None,
    driver_witness: DriverWitness | None = None,
) -> RoadsidePipeline:
    """The roadside pipeline of a site; without a site, one that sees and reads but cannot measure.

    ``wanted`` says of a passage without its plate whether plate and pictures are needed; None: always.
    ``every`` looks for vehicles on every so many frames, whatever the site says. No ``driver_witness`` comes
    with Roadwitness; a program of one's own may give one.
    """
    settings = PipelineSettings(
        camera_id=site.camera.id if site else "camera",
        site_id=site.site.id if site else "nowhere",
        wanted=wanted,
        evidence=evidence,
        models={**eyes.digests, "reader": _reader_named(site, eyes)},
        looking=LookSettings(every=every or (site.detector.every if site else None)),
        speed=measuring_of(site) if site else SpeedSettings(),
        frame_interval_s=interval_ms / 1e3
        if site and (interval_ms := site.camera.frame_interval_ms)
        else None,
        clip=ClipSettings() if site and site.evidence.clip else None,
    )
    return RoadsidePipeline(
        settings,
        eyes.vehicles,
        eyes.plates,
        eyes.faces,
        open_reader(
            site.reader.name if site else DEFAULT_READER, threads=eyes.threads, providers=eyes.providers
        ),
        calibration_of(site) if site else None,
        [LaneStrip(lane.id, lane.x_from_m, lane.x_to_m) for lane in site.lanes] if site else (),
        sealing_key,
        clock,
        surroundings,
        driver_witness,
    )


def source_of(site: Site, override: str | None) -> str:
    """Where the frames come from: the command line's source, or the site file's."""
    source = override or site.source
    if source is None:
        raise SiteFileError(f"The site file {site.path} names no source: add camera.source or give --source.")
    return source
