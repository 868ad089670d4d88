"""The passages of the invented scenes, with their pictures and findings, and how they get into the store."""

from __future__ import annotations

import hashlib
import math
import random
from functools import cache

from enforcement.case_plate import plate_of_case
from enforcement.evidence import EvidenceFolder
from enforcement.evidence_index import EvidenceIndex
from enforcement.register import match_many
from enforcement.rows import CASE_EVENTS, VIOLATIONS, opened_row, violation_row
from enforcement.rules.finding import Finding, Moment, OtherPassage
from enforcement.store import Store
from streams.identity import identify
from streams.messages import (
    Box,
    BudgetTerm,
    EvidenceItem,
    EvidenceReference,
    LampPhase,
    Leader,
    Passage,
    SpeedMeasurement,
    TrackPoint,
)
from tests.dashboards.invented_offences import FRAME_S, LENGTH_M, Scene
from tests.dashboards.invented_passages import SECOND_NS, Invented, reading_of, spaced
from tests.dashboards.invented_roads import PAINT
from tests.dashboards.invented_scene import colour_of, crop_plate, draw_scene, jpeg, to_picture

BUDGET = (
    BudgetTerm("calibration", 0.42, "systematic", "spread of the speed over the draws of the homography"),
    BudgetTerm("height of the tracked point", 0.31, "systematic", "plate height 0.55 m ± 0.15 m"),
    BudgetTerm("image noise", 0.28, "random", "residual 0.6 px over 36 points"),
    BudgetTerm("timing", 0.12, "random", "jitter of the timestamps, 0.4 ms"),
)


@cache
def passage_of(scene: Scene) -> tuple[Passage, tuple[EvidenceItem, ...]]:
    """The passage of a scene, and its pictures."""
    chance = random.Random(f"{scene.offence} {scene.seed}")
    passage_id = identify("passage", scene.camera, scene.started_ns, scene.offence)
    track = _track(scene, chance)
    wanted = {"frame": scene.pictured_s, "plate": scene.pictured_s}
    if scene.positions_s:
        wanted |= dict(zip(("before", "after"), scene.positions_s, strict=True))
    references, items = [], []
    box = Box(0, 0, 0, 0)
    for kind, at_s in wanted.items():
        content, size, vehicle, plate_box = _picture(scene, kind, at_s)
        box = vehicle if kind == "frame" else box
        digest = hashlib.sha256(content).hexdigest()
        references.append(
            EvidenceReference(
                kind=kind,
                digest=digest,
                media_type="image/jpeg",
                captured_at_ns=scene.started_ns + round(at_s * SECOND_NS),
                width_px=size[0],
                height_px=size[1],
                vehicle_box=vehicle,
                plate_box=plate_box,
                plate_text=scene.plate,
            )
        )
        items.append(EvidenceItem(digest, "image/jpeg", False, passage_id, scene.camera, content))
    middle = scene.started_ns + round(scene.lasts_s / 2 * SECOND_NS)
    speed = SpeedMeasurement(None, void_reason="the vehicle stood still")
    if scene.speed_kmh is not None:
        speed = SpeedMeasurement(
            speed_kmh=scene.speed_kmh,
            uncertainty_kmh=round(2 * math.hypot(*(term.standard_kmh for term in BUDGET)), 2),
            base_m=scene.speed_kmh / 3.6 * scene.lasts_s,
            duration_s=scene.lasts_s,
            points=len(track),
            residual_m=0.043,
            acceleration_ms2=scene.acceleration_ms2,
            at_ns=middle,
            tracked="plate",
            tracked_height_m=0.55,
            budget=BUDGET,
        )
    reads = reading_of(Invented(scene.plate, 0.0, 0.0), scene.plate, list(track), box, chance)
    leader = None
    if scene.leader_gap_m is not None:
        gap = scene.length_m + scene.leader_gap_m
        ahead = tuple(_point(scene, t, chance, ahead_m=gap) for t in _times(scene))
        leader = Leader("leader", "car", ahead, "rear", LENGTH_M)
    return Passage(
        passage_id=passage_id,
        camera_id=scene.camera,
        site_id=scene.camera.rsplit("-", 1)[0],
        vehicle=scene.vehicle,
        vehicle_confidence=0.94,
        started_at_ns=scene.started_ns,
        ended_at_ns=track[-1].captured_at_ns,
        frames=len(track),
        box=box,
        track=track,
        speed=speed,
        plate=reads,
        evidence=tuple(references),
        calibration_id=f"{scene.camera}-2026-05",
        models={"vehicles": "roadwitness-vehicles 1", "reader": "roadwitness-reader 1"},
        tracked_part="rear",
        length_m=scene.length_m,
        length_sigma_m=0.2,
        lamps=_lamps(scene),
        leader=leader,
        clock_sigma_ms=5.0,
    ), tuple(items)


