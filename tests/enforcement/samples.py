"""Messages and a policy for the tests of this package; plates are invented."""

from __future__ import annotations

import datetime
import hashlib

from enforcement.law.speeds import Speeding, Tolerance
from enforcement.policy import Policy
from enforcement.reviewing.faults import CHECKS
from enforcement.rows import violation_id
from streams.encoding import encode
from streams.identity import identify
from streams.local import LocalBus
from streams.messages import (
    Box,
    Decision,
    EvidenceItem,
    EvidenceReference,
    Passage,
    PlateReading,
    SpeedMeasurement,
    TrackPoint,
)
from streams.topics import Topic

T0 = 1_777_881_600_000_000_000  # 2026-05-04T08:00:00Z
SECOND = 10**9
CAMERA = "cam-1"
BOX = Box(10.0, 20.0, 300.0, 200.0)


def policy(limit: float = 80.0, below: float = 3.0, percent: float = 3.0) -> Policy:
    return Policy(
        id="sim-rural-2026",
        version="1",
        jurisdiction="Simulated",
        valid_from=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
        speeding=Speeding(limit, Tolerance(below, percent)),
    )


def passage(
    number: int = 0,
    speed: float | None = 93.4,
    plate: str | None = "AB-123-CD",
    *,
    camera: str = CAMERA,
    pictures: tuple[bytes, ...] = (),
    at_ns: int | None = None,
    void: str | None = None,
) -> Passage:
    started = T0 + number * 60 * SECOND if at_ns is None else at_ns
    kinds = ("frame", "plate", "original")
    return Passage(
        passage_id=identify("passage", camera, number),
        camera_id=camera,
        site_id="site-1",
        vehicle="car",
        vehicle_confidence=0.9,
        started_at_ns=started,
        ended_at_ns=started + 2 * SECOND,
        frames=50,
        box=BOX,
        track=(TrackPoint(started, 1.0, 2.0, 3.0, 4.0),),
        speed=SpeedMeasurement(
            speed, None if speed is None else 1.2, void or ("no_calibration" if speed is None else None)
        ),
        lane="1",
        plate=PlateReading(plate, 0.97),
        evidence=tuple(
            EvidenceReference(
                kind, digest(content), "image/jpeg", started, 640, 360, sealed=kind == "original"
            )
            for kind, content in zip(kinds, pictures, strict=False)
        ),
    )


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def items(of: Passage, pictures: tuple[bytes, ...]) -> list[EvidenceItem]:
    return [
        EvidenceItem(piece.digest, piece.media_type, piece.sealed, of.passage_id, of.camera_id, content)
        for piece, content in zip(of.evidence, pictures, strict=True)
    ]


def publish(bus: LocalBus, *messages: Passage | EvidenceItem | Decision) -> None:
    for message in messages:
        match message:
            case Passage():
                bus.publish(Topic.PASSAGES, message.camera_id, encode(message))
            case EvidenceItem():
                bus.publish(Topic.EVIDENCE, message.digest, encode(message))
            case Decision():
                bus.publish(Topic.DECISIONS, message.case_id, encode(message))


def decision(
    case_id: str,
    number: int,
    outcome: str = "confirmed",
    officer: str = "officer-1",
    reason: str | None = None,
) -> Decision:
    if outcome == "rejected" and reason is None:
        reason = "plate_wrong"
    checked = CHECKS if outcome == "confirmed" else ()
    return Decision(f"d-{number}", case_id, officer, outcome, T0 + number, reason, "seen", checked)


#: One who drove too fast, the pictures of it, and the case that it becomes.
PICTURES = (b"frame", b"plate crop", b"sealed original")
SPEEDER = passage(1, 93.4, pictures=PICTURES)
SPEEDER_ID = violation_id(SPEEDER.passage_id, "speeding")
