"""Reading the plate on a vehicle's best shots: whose plate it is, what each shot says, and what all say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from detectors.alignment import blend, distance
from detectors.bestshot import Shot
from detectors.consensus import ConsensusSettings, SightedRead, combine
from detectors.letterbox import Image
from detectors.plates import CROP_CONFIDENCE
from detectors.reading import PlateReader
from detectors.regions import cut
from detectors.stageclock import StageClock
from detectors.tracking import TrackedVehicle
from detectors.yolo import Detection
from streams.messages import Box, PlateReading

#: A find wider than this part of the vehicle is the vehicle itself, not its plate.
WIDEST_PLATE_PART = 0.6
TALLEST_PLATE_PART = 0.4
_CROP_INPUT_PX = 320
_DIFFERENT = 3


class PlateFinder(Protocol):
    """Finds plates, as :class:`detectors.plates.PlateDetector` does."""

    def detect(
        self, image: Image, input_size: int | None = None, confidence: float | None = None
    ) -> list[Detection]:
        """The plates in one BGR image that are at least so certain, boxes in its pixels."""
        ...


@dataclass(frozen=True, eq=False)
class PlateShot:
    """A shot with its own plate: where the plate is (px of the full frame) and what was read there."""

    shot: Shot
    read: SightedRead


@dataclass(frozen=True, eq=False)
class TrackPlate:
    """What the shots of one vehicle say. ``changed`` is True when they show two different plates clearly."""

    reading: PlateReading
    plate_shots: tuple[PlateShot, ...]
    changed: bool = False

    @property
    def best(self) -> PlateShot | None:
        """The shot on which the agreed plate was read best; without one, the shot that was read best."""
        if not self.plate_shots:
            return None
        text = self.reading.text or ""
        return min(
            self.plate_shots,
            key=lambda p: (
                distance(p.read.reading.text, text) if text else 0,
                -p.read.reading.confidence * min(p.read.box.w, 100.0),
                p.read.captured_at_ns,
            ),
        )


def read_shots(
    shots: Sequence[Shot],
    finder: PlateFinder,
    reader: PlateReader,
    clock: StageClock,
    settings: ConsensusSettings | None = None,
) -> TrackPlate:
    """Find and read the plate of one vehicle on each of its shots, and combine the reads."""
    found: list[tuple[Shot, Box, list[Image]]] = []
    with clock.stage("plates"):
        for shot in shots:
            box = own_plate(shot, plate_finds(shot, finder))
            inner = Box(box.x - shot.left, box.y - shot.top, box.w, box.h) if box else None
            crops = [cut(shot.pixels, inner, margin) for margin in reader.framings] if inner else []
            framed = [crop.pixels for crop in crops if crop is not None]
            if box is not None and framed:
                found.append((shot, box, framed))
    with clock.stage("reading"):
        read = iter(reader.read([pixels for _, _, framed in found for pixels in framed]))
        readings = [blend([next(read) for _ in framed]) for _, _, framed in found]
    plate_shots = tuple(
        PlateShot(shot, SightedRead(shot.still.captured_at_ns, box, reading))
        for (shot, box, _), reading in zip(found, readings, strict=True)
    )
    reads = [p.read for p in plate_shots]
    if plate_changes(reads, settings):
        shown = combine(reads, settings)
        return TrackPlate(PlateReading(None, 0.0, (), shown.reads), plate_shots, changed=True)
    return TrackPlate(combine(reads, settings), plate_shots)


def plate_finds(shot: Shot, finder: PlateFinder) -> list[Detection]:
    """All plates on a shot, boxes in its pixels."""
    return finder.detect(shot.pixels, _CROP_INPUT_PX, CROP_CONFIDENCE)


def own_plate(shot: Shot, plates: Sequence[Detection]) -> Box | None:
    """The box, in px of the full frame, of the likeliest plate that is this vehicle's own.

    Where the vehicle's box also covers part of a nearer vehicle, a plate there is the nearer one's.
    """
    own: list[Detection] = []
    for plate in plates:
        box = Box(plate.box.x + shot.left, plate.box.y + shot.top, plate.box.w, plate.box.h)
        vehicle = shot.vehicle.box
        if plate.box.w > WIDEST_PLATE_PART * vehicle.w or plate.box.h > TALLEST_PLATE_PART * vehicle.h:
            continue
        if _holder(box, shot.still.vehicles, shot.vehicle) == shot.vehicle.track_id:
            own.append(Detection(box, plate.label, plate.confidence))
    return max(own, key=lambda d: (d.confidence, d.box.w)).box if own else None


def _holder(plate: Box, vehicles: Sequence[TrackedVehicle], fallback: TrackedVehicle) -> int:
    x, y = plate.x + plate.w / 2, plate.y + plate.h / 2
    holding = [v for v in vehicles if v.box.x <= x <= v.box.x + v.box.w and v.box.y <= y <= v.box.y + v.box.h]
    nearest = max(holding, key=lambda v: v.box.y + v.box.h, default=fallback)
    return nearest.track_id


def plate_changes(reads: Sequence[SightedRead], settings: ConsensusSettings | None = None) -> bool:
    """Whether the reads, in time, show first one plate and then quite another, both clearly.

    That is two vehicles in one track: its speed and its plate may belong to different ones.
    """
    ordered = sorted(reads, key=lambda r: r.captured_at_ns)
    # Half of the reads settle less than all do, and here the doubt must count against the measurement.
    lenient = replace(settings or ConsensusSettings(), least_confidence=0.5, least_margin=2.0)
    for border in range(2, len(ordered) - 1):
        before = combine(ordered[:border], lenient).text
        after = combine(ordered[border:], lenient).text if before else None
        if before and after and distance(before, after) >= _DIFFERENT:
            return True
    return False
