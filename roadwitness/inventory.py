"""Tells the store which cameras a process works for, by their site files."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec

from detectors.calibrating.control import CalibrationError
from detectors.calibrating.verdicts import report_of
from enforcement.inventory import (
    AppliedPolicy,
    KnownCalibration,
    KnownCamera,
    record_calibrations,
    record_cameras,
    unrecorded,
)
from enforcement.store import Store
from roadwitness.calibration_file import CalibrationSettings
from roadwitness.progress import say
from roadwitness.site import Site, SiteFileError
from roadwitness.site_calibration import calibration_of
from roadwitness.site_law import policy_of


def record_sites(store: Store, sites: Sequence[Site]) -> None:
    """Store the cameras of these sites with their policies and calibrations.

    A calibration that the store has already is not fitted again; one that cannot be fitted is said, and left
    out: a worker judges what the roadside measured, and does not measure itself.
    """
    record_cameras(store, [_camera(site) for site in sites])
    made_from = {
        (site.file.camera.id, _digest(site.file.calibration)): site
        for site in sites
        if site.file.calibration is not None
    }
    known = []
    for camera, digest in sorted(unrecorded(store, list(made_from))):
        try:
            known.append(_calibration(made_from[camera, digest], digest))
        except CalibrationError as error:
            say(f"The calibration of {camera} is not recorded: {error}.", "yellow")
    record_calibrations(store, known)


def _camera(site: Site) -> KnownCamera:
    file = site.file
    path = site.resolve(file.policy)
    if path is None:
        raise SiteFileError(f"The site file {site.path} names no policy; a camera is judged by one.")
    return KnownCamera(
        camera_id=file.camera.id,
        site_id=file.site.id,
        applied=AppliedPolicy(policy_of(site), path.read_text(encoding="utf-8")),
        site_name=file.site.name,
        position=file.camera.position,
        clock_sigma_ms=file.camera.clock_sigma_ms,
        calibration_id=file.calibration.id if file.calibration else None,
    )


def _calibration(site: Site, digest: str) -> KnownCalibration:
    settings, calibration = site.file.calibration, calibration_of(site.file)
    assert settings is not None
    assert calibration is not None
    request, report = settings.request(), report_of(calibration)
    doubts = [doubt for doubt in report.speeds if doubt.covered]
    return KnownCalibration(
        calibration_id=settings.id,
        camera_id=site.file.camera.id,
        digest=digest,
        valid_from_ns=request.valid_from_ns or 0,
        valid_until_ns=request.valid_until_ns or 0,
        image_size=settings.image_size,
        points=len(settings.points),
        checks=report.checks,
        residual_px=report.rms_px,
        residual_m=report.rms_m,
        noise_scale=report.noise_scale,
        position_uncertainty_m=max((doubt.position_m for doubt in doubts), default=None),
        speed_uncertainty_percent=max((doubt.speed_percent for doubt in doubts), default=None),
    )


def _digest(settings: CalibrationSettings) -> str:
    """SHA-256 of everything that the calibration is made from."""
    return hashlib.sha256(msgspec.json.encode(settings)).hexdigest()
