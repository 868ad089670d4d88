"""Drawn plates on photographs: what the plate detector learns from besides real ones."""

from dataclasses import dataclass

import cv2
import numpy as np
import pytest

from detectors.training.composing import compose
from detectors.training.decoys import Decoys, sheet
from detectors.training.labels import area, read_labels, shared
from detectors.training.laying import Composed, Place, Scene, around, corners_of, cover, lay
from detectors.training.pasting import photo_scene, write
from detectors.training.plateart.lettering import Lettering

GREEN = (0, 200, 0)


@dataclass(frozen=True)
class Flat:
    image: np.ndarray


class PrintsGreen:
    """Prints plates of one colour that nothing else in the picture has."""

    def __init__(self, width=300, height=75):
        self.flat = sheet(height, width, GREEN)

    def print(self, rng):
        return Flat(self.flat)


class NoDecoys(Decoys):
    def draw(self, rng):
        return sheet(20, 40, (90, 90, 90))


@pytest.fixture
def decoys():
    return NoDecoys(Lettering())


def street(places=((300.0, 260.0, 60.0),)):
    picture = np.full((480, 640, 3), 120, np.uint8)
    found = tuple(Place((x, y), w, (x - w / 2, y - w / 8, x + w / 2, y + w / 8)) for x, y, w in places)
    return Scene(picture, found)


def greenish(picture):
    blue, green, red = (picture[..., channel].astype(int) for channel in range(3))
    return (green > blue + 25) & (green > red + 25)


def test_the_same_seed_gives_the_same_picture_and_another_seed_another(decoys):
    one, again, other = (
        compose(np.random.default_rng(seed), street(), PrintsGreen(), decoys) for seed in (5, 5, 6)
    )
    assert (one.picture == again.picture).all()
    assert one.plates == again.plates
    assert one.picture.shape != other.picture.shape or (one.picture != other.picture).any()


@pytest.mark.parametrize("seed", range(12))
def test_every_pasted_plate_has_a_tight_label_and_nothing_green_lies_beside_it(decoys, seed):
    made = compose(np.random.default_rng(seed), street(), PrintsGreen(), decoys)
    seen = greenish(cv2.medianBlur(made.picture, 3))
    if not made.plates:
        assert seen.mean() < 0.002
        return
    ((x0, y0, x1, y1),) = made.plates
    height, width = made.picture.shape[:2]
    assert 0 <= x0 < x1 <= width
    assert 0 <= y0 < y1 <= height
    inside = seen[int(y0) : int(y1) + 1, int(x0) : int(x1) + 1]
    # Grey nights hide the colour; where it shows, it fills the box's sides and is nowhere else.
    if inside.mean() > 0.3:
        rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
        assert len(rows) >= 0.7 * inside.shape[0]
        assert len(columns) >= 0.8 * inside.shape[1]
        outside = seen.copy()
        outside[max(0, int(y0) - 4) : int(y1) + 5, max(0, int(x0) - 4) : int(x1) + 5] = False
        assert outside.mean() < 0.002


def test_some_pictures_get_no_plate_though_others_of_the_scene_do(decoys):
    counts = [
        len(compose(np.random.default_rng(s), street(), PrintsGreen(), decoys).plates) for s in range(60)
    ]
    assert 1 <= counts.count(0) <= 20


def test_two_places_get_a_plate_each(decoys):
    scene = street(((200.0, 260.0, 40.0), (290.0, 270.0, 44.0)))
    counts = [len(compose(np.random.default_rng(s), scene, PrintsGreen(), decoys).plates) for s in range(20)]
    assert max(counts) == 2
    assert counts.count(2) >= 5


@pytest.mark.parametrize("seed", range(20))
def test_plates_come_in_the_widths_that_cameras_see(decoys, seed):
    for x0, _, x1, _ in compose(np.random.default_rng(seed), street(), PrintsGreen(), decoys).plates:
        assert 8 <= x1 - x0 <= 260


def test_corners_are_clockwise_around_the_middle_and_askew():
    rng = np.random.default_rng(3)
    tilts = []
    for _ in range(200):
        corners = corners_of(rng, 4.0, (100.0, 50.0), 80.0)
        assert cv2.pointPolygonTest(np.float32(corners), (100.0, 50.0), False) > 0
        assert cv2.contourArea(np.float32(corners), oriented=True) > 0
        x0, _, x1, _ = around(corners)
        assert x1 - x0 < 110
        tilts.append(np.degrees(np.arctan2(*(corners[1] - corners[0])[::-1])))
    assert np.std(tilts) > 2
    assert max(np.abs(tilts)) > 10


def test_laying_fills_the_corners_and_leaves_the_rest_alone():
    picture = np.full((100, 200, 3), 50, np.uint8)
    corners = np.array([(60.0, 30.0), (140.0, 30.0), (140.0, 50.0), (60.0, 50.0)])
    lay(picture, sheet(75, 300, GREEN), corners)
    assert (picture[33:48, 63:138] == GREEN).all()
    assert (picture[:28] == 50).all()
    assert (picture[53:] == 50).all()
    assert (picture[:, :57] == 50).all()


def test_a_covered_plate_is_gone():
    picture = np.full((100, 200, 3), 50, np.uint8)
    picture[40:55, 60:140] = GREEN
    cover(picture, (60.0, 40.0, 140.0, 55.0))
    assert not greenish(picture).any()


@pytest.mark.parametrize("seed", range(24))
def test_decoys_are_pictures_of_some_size(seed):
    flat = Decoys(Lettering()).draw(np.random.default_rng(seed))
    assert flat.dtype == np.uint8
    assert flat.shape[2] == 3
    assert min(flat.shape[:2]) >= 24


def test_a_decoy_never_lies_on_a_plate():
    class Red(NoDecoys):
        def draw(self, rng):
            return sheet(60, 120, (0, 0, 255))

    for seed in range(15):
        made = compose(np.random.default_rng(seed), street(), PrintsGreen(), Red(Lettering()))
        for x0, y0, x1, y1 in made.plates:
            inner = made.picture[int(y0) + 3 : int(y1) - 2, int(x0) + 3 : int(x1) - 2].astype(int)
            if inner.size:
                assert (inner[..., 2] > inner[..., 1] + 60).mean() < 0.05


def test_a_close_up_and_a_picture_without_plates_are_no_scenes(tmp_path):
    image, label = tmp_path / "a.jpg", tmp_path / "a.txt"
    cv2.imwrite(str(image), np.zeros((100, 200, 3), np.uint8))
    for text, usable in (("0 .5 .5 .9 .9\n", False), ("", False), ("0 .5 .5 .2 .1\n", True)):
        label.write_text(text)
        assert (photo_scene(image, label) is not None) is usable


def test_what_is_written_is_read_back(tmp_path):
    box = (10.0, 20.0, 50.0, 30.0)
    write(tmp_path, "one", Composed(np.zeros((80, 120, 3), np.uint8), (box,)))
    (read,) = read_labels(tmp_path / "labels/train/one.txt", (120, 80))
    assert read == pytest.approx(box, abs=0.01)
    assert (tmp_path / "images/train/one.jpg").is_file()


def test_areas_shared_by_boxes():
    assert shared((0, 0, 4, 4), (2, 2, 6, 6)) == 4
    assert shared((0, 0, 4, 4), (5, 5, 6, 6)) == 0
    assert area((4, 4, 0, 0)) == 0
