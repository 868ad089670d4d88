from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image

from detectors.capture import open_source

SECOND_NS = 1_000_000_000
TAKEN_NS = 1_777_881_600 * SECOND_NS  # 2026-05-04T08:00:00Z


def save(path: Path, value: int, *, taken: str | None = None, fraction: str = "", offset: str = "") -> Path:
    image = Image.fromarray(np.full((24, 32, 3), value, np.uint8))
    exif = Image.Exif()
    if taken:
        tags = exif.get_ifd(ExifTags.IFD.Exif)
        tags[ExifTags.Base.DateTimeOriginal] = taken
        if fraction:
            tags[ExifTags.Base.SubsecTimeOriginal] = fraction
        if offset:
            tags[ExifTags.Base.OffsetTimeOriginal] = offset
    image.save(path, exif=exif)
    return path


def times_of(folder: Path, recorded_at_ns: int | None = None) -> list[int]:
    return [frame.captured_at_ns for frame in open_source(str(folder), recorded_at_ns).frames()]


def test_images_come_in_the_order_of_the_numbers_in_their_names(tmp_path: Path) -> None:
    for number in (10, 2, 1, 33):
        save(tmp_path / f"frame_{number}.png", number)
    frames = list(open_source(str(tmp_path), 0).frames())
    assert [frame.image[0, 0, 0] for frame in frames] == [1, 2, 10, 33]
    assert [frame.index for frame in frames] == [0, 1, 2, 3]


def test_what_is_only_named_like_an_image_is_no_frame(tmp_path: Path) -> None:
    save(tmp_path / "1.png", 1)
    (tmp_path / "._1.png").write_bytes(b"what another system keeps about 1.png")
    (tmp_path / "2.png").mkdir()
    source = open_source(str(tmp_path))
    assert len(list(source.frames())) == source.frame_count == 1
    assert source.counts.corrupt == 0


def test_without_exif_images_are_a_twenty_fifth_of_a_second_apart(tmp_path: Path) -> None:
    for number in range(3):
        os.utime(save(tmp_path / f"{number}.png", number), (100, 100))
    assert times_of(tmp_path) == [100 * SECOND_NS + i * 40_000_000 for i in range(3)]
    assert times_of(tmp_path, 5) == [5 + i * 40_000_000 for i in range(3)]


def test_exif_gives_the_times_if_every_image_has_one(tmp_path: Path) -> None:
    save(tmp_path / "1.jpg", 1, taken="2026:05:04 08:00:00", fraction="25")
    save(tmp_path / "2.jpg", 2, taken="2026:05:04 10:00:00", fraction="750", offset="+02:00")
    save(tmp_path / "3.jpg", 3, taken="2026:05:04 08:00:02")
    quarter = SECOND_NS // 4
    assert times_of(tmp_path) == [TAKEN_NS + quarter, TAKEN_NS + 3 * quarter, TAKEN_NS + 2 * SECOND_NS]
    assert times_of(tmp_path, 0) == [0, 2 * quarter, 7 * quarter]


@pytest.mark.parametrize(
    "second",
    [
        pytest.param(None, id="one image has none"),
        pytest.param("2026:05:04 08:00:00", id="a clock of whole seconds"),
        pytest.param("2026:05:04 07:59:59", id="a clock that goes backwards"),
        pytest.param("not a time", id="nonsense"),
    ],
)
def test_exif_that_does_not_order_the_images_is_not_used(tmp_path: Path, second: str | None) -> None:
    save(tmp_path / "1.jpg", 1, taken="2026:05:04 08:00:00")
    save(tmp_path / "2.jpg", 2, taken=second)
    assert times_of(tmp_path, 0) == [0, 40_000_000]


def test_images_that_cannot_be_used_are_counted_and_the_others_come(tmp_path: Path) -> None:
    save(tmp_path / "1.png", 1)
    (tmp_path / "2.png").write_bytes(b"torn")
    Image.new("RGB", (10, 10)).save(tmp_path / "3.png")
    save(tmp_path / "4.png", 4)
    source = open_source(str(tmp_path), 0)
    assert [frame.index for frame in source.frames()] == [0, 3]
    assert source.counts.corrupt == 2
    assert source.frame_count == 4
