"""Rendered plates become what a camera sees of them, repeatably, with corners and texts that stay true."""

from __future__ import annotations

import re
from pathlib import Path

import cv2
import numpy as np
import pytest

from detectors.training.reader.backdrops import painted
from detectors.training.reader.calibrating import TuningReads, calibrate, lean
from detectors.training.reader.classes import CHARACTERS, REGIONS, decode, encode
from detectors.training.reader.degrading import Harshness, photograph
from detectors.training.reader.real import load_real, shaken
from detectors.training.reader.samples import Recipe, draw, fitted, open_shard, shard_path, write_shard
from detectors.training.reader.varying import varied

CLEAN = Harshness(night=0, dirt=0, rain=0, glare=0, shadow=0, motion=0, bad_box=0, narrowest_px=180)


def marked_plate() -> np.ndarray:
    """A grey plate with a red, a green and a blue quarter: corners can be told from colours."""
    plate = np.full((96, 400, 3), 128, np.uint8)
    plate[:48, :200], plate[:48, 200:], plate[48:, 200:] = (0, 0, 255), (0, 255, 0), (255, 0, 0)
    return plate


@pytest.mark.parametrize("text", ["AB123CD", "京A12345", "粤B1234学", "", "ABCDEFGHIJ"])
def test_a_text_survives_being_numbered(text: str) -> None:
    assert decode(encode(text)) == text


@pytest.mark.parametrize(
    ("text", "names"),
    [("ABCDEFGHIJK", "11 characters"), ("AB-12", "-"), ("ab1", "a, b"), ("Д123", "Д")],
)
def test_a_text_that_the_reader_cannot_give_is_refused(text: str, names: str) -> None:
    with pytest.raises(ValueError, match=names):
        encode(text)


def test_a_blank_is_the_first_class_and_no_class_is_named_twice() -> None:
    assert CHARACTERS[0] == ""
    assert len(set(CHARACTERS)) == len(CHARACTERS)


@pytest.mark.parametrize("seed", range(6))
def test_the_corners_stay_on_the_plate_through_perspective_and_the_cut(seed: int) -> None:
    rng = np.random.default_rng(seed)
    seen = photograph(marked_plate(), rng, CLEAN, np.full((320, 480, 3), 30, np.uint8))
    height, width = seen.crop.shape[:2]
    quad = (seen.corners * [width, height]).astype(np.float32)
    flat = np.array([[0, 0], [200, 0], [200, 48], [0, 48]], np.float32)
    upright = cv2.warpPerspective(seen.crop, cv2.getPerspectiveTransform(quad, flat), (200, 48)).astype(int)
    corners = [upright[10, 20], upright[10, 180], upright[38, 180]]
    assert [int(colour.argmax()) for colour in corners] == [2, 1, 0]


@pytest.mark.parametrize("seed", range(6))
def test_the_corners_stay_on_the_plate_when_a_sample_is_seen_anew(seed: int) -> None:
    rng = np.random.default_rng(seed)
    seen = photograph(marked_plate(), rng, CLEAN, np.full((320, 480, 3), 30, np.uint8))
    crop, found = varied(fitted(seen.crop), seen.corners, seen.plate_width_px, rng)
    assert crop.shape == (64, 176, 3)
    assert np.abs(found - seen.corners).max() > 0.001
    flat = np.array([[0, 0], [200, 0], [200, 48], [0, 48]], np.float32)
    way = cv2.getPerspectiveTransform((found * [176, 64]).astype(np.float32), flat)
    upright = cv2.warpPerspective(crop, way, (200, 48)).astype(int)
    corners = [upright[12, 25], upright[12, 175], upright[36, 175]]
    assert [int(colour.argmax()) for colour in corners] == [2, 1, 0]


def test_a_plate_at_the_edge_of_what_can_be_read_is_never_blurred_more() -> None:
    sharp = (
        np.kron(np.indices((16, 44)).sum(0) % 2 * 255, np.ones((4, 4)))[..., None]
        .repeat(3, 2)
        .astype(np.uint8)
    )
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)

    def softest(width_px: float) -> float:
        rng = np.random.default_rng(1)
        return min(
            float(varied(sharp, corners, width_px, rng)[0][8:56, 8:168].astype(float).std())
            for _ in range(40)
        )

    assert softest(60) > 100
    assert softest(250) < 70


def test_the_same_seed_gives_the_same_picture_and_another_gives_another() -> None:
    def picture(seed: int) -> bytes:
        rng = np.random.default_rng(seed)
        return photograph(marked_plate(), rng, Harshness(), painted(rng)).crop.tobytes()

    assert picture(3) == picture(3)
    assert picture(3) != picture(4)


def test_a_plate_is_as_wide_in_the_picture_as_was_asked() -> None:
    harsh = Harshness(narrowest_px=60, widest_px=61)
    widths = [
        photograph(marked_plate(), np.random.default_rng(seed), harsh, np.zeros((320, 480, 3), np.uint8))
        for seed in range(10)
    ]
    assert all(60 <= seen.plate_width_px <= 61 for seen in widths)
    assert all(seen.crop.shape[1] < 61 * 1.7 for seen in widths)


