"""The contract between the roadside and the centre: every message on the bus, typed and versioned.

Times are UTC nanoseconds since the Unix epoch. Boxes are pixels of the full camera frame. Road
coordinates are metres on the road plane of the camera's calibration. Unknown fields are ignored when
decoding, so a newer roadside unit can talk to an older centre.
"""

from __future__ import annotations

import msgspec

SCHEMA_VERSION = 1


class Box(msgspec.Struct, frozen=True):
    """An axis-aligned box in pixels of the full frame: left, top, width, height."""

    x: float
    y: float
    w: float
    h: float


class TrackPoint(msgspec.Struct, frozen=True):
    """Where the tracked point of a vehicle was: in the image (px) and, if calibrated, on the road (m)."""

    captured_at_ns: int
    x_px: float
    y_px: float
    x_m: float | None = None
    y_m: float | None = None


class SpeedMeasurement(msgspec.Struct, frozen=True):
    """A speed, or the reason why there is none. ``uncertainty_kmh`` is expanded, k = 2.

    ``speed_kmh`` is None exactly when ``void_reason`` is set: a void measurement is never a number.
    """

    speed_kmh: float | None
    uncertainty_kmh: float | None = None
    void_reason: str | None = None
    base_m: float | None = None
    duration_s: float | None = None
    points: int = 0
    residual_m: float | None = None


class CharacterCandidate(msgspec.Struct, frozen=True):
    """One possibility for one position of a plate; an empty ``character`` says 'nothing stands here'."""

    character: str
    probability: float


class PlateRead(msgspec.Struct, frozen=True):
    """What the reader saw in one frame, before any consensus."""

    captured_at_ns: int
    text: str
    confidence: float
    characters: tuple[float, ...]
    box: Box


class PlateReading(msgspec.Struct, frozen=True):
    """The consensus over all reads of a track. ``text`` None means: unreadable, which is an answer.

    ``lattice`` holds, per position, the candidates with their combined probabilities, best first.
    """

    text: str | None
    confidence: float
    lattice: tuple[tuple[CharacterCandidate, ...], ...] = ()
    reads: tuple[PlateRead, ...] = ()


class EvidenceReference(msgspec.Struct, frozen=True):
    """Names one piece of evidence by the SHA-256 digest (hex) of its bytes.

    ``kind`` is one of ``frame`` (full frame, faces blurred), ``plate`` (plate crop) and ``original``
    (the unblurred frame, sealed to the authority's public key). ``plate_text`` is the read on this very
    frame, so that a picture cannot be put beside another frame's read.
    """

    kind: str
    digest: str
    media_type: str
    captured_at_ns: int
    width_px: int
    height_px: int
    vehicle_box: Box | None = None
    plate_box: Box | None = None
    plate_text: str | None = None
    sealed: bool = False


class Passage(msgspec.Struct, frozen=True):
    """One vehicle that passed one camera, once. Topic ``passages``, key ``camera_id``."""

    passage_id: str
    camera_id: str
    site_id: str
    vehicle: str
    vehicle_confidence: float
    started_at_ns: int
    ended_at_ns: int
    frames: int
    box: Box
    track: tuple[TrackPoint, ...]
    speed: SpeedMeasurement
    lane: str | None = None
    plate: PlateReading | None = None
    evidence: tuple[EvidenceReference, ...] = ()
    calibration_id: str | None = None
    models: dict[str, str] = {}
    schema_version: int = SCHEMA_VERSION


class EvidenceItem(msgspec.Struct, frozen=True):
    """The bytes of one piece of evidence. Topic ``evidence``, key ``digest``."""

    digest: str
    media_type: str
    sealed: bool
    passage_id: str
    camera_id: str
    content: bytes
    schema_version: int = SCHEMA_VERSION


class Heartbeat(msgspec.Struct, frozen=True):
    """A roadside unit's health. Topic ``heartbeats``, key ``camera_id``."""

    camera_id: str
    site_id: str
    sent_at_ns: int
    frames: int
    frames_per_second: float
    dropped_frames: int
    passages: int
    finished: bool = False
    schema_version: int = SCHEMA_VERSION


class Decision(msgspec.Struct, frozen=True):
    """What an officer decided. Topic ``decisions``, key ``case_id``; the log's order settles who was first.

    ``outcome`` is ``confirmed`` or ``rejected``; rejecting needs a ``reason_code``.
    """

    decision_id: str
    case_id: str
    officer: str
    outcome: str
    decided_at_ns: int
    reason_code: str | None = None
    note: str = ""
    schema_version: int = SCHEMA_VERSION


class DeadLetter(msgspec.Struct, frozen=True):
    """A message that could not be read or handled: why, and its original bytes. Topic ``dead-letters``."""

    source_topic: str
    key: str
    reason: str
    failed_at_ns: int
    content: bytes
    schema_version: int = SCHEMA_VERSION
