from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_onnx import raw_output, write_model

from detectors.plates import PlateDetector
from detectors.regions import cut
from detectors.still import each_once, tiles
from detectors.yolo import Detection
from streams.messages import Box

NAMES = {0: "plate"}


def detector(tmp_path: Path, *boxes: tuple[float, float, float, float], **settings: int) -> PlateDetector:
    rows = [(*box, [0.9 - 0.1 * i]) for i, box in enumerate(boxes)]
    return PlateDetector(write_model(tmp_path / "plates.onnx", raw_output(rows), NAMES), **settings)


def test_plates_are_in_pixels_of_the_image(tmp_path: Path) -> None:
    (found,) = detector(tmp_path, (100, 100, 180, 120)).detect(np.zeros((480, 640, 3), np.uint8))
    assert (found.label, found.box) == ("plate", Box(100, 100, 80, 20))


def test_what_is_too_small_to_read_is_left_out(tmp_path: Path) -> None:
    assert (
        detector(tmp_path, (100, 100, 107, 120), (10, 10, 60, 14)).detect(np.zeros((480, 640, 3), np.uint8))
        == []
    )


def test_plates_of_crops_are_in_pixels_of_the_whole_image(tmp_path: Path) -> None:
    plates = detector(tmp_path, (100, 200, 180, 220), crop_size=320)
    image = np.zeros((720, 1280, 3), np.uint8)
    vehicle = Box(500, 300, 320, 320)
    ((found,),) = plates.detect_in_crops(image, [vehicle], margin=0)
    assert found.box == Box(600, 500, 80, 20)


def test_each_crop_has_its_answer_even_where_nothing_of_it_is_in_the_image(tmp_path: Path) -> None:
    plates = detector(tmp_path, (100, 200, 180, 220))
    image = np.zeros((400, 400, 3), np.uint8)
    found = plates.detect_in_crops(image, [Box(900, 900, 50, 50), Box(0, 0, 400, 400)], margin=0)
    assert [len(some) for some in found] == [0, 1]


@pytest.mark.parametrize(
    ("plate", "expected"),
    [
        pytest.param((100, 200, 180, 230), 1, id="a plate"),
        pytest.param((10, 200, 300, 230), 0, id="as wide as the vehicle"),
        pytest.param((100, 100, 180, 260), 0, id="as high as half of it"),
        pytest.param((0, 0, 320, 320), 0, id="the vehicle itself"),
        pytest.param((290, 200, 320, 215), 0, id="the plate of the vehicle beside"),
    ],
)
def test_what_is_too_large_for_the_vehicle_is_not_its_plate(
    tmp_path: Path, plate: tuple[float, float, float, float], expected: int
) -> None:
    image = np.zeros((320, 320, 3), np.uint8)
    (found,) = detector(tmp_path, plate).detect_in_crops(image, [Box(20, 0, 280, 320)], margin=1)
    assert len(found) == expected


@pytest.mark.parametrize(
    ("again", "expected"),
    [
        pytest.param((130, 145, 190, 175, 0.7), [(0.8, Box(180, 147, 60, 30))], id="seen again, and tighter"),
        pytest.param((130, 145, 190, 175, 0.2), [(0.55, Box(180, 147, 60, 30))], id="hardly seen again"),
        pytest.param((20, 20, 80, 50, 0.9), [], id="something else seen there"),
    ],
)
def test_a_second_look_makes_boxes_tighter_and_confirms_or_doubts(
    tmp_path: Path,
    again: tuple[float, float, float, float, float],
    expected: list[tuple[float, Box]],
) -> None:
    image = np.zeros((480, 640, 3), np.uint8)
    first = Detection(Box(170, 142, 80, 40), "plate", 0.9)
    # The second look sees 320 x 320 px around the centre of the first box, (210, 162), that is from (50, 2).
    plates = PlateDetector(
        write_model(tmp_path / "m.onnx", raw_output([(*again[:4], [again[4]])]), NAMES), crop_size=320
    )
    found = plates.look_again(image, [first], confidence=0.5)
    assert [(d.confidence, d.box) for d in found] == [
        (pytest.approx(confidence), box) for confidence, box in expected
    ]


@settings(deadline=None)
@given(st.integers(1, 6000), st.integers(1, 6000))
def test_tiles_cover_the_image_and_stay_within(width: int, height: int) -> None:
    boxes = tiles(width, height)
    for length, stretches in (
        (width, sorted({(b.x, b.x + b.w) for b in boxes})),
        (height, sorted({(b.y, b.y + b.h) for b in boxes})),
    ):
        assert stretches[0][0] == 0
        assert stretches[-1][1] == length
        assert all(before[1] >= after[0] for before, after in itertools.pairwise(stretches))


def test_a_plate_found_at_several_scales_is_one_plate() -> None:
    whole = Detection(Box(100, 100, 80, 20), "plate", 0.6)
    close = Detection(Box(102, 101, 78, 19), "plate", 0.8)
    part = Detection(Box(100, 100, 30, 20), "plate", 0.5)
    other = Detection(Box(300, 100, 80, 20), "plate", 0.7)
    assert each_once([whole, close, part, other]) == [close, other]


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        pytest.param(Box(10, 20, 30, 10), (30, 10, 10, 20), id="inside"),
        pytest.param(Box(-10, -10, 30, 30), (20, 20, 0, 0), id="over the corner"),
        pytest.param(Box(90, 40, 30, 30), (10, 10, 90, 40), id="over the other corner"),
        pytest.param(Box(200, 10, 30, 30), None, id="outside"),
        pytest.param(Box(10, 10, 0.2, 5), None, id="thinner than a pixel"),
    ],
)
def test_cutting_a_box_out_of_an_image(box: Box, expected: tuple[int, int, int, int] | None) -> None:
    crop = cut(np.zeros((50, 100, 3), np.uint8), box)
    seen = None if crop is None else (crop.pixels.shape[1], crop.pixels.shape[0], crop.left, crop.top)
    assert seen == expected