def test_a_shard_is_repeated_to_the_bit_and_read_back(tmp_path: Path) -> None:
    recipe = Recipe(tmp_path, seed=5, fonts=None)
    one, two, other = draw(recipe, 0, 12), draw(recipe, 0, 12), draw(recipe, 1, 12)
    assert (one.crops == two.crops).all()
    assert (one.crops != other.crops).any()
    texts = [decode(numbers) for numbers in one.numbers]
    assert all(4 <= len(text) <= 10 for text in texts)
    assert len(set(texts)) == len(texts)


def test_a_second_helping_is_of_the_countries_and_layouts_that_were_asked_for(tmp_path: Path) -> None:
    shard = draw(Recipe(tmp_path, 2, None, only=("es/bold", "SI")), 0, 8)
    told = {
        (REGIONS[k], bool(re.fullmatch(r"\d{4}[A-Z]{3}", decode(n))))
        for k, n in zip(shard.regions, shard.numbers, strict=True)
    }
    assert told == {("ES", True), ("SI", False)}


def test_a_shard_is_put_in_place_whole_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detectors.training.reader.samples.SHARD", 5)
    monkeypatch.setattr(draw, "__defaults__", (5,))
    recipe = Recipe(tmp_path, seed=1, fonts=None)
    unfinished = shard_path(tmp_path, 1, 0).with_suffix(".part")
    unfinished.mkdir()
    (unfinished / "crops.npy").write_bytes(b"half")
    path = write_shard(recipe, 0)
    assert not unfinished.exists()
    before = (path / "crops.npy").stat().st_mtime_ns
    assert open_shard(write_shard(recipe, 0)).crops.shape == (5, 64, 176, 3)
    assert (path / "crops.npy").stat().st_mtime_ns == before


def test_real_crops_are_split_and_no_part_shares_one(tmp_path: Path) -> None:
    for number in range(8):
        cv2.imwrite(str(tmp_path / f"AB{number}CD.png"), np.full((20, 60, 3), 40 + number, np.uint8))
    validation = [crop.text for crop in load_real(tmp_path, "validation")]
    tuning = [crop.text for crop in load_real(tmp_path, "tuning")]
    training = [crop.text for crop in load_real(tmp_path)]
    assert validation == ["AB0CD", "AB4CD"]
    assert tuning == ["AB7CD"]
    assert sorted([*validation, *tuning, *training]) == [f"AB{number}CD" for number in range(8)]


def test_a_folder_of_folders_is_read_whole_and_a_table_may_say_which_part_a_crop_is_of(
    tmp_path: Path,
) -> None:
    for name in ("one/AB1CD.png", "one/AB2CD.png", "two/a.png", "two/b.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        cv2.imwrite(str(tmp_path / name), np.full((20, 60, 3), 40, np.uint8))
    table = "file,text,country,part\na.png,B01XYZ,RO,training\nb.png,B02XYZ,RO,tuning\n"
    (tmp_path / "two" / "labels.csv").write_text(table)
    assert [(crop.text, crop.country) for crop in load_real(tmp_path)] == [("AB2CD", "CN"), ("B01XYZ", "RO")]
    assert [crop.text for crop in load_real(tmp_path, "tuning")] == ["B02XYZ"]


def test_a_shaken_crop_fits_the_network_and_changes() -> None:
    image = cv2.resize(marked_plate(), (120, 32))
    rng = np.random.default_rng(1)
    one, two = shaken(image, rng), shaken(image, rng)
    assert one.shape == two.shape == (64, 176, 3)
    assert (one != two).mean() > 0.2


def test_calibration_turns_false_certainty_into_the_share_that_is_right() -> None:
    """Reads that say 0.99 at each position and are right in seven of ten cases get 0.7, not 0.9."""
    rng = np.random.default_rng(0)
    numbers = np.ones((2000, 10), np.int64)
    logits = np.full((2000, 10, 3), 0.0)
    logits[:, :, 1] = 6.0
    wrong = rng.random(2000) < 0.3
    logits[wrong, 4] = [0.0, 0.0, 6.0]
    found = calibrate(TuningReads(logits, np.zeros(2000), numbers, np.ones(2000)))
    scaled = logits[0] / found.temperature
    product = float((np.exp(scaled).max(-1) / np.exp(scaled).sum(-1)).prod())
    bias, optics, _ = found.coefficients
    said = 1 / (1 + np.exp(-(bias + optics * np.log(product / (1 - product)))))
    assert said == pytest.approx(0.7, abs=0.03)


def test_a_leaning_is_how_often_the_twin_occurs_and_only_where_the_plate_is_of_the_region() -> None:
    """Class 1 and 2 look alike; 2 is there in one of ten, and the network holds both for equally likely."""
    rng = np.random.default_rng(0)
    logits = np.zeros((400, 10, 3))
    logits[:, :, 0] = -9.0
    numbers = np.where(rng.random((400, 10)) < 0.1, 2, 1).astype(np.int64)
    added = lean(logits, np.ones(400), numbers, [2])
    assert float(added[0]) == pytest.approx(np.log(0.1 / 0.9), abs=0.15)
    assert float(lean(logits, np.zeros(400), numbers, [2])[0]) == pytest.approx(0.0, abs=0.01)
