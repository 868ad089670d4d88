"""Real crops are labelled by two readers only where nothing speaks against it."""

from __future__ import annotations

import re
from pathlib import Path

import cv2
import numpy as np
import pytest

from detectors.reading import CharacterReading
from detectors.training.reader.agreeing import agreed, agreed_text, part_of, write
from detectors.training.reader.real import load_real

FORM = re.compile(r"[A-Z]{2}\d{3}")


def reads(*texts: str, probability: float | None = 0.9) -> list[CharacterReading]:
    return [CharacterReading(text, text, (), (), probability) for text in texts]


@pytest.mark.parametrize(
    ("ours", "theirs", "text"),
    [
        (reads("AB123", "AB123", "AB128"), reads("A8123", "AB123", ""), "AB123"),
        (reads("AB123", "AB124", "AB125"), reads("AB123", "AB123", "AB123"), None),
        (reads("AB123", "AB123", "AB123"), reads("AB128", "", "AB12"), None),
        (reads("AB123", "AB123", "AB123", probability=0.4), reads("AB123", "AB123", "AB123"), None),
        (reads("A1234", "A1234", "A1234"), reads("A1234", "A1234", "A1234"), None),
        (reads("", "", ""), reads("", "", ""), None),
    ],
    ids=["agreed", "ours differ", "theirs differ", "unsure", "no form of the country", "nothing read"],
)
def test_a_text_is_agreed_on(ours, theirs, text) -> None:
    assert agreed_text(ours, theirs, FORM) == text


class Saying:
    """Reads a crop's text off its brightness."""

    framings = (0.0,)

    def read(self, crops):
        return reads(*(f"AB{int(crop.mean()):03d}" for crop in crops))


def test_agreed_crops_are_read_back_each_plate_in_one_part_and_no_far_or_unnamed_one(tmp_path: Path) -> None:
    images, labels = tmp_path / "images", tmp_path / "labels"
    images.mkdir(), labels.mkdir()
    for name, shade in (("ro_1", 100), ("ro_2", 101), ("ro_3", 101), ("id_1", 102)):
        cv2.imwrite(str(images / f"{name}.png"), np.full((100, 200, 3), shade, np.uint8))
        (labels / f"{name}.txt").write_text("0 0.5 0.5 0.5 0.2\n0 0.5 0.5 0.1 0.1\n")
    crops = agreed(images, labels, "ro_*", (Saying(), Saying()), FORM)
    assert [(crop.stem, crop.text) for crop in crops] == [
        ("ro_1", "AB100"), ("ro_2", "AB101"), ("ro_3", "AB101")
    ]  # fmt: skip
    write(crops, "RO", tmp_path / "out")
    for part in ("training", "tuning", "validation"):
        kept = [crop.text for crop in load_real(tmp_path / "out", part)]
        assert kept == [crop.text for crop in crops if part_of(crop.text) == part]


def test_about_every_fourth_plate_is_for_validation_and_none_for_tuning() -> None:
    parts = [part_of(f"AB{number:03d}") for number in range(1000)]
    assert parts.count("validation") == pytest.approx(250, abs=60)
    assert parts.count("tuning") == 0
