"""Many reads, one plate: what outvotes what, and when the answer is 'unreadable'."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.alignment import blend, distance
from detectors.consensus import SightedRead, combine
from detectors.reading import reading_of
from streams.messages import Box, CharacterCandidate


def read(text, confidence=0.9, at=0, width=80.0):
    """A read of ``text``; a list of confidences gives one per character."""
    per_character = confidence if isinstance(confidence, list) else [confidence] * len(text)
    slots = [(CharacterCandidate(c, p),) for c, p in zip(text, per_character, strict=True)]
    return SightedRead(at, Box(0, 0, width, width / 4), reading_of(text, slots))


def reads(*texts, confidence=0.9):
    return [read(text, confidence, at=i) for i, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("texts", "plate"),
    [
        (["AB12CDE"] * 3, "AB12CDE"),
        (["AB12CDE", "AB12CDE", "AB12CDE", "A812CDE"], "AB12CDE"),
        (["AB12CDE", "AB12CDE", "AB12CDE", "AB12CD"], "AB12CDE"),
        (["AB12CDE", "AB12CDE", "AB12CDE", "1AB12CDE"], "AB12CDE"),
        (["A812CDE", "AB1ZCDE", "AB12CDE", "AB12COE", "AB12CDE"], "AB12CDE"),
        (["粤B7H527"] * 3, "粤B7H527"),
        (["粤B7H527", "鲁B7H527", "B7H527"], "B7H527"),
        (["AB12CDE", "A812CDE"], None),
        (["AB12CDE"], None),
        (["", "", ""], None),
        ([], None),
        (["AB"] * 5, None),
        (["ABCDEFGHIJKLMN"] * 5, None),
        (["AB12CDE", "XY98ZZZ", "KK55LMN"], None),
    ],
)
def test_the_plate_of_several_reads(texts, plate):
    assert combine(reads(*texts)).text == plate


def test_one_loud_wrong_read_loses_against_three_right_ones():
    wrong = read("XY99ZZZ", 1.0, at=9, width=200)
    assert combine([*reads("AB12CDE", "AB12CDE", "AB12CDE", confidence=0.8), wrong]).text == "AB12CDE"


def test_a_single_read_is_never_enough_however_sure():
    assert combine([read("AB12CDE", 1.0, width=300)]).text is None


def test_a_character_that_is_no_plates_makes_it_unreadable():
    doubtful = [read("AB?2CDE", 0.95, at=i) for i in range(4)]
    assert combine(doubtful).text is None


def test_the_lattice_keeps_the_runner_up_and_each_position_is_a_distribution():
    lattice = combine(reads("AB12CDE", "AB12CDE", "A812CDE")).lattice
    assert [p[0].character for p in lattice] == list("AB12CDE")
    assert lattice[1][1].character == "8"
    for position in lattice:
        assert sum(c.probability for c in position) <= 1.0 + 1e-9
        assert all(a.probability >= b.probability for a, b in itertools.pairwise(position))


def test_every_read_is_kept_in_the_order_of_time():
    sighted = [read("AB12CDE", at=3), read("A812CDE", at=1), read("", at=2)]
    assert [r.captured_at_ns for r in combine(sighted).reads] == [1, 2, 3]


def test_a_wide_plate_counts_for_more_than_a_small_one():
    large = [read("AB12CDE", at=i, width=90) for i in range(2)]
    small = [read("A812CDE", at=5 + i, width=25) for i in range(2)]
    assert combine([*large, *small]).lattice[1][0].character == "B"


plates = st.text("ABCDEFGH0123456789", min_size=5, max_size=8)
confidences = st.floats(0.55, 1.0)


@settings(max_examples=60, deadline=None)
@given(plate=plates, sure=st.lists(confidences, min_size=1, max_size=6), more=confidences, data=st.data())
def test_one_more_agreeing_read_never_lowers_the_confidence(plate, sure, more, data):
    before = [read(plate, c, at=i) for i, c in enumerate(sure)]
    assert combine([*before, read(plate, more, at=99)]).confidence >= combine(before).confidence - 1e-12


@settings(max_examples=60, deadline=None)
@given(texts=st.lists(plates, min_size=1, max_size=5), data=st.data())
def test_the_order_of_reads_does_not_matter(texts, data):
    sighted = reads(*texts)
    shuffled = data.draw(st.permutations(sighted))
    assert combine(shuffled) == combine(sighted)


@settings(max_examples=60, deadline=None)
@given(plate=plates, wrong=plates, loud=confidences)
def test_a_plate_is_never_what_only_one_of_four_reads_says(plate, wrong, loud):
    found = combine([*reads(plate, plate, plate, confidence=0.85), read(wrong, loud, at=7)]).text
    assert found in (plate, None)


def test_what_changes_with_the_framing_becomes_doubtful():
    framed = [read("1B7H527", 0.95).reading, read("B7H527", 0.95).reading, read("B7H527", 0.95).reading]
    blended = blend(framed)
    assert blended.text == "B7H527"
    assert min(blended.characters) == pytest.approx(0.95)


@pytest.mark.parametrize(
    ("one", "two", "edits"), [("", "", 0), ("AB", "AB", 0), ("AB", "A8", 1), ("AB1", "B1", 1), ("", "XYZ", 3)]
)
def test_the_distance_of_two_texts(one, two, edits):
    assert distance(one, two) == distance(two, one) == edits
