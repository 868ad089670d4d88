"""Which cameras there are, what they were measured with and judged by: kept beside the cases."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from enforcement.policy import Policy, nanoseconds
from enforcement.rows import Row
from enforcement.store import Store

_CAMERAS = (
    "camera_id",
    "site_id",
    "site_name",
    "latitude",
    "longitude",
    "clock_sigma_ms",
    "policy_id",
    "policy_version",
    "calibration_id",
)
_CALIBRATIONS = (
    "calibration_id",
    "camera_id",
    "digest",
    "valid_from",
    "valid_until",
    "image_width",
    "image_height",
    "points",
    "checks",
    "residual_px",
    "residual_m",
    "noise_scale",
    "position_uncertainty_m",
    "speed_uncertainty_percent",
)
_POLICIES = ("policy_id", "policy_version", "digest", "jurisdiction", "valid_from", "valid_until", "text")


@dataclass(frozen=True)
class AppliedPolicy:
    """A policy and the text of its file, word for word."""

    policy: Policy
    text: str

    @property
    def digest(self) -> str:
        """SHA-256 of the text, hexadecimal."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True)
class KnownCamera:
    """A camera as its site file has it; ``position``: latitude and longitude (WGS84, degrees)."""

    camera_id: str
    site_id: str
    applied: AppliedPolicy
    site_name: str = ""
    position: tuple[float, float] | None = None
    clock_sigma_ms: float | None = None
    calibration_id: str | None = None


@dataclass(frozen=True)
class KnownCalibration:
    """A calibration and how well it is known; ``digest`` is that of what it was made from.

    Times are UTC ns. Residuals are root mean squares over the surveyed points; the uncertainties (k = 2) are
    the largest on the calibrated road, None where it cannot be told: of a place, and of a speed over 10 m.
    """

    calibration_id: str
    camera_id: str
    digest: str
    valid_from_ns: int
    valid_until_ns: int
    image_size: tuple[int, int]
    points: int
    checks: int
    residual_px: float
    residual_m: float
    noise_scale: float
    position_uncertainty_m: float | None = None
    speed_uncertainty_percent: float | None = None


def record_cameras(store: Store, cameras: Sequence[KnownCamera]) -> None:
    """Store cameras and the policies by which they are judged; what is there already is replaced by itself.

    Raises:
        QueryFailed: with ClickHouse's message.
    """
    policies = {known.applied.digest: known.applied for known in cameras}
    store.insert("policies", _POLICIES, [_policy_row(applied) for applied in policies.values()])
    store.insert("cameras", _CAMERAS, [_camera_row(known) for known in cameras])


def unrecorded(store: Store, calibrations: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """Which of these (camera, digest) the store does not have yet, so that no known one is fitted again."""
    rows = store.query(
        """SELECT DISTINCT toString(camera_id), toString(digest) FROM calibrations
        WHERE digest IN {digests:Array(String)}""",
        {"digests": sorted({digest for _, digest in calibrations})},
    )
    return set(calibrations) - {(str(camera), str(digest)) for camera, digest in rows}


def record_calibrations(store: Store, calibrations: Sequence[KnownCalibration]) -> None:
    """Store calibrations.

    Raises:
        QueryFailed: with ClickHouse's message.
    """
    store.insert("calibrations", _CALIBRATIONS, [_calibration_row(known) for known in calibrations])


def _camera_row(known: KnownCamera) -> Row:
    latitude, longitude = known.position or (None, None)
    policy = known.applied.policy
    return (
        known.camera_id,
        known.site_id,
        known.site_name,
        latitude,
        longitude,
        known.clock_sigma_ms,
        policy.id,
        policy.version,
        known.calibration_id or "",
    )


def _calibration_row(known: KnownCalibration) -> Row:
    return (
        known.calibration_id,
        known.camera_id,
        known.digest,
        known.valid_from_ns // 1_000_000,
        known.valid_until_ns // 1_000_000,
        *known.image_size,
        known.points,
        known.checks,
        known.residual_px,
        known.residual_m,
        known.noise_scale,
        known.position_uncertainty_m,
        known.speed_uncertainty_percent,
    )


def _policy_row(applied: AppliedPolicy) -> Row:
    policy = applied.policy
    return (
        policy.id,
        policy.version,
        applied.digest,
        policy.jurisdiction,
        _milliseconds(policy.valid_from),
        None if policy.valid_until is None else _milliseconds(policy.valid_until),
        applied.text,
    )


def _milliseconds(moment: datetime.datetime) -> int:
    return nanoseconds(moment) // 1_000_000
