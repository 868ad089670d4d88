"""Messages as rows of the store: pure functions, so that the same message always makes the same rows."""

from __future__ import annotations

from typing import Any

import msgspec

from enforcement.case_plate import CasePlate
from enforcement.deadlines import Due
from enforcement.exempting import Ground
from enforcement.matching import Matched
from enforcement.register import Keeper
from enforcement.rules.finding import Finding
from streams.identity import identify
from streams.messages import Decision, EvidenceReference, Heartbeat, Passage

Row = tuple[Any, ...]

PASSAGES = [
    "passage_id",
    "camera_id",
    "site_id",
    "vehicle",
    "lane",
    "occurred_at",
    "speed_kmh",
    "uncertainty_kmh",
    "void_reason",
    "residual_m",
    "calibration_id",
]
VIOLATIONS = [
    "violation_id",
    "passage_id",
    "camera_id",
    "site_id",
    "occurred_at",
    "offence",
    "vehicle",
    "plate",
    "plate_confidence",
    "speed_kmh",
    "speed_uncertainty_kmh",
    "enforced_speed_kmh",
    "limit_kmh",
    "policy_id",
    "policy_version",
    "keeper_id",
    "keeper",
    "thumbnail_digest",
    "plate_digest",
    "finding",
    "passage",
    "plate_raw",
    "plate_legible",
    "plate_normalised",
    "plate_probability",
    "plate_country",
    "plate_country_probability",
    "plate_region",
    "plate_format",
    "plate_why",
    "grammar_version",
    "measured",
    "unit",
    "measured_uncertainty",
    "subtracted",
    "enforced",
    "allowed",
    "due_at",
    "due_soon_at",
    "match",
    "candidates",
]
CASE_EVENTS = [
    "case_id",
    "event_id",
    "sequence",
    "kind",
    "at",
    "decision_id",
    "officer",
    "reason_code",
    "note",
]
FINDINGS = [
    "finding_id",
    "camera_id",
    "site_id",
    "occurred_at",
    "offence",
    "vehicle",
    "became",
    "exemption",
    "reason",
    "policy_id",
    "policy_version",
    "unit",
    "measured",
    "uncertainty",
    "subtracted",
    "enforced",
    "allowed",
]
HEARTBEATS = [
    "camera_id",
    "site_id",
    "sent_at",
    "frames",
    "frames_per_second",
    "dropped_frames",
    "passages",
    "finished",
    "clock_offset_ms",
    "clock_drift_ppm",
    "spool_records",
    "spool_age_s",
    "given_up_records",
    "event_kinds",
    "event_times",
    "event_details",
]


def violation_id(passage_id: str, offence: str) -> str:
    """The id of a violation, which is the id of its case: one for each passage and offence."""
    return identify("violation", passage_id, offence)


def passage_row(passage: Passage) -> Row:
    """The statistics of a passage, in the order of ``PASSAGES``: nothing that names a vehicle."""
    return (
        passage.passage_id,
        passage.camera_id,
        passage.site_id,
        passage.vehicle,
        passage.lane or "",
        passage.started_at_ns // 1_000_000,
        passage.speed.speed_kmh if passage.speed.void_reason is None else None,
        passage.speed.uncertainty_kmh,
        passage.speed.void_reason or "",
        passage.speed.residual_m,
        passage.calibration_id or "",
    )


def violation_row(
    passage: Passage,
    finding: Finding,
    plate: CasePlate,
    keeper: Keeper | None,
    due: Due | None = None,
    matched: Matched | None = None,
) -> Row:
    """A finding as a violation, in the order of ``VIOLATIONS``; ``keeper`` is that of ``plate.text``.

    ``matched`` is what the register made of the plate; None: it was not asked for candidates.
    """
    is_speed = finding.unit == "km/h"
    return (
        violation_id(passage.passage_id, finding.offence),
        passage.passage_id,
        passage.camera_id,
        passage.site_id,
        passage.started_at_ns,
        finding.offence,
        passage.vehicle,
        plate.text,
        plate.confidence,
        finding.measured if is_speed else None,
        finding.uncertainty if is_speed else None,
        finding.enforced if is_speed else None,
        finding.allowed if is_speed else None,
        finding.policy_id,
        finding.policy_version,
        keeper.keeper_id if keeper else None,
        _json(keeper) if keeper else "",
        _digest_of(passage.evidence, "frame"),
        _digest_of(passage.evidence, "plate"),
        _json(finding),
        _json(passage),
        plate.raw,
        plate.legible,
        plate.normalised,
        plate.probability,
        plate.country or "",
        plate.country_probability,
        plate.region or "",
        plate.format or "",
        plate.why,
        plate.grammar_version,
        finding.measured,
        finding.unit,
        finding.uncertainty,
        finding.subtracted,
        finding.enforced,
        finding.allowed,
        due.at_ns // 1_000_000 if due else None,
        due.soon_at_ns // 1_000_000 if due else None,
        matched.match if matched else "",
        len(matched.candidates) if matched else 0,
    )


def opened_row(passage: Passage, finding: Finding) -> Row:
    """The first event of a case, in the order of ``CASE_EVENTS``."""
    case_id = violation_id(passage.passage_id, finding.offence)
    event_id = identify("case-event", case_id, "opened")
    return (case_id, event_id, 0, "opened", passage.ended_at_ns, "", "", "", finding.explanation)


def finding_row(passage: Passage, finding: Finding, set_aside: Ground | None = None) -> Row:
    """A finding in the order of ``FINDINGS``: nothing that names a vehicle.

    ``set_aside`` is the exemption that set it aside; None where it is a case.
    """
    return (
        violation_id(passage.passage_id, finding.offence),
        passage.camera_id,
        passage.site_id,
        passage.started_at_ns // 1_000_000,
        finding.offence,
        passage.vehicle,
        "case" if set_aside is None else "set_aside",
        set_aside.kind if set_aside else "",
        set_aside.reason if set_aside else "",
        finding.policy_id,
        finding.policy_version,
        finding.unit,
        finding.measured,
        finding.uncertainty,
        finding.subtracted,
        finding.enforced,
        finding.allowed,
    )


def heartbeat_row(beat: Heartbeat) -> Row:
    """A unit's health, in the order of ``HEARTBEATS``."""
    return (
        beat.camera_id,
        beat.site_id,
        beat.sent_at_ns // 1_000_000,
        beat.frames,
        beat.frames_per_second,
        beat.dropped_frames,
        beat.passages,
        beat.finished,
        beat.clock_offset_ms,
        beat.clock_drift_ppm,
        beat.spool_records,
        beat.spool_age_s,
        beat.given_up_records,
        [event.kind for event in beat.events],
        [event.at_ns // 1_000_000 for event in beat.events],
        [event.detail for event in beat.events],
    )


def decision_row(decision: Decision, offset: int) -> Row:
    """A decision as an event, in the order of ``CASE_EVENTS``; ``offset``: its place in the decisions log."""
    return (
        decision.case_id,
        identify("case-event", decision.case_id, decision.decision_id),
        offset + 1,
        decision.outcome,
        decision.decided_at_ns,
        decision.decision_id,
        decision.officer,
        decision.reason_code or "",
        decision.note,
    )


def _json(content: msgspec.Struct) -> str:
    return msgspec.json.encode(content).decode()


def _digest_of(evidence: tuple[EvidenceReference, ...], kind: str) -> str | None:
    return next((piece.digest for piece in evidence if piece.kind == kind and not piece.sealed), None)
