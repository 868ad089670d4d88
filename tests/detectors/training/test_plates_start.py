"""Where the training of the plate detector starts."""

import json

import pytest

torch = pytest.importorskip("torch", reason="optional: the training extra is not installed")
pytest.importorskip("ultralytics", reason="optional: the training extra is not installed")
pytest.importorskip("safetensors", reason="optional: the training extra is not installed")

import cv2  # noqa: E402
import numpy as np  # noqa: E402
from safetensors.torch import save_file  # noqa: E402
from ultralytics import YOLO  # noqa: E402

from detectors.training.fine_tuning import describe  # noqa: E402
from detectors.training.plates import plate_start  # noqa: E402


def test_the_start_keeps_every_layer_but_the_last_and_answers_for_one_class(tmp_path):
    published = YOLO("yolov8n.yaml").model
    weights = tmp_path / "weights.safetensors"
    save_file({key: value.contiguous() for key, value in published.state_dict().items()}, str(weights))
    images = tmp_path / "images"
    images.mkdir()
    rng = np.random.default_rng(1)
    for number in range(2):
        cv2.imwrite(str(images / f"{number}.jpg"), rng.integers(0, 255, (64, 64, 3), np.uint8))
    start = torch.load(plate_start(weights, tmp_path / "start.pt", images), weights_only=False)["model"]
    assert start.names == {0: "plate"}
    assert start.model[-1].nc == 1
    hidden = start.model[-1].cv3[0][0].conv.weight
    assert torch.equal(hidden, published.model[-1].cv3[0][0].conv.weight)
    start.eval()
    with torch.no_grad():
        answer = start(torch.zeros(1, 3, 64, 64))[0]
    assert answer.shape[1] == 5
    assert float(answer[:, 4].max()) < 0.2


def test_further_folders_are_learnt_from_but_never_chosen_by(tmp_path):
    described = json.loads(
        describe(tmp_path / "runs", "plates", tmp_path / "real", [tmp_path / "pasted"], ["plate"]).read_text()
    )
    assert described["train"] == [str(tmp_path / part / "images/train") for part in ("real", "pasted")]
    assert described["val"] == str(tmp_path / "real/images/val")
