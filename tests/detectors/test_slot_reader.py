"""Our own reader: what its network's figures become, and that the shipped model reads."""

from __future__ import annotations

import numpy as np
import pytest
from small_reader import (
    FACTS,
    corners_a_tenth_inside,
    crop_red_up_to,
    logits_of,
    model_that_says,
    model_that_sees_red,
)

from detectors.readers.slots import SlotReader
from detectors.reading import NOTHING_READ, ReaderError
from detectors.training.plateart.glyphs import GlyphLibrary
from detectors.training.plateart.layouts import load_layouts
from detectors.training.plateart.rendering import PlatePrinter
from detectors.training.reader.backdrops import painted
from detectors.training.reader.degrading import Harshness, photograph

CROP = np.full((30, 90, 3), 120, np.uint8)
BLANK = {"": 0.999}


@pytest.mark.parametrize(
    ("positions", "text"),
    [
        pytest.param([{"A": 0.9}, {"8": 0.8}, BLANK], "A8", id="blanks behind the text fall away"),
        pytest.param([{"京": 0.9}, {"A": 0.9}, BLANK], "京A", id="a province stands in front"),
        pytest.param([{"A": 0.9}, {"京": 0.9}, {"8": 0.9}], "A8", id="but nowhere else"),
        pytest.param([BLANK, BLANK, BLANK], "", id="nothing stands there"),
    ],
)
def test_the_likeliest_character_of_each_position_is_the_text(tmp_path, positions, text):
    reader = SlotReader(model_that_says(tmp_path / "r.onnx", logits_of(*positions)))
    assert reader.read([CROP])[0].text == text


def test_a_contested_position_keeps_all_that_could_stand_there(tmp_path):
    contested = logits_of({"A": 1.0}, {"B": 0.6, "8": 0.4}, BLANK)
    read = SlotReader(model_that_says(tmp_path / "r.onnx", contested)).read([CROP])[0]
    assert [(c.character, round(c.probability, 2)) for c in read.slots[1]] == [("B", 0.6), ("8", 0.4)]


def test_a_position_that_may_be_blank_stays_in_the_lattice(tmp_path):
    doubtful = logits_of({"A": 1.0}, {"": 0.7, "8": 0.3})
    read = SlotReader(model_that_says(tmp_path / "r.onnx", doubtful)).read([CROP])[0]
    assert read.text == "A"
    assert [c.character for c in read.slots[1]] == ["", "8"]


@pytest.mark.parametrize(
    ("calibration", "said"),
    [((0.0, 1.0, 0.0), 0.72), ((0.0, 0.0, 0.0), 0.5), ((2.0, 0.0, 0.0), 0.881)],
    ids=["as the network says", "knows nothing", "its own figure"],
)
def test_the_probability_is_the_calibrated_one(tmp_path, calibration, said):
    facts = FACTS | {"calibration": list(calibration)}
    path = model_that_says(tmp_path / "r.onnx", logits_of({"A": 0.9, "B": 0.1}, {"8": 0.8, "B": 0.2}), facts)
    assert SlotReader(path).read([CROP])[0].probability == pytest.approx(said, abs=0.002)


def test_a_higher_temperature_doubts_more(tmp_path):
    sure = logits_of({"A": 0.9, "B": 0.1})
    cold = SlotReader(model_that_says(tmp_path / "c.onnx", sure)).read([CROP])[0]
    facts = FACTS | {"temperature": 2.0}
    warm = SlotReader(model_that_says(tmp_path / "w.onnx", sure, facts)).read([CROP])[0]
    assert warm.slots[0][0].probability < cold.slots[0][0].probability


@pytest.mark.parametrize(
    ("leanings", "text"),
    [({}, "B"), ({"US": {"B": -2.0}}, "8"), ({"CN": {"B": -2.0}}, "B")],
    ids=["none", "of the plate's region", "of another region"],
)
def test_a_regions_leaning_decides_between_shapes_that_look_alike(tmp_path, leanings, text):
    path = model_that_says(
        tmp_path / "r.onnx", logits_of({"B": 0.55, "8": 0.45}), FACTS | {"leanings": leanings}
    )
    assert SlotReader(path).read([CROP])[0].text == text


def test_regions_come_likeliest_first(tmp_path):
    read = SlotReader(model_that_says(tmp_path / "r.onnx", logits_of({"A": 0.9}))).read([CROP])[0]
    assert [(guess.region, round(guess.probability, 2)) for guess in read.regions] == [
        ("US", 0.95),
        ("CN", 0.05),
    ]


LOOK_LEFT = [[-0.1, 0.0]]


