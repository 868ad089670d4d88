"""Detectors that others exported with Ultralytics stand in for ours: their shapes, and their names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tiny_onnx import raw_output, write_model

from detectors.classes import as_plates, as_road_users
from detectors.onnx_session import ModelUnusable
from detectors.plates import PlateDetector
from detectors.vehicles import VehicleDetector
from streams.messages import Box

#: COCO's names at the indices that matter; the rest have names of no road user.
COCO = {index: f"thing {index}" for index in range(80)} | {
    0: "person",
    1: "bicycle",
    2: "car",
    3: "motorcycle",
    5: "bus",
    7: "truck",
}
IMAGE = np.zeros((640, 640, 3), np.uint8)
ANCHORS = 8400
DYNAMIC, FIXED = ("batch", 3, "height", "width"), (1, 3, 640, 640)

#: What the models see: a truck (twice, as a detector without suppression does), a person, and a thing.
SEEN = [
    ((100.0, 100.0, 300.0, 250.0), 7, 0.9),
    ((104.0, 100.0, 304.0, 250.0), 7, 0.6),
    ((400.0, 100.0, 440.0, 220.0), 0, 0.8),
    ((500.0, 500.0, 600.0, 600.0), 60, 0.95),
]


def raw(classes: int, anchors: int = ANCHORS) -> np.ndarray:
    """[1, 4 + classes, anchors]: YOLOv8, 9, 11 and 12 without suppression inside."""
    rows = []
    for corners, index, score in SEEN:
        scores = [0.0] * classes
        scores[index % classes] = score
        rows.append((*corners, scores))
    output = np.zeros((1, 4 + classes, anchors), np.float32)
    output[:, :, : len(rows)] = raw_output(rows)
    return output


def suppressed(most: int = 300) -> np.ndarray:
    """[1, boxes, 6]: nms=True, and YOLOv10 and YOLO26, which find each thing once by themselves."""
    output = np.zeros((1, most, 6), np.float32)
    kept = [seen for seen in SEEN if seen[2] != 0.6]
    for place, (corners, index, score) in enumerate(sorted(kept, key=lambda seen: -seen[2])):
        output[0, place] = [*corners, score, index]
    return output


@pytest.mark.parametrize(
    ("output", "shape"),
    [
        pytest.param(raw(80), DYNAMIC, id="yolov8, yolo11, dynamic"),
        pytest.param(raw(80), FIXED, id="yolov8, yolo11, one size"),
        pytest.param(raw(80, 34000), FIXED, id="yolov8-p2, which has more anchors"),
        pytest.param(suppressed(), DYNAMIC, id="yolov8, yolo11 with nms, and yolov10, yolo26"),
        pytest.param(suppressed(100), FIXED, id="one size with nms and max_det=100"),
    ],
)
def test_every_shape_of_export_gives_the_same_road_users(
    tmp_path: Path, output: np.ndarray, shape: tuple[int | str, int | str, int | str, int | str]
) -> None:
    path = write_model(tmp_path / "theirs.onnx", output, COCO, shape)
    seen = VehicleDetector(path).detect_road_users(IMAGE)
    assert [(d.label, d.box, pytest.approx(d.confidence)) for d in seen.vehicles] == [
        ("truck", Box(100, 100, 200, 150), 0.9)
    ]
    assert [(d.label, d.box) for d in seen.people] == [("person", Box(400, 100, 40, 120))]


def test_a_model_with_coco_names_is_blind_to_nothing(tmp_path: Path) -> None:
    assert VehicleDetector(write_model(tmp_path / "m.onnx", raw(80), COCO)).blind_to is None


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (["car", "bus", "truck", "motorbike", "bicycle", "rider"], None),
        (["car", "van", "lorry", "bus", "motor", "bike", "pedestrian"], None),
        (["vehicle"], "does not know bicycle, bus, motorcycle, person, truck: none will be seen. Faces"),
        (["person", "bicycle", "car", "bus", "truck"], "does not know motorcycle: none will be seen."),
    ],
)
def test_what_a_model_will_not_see_is_said(tmp_path: Path, names: list[str], sentence: str | None) -> None:
    path = write_model(tmp_path / "m.onnx", raw(len(names)), dict(enumerate(names)))
    said = VehicleDetector(path).blind_to
    assert said is None if sentence is None else sentence in (said or "")


def test_a_model_without_vehicles_is_refused(tmp_path: Path) -> None:
    path = write_model(tmp_path / "m.onnx", raw(3), {0: "cat", 1: "dog", 2: "person"})
    with pytest.raises(ModelUnusable, match="finds cat, dog, person and no vehicle; give a detector whose"):
        VehicleDetector(path)


def test_two_classes_that_are_one_to_us_give_one_box(tmp_path: Path) -> None:
    output = raw_output([(0, 0, 99, 99, [0.7, 0, 0]), (2, 0, 101, 99, [0, 0.9, 0])])
    path = write_model(tmp_path / "m.onnx", output, {0: "motorbike", 1: "moped", 2: "car"})
    assert [(d.label, d.confidence) for d in VehicleDetector(path).detect(IMAGE)] == [
        ("motorcycle", pytest.approx(0.9))
    ]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["plate"], ["plate"]),
        (["0"], ["plate"]),
        (["License_Plate", "vehicle"], ["plate", "vehicle"]),
        (["number-plate", "licence plate two rows"], ["plate", "plate"]),
        (["car"], ["car"]),
    ],
)
def test_plates_go_by_many_names(names: list[str], expected: list[str]) -> None:
    assert list(as_plates(names)) == expected


def test_our_own_names_stay_as_they_are() -> None:
    ours = ("car", "motorcycle", "bus", "truck", "bicycle", "person")
    assert as_road_users(ours) == ours


def test_of_a_model_of_plates_and_cars_the_plates_are_taken(tmp_path: Path) -> None:
    output = raw_output([(0, 0, 400, 400, [0, 0.9]), (150, 300, 250, 330, [0.8, 0])])
    path = write_model(tmp_path / "m.onnx", output, {0: "License-Plate", 1: "car"})
    assert [(d.label, d.box) for d in PlateDetector(path).detect(IMAGE)] == [
        ("plate", Box(150, 300, 100, 30))
    ]


def test_a_model_without_plates_is_refused(tmp_path: Path) -> None:
    path = write_model(tmp_path / "m.onnx", raw(80), COCO)
    with pytest.raises(ModelUnusable, match=r"person, bicycle, car, .* and 74 more and no number plate"):
        PlateDetector(path)


@pytest.mark.parametrize(
    "output",
    [
        pytest.param(np.zeros((1, 116, ANCHORS), np.float32), id="masks"),
        pytest.param(np.zeros((1, 80), np.float32)[..., None], id="classes of whole images"),
        pytest.param(np.zeros((1, 300, 38), np.float32), id="masks with nms"),
    ],
)
def test_a_model_for_another_task_is_refused(tmp_path: Path, output: np.ndarray) -> None:
    detector = VehicleDetector(write_model(tmp_path / "m.onnx", output, COCO))
    with pytest.raises(ModelUnusable, match="export a detection model"):
        detector.detect(IMAGE)
