"""A detector is really trained, killed and gone on with; the network starts from chance.

Needs the ``train`` extra.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from detectors.onnx_session import OnnxSession
from detectors.plates import PlateDetector

torch = pytest.importorskip("torch", reason="optional: needs the extra train")
pytest.importorskip("ultralytics", reason="optional: needs the extra train")
safetensors = pytest.importorskip("safetensors.torch", reason="optional: needs the extra train")

EPOCHS, IMAGES, SIZE = 3, 8, 64


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """White plates on grey roads."""
    folder = tmp_path_factory.mktemp("data")
    random = np.random.default_rng(5)
    for part in ("train", "val"):
        for kind in ("images", "labels"):
            (folder / kind / part).mkdir(parents=True)
        for number in range(IMAGES):
            image = random.integers(60, 110, (SIZE, SIZE, 3), np.uint8)
            left, top = (int(value) for value in random.integers(4, SIZE - 34, 2))
            image[top : top + 10, left : left + 30] = 250
            cv2.imwrite(str(folder / "images" / part / f"{number}.png"), image)
            row = [(left + 15) / SIZE, (top + 5) / SIZE, 30 / SIZE, 10 / SIZE]
            text = " ".join(f"{value:.5f}" for value in row)
            (folder / "labels" / part / f"{number}.txt").write_text(f"0 {text}\n")
    return folder


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from ultralytics import YOLO

    torch.manual_seed(1)
    state = YOLO("yolov8n.yaml").model.state_dict()
    path = tmp_path_factory.mktemp("weights") / "chance.safetensors"
    safetensors.save_file({name: value.contiguous() for name, value in state.items()}, str(path))
    return path


def settings(kind: str, data: Path, weights: Path, runs: Path, **changes: Any) -> dict[str, Any]:
    usual = {
        "kind": kind,
        "data": data,
        "also": (),
        "weights": weights,
        "runs": runs,
        "epochs": EPOCHS,
        "input_size": SIZE,
        "batch": 4,
        "seed": 7,
        "device": "cpu",
        "threads": 1,
        "resume": False,
        "workers": 0,
    }
    return usual | changes


def test_a_killed_training_goes_on_and_a_finished_one_is_only_exported(
    data: Path, weights: Path, tmp_path: Path
) -> None:
    from detectors.training.checkpoints import epochs_done
    from detectors.training.detector_run import DetectorTraining, train_detector

    given = settings("plates", data, weights, tmp_path / "runs")
    code = (
        "from pathlib import Path, PosixPath\n"
        "from detectors.training.detector_run import DetectorTraining, train_detector\n"
        f"train_detector(DetectorTraining(**{given!r}), lambda *_: None, lambda *_: None)\n"
    )
    last = tmp_path / "runs" / "plates" / "weights" / "last.pt"
    with subprocess.Popen([sys.executable, "-c", code], env=dict(os.environ)) as child:
        while not last.exists():
            assert child.poll() is None, "the training ended before its first checkpoint"
            time.sleep(0.05)
        child.kill()
    done = epochs_done(last)
    assert 1 <= done <= EPOCHS
    # A kill in the middle of a write leaves this, and it must not matter.
    last.with_name("last.pt.part").write_bytes(b"half")

    steps: list[tuple[int, int]] = []
    epochs: list[int] = []
    again = DetectorTraining(**{**given, "resume": True})
    trained = train_detector(
        again, lambda done, all_, _loss: steps.append((done, all_)), lambda epoch, *_: epochs.append(epoch)
    )
    a_epoch = IMAGES // 4
    assert epochs == list(range(done + 1, EPOCHS + 1))
    assert steps == [(step, EPOCHS * a_epoch) for step in range(done * a_epoch + 1, EPOCHS * a_epoch + 1)]
    assert set(trained.figures) == {"precision", "recall", "ap50", "ap50_95"}
    session = OnnxSession(trained.onnx)
    assert (session.height, session.width) == (None, None)
    assert PlateDetector(trained.onnx).detect(np.zeros((SIZE, SIZE, 3), np.uint8)) is not None

    steps.clear()
    assert (
        train_detector(again, lambda *step: steps.append(step[:2]), lambda *_: None).figures
        == trained.figures
    )
    assert steps == []


def test_the_vehicle_detector_is_trained_for_our_six_classes(
    data: Path, weights: Path, tmp_path: Path
) -> None:
    from detectors.training.detector_run import DetectorTraining, train_detector
    from detectors.yolo import YoloDetector

    given = settings("vehicles", data, weights, tmp_path / "runs", epochs=1)
    trained = train_detector(DetectorTraining(**given), lambda *_: None, lambda *_: None)
    labels = YoloDetector(trained.onnx).labels
    assert labels == ("car", "motorcycle", "bus", "truck", "bicycle", "person")


def test_the_reader_is_trained_calibrated_and_entered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from detectors.manifest import ModelManifest
    from detectors.training.reader import finishing, fitting
    from detectors.training.reader.samples import Recipe, draw, shard_path
    from detectors.training.reader_run import ReaderTraining, render, train_reader

    monkeypatch.setattr(finishing, "_RENDERED", 8)
    monkeypatch.setattr(finishing, "_RANGING", 8)
    monkeypatch.setattr(fitting, "SHARD", 32)
    given = ReaderTraining(
        out=tmp_path / "run", fonts=None, real=None, samples=32, epochs=1, threads=1, batch=8
    )
    recipe = Recipe(given.out / "samples", given.seed, None)
    shard = draw(recipe, 0, 32)
    folder = shard_path(recipe.out, recipe.seed, 0)
    folder.mkdir(parents=True)
    for name in ("crops", "numbers", "corners", "regions", "widths_px"):
        np.save(folder / f"{name}.npy", getattr(shard, name))
    render(given, lambda *_: pytest.fail("what is rendered is not rendered again"))
    steps: list[tuple[int, int]] = []
    trained, entry = train_reader(
        given,
        lambda done, all_, _loss: steps.append((done, all_)),
        tuning=None,
        models=tmp_path / "models",
    )
    assert steps == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert trained.steps == 4
    assert ModelManifest.load(tmp_path / "models").path("reader").stat().st_size == entry.bytes
    assert entry.bytes < 5_000_000
    steps.clear()
    train_reader(
        replace(given, resume=True),
        lambda *step: steps.append(step[:2]),
        tuning=None,
        models=tmp_path / "models",
    )
    assert steps == [], "what is trained is not trained again"
