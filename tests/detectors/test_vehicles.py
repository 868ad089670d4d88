from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tiny_onnx import raw_output, write_model

from detectors.manifest import ModelManifest
from detectors.providers import CHAINS
from detectors.training.publish import publish
from detectors.vehicles import VehicleDetector, one_box_each, vehicle_model
from detectors.yolo import Detection
from streams.messages import Box

NAMES = {0: "car", 1: "motorcycle", 2: "bus", 3: "truck", 4: "bicycle", 5: "person"}
IMAGE = np.zeros((320, 640, 3), np.uint8)


Corners = tuple[float, float, float, float]
Row = tuple[float, float, float, float, list[float]]


def row(label: str, score: float, box: Corners) -> Row:
    return (*box, [score if name == label else 0.0 for name in NAMES.values()])


def detector(tmp_path: Path, *rows: Row) -> VehicleDetector:
    return VehicleDetector(write_model(tmp_path / "vehicles.onnx", raw_output(list(rows)), NAMES))


@pytest.mark.parametrize(
    ("boxes", "kept"),
    [
        pytest.param({"car": (0.9, (100, 100, 200, 160))}, {"car"}, id="a car"),
        pytest.param(
            {"bus": (0.6, (100, 100, 300, 250)), "truck": (0.8, (105, 100, 305, 250))},
            {"truck"},
            id="one vehicle taken for two kinds",
        ),
        pytest.param(
            {"truck": (0.7, (100, 50, 300, 300)), "car": (0.6, (120, 180, 280, 300))},
            {"truck"},
            id="the cab of a lorry",
        ),
        pytest.param(
            {"bus": (0.7, (100, 50, 300, 250)), "car": (0.6, (150, 190, 290, 262))},
            {"bus", "car"},
            id="a car before a bus",
        ),
        pytest.param(
            {"bus": (0.35, (90, 40, 400, 300)), "car": (0.9, (110, 150, 250, 290))},
            {"car"},
            id="a loose box around a certain one",
        ),
        pytest.param(
            {"motorcycle": (0.8, (120, 180, 180, 290)), "car": (0.6, (100, 100, 300, 300))},
            {"motorcycle", "car"},
            id="a motorcycle beside a car",
        ),
    ],
)
def test_each_vehicle_has_one_box(
    tmp_path: Path, boxes: dict[str, tuple[float, Corners]], kept: set[str]
) -> None:
    rows = [row(label, score, box) for label, (score, box) in boxes.items()]
    assert {found.label for found in detector(tmp_path, *rows).detect(IMAGE)} == kept


def test_a_box_around_two_cars_that_stand_apart_is_dropped() -> None:
    left, right = Box(100, 100, 90, 60), Box(210, 105, 90, 60)
    both = Box(98, 98, 205, 70)
    found = [Detection(left, "car", 0.8), Detection(right, "car", 0.7), Detection(both, "car", 0.6)]
    assert [d.box for d in one_box_each(found)] == [left, right]


def test_people_and_bicycles_are_found_and_are_no_vehicles(tmp_path: Path) -> None:
    found = detector(
        tmp_path,
        row("person", 0.8, (10, 10, 40, 90)),
        row("bicycle", 0.7, (100, 40, 160, 90)),
        row("car", 0.6, (300, 100, 400, 160)),
    ).detect_road_users(IMAGE)
    assert [d.label for d in found.vehicles] == ["car"]
    assert [d.label for d in found.people] == ["person", "bicycle"]


def test_what_is_too_small_to_be_told_is_left_out(tmp_path: Path) -> None:
    assert detector(tmp_path, row("car", 0.9, (100, 100, 111, 140))).detect(IMAGE) == []


def test_the_surest_vehicle_comes_first_whatever_its_kind(tmp_path: Path) -> None:
    found = detector(
        tmp_path,
        row("car", 0.6, (300, 100, 400, 160)),
        row("motorcycle", 0.9, (10, 10, 60, 90)),
        row("bus", 0.7, (100, 100, 250, 260)),
    ).detect(IMAGE)
    assert [d.label for d in found] == ["motorcycle", "bus", "car"]


def manifest_of(folder: Path, names: list[str], behind: ModelManifest | None = None) -> ModelManifest:
    folder.mkdir()
    for name in names:
        file = write_model(folder / f"{name}.onnx", raw_output([row("car", 0.9, (0, 0, 99, 99))]), NAMES)
        publish(file, name=name, base="none", trained_on=["nothing"], metrics={}, folder=folder)
    return ModelManifest(folder, ModelManifest.load(folder).entries, behind)


@pytest.mark.parametrize(
    ("providers", "name"),
    [
        pytest.param(None, "vehicles", id="by default"),
        pytest.param(CHAINS["cpu"], "vehicles", id="a CPU"),
        pytest.param(CHAINS["openvino"], "vehicles", id="OpenVINO"),
        pytest.param(CHAINS["cuda"], "vehicles_float", id="a GPU"),
        pytest.param(CHAINS["tensorrt"], "vehicles_float", id="TensorRT"),
    ],
)
def test_a_cpu_gets_the_model_in_8_bits_and_a_gpu_the_one_in_float(
    tmp_path: Path, providers: tuple[str, ...] | None, name: str
) -> None:
    manifest = manifest_of(tmp_path / "models", ["vehicles", "vehicles_float"])
    assert vehicle_model(manifest, providers) == (name, tmp_path / "models" / f"{name}.onnx")


def test_a_detector_of_ones_own_is_not_passed_over_for_ours_in_float(tmp_path: Path) -> None:
    shipped = manifest_of(tmp_path / "shipped", ["vehicles", "vehicles_float"])
    own = manifest_of(tmp_path / "own", ["vehicles"], shipped)
    assert vehicle_model(own, CHAINS["cuda"]) == ("vehicles", tmp_path / "own" / "vehicles.onnx")
