"""Where plates were seen: a plate at two places too far apart is noticed, and forgotten in time."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from enforcement.circumstances import OtherSighting
from enforcement.distances import Distances, great_circle_m
from enforcement.law.papers import ClonedPlate
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
    sightings = Sightings(dict.fromkeys(CAMERAS, watched), ROAD, clock=lambda: 10**18)
    return [sightings.observe(each) for each in passages]


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


def test_a_plate_is_forgotten_after_its_time() -> None:
    law = ClonedPlate(memory_s=100.0)
    far = at("a", 0.0)
    *_, other = noticed(far, at("c", 102.0, plate="XY999ZZ"), at("b", 90.0), law=law)
    assert other is None


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
