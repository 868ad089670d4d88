"""The rules of lanes and zones: wrong way, reserved lane, closed street, standing where none may."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enforcement.law.places import ReservedLane, Stopping, VehicleBan, WrongWay
from enforcement.law.table import Scope
from enforcement.road import Road, Zone
from enforcement.rules.finding import Finding
from streams.messages import Passage
from tests.enforcement.rules.driving import Drive, Knots, judge
from tests.enforcement.rules.junction import LAW, OFFENDERS, ROAD, RULES

BACK = ((1.75, -5.0), (1.75, -60.0))


def found(offence: str, passage: Passage, road: Road = ROAD, **tables: Any) -> Finding | None:
    policy = msgspec.structs.replace(LAW, **tables) if tables else LAW
    return judge(RULES[offence], passage, road, policy)


def drives(path: Knots, speed: float, metres: float, **changes: Any) -> Passage:
    """Evenly along ``path`` for so many metres."""
    return Drive(path, ((0.0, speed), (metres / speed, speed))).passage(**changes)


@pytest.mark.parametrize(
    ("passage", "found_"),
    [
        (drives(BACK, 12.0, 40.0), True),
        (drives(BACK, 12.0, 14.0), True),
        (drives(BACK, 12.0, 12.0), False),  # less than 12 m beyond doubt
        (drives(BACK, 2.6, 30.0), True),
        (drives(BACK, 2.1, 30.0), False),  # 7.6 km/h: backing into a gap
        (drives(BACK[::-1], 12.0, 40.0), False),
        (drives(((1.75, -55.0), (1.75, -5.0)), 12.0, 40.0), False),
        (drives(((-5.25, -5.0), (-5.25, -60.0)), 12.0, 40.0), False),  # in the lane that goes that way
        (drives(((3.45, -5.0), (3.45, -60.0)), 12.0, 40.0), False),  # on the edge
        (drives(((5.25, -5.0), (5.25, -60.0)), 12.0, 40.0), False),  # in no lane with a heading
        (drives(((0.3, -30.0), (3.2, -31.0)), 6.0, 3.0), False),  # across
    ],
)
def test_wrong_way(passage: Passage, found_: bool) -> None:
    assert (found("wrong_way", passage) is not None) is found_


def test_where_lanes_of_both_directions_overlap_neither_is_wrong() -> None:
    both = tuple(
        Zone(f"lane {heading}", "lane", ((0.0, -60.0), (3.5, -60.0), (3.5, 0.0), (0.0, 0.0)), heading)
        for heading in (0.0, 180.0)
    )
    assert found("wrong_way", drives(BACK, 12.0, 40.0), Road("both", zones=both)) is None
    assert found("wrong_way", drives(BACK, 12.0, 40.0), Road("one", zones=both[:1])) is not None
    unknown = msgspec.structs.replace(both[0], heading_deg=None)
    assert found("wrong_way", drives(BACK, 12.0, 40.0), Road("none", zones=(unknown,))) is None


def test_one_who_sees_it_and_stops_drove_the_wrong_way_until_then() -> None:
    stops = Drive(BACK, ((0.0, 12.0), (2.5, 12.0), (5.0, 0.0), (25.0, 0.0))).passage()
    finding = found("wrong_way", stops)
    assert finding is not None
    assert finding.measured == pytest.approx(45.0, abs=1.0)
    assert found("wrong_way", stops, wrong_way=WrongWay(least_distance_m=50.0)) is None


IN_BUS_LANE = ((5.25, -55.0), (5.25, 5.0))


@pytest.mark.parametrize(
    ("passage", "lane", "found_"),
    [
        (drives(IN_BUS_LANE, 14.0, 40.0), {}, True),
        (drives(IN_BUS_LANE, 14.0, 24.0), {}, True),
        (drives(IN_BUS_LANE, 14.0, 20.0), {}, False),
        (drives(IN_BUS_LANE, 14.0, 40.0, vehicle="bus"), {}, False),
        (drives(IN_BUS_LANE, 14.0, 40.0, vehicle="truck"), {}, True),
        (drives(IN_BUS_LANE, 14.0, 40.0, vehicle_confidence=0.5), {}, False),
        (drives(IN_BUS_LANE, 14.0, 40.0), {"least_distance_m": 41.0}, False),
        (drives(IN_BUS_LANE, 14.0, 40.0), {"zone": "elsewhere"}, False),
        (drives(IN_BUS_LANE, 14.0, 40.0), {"zone": "northbound"}, False),  # not a reserved lane
        (drives(IN_BUS_LANE, 14.0, 40.0), {"hours": ("mo-fr 07:00-19:00",)}, True),  # Monday, 08:00
        (drives(IN_BUS_LANE, 14.0, 40.0), {"hours": ("mo-fr 09:00-19:00",)}, False),
        (drives(((3.6, -55.0), (3.6, 5.0)), 14.0, 40.0), {}, False),  # perhaps beside it
        (drives(((1.75, -55.0), (1.75, -40.0), (5.25, -25.0), (5.25, 5.0)), 14.0, 42.0), {}, False),
    ],
)
def test_reserved_lane(passage: Passage, lane: dict[str, Any], found_: bool) -> None:
    law = ReservedLane(**{"zone": "buses", "allowed": ("bus",)} | lane)
    assert (found("reserved_lane", passage, reserved_lanes=(law,)) is not None) is found_


def test_of_several_lanes_the_one_that_was_used_longest_is_told() -> None:
    near = Zone("near", "reserved", ((3.5, -60.0), (7.0, -60.0), (7.0, -28.0), (3.5, -28.0)))
    road = Road("two", ROAD.lines, (*ROAD.zones, near))
    laws = (ReservedLane("near", ("bus",)), ReservedLane("buses", ("bus",)))
    finding = found("reserved_lane", drives(IN_BUS_LANE, 14.0, 50.0), road, reserved_lanes=laws)
    assert finding is not None
    assert finding.places == ("buses",)
    assert "reserved (bus allowed)" in finding.explanation


TO_OLD_TOWN = ((1.75, 15.0), (1.75, 55.0))
TRUCKS = Scope(vehicles=("truck",))


@pytest.mark.parametrize(
    ("vehicle", "scope", "found_"),
    [
        ("truck", TRUCKS, True),
        ("car", TRUCKS, False),
        ("bus", TRUCKS, False),
        ("truck", Scope(vehicles=("truck",), hours=("22:00-06:00",)), False),
        ("car", Scope(), True),  # closed to all
    ],
)
def test_vehicle_ban(vehicle: str, scope: Scope, found_: bool) -> None:
    passage = drives(TO_OLD_TOWN, 8.0, 30.0, vehicle=vehicle)
    ban = VehicleBan("old town", scope)
    assert (found("vehicle_ban", passage, vehicle_bans=(ban,)) is not None) is found_


def test_a_ban_for_all_does_not_rest_on_the_class() -> None:
    passage = drives(TO_OLD_TOWN, 8.0, 30.0, vehicle_confidence=0.3)
    assert found("vehicle_ban", passage, vehicle_bans=(VehicleBan("old town", Scope()),)) is not None


def test_who_turns_round_at_the_sign_has_not_driven_there() -> None:
    turns = drives(((1.75, 10.0), (1.75, 24.0)), 5.0, 14.0, vehicle="truck")
    assert found("vehicle_ban", turns) is None


def stands(
    wait_s: float, y: float = 12.0, brake_s: float = 4.0, tracked: str = "front", **more: Any
) -> Passage:
    """From 12 m/s to a halt with the front at ``y``, for ``wait_s``, and off again."""
    far = y + 45.0 - 6.0 * brake_s
    begin = far / 12.0
    halt = begin + brake_s
    speeds = ((0.0, 12.0), (begin, 12.0), (halt, 0.0), (halt + wait_s, 0.0), (halt + wait_s + 5.0, 10.0))
    return Drive(((1.75, -45.0), (1.75, 90.0)), speeds, tracked=tracked, **more).passage()


@pytest.mark.parametrize(
    ("passage", "found_"),
    [
        (stands(9.0), True),
        (stands(8.0, tracked="rear", y=14.0), True),
        (stands(5.0), False),
        (stands(5.0, brake_s=6.0), False),
        (stands(3.0), False),
        (stands(0.0), False),
        (stands(9.0, y=2.0), False),  # before the box
        (stands(9.0, y=6.1), False),  # at its edge
        (stands(9.0, y=22.0), True),  # its rear is in the box
        (stands(9.0, y=25.2), False),  # it may have left it
        (stands(9.0, y=19.95, tracked="rear"), True),
        (Drive(((1.75, -5.0), (1.75, 60.0)), ((0.0, 0.8), (30.0, 0.8))).passage(), False),  # rolls on
        (Drive(((1.75, -5.0), (1.75, 60.0)), ((0.0, 0.3), (80.0, 0.3))).passage(), False),  # very slowly
    ],
)
def test_standing_in_a_box_junction(passage: Passage, found_: bool) -> None:
    assert (found("stopping", passage) is not None) is found_


def test_what_may_have_been_rolling_is_subtracted() -> None:
    finding = found("stopping", stands(12.0))
    assert finding is not None
    assert (finding.unit, finding.allowed) == ("s", 5.0)
    assert finding.measured >= 12.0
    assert 1.6 <= finding.subtracted <= 3.0
    assert finding.enforced <= 12.0
    assert "stood for" in finding.explanation
    assert [moment.name for moment in finding.moments] == ["began to stand", "last seen standing"]


def test_a_gap_in_the_track_ends_what_is_known_of_a_stand() -> None:
    passage = stands(9.0)
    middle = passage.track[len(passage.track) // 2].captured_at_ns
    kept = tuple(p for p in passage.track if abs(p.captured_at_ns - middle) > 6 * 10**8)
    assert found("stopping", msgspec.structs.replace(passage, track=kept)) is None


@pytest.mark.parametrize(("kind", "found_"), [("no_stopping", True), ("box", True), ("lane", False)])
def test_both_kinds_of_zone_are_alike(kind: Any, found_: bool) -> None:
    zone = Zone("yellow", kind, ((-8.0, 6.0), (8.0, 6.0), (8.0, 20.0), (-8.0, 20.0)))
    assert (found("stopping", stands(9.0), Road("r", zones=(zone,))) is not None) is found_


def test_a_zone_with_a_bend_is_a_zone() -> None:
    """An L, the middle of whose bounding box is not in it."""
    ring = ((0.0, 6.0), (8.0, 6.0), (8.0, 9.0), (3.5, 9.0), (3.5, 20.0), (0.0, 20.0))
    road = Road("bent", zones=(Zone("yellow", "box", ring),))
    assert found("stopping", stands(9.0), road) is not None
    beside = Drive(
        ((6.0, -40.0), (6.0, 90.0)), ((0.0, 12.0), (2.75, 12.0), (6.75, 0.0), (16.0, 0.0))
    ).passage()
    assert found("stopping", beside, road) is None


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 9999), st.floats(0.02, 0.25), st.floats(0.0, 4.9), st.floats(2.0, 8.0))
def test_who_stands_no_longer_than_is_allowed_is_not_accused(
    seed: int, sigma: float, wait_s: float, brake_s: float
) -> None:
    assert found("stopping", stands(wait_s, brake_s=brake_s, seed=seed, sigma=sigma)) is None


@settings(max_examples=15, deadline=None)
@given(st.floats(9.0, 30.0), st.floats(0.0, 30.0))
def test_who_stands_longer_does_not_escape(wait_s: float, longer_s: float) -> None:
    some, more = found("stopping", stands(wait_s)), found("stopping", stands(wait_s + longer_s))
    assert some is not None
    assert more is not None
    assert more.excess >= some.excess - 0.2


def test_a_law_may_allow_longer() -> None:
    assert found("stopping", stands(9.0), stopping=(Stopping("yellow", 20.0),)) is None


def test_the_offenders_are_told_in_their_units() -> None:
    units = {offence: finding.unit for offence in RULES if (finding := found(offence, OFFENDERS[offence]))}
    assert units == {
        "red_light": "s", "stop_line": "m", "wrong_way": "m", "reserved_lane": "m",
        "forbidden_movement": "", "stopping": "s", "following": "s", "solid_line": "m", "vehicle_ban": "m",
    }  # fmt: skip
