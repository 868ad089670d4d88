"""Puts invented traffic into a store through its real tables, each row as old as what it tells of."""

from __future__ import annotations

import uuid
from typing import Any

from msgspec.structs import replace

from enforcement.batch import Batch
from enforcement.case_plate import plate_of_case
from enforcement.decisions import accept_decisions
from enforcement.exempting import Ground
from enforcement.rolling import rewrite_days, rewrite_hours
from enforcement.rows import (
    CASE_EVENTS,
    FINDINGS,
    HEARTBEATS,
    PASSAGES,
    VIOLATIONS,
    finding_row,
    heartbeat_row,
    opened_row,
    passage_row,
    violation_id,
    violation_row,
)
from enforcement.rules.finding import Finding
from enforcement.store import Store
from streams.bus import Record
from streams.encoding import encode
from streams.messages import Passage
from streams.topics import Topic
from tests.dashboards.analysts.traffic import CAMERAS, ROADS, Traffic, Violation

_ARRIVED_MS = 4_000
_A_MONTH_NS = 31 * 24 * 3600 * 10**9


def keep(store: Store, traffic: Traffic) -> None:
    """Insert all of ``traffic``."""
    _insert(store, "passages", PASSAGES, [(passage_row(each), _stored(each)) for each in traffic.passages])
    found = traffic.violations
    findings = {each.passage.passage_id: finding_of(each) for each in found}
    rows = [(each.passage, findings[each.passage.passage_id]) for each in found]
    _insert(
        store,
        "violations",
        VIOLATIONS,
        [
            (violation_row(passage, finding, plate_of_case(passage.plate), None), _stored(passage))
            for passage, finding in rows
        ],
    )
    _insert(
        store,
        "case_events",
        CASE_EVENTS,
        [(opened_row(passage, finding), _stored(passage)) for passage, finding in rows],
    )
    _insert(
        store,
        "findings",
        FINDINGS,
        [(finding_row(passage, finding), _stored(passage)) for passage, finding in rows],
    )
    # One from before all that, which an exemption set aside.
    passage, finding = rows[0]
    before = replace(passage, started_at_ns=passage.started_at_ns - _A_MONTH_NS)
    set_aside = finding_row(before, finding, Ground("permit", "Has a permit."))
    _insert(store, "findings", FINDINGS, [(("set-aside", *set_aside[1:]), _stored(before))])
    store.insert("evidence_index", _EVIDENCE, [row for each in found for row in _evidence_rows(each)])
    gaps = [_gap_row(each, findings[each.passage.passage_id]) for each in found if not each.complete]
    store.insert("evidence_gaps", ("case_id", "digest", "kind", "opened_at", "sign"), gaps)
    decided = [each.decision for each in found if each.decision]
    decided.sort(key=lambda decision: decision.decided_at_ns)
    accept_decisions(
        store,
        Batch(
            decisions=[
                (Record(Topic.DECISIONS, each.case_id, encode(each), 0, offset), each)
                for offset, each in enumerate(decided)
            ]
        ),
    )
    beats = [(heartbeat_row(each), each.sent_at_ns // 1_000_000 + _ARRIVED_MS) for each in traffic.heartbeats]
    _insert(store, "heartbeats", HEARTBEATS, beats)
    # Some hours and days are rewritten, the others wait and are counted as they are.
    for _ in range(2):
        rewrite_hours(store, at_most=1000, settles_s=0)
        rewrite_days(store, at_most=10, settles_s=0)
    store.insert("cameras", _CAMERAS, [_camera_row(camera) for camera in CAMERAS])


def finding_of(violation: Violation) -> Finding:
    """What the rule found."""
    speed = violation.passage.speed
    policy = ("sim-town-2026", "1")
    if violation.offence != "speeding" or speed.speed_kmh is None:
        return Finding(
            violation.offence, 1.2, "s", 0.1, 0.4, 0.8, 0.0, *policy, "The light was red for 1.2 s."
        )
    measured, allowed = speed.speed_kmh, violation.limit_kmh
    return Finding(
        "speeding",
        measured,
        "km/h",
        speed.uncertainty_kmh,
        3.0,
        measured - 3.0,
        allowed,
        *policy,
        f"{measured} km/h where {allowed} km/h are allowed.",
    )


def _insert(store: Store, table: str, columns: list[str], rows: list[tuple[tuple[Any, ...], int]]) -> None:
    store.insert(table, [*columns, "recorded_at"], [(*row, recorded) for row, recorded in rows])


def _stored(passage: Passage) -> int:
    """When the centre had it: milliseconds."""
    return passage.ended_at_ns // 1_000_000 + _ARRIVED_MS


_EVIDENCE = [
    "digest", "passage_id", "fact", "camera_id", "media_type", "sealed", "size_bytes", "recorded_at",
]  # fmt: skip
_CAMERAS = ["camera_id", "site_id", "site_name", "policy_id", "policy_version", "calibration_id"]


def _evidence_rows(violation: Violation) -> list[tuple[Any, ...]]:
    """Every piece is kept; the bytes of the second never came where the case is not complete."""
    passage = violation.passage
    rows = []
    for number, piece in enumerate(passage.evidence):
        at_ns = _stored(passage) * 1_000_000
        about = (piece.digest, passage.passage_id)
        rows.append((*about, "kept", passage.camera_id, piece.media_type, False, 0, at_ns))
        if violation.complete or number == 0:
            rows.append((*about, "stored", passage.camera_id, piece.media_type, False, 60_000, at_ns))
    return rows


def _gap_row(violation: Violation, finding: Finding) -> tuple[Any, ...]:
    passage = violation.passage
    piece = passage.evidence[1]
    case = violation_id(passage.passage_id, finding.offence)
    return (uuid.UUID(case), piece.digest, piece.kind, _stored(passage), 1)


def _camera_row(camera: str) -> tuple[Any, ...]:
    return (camera, ROADS[camera].site, camera.replace("-", " "), "sim-town-2026", "1", f"{camera}-2026")
