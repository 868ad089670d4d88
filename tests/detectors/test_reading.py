"""Readers: from a recogniser's posteriors to a plate's characters, and real text through the real model."""

import builtins

import cv2
import numpy as np
import pytest

from detectors.readers.ctc import Alphabet
from detectors.readers.lines import levelled, two_lines
from detectors.reading import NOTHING_READ, ReaderError, normalised, open_reader, reading_of
from streams.messages import CharacterCandidate

GLYPHS = ("", "A", "b", "B", "8", "-", "粤", "学", "★", "O", "0")


def posteriors(*steps):
    """One row a step; each step a dict of glyph to probability, the rest goes to the blank."""
    rows = np.zeros((len(steps), len(GLYPHS)), dtype=np.float32)
    for row, step in zip(rows, steps, strict=True):
        for glyph, probability in step.items():
            row[GLYPHS.index(glyph)] = probability
        row[0] += 1 - row.sum()
    return rows


BLANK = {}


@pytest.mark.parametrize(
    ("steps", "text", "raw"),
    [
        ([{"A": 0.9}, BLANK, {"8": 0.9}], "A8", "A8"),
        ([{"A": 0.9}, {"A": 0.8}, {"8": 0.9}], "A8", "A8"),
        ([{"8": 0.9}, BLANK, {"8": 0.9}], "88", "88"),
        ([{"A": 0.9}, {"-": 0.9}, {"8": 0.9}], "A8", "A-8"),
        ([{"粤": 0.9}, {"A": 0.9}], "粤A", "粤A"),
        ([{"A": 0.9}, {"粤": 0.9}], "A", "A粤"),
        ([{"学": 0.9}, {"A": 0.9}], "A", "学A"),
        ([{"b": 0.9}, {"A": 0.9}], "BA", "bA"),
        ([BLANK, BLANK], "", ""),
    ],
    ids=[
        "plain", "a run is one", "a blank parts twins", "separator", "province", "province only in front",
        "foreign glyph is no letter", "lower case", "nothing",
    ],
)  # fmt: skip
def test_the_best_path_becomes_the_plates_characters(steps, text, raw):
    reading = Alphabet(GLYPHS).decode(posteriors(*steps))
    assert (reading.text, reading.raw_text) == (text, raw)
    assert len(reading.characters) == len(text)


def test_upper_and_lower_case_are_one_character_and_their_probabilities_add_up():
    slot = Alphabet(GLYPHS).decode(posteriors({"B": 0.4, "b": 0.3, "8": 0.3})).slots[0]
    assert slot[0] == CharacterCandidate("B", pytest.approx(0.7))
    assert slot[1] == CharacterCandidate("8", pytest.approx(0.3))


def test_a_foreign_glyphs_probability_is_not_given_to_a_letter():
    reading = Alphabet(GLYPHS).decode(posteriors({"学": 0.8, "A": 0.2}))
    assert reading.text == ""
    assert {c.character: round(c.probability, 1) for c in reading.slots[0]}["A"] == 0.2


def test_a_character_that_nearly_won_against_the_blank_is_kept_as_a_possibility():
    reading = Alphabet(GLYPHS).decode(posteriors({"A": 0.9}, BLANK, {"8": 0.4}, BLANK, {"B": 0.9}))
    assert reading.text == "AB"
    assert [slot[0].character for slot in reading.slots] == ["A", "", "B"]
    assert reading.slots[1][1] == CharacterCandidate("8", pytest.approx(0.4))


def test_confidence_is_that_of_the_characters():
    slots = [[CharacterCandidate("A", 0.9)], [CharacterCandidate("B", 0.4)]]
    assert reading_of("AB", slots).confidence == pytest.approx(0.6)
    assert NOTHING_READ.confidence == 0.0


@pytest.mark.parametrize(
    ("glyph", "character"), [("a", "A"), ("7", "7"), ("京", "京"), ("学", None), ("·", None), ("Ä", None)]
)
def test_what_a_glyph_is_on_a_plate(glyph, character):
    assert normalised(glyph) == character


def plate(*lines, height=48):
    """Black text on white, one or two lines."""
    width = 26 * max(map(len, lines)) + 24
    picture = np.full((height * len(lines), width, 3), 245, dtype=np.uint8)
    for row, line in enumerate(lines):
        left = (width - 26 * len(line)) // 2
        for i, character in enumerate(line):
            at = (left + 26 * i, height * (row + 1) - 12)
            cv2.putText(picture, character, at, cv2.FONT_HERSHEY_SIMPLEX, 1.1, (20, 20, 20), 3, cv2.LINE_AA)
    return picture


def test_two_lines_are_taken_apart_and_one_line_is_left_whole():
    upper, lower = two_lines(plate("KRX", "4715"))
    assert (upper < 100).any()
    assert (lower < 100).any()
    assert 30 < upper.shape[0] < 66
    assert two_lines(plate("KRX4715")) is None
    assert two_lines(np.full((40, 60, 3), 200, dtype=np.uint8)) is None


def test_a_states_name_above_the_plate_is_no_line_of_it():
    picture = np.full((90, 180, 3), 230, dtype=np.uint8)
    cv2.putText(picture, "SOMEWHERE", (40, 26), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (60, 60, 60), 1, cv2.LINE_AA)
    cv2.putText(picture, "4CVU80", (16, 76), cv2.FONT_HERSHEY_SIMPLEX, 1.3, (20, 20, 20), 3, cv2.LINE_AA)
    assert two_lines(picture) is None


def test_a_tilted_plate_is_levelled_and_a_level_one_left_alone():
    level = plate("KRX4715", height=60)
    height, width = level.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 6, 1.0)
    tilted = cv2.warpAffine(level, turn, (width, height), borderValue=(245, 245, 245))
    assert levelled(level) is level
    back = levelled(tilted)
    assert np.abs(back.astype(int) - level).mean() < np.abs(tilted.astype(int) - level).mean()


@pytest.fixture(scope="module")
def rapid():
    return open_reader("rapidocr")


def test_the_real_model_reads_one_line_two_lines_and_a_small_crop_in_one_batch(rapid):
    small = cv2.resize(plate("KRX4715"), None, fx=0.45, fy=0.45, interpolation=cv2.INTER_AREA)
    readings = rapid.read([plate("KRX4715"), plate("KRX", "4715"), small])
    assert [r.text for r in readings] == ["KRX4715"] * 3
    assert all(len(r.characters) == 7 and min(r.characters) > 0.5 for r in readings)


def test_what_shows_no_text_reads_as_nothing(rapid):
    empty, speck = rapid.read([np.full((48, 160, 3), 128, dtype=np.uint8), np.zeros((2, 3, 3), np.uint8)])
    assert (empty.text, speck.text) == ("", "")
    assert rapid.read([]) == []


def test_a_reader_that_is_not_known_is_refused_with_those_that_are():
    with pytest.raises(ReaderError, match="choose one of easyocr, own, rapidocr"):
        open_reader("tesseract")


def test_easyocr_says_how_to_install_it_when_it_is_not(monkeypatch):
    real = builtins.__import__

    def missing(name, *args, **kwargs):
        if name == "easyocr":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(ReaderError, match=r"roadwitness\[easyocr\]"):
        open_reader("easyocr")
