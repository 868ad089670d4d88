"""Completing the labels of plates, and holding a part out to choose by."""

import numpy as np
import pytest

from detectors.training.relabelling import cell, loose, missing, read_review, write_sheets
from detectors.training.tuning_part import held_out
from detectors.yolo import Detection
from streams.messages import Box


def seen(x, y, w, h, confidence=0.9):
    return Detection(Box(x, y, w, h), "plate", confidence)


LABEL = (100.0, 100.0, 160.0, 115.0)


def test_a_sure_find_that_no_label_shares_is_missing():
    (find,) = missing("a", [LABEL], [seen(300, 100, 40, 10), seen(102, 101, 55, 13)], 0.5)
    assert find.box == (300, 100, 340, 110)
    assert find.number == 0


def test_a_doubtful_find_is_not():
    assert missing("a", [LABEL], [seen(300, 100, 40, 10, 0.4)], 0.5) == []


def test_the_same_plate_found_at_two_sizes_is_missing_once_with_the_surer_box():
    (find,) = missing("a", [], [seen(301, 100, 41, 11, 0.6), seen(300, 100, 40, 10, 0.8)], 0.5)
    assert find.confidence == 0.8


def test_a_find_within_a_label_that_is_much_larger_is_that_plate():
    assert missing("a", [(0.0, 0.0, 400.0, 300.0)], [seen(100, 100, 50, 20)], 0.5) == []


@pytest.mark.parametrize(
    ("found", "is_loose"),
    [(seen(110, 102, 30, 10), True), (seen(101, 100, 58, 14), False), (seen(300, 100, 30, 10), False)],
)
def test_a_label_is_loose_where_the_detector_sees_a_smaller_plate_in_it(found, is_loose):
    assert bool(loose("a", [LABEL], [found], 0.5)) is is_loose


def test_a_review_is_one_stem_and_number_a_line(tmp_path):
    file = tmp_path / "refused.txt"
    file.write_text("# a sign\nride_7 0\n\nride_8 1  # a sticker\n")
    assert read_review(file) == {("ride_7", 0), ("ride_8", 1)}
    assert read_review(None) == set()


def test_sheets_show_every_find(tmp_path):
    picture = np.zeros((200, 400, 3), np.uint8)
    (find,) = missing("a", [], [seen(300, 100, 40, 10)], 0.5)
    shown = cell(picture, find)
    assert (shown == (0, 255, 0)).all(axis=2).any()
    write_sheets(tmp_path, "added", [shown] * 81)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["added-0.png", "added-1.png"]


def test_of_a_ride_runs_of_neighbours_are_held_out_and_of_others_every_eighth():
    ride = [f"ride_{number}" for number in range(0, 320, 2)]
    lone = [f"photo{number:03d}" for number in range(80)]
    chosen = held_out([*ride, *lone])
    numbers = sorted(int(stem.removeprefix("ride_")) for stem in chosen if stem.startswith("ride"))
    assert len(numbers) == 20
    assert (np.diff(numbers) > 2).sum() == 1
    assert sum(stem.startswith("photo") for stem in chosen) == 10
    assert held_out(list(reversed([*ride, *lone]))) == chosen
