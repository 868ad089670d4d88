"""Who is in a section: matched beyond doubt, in either order, and forgotten in time."""

from __future__ import annotations

import msgspec
import pytest

from enforcement.errors import PolicyError
from enforcement.reading import Reading
from enforcement.road import Line, Road
from enforcement.sections import Match, SectionMemory
from streams.messages import CharacterCandidate, Passage, PlateReading
from tests.enforcement.samples import SECOND, T0, policy
from tests.enforcement.stretches import ENDS, SECTION, at, entering, leaving, memory


def ended(remembered: SectionMemory) -> set[str]:
    return {each.passage.passage_id for each in remembered.ended()}


def matched(*passages: Passage) -> list[Match]:
    remembered = memory()
    for each in passages:
        remembered.observe(each)
    return remembered.matches()


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["entry first", "exit first"])
def test_a_vehicle_is_matched_whichever_end_comes_first(order: tuple[int, int]) -> None:
    both = entering(), leaving()
    [match] = matched(*(both[i] for i in order))
    assert (match.entered.passage_id, match.left) == (both[0].passage_id, both[1])
    # From the first sight at the entry to the last at the exit; clocks of 5 ms.
    assert (match.entry.at_ns, match.entry.sigma_ms) == (T0, 5.0)
    assert match.entry.match_probability > 0.99
    assert (match.entry.camera_id, match.entry.section_id) == ("cam-in", "A")


@pytest.mark.parametrize(
    "passages",
    [
        (entering(), leaving(plate="A8123CD")),
        (entering(), entering(1.0), leaving()),  # twice in, once out
        (entering(confidence=0.3), leaving(confidence=0.3)),
        (entering(vehicle="truck"), leaving()),
        (entering(100.0), leaving(80.0)),  # out before in
        (entering(), leaving(700.0)),  # longer than a vehicle is remembered
        (entering(clock_sigma_ms=None), leaving()),
        (entering(), leaving(clock_sigma_ms=None)),
        (entering(plate="AB12"), leaving(plate="AB12")),
        (entering(), at("cam-elsewhere", 80.0)),
        (leaving(0.0), leaving(80.0)),
    ],
)
def test_what_is_not_beyond_doubt_is_no_match(passages: tuple[Passage, ...]) -> None:
    assert matched(*passages) == []


def test_a_class_that_is_doubtful_contradicts_nothing() -> None:
    assert len(matched(entering(vehicle="truck", vehicle_confidence=0.5), leaving())) == 1


def test_others_on_the_road_do_not_hinder() -> None:
    crowd = [entering(second, f"ZZ{second:03}XY") for second in range(50)]
    crowd += [leaving(second + 90.0, f"ZZ{second:03}XY") for second in range(50)]
    found = matched(*crowd)
    assert len(found) == 50
    assert all(match.left.ended_at_ns - match.entry.at_ns == 92 * SECOND for match in found)


def test_a_plate_that_nearly_is_another_ones_is_no_match() -> None:
    """Two vehicles whose plates differ in one place, which the exit's camera could hardly read."""
    lattice = tuple((CharacterCandidate(character, 0.999),) for character in "AB123CD")
    unsure = (CharacterCandidate("B", 0.7), CharacterCandidate("8", 0.3))
    seen = msgspec.structs.replace(
        leaving(), plate=PlateReading("AB123CD", 0.6957, (lattice[0], unsure, *lattice[2:]))
    )
    assert len(matched(entering(confidence=0.999), seen)) == 1
    assert matched(entering(confidence=0.999), entering(2.0, "A8123CD", confidence=0.999), seen) == []


def test_a_match_is_told_until_it_is_settled() -> None:
    remembered = memory()
    remembered.observe(entering())
    remembered.observe(leaving())
    assert remembered.matches() == remembered.matches()
    remembered.observe(leaving())  # delivered again
    assert len(remembered.matches()) == 1
    remembered.settle(remembered.matches())
    assert remembered.matches() == []
    assert ended(remembered) == {entering().passage_id, leaving().passage_id}
    for again in (entering(), leaving()):  # delivered once more, after all is stored
        assert remembered.observe(again) == ("A",)
    assert remembered.matches() == []


