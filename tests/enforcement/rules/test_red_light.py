"""Driving on at red and stopping behind the line: which lamp, when, and where the front was."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enforcement.law.places import RedLight, StopLine
from enforcement.road import Line, Road
from enforcement.rules.finding import Finding
from streams.messages import LampPhase, Passage
from tests.enforcement.rules.driving import Drive, judge, lamp
from tests.enforcement.rules.junction import (
    EVEN_50,
    HALT_AT_2,
    LAW,
    RED,
    ROAD,
    RULES,
    STRAIGHT,
)

PASSES_S = 45.0 / 14.0  # when the front of who drives EVEN_50 passes the line

Lamps = tuple[LampPhase, ...]


def red_for(into_s: float, state: str = "red", **changes: Any) -> Lamps:
    """Amber, and red (or ``state``) since ``into_s`` before the front passes the line."""
    red = PASSES_S - into_s
    return lamp("amber", red - 3.0, red - 0.01, **changes), lamp(state, red, red + 90.0, **changes)


def red_light(passage: Passage, road: Road = ROAD, **law: Any) -> Finding | None:
    policy = msgspec.structs.replace(LAW, red_light=RedLight(**law)) if law else LAW
    return judge(RULES["red_light"], passage, road, policy)


def stop_line(passage: Passage, road: Road = ROAD, **law: Any) -> Finding | None:
    policy = msgspec.structs.replace(LAW, stop_line=StopLine(**law)) if law else LAW
    return judge(RULES["stop_line"], passage, road, policy)


def through(lamps: Lamps, *, tracked: str = "front", seed: int = 0, **changes: Any) -> Passage:
    return Drive(STRAIGHT, EVEN_50, tracked=tracked, seed=seed).passage(lamps=lamps, **changes)


@pytest.mark.parametrize(
    ("lamps", "found"),
    [
        (red_for(1.0), True),
        (red_for(0.7), True),
        (red_for(0.53), False),  # past the grace, but not beyond doubt
        (red_for(0.4), False),
        (red_for(-0.1), False),
        (red_for(3.0, uncertainty_ms=2300.0), True),
        (red_for(3.0, uncertainty_ms=2600.0), False),
        (red_for(3.0, signal="B"), False),
        (red_for(3.0, state="green"), False),
        (red_for(3.0, state="dark"), False),
        (red_for(3.0, state="unknown"), False),
        (red_for(3.0, state="flashing"), False),
        (red_for(3.0, state="red_amber"), False),
        ((lamp("red", -10.0, PASSES_S - 0.5),), False),  # not known to have been red when it passed
        ((lamp("red", -10.0, PASSES_S + 0.01),), False),  # nor until it surely had passed
        ((lamp("red", -10.0, 90.0), lamp("green", PASSES_S, 90.0)), False),  # a contradiction
        ((lamp("red", -10.0, 90.0), lamp("green", PASSES_S + 3.0, 90.0)), True),  # green came later
        ((lamp("red", -10.0, 90.0), lamp("unknown", -10.0, 90.0)), True),
        ((lamp("red", -10.0, 90.0), lamp("red", PASSES_S - 0.4, 90.0)), False),  # the later beginning counts
        ((), False),
    ],
)
def test_the_lamp_must_surely_be_red_for_longer_than_the_grace(lamps: Lamps, found: bool) -> None:
    assert (red_light(through(lamps)) is not None) is found


@pytest.mark.parametrize(
    ("source", "clock_sigma_ms", "found"),
    [
        ("camera", None, True),  # one and the same clock
        ("controller", 5.0, True),
        ("controller", None, False),
        ("controller", 220.0, False),  # 0.9 s into red, of which 0.44 s may be the clock's
    ],
)
def test_a_controllers_time_counts_as_far_as_the_clock_is_known(
    source: str, clock_sigma_ms: float | None, found: bool
) -> None:
    passage = through(red_for(0.9, source=source), clock_sigma_ms=clock_sigma_ms)
    assert (red_light(passage) is not None) is found


def test_the_finding_tells_the_time_into_red_and_both_positions() -> None:
    finding = red_light(through(red_for(2.0)))
    assert finding is not None
    assert finding.measured == pytest.approx(2.0, abs=0.03)
    assert (finding.unit, finding.allowed) == ("s", 0.5)
    assert finding.uncertainty == finding.subtracted
    assert 0.04 <= finding.subtracted <= 0.1  # the lamp's 40 ms, and 0.2 m at 14 m/s
    first, then = finding.moments
    assert (first.name, then.name) == ("front passed the stop line", "in the junction")
    assert first.y_m == pytest.approx(0.0, abs=0.2)
    assert then.y_m is not None
    assert then.y_m > 6.0
    assert first.uncertainty_ms is not None
    assert 10.0 <= first.uncertainty_ms <= 40.0
    assert finding.places == ("stop", "crossing")
    assert [phase.state for phase in finding.lamps] == ["amber", "red"]
    assert finding.explanation.startswith("The front passed the stop line stop 2.0")


@pytest.mark.parametrize("tracked", ["front", "rear"])
def test_either_end_of_the_vehicle_tells_the_same_time(tracked: str) -> None:
    finding = red_light(through(red_for(2.0), tracked=tracked))
    assert finding is not None
    assert finding.measured == pytest.approx(2.0, abs=0.06)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, True),
        ({"length_m": None}, False),
        ({"length_sigma_m": 8.0}, False),
        ({"vehicle_confidence": 0.7}, False),  # a length is that of a class
        ({"tracked_part": "roof"}, False),
    ],
)
def test_the_rear_tells_of_the_front_only_with_a_length(changes: dict[str, Any], found: bool) -> None:
    assert (red_light(through(red_for(1.5), tracked="rear", **changes)) is not None) is found


def test_where_the_tracked_end_is_not_known_both_must_have_passed_at_red() -> None:
    """The rear passes 0.32 s after the front: what is found in it as a front is not if it may be a rear."""
    as_front = through(red_for(0.75))
    assert red_light(as_front) is not None
    assert red_light(msgspec.structs.replace(as_front, tracked_part="unknown")) is None
    late = msgspec.structs.replace(through(red_for(1.5)), tracked_part="unknown")
    finding = red_light(late)
    assert finding is not None
    assert finding.measured < 1.3


def _without(passage: Passage, from_s: float, until_s: float) -> Passage:
    start = passage.started_at_ns
    kept = tuple(p for p in passage.track if not from_s <= (p.captured_at_ns - start) * 1e-9 <= until_s)
    return msgspec.structs.replace(passage, track=kept)


@pytest.mark.parametrize(
    ("hidden", "found"),
    [
        ((PASSES_S - 0.2, PASSES_S + 0.3), True),
        ((PASSES_S - 0.7, PASSES_S + 0.7), False),  # a gap in knowledge
        ((0.0, PASSES_S), False),  # first seen behind the line
        ((PASSES_S + 0.1, 99.0), False),  # last seen at the line
        ((PASSES_S + 0.3, 99.0), False),  # last seen before the junction
        ((PASSES_S + 0.1, PASSES_S + 1.3), False),
    ],
)
def test_it_is_seen_before_the_line_and_in_the_junction(hidden: tuple[float, float], found: bool) -> None:
    assert (red_light(_without(through(red_for(2.0)), *hidden)) is not None) is found


@pytest.mark.parametrize(
    ("x", "found"), [(1.75, True), (0.4, True), (0.03, False), (3.47, False), (-1.75, False), (5.0, False)]
)
def test_it_passes_between_the_ends_of_the_line(x: float, found: bool) -> None:
    drive = Drive(((x, -45.0), (x, 45.0)), EVEN_50, sigma=0.05, seed=1)
    assert (red_light(drive.passage(lamps=red_for(2.0))) is not None) is found


def test_who_comes_from_the_other_side_is_not_meant() -> None:
    drive = Drive(((1.75, 45.0), (1.75, -45.0)), EVEN_50)
    assert red_light(drive.passage(lamps=(lamp("red", -20.0, 90.0),))) is None


def test_without_a_junction_the_distance_behind_the_line_counts() -> None:
    road = Road("plain", ROAD.lines)
    finding = red_light(through(red_for(2.0)), road)
    assert finding is not None
    assert finding.moments[1].name == "behind the stop line"
    assert red_light(through(red_for(2.0)), road, least_beyond_m=60.0) is None


def test_a_bent_stop_line_is_passed_like_a_straight_one() -> None:
    bent = Line("stop", "stop", ((0.0, -0.5), (1.75, 0.0), (3.5, -0.5)), "A", 0.0)
    road = Road("bent", (bent,), ROAD.zones)
    finding = red_light(through(red_for(2.0)), road)
    assert finding is not None
    assert finding.measured == pytest.approx(2.0, abs=0.05)


GO_ON = ((0.0, 12.0), (1.917, 12.0), (5.917, 0.0), (12.0, 0.0), (15.0, 9.0), (18.0, 9.0))
AT_MINUS_2 = ((0.0, 12.0), (1.583, 12.0), (5.583, 0.0), (9.0, 0.0), (12.0, 9.0), (16.0, 9.0))
IN_JUNCTION = ((0.0, 12.0), (2.75, 12.0), (6.75, 0.0), (14.0, 0.0))


@pytest.mark.parametrize(
    ("name", "speeds", "red", "light"),
    [
        ("drives on", EVEN_50, False, True),
        ("halts 2 m behind the line", HALT_AT_2, True, False),
        ("halts 2 m behind the line and drives on", GO_ON, True, False),
        ("waits before the line and drives on at red", AT_MINUS_2, False, True),
        ("halts in the junction", IN_JUNCTION, False, True),
    ],
)
def test_halting_before_the_junction_is_another_offence_than_driving_on(
    name: str, speeds: Any, red: bool, light: bool
) -> None:
    passage = Drive(STRAIGHT, speeds).passage(lamps=RED)
    assert (stop_line(passage) is not None, red_light(passage) is not None) == (red, light), name


def halt_at(y: float, wait_s: float = 8.0, **changes: Any) -> Passage:
    far = 45.0 + y - 24.0
    drive = Drive(
        STRAIGHT, ((0.0, 12.0), (far / 12.0, 12.0), (far / 12.0 + 4.0, 0.0), (far / 12.0 + 4.0 + wait_s, 0.0))
    )
    return drive.passage(**{"lamps": RED} | changes)


@pytest.mark.parametrize(
    ("passage", "found"),
    [
        (halt_at(2.0), True),
        (halt_at(0.9), True),
        (halt_at(0.6), False),  # 0.5 m and what is uncertain
        (halt_at(0.2), False),
        (halt_at(-1.0), False),
        (halt_at(5.0), True),
        (halt_at(5.9), False),  # perhaps in the junction
        (halt_at(7.0), False),
        (halt_at(2.0, 1.0), False),  # too short to tell
        (halt_at(2.0, lamps=(lamp("green", -60.0, 5.0), lamp("red", 5.0, 90.0))), False),
        (halt_at(2.0, tracked_part="unknown"), False),  # 6.5 m behind it, if that is the rear
    ],
)  # fmt: skip
def test_it_halts_surely_behind_the_line_and_surely_before_the_junction(
    passage: Passage, found: bool
) -> None:
    assert (stop_line(passage) is not None) is found
    assert red_light(passage) is None or not found


def test_the_halt_is_told_in_metres() -> None:
    finding = stop_line(halt_at(2.0))
    assert finding is not None
    assert finding.measured == pytest.approx(2.0, abs=0.1)
    assert (finding.unit, finding.allowed) == ("m", 0.5)
    assert [moment.name for moment in finding.moments] == [
        "front passed the stop line", "halted before the junction"
    ]  # fmt: skip


def test_without_a_junction_no_halt_is_before_it() -> None:
    assert stop_line(halt_at(2.0), Road("plain", ROAD.lines)) is None


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 9999), st.floats(0.02, 0.3), st.floats(-2.0, 0.49), st.sampled_from(("front", "rear")))
def test_within_the_grace_nobody_is_accused(seed: int, sigma: float, into_s: float, tracked: str) -> None:
    drive = Drive(STRAIGHT, EVEN_50, tracked=tracked, seed=seed, sigma=sigma)
    assert red_light(drive.passage(lamps=red_for(into_s))) is None


@settings(max_examples=20, deadline=None)
@given(st.floats(0.8, 20.0), st.floats(0.0, 20.0))
def test_who_passes_later_does_not_escape(into_s: float, later_s: float) -> None:
    some, more = red_light(through(red_for(into_s))), red_light(through(red_for(into_s + later_s)))
    assert some is not None
    assert more is not None
    assert more.excess >= some.excess - 1e-6
