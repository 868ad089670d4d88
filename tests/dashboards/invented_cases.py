"""The passages of the invented scenes, with their pictures and findings, and how they get into the store."""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Sequence
from functools import cache

from enforcement.case_plate import plate_of_case
from enforcement.evidence import EvidenceFolder
from enforcement.evidence_index import EvidenceIndex
from enforcement.register import match_many
from enforcement.rows import CASE_EVENTS, VIOLATIONS, opened_row, violation_row
from enforcement.store import Store
from streams.identity import identify
from streams.messages import (
    Box,
    BudgetTerm,
    CharacterCandidate,
    EvidenceItem,
    EvidenceReference,
    LampPhase,
    Leader,
    Passage,
    PlateReading,
    SpeedMeasurement,
    TrackPoint,
)
from tests.dashboards.invented_law import LAW, finding_of
from tests.dashboards.invented_offences import FRAME_S, LENGTH_M, Scene
from tests.dashboards.invented_passages import SECOND_NS, Invented, reading_of, spaced
from tests.dashboards.invented_roads import PAINT
from tests.dashboards.invented_scene import Mark, colour_of, crop_plate, draw_scene, jpeg, to_picture

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
    track = tuple(_point(scene, t, chance) for t in _times(scene))
    wanted = {"frame": scene.pictured_s, "plate": scene.pictured_s}
    if scene.positions_s:
        wanted |= dict(zip(("before", "after"), scene.positions_s, strict=True))
    pictures = [_picture(scene, passage_id, kind, at_s) for kind, at_s in wanted.items()]
    box = pictures[0][0].vehicle_box
    assert box is not None
    passage = Passage(
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
        speed=_speed(scene, len(track)),
        plate=_plate(scene, track, box, chance),
        evidence=tuple(reference for reference, _ in pictures),
        calibration_id=f"{scene.camera}-2026-05",
        models={"vehicles": "roadwitness-vehicles 1", "reader": "roadwitness-reader 1"},
        tracked_part="rear",
        length_m=scene.length_m,
        length_sigma_m=0.2,
        lamps=_lamps(scene),
        leader=_leader(scene, chance),
        clock_sigma_ms=5.0,
    )
    return passage, tuple(item for _, item in pictures)


@cache
def entry_of(scene: Scene) -> tuple[tuple[EvidenceReference, ...], tuple[EvidenceItem, ...]]:
    """The picture at the entry of the section that a scene's vehicle left."""
    if scene.offence != "average_speed" or scene.other is None:
        return (), ()
    camera, at_s, _ = scene.other
    reference, item = _picture(scene, identify("passage", camera), "frame", at_s, place=(1.2, 15.0), marks=())
    return (reference,), (item,)


def keep_cases(store: Store, evidence: EvidenceFolder, scenes: Sequence[Scene]) -> None:
    """Put the scenes' cases into the store, as the worker does when a rule has found them."""
    index = EvidenceIndex(store, evidence)
    facts, violations, events = [], [], []
    for scene in scenes:
        passage, items = passage_of(scene)
        entry_references, entry_items = entry_of(scene)
        finding = finding_of(scene, passage, entry_references)
        for item in (*items, *entry_items):
            evidence.put(item.digest, item.content, item.media_type, item.sealed)
            facts.append(index.stored(item))
        plate = plate_of_case(passage.plate, LAW.prior)
        keeper = match_many(store, [plate.text or ""]).get(plate.text or "")
        violations.append(violation_row(passage, finding, plate, keeper))
        events.append(opened_row(passage, finding))
    index.record(facts)
    store.insert("violations", VIOLATIONS, violations)
    store.insert("case_events", CASE_EVENTS, events)


def _times(scene: Scene) -> list[float]:
    return [index * FRAME_S for index in range(round(scene.lasts_s / FRAME_S) + 1)]


def _point(scene: Scene, t: float, chance: random.Random, ahead_m: float = 0.0) -> TrackPoint:
    x_m, y_m = scene.way(t)
    x_m, y_m = x_m + chance.gauss(0, 0.02), y_m + ahead_m + chance.gauss(0, 0.03)
    x_px, y_px = to_picture(x_m, y_m)
    return TrackPoint(scene.started_ns + round(t * SECOND_NS), x_px, y_px, x_m, y_m, 0.08)


def _speed(scene: Scene, points: int) -> SpeedMeasurement:
    if scene.speed_kmh is None:
        return SpeedMeasurement(None, void_reason="the vehicle stood still")
    return SpeedMeasurement(
        speed_kmh=scene.speed_kmh,
        uncertainty_kmh=round(2 * math.hypot(*(term.standard_kmh for term in BUDGET)), 2),
        base_m=scene.speed_kmh / 3.6 * scene.lasts_s,
        duration_s=scene.lasts_s,
        points=points,
        residual_m=0.043,
        acceleration_ms2=0.0,
        at_ns=scene.started_ns + round(scene.lasts_s / 2 * SECOND_NS),
        tracked="plate",
        tracked_height_m=0.55,
        budget=BUDGET,
    )


def _plate(scene: Scene, track: tuple[TrackPoint, ...], box: Box, chance: random.Random) -> PlateReading:
    """Read without any doubt, since the register may only be asked about such a plate."""
    lattice = tuple((CharacterCandidate(one, 0.9999),) for one in scene.plate)
    seen = reading_of(Invented(scene.plate, 0.0, 0.0), scene.plate, list(track), box, chance)
    return PlateReading(scene.plate, 0.999, lattice, seen.reads)


def _leader(scene: Scene, chance: random.Random) -> Leader | None:
    if scene.leader_gap_m is None:
        return None
    gap_m = scene.length_m + scene.leader_gap_m
    track = tuple(_point(scene, t, chance, ahead_m=gap_m) for t in _times(scene))
    return Leader("leader", "car", track, "rear", LENGTH_M)


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


def _picture(
    scene: Scene,
    passage_id: str,
    kind: str,
    at_s: float,
    place: tuple[float, float] | None = None,
    marks: tuple[Mark, ...] | None = None,
) -> tuple[EvidenceReference, EvidenceItem]:
    x_m, y_m = place or scene.way(at_s)
    lamp = next((state for state, begins, ends in scene.lamps if begins <= at_s < ends), "")
    paint = PAINT[scene.camera] if marks is None else marks
    colour = colour_of(len(scene.offence))
    picture, vehicle, plate_box = draw_scene(spaced(scene.plate), colour, x_m, y_m, 1, paint, lamp)
    shown = crop_plate(picture, plate_box) if kind == "plate" else picture
    content = jpeg(shown)
    digest = hashlib.sha256(content).hexdigest()
    reference = EvidenceReference(
        kind=kind,
        digest=digest,
        media_type="image/jpeg",
        captured_at_ns=scene.started_ns + round(at_s * SECOND_NS),
        width_px=shown.width,
        height_px=shown.height,
        vehicle_box=vehicle,
        plate_box=plate_box,
        plate_text=scene.plate,
    )
    return reference, EvidenceItem(digest, "image/jpeg", False, passage_id, scene.camera, content)