def finding_of(scene: Scene) -> Finding:
    """The finding of a scene, as its rule would word it."""
    measured, unit, uncertainty, subtracted, allowed = scene.measured
    moments = []
    for name, at_s, uncertainty_ms in scene.moments:
        x_m, y_m = scene.way(at_s)
        is_here = 0.0 <= at_s <= scene.lasts_s
        moments.append(
            Moment(
                name,
                scene.started_ns + round(at_s * SECOND_NS),
                x_m if is_here else None,
                y_m + (scene.length_m if "front" in name else 0.0) if is_here else None,
                uncertainty_ms,
            )
        )
    other = None
    if scene.other:
        camera, at_s, distance_m = scene.other
        other = OtherPassage(
            camera, identify("passage", camera), scene.started_ns + round(at_s * SECOND_NS), distance_m
        )
    return Finding(
        offence=scene.offence,
        measured=measured,
        unit=unit,
        uncertainty=uncertainty,
        subtracted=subtracted,
        enforced=round(measured - subtracted, 6),
        allowed=allowed,
        policy_id="sim-town-2026",
        policy_version="3",
        explanation=f"{scene.says} (policy sim-town-2026, version 3).",
        moments=tuple(moments),
        places=scene.places,
        lamps=_lamps(scene),
        other=other,
    )


def keep_case(store: Store, evidence: EvidenceFolder, scene: Scene) -> None:
    """Put a scene's case into the store, as the worker does when a rule has found it."""
    passage, items = passage_of(scene)
    finding = finding_of(scene)
    index = EvidenceIndex(store, evidence)
    for item in items:
        evidence.put(item.digest, item.content, item.media_type, item.sealed)
    index.record([*(index.stored(item) for item in items), *index.judged(passage, kept=True)])
    plate = plate_of_case(passage.plate)
    keeper = match_many(store, [plate.text or ""]).get(plate.text or "")
    store.insert("violations", VIOLATIONS, [violation_row(passage, finding, plate, keeper)])
    store.insert("case_events", CASE_EVENTS, [opened_row(passage, finding)])


def _times(scene: Scene) -> list[float]:
    return [index * FRAME_S for index in range(round(scene.lasts_s / FRAME_S) + 1)]


def _track(scene: Scene, chance: random.Random) -> tuple[TrackPoint, ...]:
    return tuple(_point(scene, t, chance) for t in _times(scene))


def _point(scene: Scene, t: float, chance: random.Random, ahead_m: float = 0.0) -> TrackPoint:
    x_m, y_m = scene.way(t)
    x_m, y_m = x_m + chance.gauss(0, 0.02), y_m + ahead_m + chance.gauss(0, 0.03)
    x_px, y_px = to_picture(x_m, y_m)
    return TrackPoint(scene.started_ns + round(t * SECOND_NS), x_px, y_px, x_m, y_m, 0.08)


def _lamps(scene: Scene) -> tuple[LampPhase, ...]:
    return tuple(
        LampPhase(
            "K1",
            state,
            scene.started_ns + round(begins * SECOND_NS),
            scene.started_ns + round(ends * SECOND_NS),
            uncertainty_ms=40.0,
        )
        for state, begins, ends in scene.lamps
    )


def _picture(scene: Scene, kind: str, at_s: float) -> tuple[bytes, tuple[int, int], Box, Box]:
    x_m, y_m = scene.way(at_s)
    lamp = next((state for state, begins, ends in scene.lamps if begins <= at_s < ends), "")
    picture, vehicle, plate_box = draw_scene(
        spaced(scene.plate), colour_of(len(scene.offence)), x_m, y_m, 1, PAINT[scene.camera], lamp
    )
    if kind == "plate":
        picture = crop_plate(picture, plate_box)
    return jpeg(picture), picture.size, vehicle, plate_box
