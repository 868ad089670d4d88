"""What the shipped models see on the two real clips, against boxes drawn by eye."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import numpy as np
import pytest

from detectors.boxes import iou_matrix, to_xyxy
from detectors.capture import open_source
from detectors.manifest import ModelManifest
from detectors.plates import PlateDetector
from detectors.still import find_plates
from detectors.vehicles import VehicleDetector
from streams.messages import Box

SHARED = Path(os.environ.get("ROADWITNESS_SHARED", Path(__file__).parents[3] / "shared" / "data"))
CLIPS = SHARED / "clips" if (SHARED / "clips").is_dir() else SHARED / "data" / "clips"

pytestmark = [
    pytest.mark.clips,
    pytest.mark.skipif(not CLIPS.is_dir(), reason=f"the real clips are missing: {CLIPS}"),
    pytest.mark.skipif(
        not {"vehicles", "plates"} <= {entry.name for entry in ModelManifest.load().entries},
        reason="detectors/models lacks vehicles.onnx or plates.onnx",
    ),
]


@pytest.fixture(scope="module")
def vehicles() -> VehicleDetector:
    return VehicleDetector(threads=2)


@pytest.fixture(scope="module")
def plates() -> PlateDetector:
    return PlateDetector(threads=2)


def frame_of(clip: str, index: int) -> np.ndarray:
    source = open_source(str(CLIPS / clip), 0)
    return next(frame.image for frame in source.frames() if frame.index == index)


def best_overlap(boxes: list[Box], wanted: Box) -> float:
    return float(iou_matrix(to_xyxy([wanted]), to_xyxy(boxes)).max()) if boxes else 0.0


@pytest.mark.parametrize(
    ("clip", "frames", "between_ms"), [("gantry-720p.mp4", 155, 40.0), ("approach-1080p.mp4", 226, 1000 / 30)]
)
def test_every_frame_comes_at_its_time(clip: str, frames: int, between_ms: float) -> None:
    source = open_source(str(CLIPS / clip))
    times = [frame.captured_at_ns for frame in source.frames()]
    assert len(times) == source.frame_count == frames
    steps = [(after - before) / 1e6 for before, after in itertools.pairwise(times)]
    assert steps == pytest.approx([between_ms] * (frames - 1), abs=0.05)


@pytest.mark.parametrize(
    "vehicle",
    [
        pytest.param(Box(426, 214, 146, 177), id="bus"),
        pytest.param(Box(725, 252, 98, 152), id="small lorry"),
        pytest.param(Box(828, 257, 100, 75), id="silver car"),
        pytest.param(Box(894, 436, 150, 187), id="van"),
        pytest.param(Box(1008, 392, 141, 119), id="red car behind the van"),
    ],
)
def test_each_vehicle_in_front_has_one_box(vehicles: VehicleDetector, vehicle: Box) -> None:
    found = vehicles.detect(frame_of("gantry-720p.mp4", 30))
    overlap = iou_matrix(to_xyxy([vehicle]), to_xyxy([d.box for d in found]))[0]
    assert overlap.max() > 0.75
    assert (overlap > 0.4).sum() == 1


def test_the_plates_in_front_are_found_on_their_vehicles(
    vehicles: VehicleDetector, plates: PlateDetector
) -> None:
    image = frame_of("gantry-720p.mp4", 30)
    found = plates.detect_in_crops(image, [d.box for d in vehicles.detect(image) if d.box.w > 90])
    best = [some[0].box for some in found if some]
    assert best_overlap(best, Box(962, 579, 40, 18)) > 0.5
    assert best_overlap(best, Box(1078, 477, 33, 14)) > 0.4


@pytest.mark.parametrize(
    ("index", "plate"),
    [(75, Box(836, 158, 45, 34)), (90, Box(667, 391, 76, 51)), (95, Box(553, 536, 104, 67))],
)
def test_the_one_plate_of_the_approaching_car_is_found_alone(
    vehicles: VehicleDetector, plates: PlateDetector, index: int, plate: Box
) -> None:
    image = frame_of("approach-1080p.mp4", index)
    found = find_plates(image, plates, vehicles)
    assert len(found) == 1
    assert best_overlap([found[0].box], plate) > 0.6
