"""What is looked at before a training begins, and what goes on after one was ended. Needs no PyTorch."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from detectors.evaluation.dataset import DatasetError
from detectors.manifest import ModelEntry
from detectors.training.data_folder import check_detection_data
from detectors.training.model_card import TrainingRecord, write_card, write_figures
from detectors.training.run_folder import TrainingError, device_named, open_run, require_extra

CLASSES = ("car", "motorcycle")
SETTINGS = {"data": "d", "epochs": 3}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    for part in ("train", "val"):
        for kind in ("images", "labels"):
            (folder / kind / part).mkdir(parents=True)
        for number in range(3):
            cv2.imwrite(str(folder / "images" / part / f"{number}.png"), np.zeros((32, 32, 3), np.uint8))
        (folder / "labels" / part / "0.txt").write_text("1 0.5 0.5 0.2 0.2\n")
    return folder


class TestDataFolder:
    """Every folder that a training would fail on after an hour is refused at once."""

    def test_a_sound_one_is_counted(self, data: Path) -> None:
        assert check_detection_data(data, CLASSES) == {"train": 3, "val": 3}
        assert check_detection_data(data, CLASSES, ("train",)) == {"train": 3}

    @pytest.mark.parametrize("gone", ["images/train", "images/val", "labels/train", "labels/val"])
    def test_a_part_that_is_not_there(self, data: Path, gone: str) -> None:
        (data / gone).rename(data / "elsewhere")
        with pytest.raises(TrainingError, match=f"There is no folder {data / gone}: give a data folder with"):
            check_detection_data(data, CLASSES)

    def test_no_image(self, data: Path) -> None:
        for image in (data / "images/val").iterdir():
            image.unlink()
        with pytest.raises(TrainingError, match="images/val holds no image"):
            check_detection_data(data, CLASSES)

    def test_labels_named_otherwise(self, data: Path) -> None:
        (data / "labels/train/0.txt").rename(data / "labels/train/a.txt")
        with pytest.raises(TrainingError, match="name each label file after its image"):
            check_detection_data(data, CLASSES)

    @pytest.mark.parametrize(
        ("line", "error", "said"),
        [
            ("2 0.5 0.5 0.2 0.2", TrainingError, "has the class 2; .* are 0 = car, 1 = motorcycle"),
            ("-1 0.5 0.5 0.2 0.2", TrainingError, "has the class -1"),
            ("0 320 240 64 64", TrainingError, "outside of its image: give .* as fractions"),
            ("car 0.5 0.5 0.2 0.2", DatasetError, "is no YOLO label file"),
        ],
    )
    def test_a_line_that_is_wrong(self, data: Path, line: str, error: type[Exception], said: str) -> None:
        (data / "labels/train/1.txt").write_text(f"{line}\n")
        with pytest.raises(error, match=said) as raised:
            check_detection_data(data, CLASSES)
        assert "labels/train/1.txt" in str(raised.value)


class TestRunFolder:
    """A training goes on only as what it was begun."""

    def test_begun_then_gone_on_with(self, tmp_path: Path) -> None:
        begun = open_run(tmp_path / "out", "plates", SETTINGS, resume=False)
        again = open_run(tmp_path / "out", "plates", SETTINGS, resume=True)
        assert (begun.resumed, again.resumed) == (False, True)
        assert begun.checkpoints == again.checkpoints == tmp_path / "out" / "run" / "plates"

    def test_two_models_share_a_folder(self, tmp_path: Path) -> None:
        first = open_run(tmp_path, "plates", SETTINGS, resume=False)
        second = open_run(tmp_path, "vehicles", SETTINGS, resume=False)
        assert first.checkpoints != second.checkpoints

    def test_nothing_is_written_over(self, tmp_path: Path) -> None:
        open_run(tmp_path, "plates", SETTINGS, resume=False)
        with pytest.raises(TrainingError, match="begun before: give --resume to go on with it, or another"):
            open_run(tmp_path, "plates", SETTINGS, resume=False)

    def test_nothing_to_go_on_with(self, tmp_path: Path) -> None:
        with pytest.raises(TrainingError, match="no training of plates to go on with: leave --resume out"):
            open_run(tmp_path, "plates", SETTINGS, resume=True)
        assert list(tmp_path.iterdir()) == []

    def test_other_settings(self, tmp_path: Path) -> None:
        open_run(tmp_path, "plates", SETTINGS, resume=False)
        with pytest.raises(TrainingError, match="was begun with epochs = 3, not 4: give the same again"):
            open_run(tmp_path, "plates", {**SETTINGS, "epochs": 4}, resume=True)

    def test_a_damaged_record(self, tmp_path: Path) -> None:
        open_run(tmp_path, "plates", SETTINGS, resume=False).checkpoints.joinpath("run.json").write_text("{")
        with pytest.raises(TrainingError, match=r"run\.json is damaged .*: remove it, or give another --out"):
            open_run(tmp_path, "plates", SETTINGS, resume=True)


def test_what_is_not_installed_is_said_in_one_sentence() -> None:
    require_extra("json")
    with pytest.raises(TrainingError) as raised:
        require_extra("json", "no_such_torch")
    assert str(raised.value) == (
        'Training needs no_such_torch, which the extra "train" brings: run pip install "roadwitness[train]".'
    )


@pytest.mark.parametrize(
    ("asked", "gpu", "expected"),
    [("auto", True, "cuda"), ("auto", False, "cpu"), ("cpu", True, "cpu"), ("cuda", True, "cuda")],
)
def test_the_device_is_the_one_asked_for(asked: str, gpu: bool, expected: str) -> None:
    assert device_named(asked, gpu) == expected


@pytest.mark.parametrize(
    ("asked", "said"), [("cuda", "finds no GPU here: .* or give --device cpu"), ("mps", "auto, cpu or cuda")]
)
def test_a_device_that_is_not_there_is_no_silent_cpu(asked: str, said: str) -> None:
    with pytest.raises(TrainingError, match=said):
        device_named(asked, False)


def test_card_and_figures_say_how_the_model_came_to_be(tmp_path: Path) -> None:
    entry = ModelEntry(
        name="plates",
        file="plates.onnx",
        sha256="ab" * 32,
        bytes=1,
        task="detect",
        input="float32 [batch, 3, height, width]",
        classes=tuple(f"c{i}" for i in range(14)),
        trained_on=("ours (CC0)", "theirs (MIT)"),
        licence="AGPL-3.0-or-later",
        metrics={"ap50": 0.91},
        trained_at="2026-05-04",
        base="YOLOv8n",
    )
    record = TrainingRecord(
        purpose="Finds plates.",
        command="roadwitness train plates --data D",
        device="cpu",
        epochs=2,
        seconds=600.0,
        images={"train": 20, "val": 5},
        figures={"ap50": 0.91},
        history=({"epoch": 1, "ap50": 0.5}, {"epoch": 2, "ap50": 0.91}),
    )
    card = write_card(tmp_path, entry, record).read_text()
    for said in ("20 in train, 5 in val", "2, cpu, 10 minutes", "ours (CC0); theirs (MIT)", "c11 and 2 more"):
        assert said in card
    assert "| AP at IoU 0.5 | 0.91 |" in card
    assert "chose the epoch" in card
    figures = json.loads(write_figures(tmp_path, entry, record).read_text())
    assert figures["figures"] == {"ap50": 0.91}
    assert [row["epoch"] for row in figures["by_epoch"]] == [1, 2]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plates.md", "plates.metrics.json"]
