"""What the store knows of the camera, its calibration and the policy by which a case was made."""

from __future__ import annotations

import datetime
import tomllib
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import msgspec

from enforcement.law.notices import NoticeTerms
from enforcement.rules.finding import Finding
from enforcement.store import Store
from streams.messages import Passage


@dataclass(frozen=True)
class CameraRecord:
    """Where a camera stands: ``latitude`` and ``longitude`` in degrees (WGS84), None where nobody said."""

    camera_id: str
    site_id: str
    site_name: str
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True)
class CalibrationRecord:
    """A calibration as a certificate states it; residuals are root mean squares, uncertainties k = 2."""

    calibration_id: str
    digest: str
    valid_from_ns: int
    valid_until_ns: int
    image_width: int
    image_height: int
    points: int
    checks: int
    residual_px: float
    residual_m: float
    noise_scale: float
    position_uncertainty_m: float | None
    speed_uncertainty_percent: float | None

    def held_at(self, at_ns: int) -> bool:
        """Whether it was valid at a time (UTC ns)."""
        return self.valid_from_ns <= at_ns < self.valid_until_ns


@dataclass(frozen=True)
class PolicyRecord:
    """A policy as it was applied, word for word; ``digest`` is the SHA-256 of ``text``."""

    policy_id: str
    version: str
    digest: str
    jurisdiction: str
    text: str

    @property
    def timezone(self) -> str:
        """The IANA name of the zone of its hours."""
        return str(tomllib.loads(self.text).get("timezone", "UTC"))

    @property
    def terms(self) -> NoticeTerms | None:
        """What it says about notices, None where it says nothing."""
        table = tomllib.loads(self.text).get("notice")
        return None if table is None else msgspec.convert(table, NoticeTerms)


@dataclass(frozen=True)
class Records:
    """The records behind one case, each None where the store has none."""

    camera: CameraRecord | None
    calibration: CalibrationRecord | None
    policy: PolicyRecord | None

    @property
    def zone(self) -> datetime.tzinfo:
        """The zone of the policy's hours; UTC where the policy is not known."""
        return ZoneInfo(self.policy.timezone) if self.policy else datetime.UTC


class CaseRecords:
    """Reads the records behind cases; a mix-in of the case book. Needs ``self._store``."""

    _store: Store

    def records(self, passage: Passage, finding: Finding) -> Records:
        """What is known of the camera, the calibration and the policy of a case."""
        return Records(
            self._camera(passage.camera_id),
            self._calibration(passage),
            self._policy(finding.policy_id, finding.policy_version),
        )

    def _camera(self, camera_id: str) -> CameraRecord | None:
        rows = self._store.query(
            """SELECT toString(camera_id), toString(site_id), site_name, latitude, longitude
            FROM cameras FINAL WHERE camera_id = {camera:String}""",
            {"camera": camera_id},
        )
        return CameraRecord(*rows[0]) if rows else None

    def _calibration(self, passage: Passage) -> CalibrationRecord | None:
        """Of several under one name the newest that held at the time of the passage."""
        rows = self._store.query(
            """SELECT toString(calibration_id), toString(digest),
                toUnixTimestamp64Milli(valid_from) * 1000000,
                toUnixTimestamp64Milli(valid_until) * 1000000, image_width, image_height, points, checks,
                residual_px, residual_m, noise_scale, position_uncertainty_m, speed_uncertainty_percent
            FROM calibrations FINAL
            WHERE camera_id = {camera:String} AND calibration_id = {calibration:String}
            ORDER BY recorded_at DESC, digest""",
            {"camera": passage.camera_id, "calibration": passage.calibration_id or ""},
        )
        known = [CalibrationRecord(*row) for row in rows]
        holding = [one for one in known if one.held_at(passage.started_at_ns)]
        return next(iter(holding or known), None)

    def _policy(self, policy_id: str, version: str) -> PolicyRecord | None:
        rows = self._store.query(
            """SELECT toString(policy_id), toString(policy_version), toString(digest), jurisdiction, text
            FROM policies FINAL WHERE policy_id = {id:String} AND policy_version = {version:String}
            ORDER BY recorded_at DESC, digest LIMIT 1""",
            {"id": policy_id, "version": version},
        )
        return PolicyRecord(*rows[0]) if rows else None


def court_language(records: Records) -> str:
    """The language of the paper for a court where nobody chooses another; English where no policy says."""
    terms = records.policy.terms if records.policy else None
    return terms.court_language if terms else "en"


def moment(at_ns: int, zone: datetime.tzinfo) -> datetime.datetime:
    """UTC ns as a time of a zone, to the second."""
    return datetime.datetime.fromtimestamp(at_ns // 1_000_000_000, tz=datetime.UTC).astimezone(zone)
