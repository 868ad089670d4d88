"""The rules of lines and gaps: forbidden movements, solid lines, following too closely."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enforcement.law.places import Following, Movement, SolidLine
from enforcement.road import Line, Road
from enforcement.rules.finding import Finding
from streams.messages import Leader, Passage
from tests.enforcement.rules.driving import Drive, Knots, judge
from tests.enforcement.rules.junction import LAW, ROAD, RULES, STRAIGHT, TURN_LEFT, leader


def found(offence: str, passage: Passage, road: Road = ROAD, **tables: Any) -> Finding | None:
    policy = msgspec.structs.replace(LAW, **tables) if tables else LAW
    return judge(RULES[offence], passage, road, policy)


def drives(path: Knots, speed: float, metres: float, **changes: Any) -> Passage:
    return Drive(path, ((0.0, speed), (metres / speed, speed))).passage(**changes)


def hidden(passage: Passage, from_s: float, until_s: float) -> Passage:
    start = passage.started_at_ns
    kept = tuple(p for p in passage.track if not from_s <= (p.captured_at_ns - start) * 1e-9 <= until_s)
    return msgspec.structs.replace(passage, track=kept)


TURNS = drives(TURN_LEFT, 8.0, 62.0)


@pytest.mark.parametrize(
    ("passage", "found_"),
    [
        (TURNS, True),
        (drives(STRAIGHT, 8.0, 80.0), False),
        (drives(TURN_LEFT[::-1], 8.0, 62.0), False),  # from the west to the south
        (drives(TURN_LEFT, 8.0, 45.0), False),  # last seen before the second gate
        (drives(TURN_LEFT[2:], 8.0, 25.0), False),  # first seen behind the first
        (hidden(TURNS, 4.5, 5.0), True),
        (hidden(TURNS, 4.2, 5.5), False),  # who knows which vehicle that is
        (drives(((-2.0, -30.0), (-2.0, 8.0), (-6.0, 10.0), (-30.0, 10.0)), 8.0, 62.0), False),
    ],
)
def test_forbidden_movement(passage: Passage, found_: bool) -> None:
    assert (found("forbidden_movement", passage) is not None) is found_


def test_a_movement_is_called_by_its_name() -> None:
    finding = found("forbidden_movement", TURNS)
    assert finding is not None
    assert "left turn, which is not allowed here" in finding.explanation
    assert (finding.measured, finding.unit, finding.uncertainty, finding.excess) == (0.0, "", None, 0.0)
    assert [moment.name for moment in finding.moments] == ["came through south", "left through west"]
    assert finding.places == ("south", "west")


@pytest.mark.parametrize(("heading", "found_"), [(270.0, True), (None, True), (90.0, False)])
def test_a_gate_with_a_heading_counts_in_that_direction_only(heading: float | None, found_: bool) -> None:
    lines = tuple(
        msgspec.structs.replace(line, heading_deg=heading) if line.id == "west" else line
        for line in ROAD.lines
    )
    assert (found("forbidden_movement", TURNS, Road("r", lines, ROAD.zones)) is not None) is found_


@pytest.mark.parametrize("gate", ["stop", "nowhere"])
def test_only_gates_make_a_movement(gate: str) -> None:
    assert found("forbidden_movement", TURNS, movements=(Movement("south", gate, "left turn"),)) is None


def changes_lane(
    to_x: float = -1.75, x: float = 1.75, over_m: float = 25.0, from_y: float = -45.0
) -> Passage:
    path = ((x, from_y - 15.0), (x, from_y), (to_x, from_y + over_m), (to_x, from_y + over_m + 40.0))
    return drives(path, 14.0, over_m + 40.0)


def swerves(to_x: float) -> Passage:
    """To the other side and back."""
    return drives(((1.75, -58.0), (1.75, -45.0), (to_x, -33.0), (1.75, -18.0), (1.75, 0.0)), 14.0, 50.0)


@pytest.mark.parametrize(
    ("passage", "found_"),
    [
        (changes_lane(), True),
        (changes_lane(1.75, -1.75), True),  # from the other side
        (changes_lane(-1.0), True),
        (changes_lane(-0.6), False),  # 0.5 m, and what is uncertain
        (changes_lane(-0.3), False),
        (changes_lane(0.2), False),
        (changes_lane(x=0.3), False),  # was over the line already
        (changes_lane(from_y=-14.0), False),  # where the line is dashed
        (changes_lane(from_y=-75.0, over_m=20.0), False),
        (changes_lane(over_m=3.0), True),
        (hidden(changes_lane(), 1.5, 2.7), False),  # as it crossed
        (swerves(-0.4), False),
        (swerves(-1.75), True),
    ],
)  # fmt: skip
def test_solid_line(passage: Passage, found_: bool) -> None:
    assert (found("solid_line", passage) is not None) is found_


def test_the_distance_to_the_other_side_is_told() -> None:
    finding = found("solid_line", changes_lane())
    assert finding is not None
    assert finding.measured == pytest.approx(1.75, abs=0.25)
    assert (finding.unit, finding.allowed, finding.subtracted) == ("m", 0.5, 0.2)
    assert finding.moments[0].name == "crossed the solid line"
    assert finding.moments[0].x_m == pytest.approx(0.0, abs=0.1)
    assert finding.places == ("middle",)


def test_a_line_through_a_bend_is_crossed_where_it_runs() -> None:
    bent = Line("middle", "solid", ((0.0, -60.0), (0.0, -30.0), (10.0, -5.0), (30.0, 5.0)))
    road = Road("bend", (bent,))
    along = ((1.75, -60.0), (1.75, -30.3), (11.6, -6.3), (31.0, 3.4))
    assert found("solid_line", drives(along, 10.0, 70.0), road) is None
    assert found("solid_line", drives(((1.75, -60.0), (1.75, -5.0)), 10.0, 50.0), road) is not None


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 9999), st.floats(0.02, 0.3), st.floats(-0.5, 3.0), st.floats(5.0, 40.0))
def test_who_stays_half_a_metre_from_the_other_side_is_not_accused(
    seed: int, sigma: float, to_x: float, over_m: float
) -> None:
    path = ((1.75, -58.0), (1.75, -50.0), (to_x, -50.0 + over_m), (to_x, 0.0))
    drive = Drive(path, ((0.0, 14.0), (4.0, 14.0)), seed=seed, sigma=sigma)
    assert found("solid_line", drive.passage()) is None


def follows(
    gap_s: float, kmh: float = 90.0, x: float = 1.75, tracked: str = "front", sigma: float = 0.1, **ahead: Any
) -> Passage:
    """Straight on, ``gap_s`` behind the rear of one who drives as fast."""
    ms = kmh / 3.6
    drive = Drive(STRAIGHT, ((0.0, ms), (90.0 / ms, ms)), tracked=tracked, sigma=sigma)
    first = leader(gap_s, kmh, x)
    made = Drive(
        first.path, first.speeds, first.length, tracked, sigma, starts_s=first.starts_s, seed=first.seed
    ).leader(length_sigma_m=0.2)
    return drive.passage(leader=msgspec.structs.replace(made, **ahead))


@pytest.mark.parametrize(
    ("passage", "found_"),
    [
        (follows(0.4), True),
        (follows(0.7), True),
        (follows(0.88), False),  # not beyond doubt
        (follows(0.9), False),
        (follows(2.0), False),
        (follows(0.4, tracked="rear"), True),
        (follows(0.88, tracked="rear"), False),
        (follows(0.4, tracked="unknown"), True),
        (follows(0.8, tracked="unknown"), False),  # as if what is seen were a rear and a front
        (follows(0.6, length_m=None), True),  # even if the leader had no length at all
        (follows(0.75, length_m=None), False),
        (follows(0.75, length_sigma_m=2.0), False),
        (follows(0.8, length_sigma_m=0.0), False),  # a length of which nothing is known
        (follows(0.4, 55.0), False),  # slower than is asked about
        (follows(0.4, 60.0), False),
        (follows(0.4, 66.0), True),
        (follows(0.4, x=5.25), False),  # in another lane
        (follows(0.4, x=2.3), True),
        (follows(0.6, sigma=0.4), True),
        (follows(0.85, sigma=0.4), False),
    ],
)
def test_following(passage: Passage, found_: bool) -> None:
    assert (found("following", passage) is not None) is found_


def behind(ahead: Leader | None) -> Passage:
    return Drive(STRAIGHT, ((0.0, 25.0), (3.6, 25.0))).passage(leader=ahead)


def slows(ms2: float) -> Leader:
    """Who was half a second ahead and slows down."""
    end = 25.0 - 2.4 * ms2
    return Drive(((1.75, -28.0), (1.75, 95.0)), ((0.0, 25.0), (0.6, 25.0), (3.0, end)), seed=4).leader(
        length_sigma_m=0.2
    )


def cuts_in() -> Leader:
    """From the lane beside it into the gap."""
    path = ((5.25, -28.0), (5.25, -20.0), (1.75, 20.0), (1.75, 95.0))
    return Drive(path, ((0.0, 25.0), (3.6, 25.0)), seed=4).leader(length_sigma_m=0.2)


@pytest.mark.parametrize(
    ("ahead", "found_"),
    [
        (slows(0.3), True),
        (slows(4.0), False),
        (slows(7.0), False),
        (cuts_in(), False),
        (None, False),
        (msgspec.structs.replace(slows(0.3), track=slows(0.3).track[:4]), False),
        (msgspec.structs.replace(slows(0.3), track=slows(0.3).track[::-1]), False),
        (msgspec.structs.replace(slows(0.3), track=()), False),
    ],
)
def test_a_gap_is_the_followers_fault_only_if_the_leader_drives_on(
    ahead: Leader | None, found_: bool
) -> None:
    assert (found("following", behind(ahead)) is not None) is found_


def test_what_is_uncertain_is_added_to_a_gap() -> None:
    finding = found("following", follows(0.5))
    assert finding is not None
    assert finding.measured == pytest.approx(0.5, abs=0.05)
    assert finding.subtracted < 0.0
    assert finding.enforced > finding.measured
    assert finding.enforced < finding.allowed == 0.9
    assert finding.uncertainty == -finding.subtracted
    assert "followed the car ahead at 90 km/h" in finding.explanation


@pytest.mark.parametrize(
    ("law", "found_"),
    [
        (Following(0.9), True),
        (Following(0.45), False),
        (Following(0.9, least_speed_kmh=95.0), False),
        (Following(0.9, least_distance_m=60.0), True),
        (Following(0.9, least_distance_m=90.0), False),
    ],
)
def test_the_law_of_following(law: Following, found_: bool) -> None:
    assert (found("following", follows(0.5), following=law) is not None) is found_


@settings(max_examples=30, deadline=None)
@given(
    st.floats(0.9, 4.0),
    st.floats(61.0, 150.0),
    st.floats(0.02, 0.3),
    st.sampled_from(("front", "rear", "unknown")),
)
def test_who_keeps_the_gap_is_not_accused(gap_s: float, kmh: float, sigma: float, tracked: str) -> None:
    assert found("following", follows(gap_s, kmh, tracked=tracked, sigma=sigma)) is None


def test_a_solid_line_of_another_kind_is_none() -> None:
    assert found("solid_line", changes_lane(), solid_lines=(SolidLine("south"),)) is None