@pytest.mark.parametrize("camera", ENDS)
def test_who_is_not_matched_is_forgotten_when_the_time_is_over(camera: str) -> None:
    remembered = memory()
    lonely = at(camera, 0.0)
    other = ENDS[1 - ENDS.index(camera)]
    assert remembered.observe(lonely) == ("A",)
    remembered.observe(at(other, 719.0, "XY999ZZ"))
    remembered.matches()
    assert remembered.ended() == []
    # However far its own camera is ahead, as when a backlog is read: the other one decides.
    remembered.observe(at(camera, 7200.0, "XY777ZZ"))
    remembered.matches()
    assert ended(remembered) == {at(other, 719.0).passage_id}
    remembered.release(remembered.ended())
    remembered.observe(at(other, 723.0, "XY888ZZ"))
    remembered.matches()
    [only] = [each for each in remembered.ended() if each.passage.passage_id == lonely.passage_id]
    assert only.section_id == "A"
    assert (only.passage.plate, only.passage.track) == (None, ())
    remembered.release([only])
    assert lonely.passage_id not in ended(remembered)


@pytest.mark.parametrize("camera", ENDS)
def test_at_night_when_nobody_follows_it_counts_how_far_the_logs_were_read(camera: str) -> None:
    reading = Reading(ENDS.index)
    remembered = memory(reading=reading)
    remembered.observe(at(camera, 0.0), (1000 * SECOND, 0, 0))
    reading.reached({ENDS.index(camera): 9000 * SECOND})  # its own
    other = 1 - ENDS.index(camera)
    for read_s, gone in ((0, False), (1000, False), (1600, False), (1601, True)):
        reading.reached({other: read_s * SECOND})
        remembered.matches()
        assert ended(remembered) == ({at(camera, 0.0).passage_id} if gone else set())


def test_a_match_that_is_not_stored_yet_is_not_forgotten_however_long_that_takes() -> None:
    reading = Reading()
    remembered = memory(reading=reading)
    remembered.observe(entering(), (0, 0, 1))
    remembered.observe(leaving(), (0, 0, 2))
    assert len(remembered.matches()) == 1
    reading.reached({0: 10**18})
    assert remembered.ended() == []
    assert len(remembered.matches()) == 1


@pytest.mark.parametrize("split", range(5))
def test_who_drives_it_twice_is_matched_twice_whatever_is_read_at_once(split: int) -> None:
    rounds = [entering(), leaving(80.0), entering(200.0), leaving(290.0)]
    remembered = memory()
    found = []
    for part in (rounds[:split], rounds[split:]):
        for each in part:
            remembered.observe(each)
        matches = remembered.matches()
        found += [(match.entered.passage_id, match.left.passage_id) for match in matches]
        remembered.settle(matches)
    assert found == [
        (rounds[0].passage_id, rounds[1].passage_id),
        (rounds[2].passage_id, rounds[3].passage_id),
    ]


def test_what_cannot_be_matched_is_not_remembered_at_all() -> None:
    remembered = memory()
    for seen in (entering(clock_sigma_ms=None), entering(1.0, plate="A1"), at("cam-elsewhere", 2.0)):
        assert remembered.observe(seen) == ()


def test_a_section_that_another_worker_judges_is_left_to_it() -> None:
    remembered = memory()
    remembered.observe(entering())
    remembered.judge_only([])
    assert remembered.observe(leaving()) == ("A",)  # its pictures are awaited all the same
    assert (remembered.matches(), remembered.ended()) == ([], [])
    remembered.judge_only(["A"])
    remembered.observe(leaving())
    assert remembered.matches() == []  # who entered is read again from the log
    remembered.observe(entering())
    assert len(remembered.matches()) == 1


def test_a_camera_may_be_the_exit_of_one_section_and_the_entry_of_the_next() -> None:
    after = msgspec.structs.replace(SECTION, id="B", entry_camera="cam-out", exit_camera="cam-far")
    law = msgspec.structs.replace(policy(), sections=(SECTION, after))
    remembered = SectionMemory(dict.fromkeys((*ENDS, "cam-far"), law), {})
    remembered.observe(entering())
    assert remembered.observe(leaving()) == ("A", "B")
    [first] = remembered.matches()
    remembered.settle([first])
    assert ("B", leaving().passage_id) not in {
        (each.section_id, each.passage.passage_id) for each in remembered.ended()
    }
    remembered.observe(at("cam-far", 160.0))
    [second] = remembered.matches()
    assert (second.section.id, second.entered.passage_id) == ("B", leaving().passage_id)


def test_a_line_that_is_not_drawn_is_an_error() -> None:
    lined = msgspec.structs.replace(SECTION, entry_line="begin")
    drawn = Road("r", (Line("begin", "gate", ((0.0, 0.0), (1.0, 0.0))),))
    memory(lined, **{"cam-in": drawn})
    with pytest.raises(PolicyError, match="entry_line is 'begin', which is not drawn on the road of the"):
        memory(lined, **{"cam-in": Road()})
