"""Plates in a still image of any size: found at several scales, fitted tightly, read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detectors.boxes import areas, intersections, to_xyxy
from detectors.letterbox import Image
from detectors.plates import WORTH_A_LOOK, PlateDetector
from detectors.reading import CharacterReading, PlateReader
from detectors.regions import cut
from detectors.vehicles import VehicleDetector
from detectors.yolo import Detection
from streams.messages import Box

#: Up to this longest side the whole image shows its plates large enough.
_ONE_LOOK_PX = 1000
#: The side of a tile that is aimed at, how far tiles overlap, and how many fit along one side at most.
_TILE_PX, _TILE_OVERLAP, _MOST_TILES = 800, 0.2, 4
_TILE_INPUT_PX = 640
#: A read that a calibrated reader holds for less likely right than this is no answer.
LEAST_LEGIBLE = 0.3
#: Two boxes that share this part of the smaller one are the same plate.
_SAME = 0.5


@dataclass(frozen=True)
class StillPlate:
    """One plate of an image: its box in px, its text (None: unreadable), and how sure that is, 0..1.

    ``raw`` is what the reader wrote, legible or not; ``characters`` are the probabilities of its characters,
    one each. ``region`` is the likeliest country or region, where the reader estimates one.
    """

    box: Box
    text: str | None
    raw: str
    confidence: float
    characters: tuple[float, ...]
    region: str | None


def read_plates_in_image(
    image: Image,
    plate_detector: PlateDetector,
    reader: PlateReader,
    vehicles: VehicleDetector | None = None,
    *,
    margin: float = 0.04,
) -> list[StillPlate]:
    """Find and read the plates of one BGR image (H, W, 3), the most certain box first.

    ``vehicles`` helps in large images, where a plate may be small: each vehicle is looked at by itself. A
    plate's crop is its box widened by ``margin`` of its sides.
    """
    found = find_plates(image, plate_detector, vehicles)
    crops = [cut(image, plate.box, margin) for plate in found]
    readings = reader.read([crop.pixels for crop in crops if crop is not None])
    return [_shown(plate.box, reading) for plate, reading in zip(found, readings, strict=True)]


def _shown(box: Box, reading: CharacterReading) -> StillPlate:
    sure = reading.confidence if reading.probability is None else reading.probability
    legible = reading.text and (reading.probability is None or sure >= LEAST_LEGIBLE)
    region = reading.regions[0].region if reading.regions else None
    return StillPlate(box, reading.text if legible else None, reading.text, sure, reading.characters, region)


def find_plates(
    image: Image, plate_detector: PlateDetector, vehicles: VehicleDetector | None = None
) -> list[Detection]:
    """The plates of one image, each once, with boxes as tight as a second, closer look makes them."""
    found = plate_detector.detect(image, confidence=WORTH_A_LOOK)
    height, width = image.shape[:2]
    if max(height, width) > _ONE_LOOK_PX:
        boxes = tiles(width, height)
        seen = plate_detector.detect_in_crops(
            image, boxes, margin=0, crop_size=_TILE_INPUT_PX, vehicles=False, confidence=WORTH_A_LOOK
        )
        for tile, plates in zip(boxes, seen, strict=True):
            found += [plate for plate in plates if not _cut_off(plate.box, tile, width, height)]
        if vehicles is not None:
            shown = [vehicle.box for vehicle in vehicles.detect(image)]
            for plates in plate_detector.detect_in_crops(image, shown, confidence=WORTH_A_LOOK):
                found += plates
    return each_once(plate_detector.look_again(image, each_once(found)))


def each_once(found: Sequence[Detection]) -> list[Detection]:
    """Of boxes that show the same plate the most confident one, the most confident plate first."""
    kept: list[Detection] = []
    for plate in sorted(found, key=lambda d: -d.confidence):
        box = to_xyxy([plate.box])
        others = to_xyxy([d.box for d in kept])
        shared = intersections(box, others) / np.minimum(areas(box)[:, None], areas(others)[None, :])
        if not (shared > _SAME).any():
            kept.append(plate)
    return kept


def tiles(width: int, height: int) -> list[Box]:
    """Overlapping tiles that cover an image, about 800 px a side."""
    return [
        Box(left, top, right - left, bottom - top)
        for top, bottom in _stretches(height)
        for left, right in _stretches(width)
    ]


def _stretches(length: int) -> list[tuple[int, int]]:
    count = min(_MOST_TILES, -(-length // _TILE_PX))
    reach = length / count * (1 + _TILE_OVERLAP) if count > 1 else length
    starts = [(length - reach) * i / max(1, count - 1) for i in range(count)]
    return [(round(start), round(start + reach)) for start in starts]


def _cut_off(plate: Box, tile: Box, width: int, height: int) -> bool:
    """Whether a plate touches an edge of its tile that is not an edge of the image."""
    near = 2.0
    return (
        (tile.x > 0 and plate.x - tile.x < near)
        or (tile.y > 0 and plate.y - tile.y < near)
        or (tile.x + tile.w < width and tile.x + tile.w - plate.x - plate.w < near)
        or (tile.y + tile.h < height and tile.y + tile.h - plate.y - plate.h < near)
    )
