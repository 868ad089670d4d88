"""Where plates were seen: a plate at two places too far apart is noticed, and forgotten in time."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from enforcement.circumstances import OtherSighting
from enforcement.distances import Distances, great_circle_m
from enforcement.law.papers import ClonedPlate
from enforcement.reading import Reading
from enforcement.sightings import Sightings
from streams.messages import Passage, PlateReading
from tests.enforcement.samples import SECOND, T0, passage, policy

#: Three cameras on one road, and one whose place nobody has told.
ROAD = Distances(by_road_m={("a", "b"): 30_200.0, ("b", "c"): 500.0, ("a", "c"): 30_700.0})
CAMERAS = ("a", "b", "c", "d")


def at(camera: str, after_s: float, plate: str = "AB123CD", **changes: Any) -> Passage:
    seen = passage(round(after_s * 1000), plate=plate, camera=camera, at_ns=T0 + round(after_s * SECOND))
    fields = {"clock_sigma_ms": 5.0, "plate": PlateReading(plate, 0.999)} | changes
    return msgspec.structs.replace(seen, **fields)


def noticed(*passages: Passage, law: ClonedPlate | None = None) -> list[OtherSighting | None]:
    watched = msgspec.structs.replace(policy(), cloned_plate=law or ClonedPlate(fastest_kmh=250.0))
    sightings = Sightings(dict.fromkeys(CAMERAS, watched), ROAD)
    return [sightings.observe(each, (1, 0, offset)) for offset, each in enumerate(passages)]


def test_the_other_place_is_told_with_the_way_between() -> None:
    first = at("a", 0.0, vehicle="truck")
    nothing, other = noticed(first, at("b", 60.0))
    assert nothing is None
    assert other is not None
    assert (other.camera_id, other.passage_id, other.at_ns) == ("a", first.passage_id, T0)
    # Less than by road by as far as both cameras can see.
    assert (other.distance_m, other.sigma_ms, other.vehicle) == (30_000.0, 5.0, "truck")
    assert other.match_probability > 0.999


def test_what_came_later_to_us_but_was_before_is_noticed_too() -> None:
    _, other = noticed(at("b", 60.0), at("a", 0.0))
    assert other is not None
    assert other.at_ns == T0 + 62 * SECOND  # when it was last seen there


@pytest.mark.parametrize(
    "passages",
    [
        (at("a", 0.0), at("b", 600.0)),  # a way of ten minutes
        (at("a", 0.0), at("a", 5.0)),
        (at("a", 0.0), at("d", 5.0)),  # how far that is nobody knows
        (at("a", 0.0), at("b", 60.0, plate="AB123CE")),
        (at("a", 0.0, clock_sigma_ms=None), at("b", 60.0)),
        (at("a", 0.0), at("b", 60.0, clock_sigma_ms=None)),
        (msgspec.structs.replace(at("a", 0.0), plate=PlateReading(None, 0.999)), at("b", 60.0)),
        (at("a", 0.0), at("elsewhere", 60.0)),
        (at("a", 0.0), at("a", 0.0)),  # delivered again
    ],
)
def test_nothing_is_noticed(passages: tuple[Passage, ...]) -> None:
    assert noticed(*passages) == [None] * len(passages)


def test_a_passage_that_comes_again_gets_the_same_answer() -> None:
    first, once, first_again, again = noticed(at("a", 0.0), at("b", 60.0), at("a", 0.0), at("b", 60.0))
    assert once == again is not None
    assert first is first_again is None  # one of the two is enough


@pytest.mark.parametrize(("apart_s", "told"), [(99.0, True), (101.0, False)])
def test_what_is_further_back_than_plates_are_remembered_is_not_told(apart_s: float, told: bool) -> None:
    _, other = noticed(at("a", 0.0), at("b", apart_s), law=ClonedPlate(memory_s=100.0))
    assert (other is not None) == told


def sightings_in(reading: Reading) -> Sightings:
    watched = msgspec.structs.replace(policy(), cloned_plate=ClonedPlate(memory_s=100.0))
    return Sightings(dict.fromkeys(("a", "b"), watched), ROAD, reading)


@pytest.mark.parametrize(("read_s", "told"), [(1100, True), (1101, False)])
def test_a_plate_is_forgotten_when_all_cameras_have_been_read_so_far(read_s: int, told: bool) -> None:
    reading = Reading("ab".index)
    sightings = sightings_in(reading)
    sightings.observe(at("a", 0.0), (1000 * SECOND, 0, 0))
    reading.reached({0: 9000 * SECOND, 1: read_s * SECOND})
    sightings.forget()
    other = sightings.observe(at("b", 60.0), (1090 * SECOND, 1, 0))
    assert (other is not None) == told


@pytest.mark.parametrize("read", [(0, 1), (1, 0)], ids=["in order", "the later one first"])
def test_of_two_passages_that_two_workers_judge_one_is_told_of_the_other(read: tuple[int, int]) -> None:
    """Each worker reads both partitions, in whatever order: the one that was published later is told."""
    first, later = (at("a", 0.0), (10 * SECOND, 0, 7)), (at("b", 60.0), (11 * SECOND, 1, 3))
    sightings = sightings_in(Reading("ab".index))
    for i in read:
        sightings.observe(*(first, later)[i])
    assert sightings.observe(*first) is None
    assert sightings.observe(*later) is not None
    # A copy of it that was sent again later has its place still.
    assert sightings.observe(first[0], (12 * SECOND, 0, 8)) is None


def test_the_farthest_of_several_is_told() -> None:
    *_, other = noticed(at("a", 0.0), at("b", 29.0), at("c", 30.0))
    assert other is not None
    assert other.camera_id == "a"


@pytest.mark.parametrize(
    ("one", "other", "metres"),
    [
        ((52.5200, 13.4050), (48.1372, 11.5755), 504_000.0),  # Berlin to Munich
        ((0.0, 0.0), (0.0, 1.0), 111_000.0),
        ((10.0, 179.9), (10.0, -179.9), 21_850.0),  # across the date line
        ((50.0, 8.0), (50.0, 8.0), 0.0),
    ],
)
def test_as_the_crow_flies(one: tuple[float, float], other: tuple[float, float], metres: float) -> None:
    assert great_circle_m(one, other) == pytest.approx(metres, rel=0.005)
    assert great_circle_m(other, one) == pytest.approx(great_circle_m(one, other))


def test_a_measured_way_goes_before_the_crow() -> None:
    positions = {"a": (50.0, 8.0), "b": (50.1, 8.0), "c": (50.0, 8.001)}
    distances = Distances(positions, {("b", "a"): 15_000.0})
    assert distances.between("a", "b") == distances.between("b", "a") == 14_800.0
    assert distances.between("b", "c") == pytest.approx(10_890.0, abs=60.0)
    assert distances.between("a", "c") == 0.0  # both may see the same place
    assert distances.between("a", "d") is None
