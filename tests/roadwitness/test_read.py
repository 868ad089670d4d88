"""``read``: one JSON line an image, with boxes in the image's own pixels."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from detectors.capture import open_source
from roadwitness.simulator import SimulatedSite, Truth, VehicleTruth
from roadwitness.stills import images_in
from tests.roadwitness.in_process import CommandLine


@pytest.fixture(scope="module")
def album(site: SimulatedSite, truth: Truth, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one frame of each vehicle, where its plate is largest, an empty road, and a text."""
    folder = tmp_path_factory.mktemp("album")
    wanted = {nearest(vehicle)[0]: vehicle.plate for vehicle in truth.vehicles} | {0: "nobody"}
    for frame in open_source(str(site.clip), 0).frames():
        if frame.index in wanted:
            cv2.imwrite(str(folder / f"{wanted[frame.index]}.png"), frame.image)
    (folder / "notes.txt").write_text("no image")
    return folder


def nearest(vehicle: VehicleTruth) -> tuple[int, tuple[float, float, float, float]]:
    """Frame and box of the plate where it is largest and its vehicle not yet leaving the picture."""
    found = [
        (b.plate[2], b.frame, b.plate) for b in vehicle.boxes if b.plate and b.plate[1] + b.plate[3] < 440
    ]
    _, frame, plate = max(found)
    return frame, plate


def overlap(a: list[float], b: tuple[float, float, float, float]) -> float:
    """Intersection over union of two boxes (x, y, w, h)."""
    wide = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    high = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    common = max(wide, 0.0) * max(high, 0.0)
    return common / (a[2] * a[3] + b[2] * b[3] - common)


def lines_of(text: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_every_image_of_a_folder_is_a_line_with_its_plates(
    command_line: CommandLine, album: Path, truth: Truth
) -> None:
    done = command_line("read", album)
    assert done.code == 0
    lines = {Path(line["image"]).stem: line for line in lines_of(done.stdout)}
    assert set(lines) == {"nobody", *(vehicle.plate for vehicle in truth.vehicles)}
    assert lines["nobody"]["plates"] == []
    for vehicle in truth.vehicles:
        line = lines[vehicle.plate]
        assert line["image"] == str(album / f"{vehicle.plate}.png")
        assert line["ms"] > 0
        own = [plate for plate in line["plates"] if overlap(plate["box"], nearest(vehicle)[1]) > 0.5]
        assert [plate["text"] for plate in own] == [vehicle.plate]
        assert 0.5 < own[0]["confidence"] <= 1.0
        assert len(own[0]["characters"]) == len(vehicle.plate)
        assert all(0.0 <= probability <= 1.0 for probability in own[0]["characters"])
    assert "4 images read." in done.stderr


def test_several_images_go_to_a_file_in_the_order_they_were_named(
    command_line: CommandLine, album: Path, truth: Truth, tmp_path: Path
) -> None:
    names = [album / f"{vehicle.plate}.png" for vehicle in truth.vehicles[:2]][::-1]
    done = command_line("read", *names, "--jsonl", tmp_path / "plates.jsonl")
    assert (done.code, done.stdout) == (0, b"")
    lines = lines_of((tmp_path / "plates.jsonl").read_bytes())
    assert [line["image"] for line in lines] == [str(name) for name in names]


def test_what_cannot_be_decoded_is_named_when_all_others_are_read(
    command_line: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / "a.jpg").write_text("no image")
    cv2.imwrite(str(tmp_path / "b.jpg"), np.full((120, 160, 3), 90, np.uint8))
    done = command_line("read", tmp_path)
    assert done.code == 1
    assert [Path(line["image"]).name for line in lines_of(done.stdout)] == ["b.jpg"]
    assert "1 of 2 files are no images that can be decoded" in done.sentence
    assert f"{tmp_path}/a.jpg" in done.sentence


def test_folders_are_searched_to_their_depths_for_images_alone(tmp_path: Path) -> None:
    (tmp_path / "below.jpg").mkdir()
    for name in ("b.PNG", "a.txt", "._b.PNG", "below.jpg/ü a.jpeg"):
        (tmp_path / name).touch()
    assert images_in([tmp_path]) == [tmp_path / "b.PNG", tmp_path / "below.jpg" / "ü a.jpeg"]


def test_an_unknown_reader(command_line: CommandLine, album: Path) -> None:
    sentence = command_line.fail("read", album, "--reader", "tesseract")
    assert "choose one of easyocr, own, rapidocr" in sentence
