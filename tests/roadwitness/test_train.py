"""``roadwitness train``: what it refuses, what it leaves, and that the result can be used at once.

The network itself is trained in tests/detectors/test_training_runs.py; here a stand-in takes its place.
"""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import cv2
import numpy as np
import pytest

from detectors.manifest import ModelManifest
from tests.detectors.tiny_onnx import raw_output, write_model
from tests.roadwitness.in_process import CommandLine


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "my-plates"
    for part in ("train", "val"):
        for kind in ("images", "labels"):
            (folder / kind / part).mkdir(parents=True)
        cv2.imwrite(str(folder / "images" / part / "0.png"), np.zeros((32, 32, 3), np.uint8))
        (folder / "labels" / part / "0.txt").write_text("0 0.5 0.5 0.2 0.2\n")
    return folder


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    file = tmp_path / "yolov8n.safetensors"
    file.write_bytes(b"")
    return file


@dataclass(frozen=True)
class Trained:
    onnx: Path
    epochs: int
    seconds: float
    figures: dict[str, float]
    history: tuple[dict[str, float], ...]


@pytest.fixture
def trainer(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """In place of the module that trains: it 'trains' a model that always sees one plate."""
    module = ModuleType("detectors.training.detector_run")

    def train_detector(
        settings: Any, on_progress: Callable[..., None], on_epoch: Callable[..., None]
    ) -> Trained:
        for epoch in range(settings.epochs):
            on_progress(epoch + 1, settings.epochs, 1.0)
            on_epoch(epoch + 1, settings.epochs, {"ap50": 0.5})
        path = write_model(settings.runs / "best.onnx", raw_output([(0, 0, 9, 9, [0.9])]), {0: "plate"})
        return Trained(path, settings.epochs, 1.0, {"ap50": 0.5}, ({"epoch": 1.0, "ap50": 0.5},))

    module.DetectorTraining = lambda **given: type("Settings", (), given)  # type: ignore[attr-defined]
    module.train_detector = train_detector  # type: ignore[attr-defined]
    module.gpu_at_hand = lambda: False  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr("roadwitness.training.require_extra", lambda *_modules: None)
    return module


@pytest.fixture
def arguments(data: Path, weights: Path, tmp_path: Path) -> list[object]:
    return ["plates", "--data", data, "--weights", weights, "--out", tmp_path / "out", "--epochs", 2]


@pytest.mark.usefixtures("trainer")
def test_a_trained_model_can_be_used_at_once(
    command_line: CommandLine, arguments: list[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = command_line("train", *arguments, "--trained-on", "our pictures (CC0)")
    assert done.code == 0, done.stderr
    out = tmp_path / "out"
    assert sorted(path.name for path in out.iterdir()) == [
        "manifest.json",
        "plates.md",
        "plates.metrics.json",
        "plates.onnx",
        "run",
    ]
    assert "Epoch 2 of 2: ap50 0.500" in done.stderr
    assert f"ROADWITNESS_MODELS={out}" in done.stderr
    assert "our pictures (CC0)" in (out / "plates.md").read_text()
    assert json.loads((out / "plates.metrics.json").read_text())["figures"] == {"ap50": 0.5}
    assert ModelManifest.load(out).entry("plates").metrics == {"ap50": 0.5}
    monkeypatch.setenv("ROADWITNESS_MODELS", str(out))
    listed = command_line("models").stdout.decode()
    assert {"plates", "vehicles", "faces"} <= set(re.findall(r"^ *(\w+) +intact", listed, re.M))


@pytest.mark.usefixtures("trainer")
def test_a_training_is_gone_on_with_only_where_asked(
    command_line: CommandLine, arguments: list[object]
) -> None:
    assert "no training of plates to go on with" in command_line.fail("train", *arguments, "--resume")
    assert command_line("train", *arguments).code == 0
    assert "give --resume to go on with it" in command_line.fail("train", *arguments)
    assert command_line("train", *arguments, "--resume").code == 0
    assert "was begun with seed = 7, not 8" in command_line.fail("train", *arguments, "--resume", "--seed", 8)


@pytest.mark.usefixtures("trainer")
def test_a_gpu_that_is_not_there_is_said_and_nothing_begun(
    command_line: CommandLine, arguments: list[object], tmp_path: Path
) -> None:
    assert "PyTorch finds no GPU here" in command_line.fail("train", *arguments, "--device", "cuda")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("kind", ["plates", "reader"])
def test_without_the_extra_one_sentence_says_what_to_install(
    command_line: CommandLine,
    arguments: list[object],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *more: None if name == "torch" else find(name, *more)
    )
    asked = arguments if kind == "plates" else ["reader", "--out", tmp_path / "out"]
    sentence = command_line.fail("train", *asked)
    assert re.fullmatch(
        r'Training needs torch.*, which the extra "train" brings: run pip install "roadwitness\[train\]"\.',
        sentence,
    )
    assert not (tmp_path / "out").exists()


def test_weights_that_are_not_there(
    command_line: CommandLine, arguments: list[object], weights: Path
) -> None:
    weights.unlink()
    assert f"There are no weights {weights} to start from" in command_line.fail("train", *arguments)


def test_data_that_is_not_there(command_line: CommandLine, arguments: list[object], data: Path) -> None:
    data.rename(data.parent / "moved")
    assert f"There is no folder {data}/images/train" in command_line.fail("train", *arguments)


def test_labels_of_more_classes_than_the_model_has(
    command_line: CommandLine, arguments: list[object], data: Path
) -> None:
    (data / "labels/val/0.txt").write_text("1 0.5 0.5 0.2 0.2\n")
    assert "has the class 1; this model's classes are 0 = plate." in command_line.fail("train", *arguments)


def test_fonts_that_are_not_there(command_line: CommandLine, tmp_path: Path) -> None:
    asked = ["reader", "--out", tmp_path / "out", "--fonts", tmp_path / "none"]
    assert f"There is no folder {tmp_path}/none" in command_line.fail("train", *asked)
