"""Real Ultralytics exports of several families, run here, against what Ultralytics itself finds with them.

The networks are built from their YAML with chance weights; YOLOv8n also with its COCO weights, where the
shared data is at hand. Needs the ``train`` extra.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from detectors.boxes import iou_matrix, to_xyxy
from detectors.classes import as_road_users
from detectors.providers import CPU
from detectors.vehicles import VehicleDetector
from detectors.yolo import Detection, YoloDetector
from tests.conftest import shared_folder

os.environ.setdefault("YOLO_OFFLINE", "true")
torch = pytest.importorskip("torch", reason="optional: needs the extra train")
ultralytics = pytest.importorskip("ultralytics", reason="optional: needs the extra train")

SIZE = 160
COCO_WEIGHTS = shared_folder() / "data" / "weights" / "yolov8n_coco.safetensors"


def image_of(height: int, width: int) -> np.ndarray:
    """Blocks of colour, so that a network of chance weights has something to differ about."""
    small = np.random.default_rng(7).integers(0, 255, (height // 16, width // 16, 3), np.uint8)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_NEAREST)


def network(name: str) -> Any:
    """A detector of chance weights whose scores differ, where those of a fresh one are all alike."""
    torch.manual_seed(3)
    model = ultralytics.YOLO(name)
    layers = model.model
    for module in layers.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = None
    pixels = torch.from_numpy(image_of(SIZE, SIZE)[..., ::-1].copy()).permute(2, 0, 1)[None].float() / 255
    layers.train()
    with torch.no_grad():
        layers(torch.cat([pixels, pixels.flip(3)]))
    layers.eval()
    head = layers.model[-1]
    last = [branch[-1] for branch in (*head.cv3, *(getattr(head, "one2one_cv3", None) or ()))]
    hooks = [layer.register_forward_hook(spread) for layer in last]
    with torch.no_grad():
        layers(pixels)
    for hook in hooks:
        hook.remove()
    return model


def spread(layer: Any, inputs: tuple[Any, ...], output: Any) -> None:
    """Let a layer's scores lie around 0.02 and none near 1, where all would be alike."""
    layer.weight *= 1.2 / output.std()
    layer.bias.fill_(-4.0 - 1.2 * float((output - layer.bias.view(1, -1, 1, 1)).mean() / output.std()))


def export(model: Any, folder: Path, name: str, **how: Any) -> Path:
    model.ckpt_path = str(folder / f"{name}.pt")
    model.model.pt_path = model.ckpt_path
    return Path(model.export(format="onnx", imgsz=SIZE, opset=17, simplify=False, verbose=False, **how))


def theirs(path: Path, image: np.ndarray, confidence: float) -> list[tuple[list[float], str, float]]:
    """What Ultralytics finds with the same file."""
    runner = ultralytics.YOLO(path, task="detect")
    found = runner.predict(
        image, imgsz=SIZE, conf=confidence, iou=1.0, max_det=3000, verbose=False, rect=False
    )[0]
    return [
        (box, found.names[int(index)], float(score))
        for box, index, score in zip(
            found.boxes.xyxy.tolist(), found.boxes.cls.tolist(), found.boxes.conf.tolist(), strict=True
        )
    ]


def agreement(ours: list[Detection], others: list[tuple[list[float], str, float]]) -> float:
    """The part of the others' boxes of which we have one of the same label at IoU above 0.95."""
    overlap = iou_matrix(
        np.asarray([box for box, _, _ in others], np.float32), to_xyxy([d.box for d in ours])
    )
    same = np.asarray([[d.label == label for d in ours] for _, label, _ in others])
    return float(((overlap > 0.95) & same).any(axis=1).mean())


@pytest.mark.parametrize(
    ("family", "how"),
    [
        pytest.param("yolov8n.yaml", {"dynamic": True}, id="yolov8 dynamic"),
        pytest.param("yolov8n.yaml", {}, id="yolov8 one size"),
        pytest.param("yolov8n.yaml", {"nms": True, "conf": 0.05, "iou": 0.6}, id="yolov8 nms"),
        pytest.param("yolo11n.yaml", {"dynamic": True}, id="yolo11 dynamic"),
        pytest.param("yolo11n.yaml", {"nms": True, "conf": 0.05, "iou": 0.6}, id="yolo11 nms"),
        pytest.param("yolo12n.yaml", {"dynamic": True}, id="yolo12 dynamic"),
        pytest.param("yolov10n.yaml", {"dynamic": True}, id="yolov10 end to end"),
        pytest.param("yolo26n.yaml", {"dynamic": True}, id="yolo26 end to end"),
        pytest.param("yolov8n.yaml", {"batch": 2}, id="yolov8 batch of two"),
        pytest.param("yolov8n.yaml", {"dynamic": True, "half": True}, id="yolov8 half asked for on a CPU"),
    ],
)
def test_an_export_finds_here_what_ultralytics_finds_with_it(
    tmp_path: Path, family: str, how: dict[str, Any]
) -> None:
    path = export(network(family), tmp_path, "theirs", **how)
    image = image_of(SIZE, SIZE)
    # Nothing is suppressed on either side: which of two equals stays says nothing about understanding a file.
    detector = YoloDetector(path, input_size=SIZE, confidence=0.05, iou=1.0, providers=CPU)
    surest = detector.detect(image)[:100]
    assert len(surest) >= 8, "the chance network finds too little to compare"
    ours = detector.detect(image, confidence=surest[-1].confidence)
    if how.get("batch") == 2:
        assert ours, "an export of a fixed batch runs on one image"
        return
    others = theirs(path, image, surest[-1].confidence - 1e-4)
    assert len(others) >= 8
    assert agreement(ours, others) >= 0.9
    assert abs(len(ours) - len(others)) <= 3


@pytest.mark.clips
@pytest.mark.skipif(not COCO_WEIGHTS.exists(), reason="optional: needs the COCO weights beside the checkout")
@pytest.mark.parametrize("nms", [False, True])
def test_the_published_yolov8n_stands_in_for_our_vehicle_model(tmp_path: Path, nms: bool) -> None:
    from safetensors.torch import load_file

    model = ultralytics.YOLO("yolov8n.yaml")
    model.model.load_state_dict(load_file(str(COCO_WEIGHTS)), strict=False)
    names = {0: "person", 1: "bicycle", 2: "car", 3: "motorcycle", 5: "bus", 7: "truck"}
    model.model.names = {index: f"coco {index}" for index in range(80)} | names
    how = {"nms": True, "conf": 0.25, "iou": 0.6} if nms else {"dynamic": True}
    model.ckpt_path = model.model.pt_path = str(tmp_path / "coco.pt")
    path = Path(model.export(format="onnx", imgsz=640, opset=17, simplify=False, verbose=False, **how))
    capture = cv2.VideoCapture(str(shared_folder() / "data" / "clips" / "gantry-720p.mp4"))
    found, frame = capture.read()
    assert found
    detector = VehicleDetector(path, providers=CPU)
    assert detector.blind_to is None
    ours = VehicleDetector(providers=CPU).detect(frame)
    seen = detector.detect(frame)
    sure = [d for d in ours if d.confidence >= 0.6]
    overlap = iou_matrix(to_xyxy([d.box for d in sure]), to_xyxy([d.box for d in seen]))
    assert len(sure) >= 5
    assert (overlap.max(axis=1) > 0.7).mean() >= 0.8
    assert {d.label for d in seen} <= set(as_road_users(["car", "truck", "bus", "motorcycle"]))
