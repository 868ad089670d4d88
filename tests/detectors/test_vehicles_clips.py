"""Vehicles on ten frames of the gantry clip, against boxes made by hand.

Boxed are the vehicles that are at least 40 px wide and at least two thirds in view. What stands closer
together in the distance is not boxed, so false boxes cannot be counted here. Needs the models and the clip.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from detectors.boxes import iou_matrix, to_xyxy
from detectors.capture import open_source
from detectors.letterbox import Image
from detectors.manifest import ModelError, ModelManifest
from detectors.tracking import TrackerSettings
from detectors.vehicles import VehicleDetector
from detectors.yolo import Detection
from streams.messages import Box
from tests.conftest import shared_folder

pytestmark = pytest.mark.clips

BOXES: dict[int, list[Box]] = {
    int(frame): [Box(*box) for box in boxes]
    for frame, boxes in json.loads((Path(__file__).parent / "gantry-boxes.json").read_text()).items()
}


def frames() -> Iterator[tuple[int, Image]]:
    path = shared_folder() / "data" / "clips" / "gantry-720p.mp4"
    if not path.exists():
        pytest.skip(f"{path} is not there")
    source = open_source(str(path), 0)
    for frame in source.frames():
        if frame.index in BOXES:
            yield frame.index, frame.image
    source.close()


@pytest.fixture(scope="module")
def found() -> dict[int, list[Detection]]:
    try:
        detector = VehicleDetector(ModelManifest.load().path("vehicles"))
    except ModelError as error:
        pytest.skip(str(error))
    return {index: detector.detect(image) for index, image in frames()}


def recall(found: dict[int, list[Detection]], confidence: float) -> float:
    hits = 0
    for index, boxes in BOXES.items():
        sure = [d.box for d in found[index] if d.confidence >= confidence]
        if sure:
            hits += int((iou_matrix(to_xyxy(boxes), to_xyxy(sure)).max(axis=1) >= 0.5).sum())
    return hits / sum(map(len, BOXES.values()))


def test_what_the_tracker_is_given_holds_nearly_every_vehicle(found: dict[int, list[Detection]]) -> None:
    assert recall(found, 0.0) >= 0.97


def test_most_are_certain_enough_to_be_shown_by_themselves(found: dict[int, list[Detection]]) -> None:
    assert recall(found, 0.3) >= 0.9


def test_most_can_begin_a_track_on_any_one_frame(found: dict[int, list[Detection]]) -> None:
    assert recall(found, TrackerSettings().start_confidence) >= 0.6