@pytest.mark.parametrize(
    ("column", "facts", "text"),
    [
        pytest.param(86, {}, "B", id="one look"),
        pytest.param(86, {"looks": LOOK_LEFT, "doubt": 0.9}, "A", id="a second look settles a doubt"),
        pytest.param(86, {"looks": LOOK_LEFT, "doubt": 0.2}, "B", id="which is not had below"),
        pytest.param(70, {"looks": LOOK_LEFT, "doubt": 0.99}, "B", id="or outweighed by the first"),
        pytest.param(86, {"looks": [[0.1, 0.0]], "doubt": 0.9}, "B", id="or borne out"),
    ],
)
def test_a_plate_in_doubt_is_looked_at_again_with_its_corners_moved(tmp_path, column, facts, text):
    reader = SlotReader(model_that_sees_red(tmp_path / "r.onnx", **facts))
    assert reader.read([crop_red_up_to(column)])[0].text == text


def test_a_second_look_at_one_plate_changes_no_other(tmp_path):
    reader = SlotReader(model_that_sees_red(tmp_path / "r.onnx", looks=LOOK_LEFT, doubt=0.9))
    crops = [crop_red_up_to(column) for column in (150, 86, 30, 84, 90, 10, 86, 140, 86)]
    together = [read.slots for read in reader.read(crops)]
    assert together == [reader.read([crop])[0].slots for crop in crops]


def test_corners_are_px_of_the_crop(tmp_path):
    path = model_that_says(tmp_path / "r.onnx", logits_of({"A": 0.9}), corners=corners_a_tenth_inside())
    assert SlotReader(path).corners(CROP)[2] == pytest.approx([81, 27])


def test_a_plate_is_straightened_by_its_corners(tmp_path):
    crop = np.zeros((64, 176, 3), np.uint8)
    crop[:, :88], crop[7:57, 88:] = (0, 0, 200), (200, 0, 0)
    path = model_that_says(tmp_path / "r.onnx", logits_of({"A": 0.9}), corners=corners_a_tenth_inside())
    plate = SlotReader(path).straightened(crop)
    assert plate.shape == (48, 144, 3)
    assert plate[2:-2, 2:70, 2].min() == 200
    assert plate[2:-2, -68:-2, 0].min() == 200, "the dark rim of the crop is outside"


def test_without_a_network_for_corners_the_crop_is_the_plate(tmp_path):
    reader = SlotReader(model_that_says(tmp_path / "r.onnx", logits_of({"A": 0.9})))
    assert reader.corners(CROP).tolist() == [[0, 0], [90, 0], [90, 30], [0, 30]]


def test_a_damaged_network_for_corners_is_named(tmp_path):
    path = model_that_says(tmp_path / "r.onnx", logits_of({"A": 0.9}), corners="not base 85, é")
    with pytest.raises(ReaderError, match="carries no network that finds corners"):
        SlotReader(path)


@pytest.mark.parametrize("count", [0, 1, 8, 19])
def test_each_crop_gets_its_reading_in_any_number(tmp_path, count):
    reader = SlotReader(model_that_says(tmp_path / "r.onnx", logits_of({"A": 0.9})))
    assert [read.text for read in reader.read([CROP] * count)] == ["A"] * count


def test_a_crop_of_no_size_is_nothing_read_and_shifts_no_other(tmp_path):
    reader = SlotReader(model_that_says(tmp_path / "r.onnx", logits_of({"A": 0.9})))
    read = reader.read([CROP, CROP[:2], CROP])
    assert [r.text for r in read] == ["A", "", "A"]
    assert read[1] == NOTHING_READ


@pytest.mark.parametrize(
    "facts", [None, {"characters": ["", "A"]}], ids=["says nothing of itself", "says too little"]
)
def test_a_model_that_is_no_reader_is_refused(tmp_path, facts):
    path = model_that_says(tmp_path / "r.onnx", logits_of({"A": 0.9}), facts)
    with pytest.raises(ReaderError, match="does not say which characters it reads"):
        SlotReader(path)


def test_the_shipped_reader_reads_plates_that_it_has_not_seen_and_knows_when_it_is_wrong():
    printer = PlatePrinter(load_layouts(), GlyphLibrary.open(), weights={"CN": 0.0})
    rng = np.random.default_rng(20_261_121)
    harsh = Harshness(narrowest_px=110, widest_px=220, night=0, rain=0, glare=0, dirt=0, motion=0)
    plates = [printer.print(rng) for _ in range(80)]
    crops = [photograph(plate.image, rng, harsh, painted(rng)).crop for plate in plates]
    read = SlotReader().read(crops)
    right = [r.text == plate.text for r, plate in zip(read, plates, strict=True)]
    sure = [ok for ok, r in zip(right, read, strict=True) if r.probability > 0.95]
    assert np.mean(right) >= 0.7
    assert len(sure) >= 20
    assert np.mean(sure) >= 0.9
