"""What holds for every rule of a drawn road: it finds its offender, explains itself, and lets doubt count."""

from __future__ import annotations

import datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enforcement.law.table import Scope
from enforcement.policy import Policy
from enforcement.road import Road
from enforcement.rules.finding import Finding
from streams.messages import Passage, SpeedMeasurement
from tests.enforcement.rules.driving import Drive, doubted, judge, moved, moved_road
from tests.enforcement.rules.junction import GREEN, LAW, OFFENDERS, RED, ROAD, RULES, STRAIGHT, leader

EVERY = pytest.mark.parametrize("offence", OFFENDERS)
SOME = settings(max_examples=20, deadline=None)


def found(offence: str, passage: Passage, road: Road = ROAD, policy: Policy = LAW) -> Finding | None:
    return judge(RULES[offence], passage, road, policy)


def offences(passage: Passage) -> set[str]:
    return {offence for offence in RULES if found(offence, passage) is not None}


@EVERY
def test_the_offender_is_found_and_the_finding_explains_itself(offence: str) -> None:
    passage = OFFENDERS[offence]
    finding = found(offence, passage)
    assert finding is not None
    assert finding.offence == offence
    assert finding.explanation.endswith("(policy junction, version 3).")
    assert "\n" not in finding.explanation
    assert all(f"{number:g}" not in ("nan", "inf") for number in (finding.measured, finding.enforced))
    assert finding.enforced == pytest.approx(finding.measured - finding.subtracted, abs=2e-6)
    times = [moment.at_ns for moment in finding.moments]
    assert len(times) >= 2
    assert times == sorted(times)
    assert passage.started_at_ns <= times[0]
    assert times[-1] <= passage.ended_at_ns
    assert all(moment.x_m is not None and moment.y_m is not None for moment in finding.moments)
    drawn = {line.id for line in ROAD.lines} | {zone.id for zone in ROAD.zones}
    assert set(finding.places) <= drawn
    assert bool(finding.places) is (offence != "following")
    assert bool(finding.lamps) is (offence in ("red_light", "stop_line"))


@EVERY
def test_only_what_was_broken_is_found(offence: str) -> None:
    assert offences(OFFENDERS[offence]) == {offence}


@EVERY
def test_a_rule_without_its_table_is_not_applied(offence: str) -> None:
    bare = Policy("none", "1", "Simulated", datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
    assert found(offence, OFFENDERS[offence], policy=bare) is None


@EVERY
def test_a_policy_does_not_hold_before_its_time(offence: str) -> None:
    later = msgspec.structs.replace(LAW, valid_from=datetime.datetime(2027, 1, 1, tzinfo=datetime.UTC))
    assert found(offence, OFFENDERS[offence], policy=later) is None


def _pieces(passage: Passage, **changes: Any) -> tuple[Any, ...]:
    return tuple(msgspec.structs.replace(point, **changes) for point in passage.track)


MISSING: dict[str, Any] = {
    "no places": lambda p: {"track": _pieces(p, x_m=None)},
    "no uncertainty": lambda p: {"track": _pieces(p, sigma_m=None)},
    "no number": lambda p: {"track": _pieces(p, y_m=float("nan"))},
    "an endless uncertainty": lambda p: {"track": _pieces(p, sigma_m=float("inf"))},
    "a negative uncertainty": lambda p: {"track": _pieces(p, sigma_m=-0.1)},
    "no track": lambda p: {"track": ()},
    "one point": lambda p: {"track": p.track[:1]},
    "times that stand still": lambda p: {"track": _pieces(p, captured_at_ns=p.started_at_ns)},
    "times that run back": lambda p: {"track": p.track[::-1]},
    "two vehicles in one": lambda p: {"speed": SpeedMeasurement(None, void_reason="two vehicles merged")},
    "another plate": lambda p: {"speed": SpeedMeasurement(None, void_reason="the plate changes")},
    "a clock that jumped": lambda p: {"speed": SpeedMeasurement(None, void_reason="the clock jumped")},
    "an old calibration": lambda p: {"speed": SpeedMeasurement(None, void_reason="calibration x is over")},
}


@EVERY
@pytest.mark.parametrize("missing", MISSING)
def test_nothing_is_found_in_what_is_not_known(offence: str, missing: str) -> None:
    passage = OFFENDERS[offence]
    assert found(offence, msgspec.structs.replace(passage, **MISSING[missing](passage))) is None


@pytest.mark.parametrize(
    ("reason", "found_"),
    [
        ("the vehicle moved 3.0 m only in the measured stretch", True),
        ("only 4 points lie in the measured stretch", True),
        ("the vehicle was seen for 0.80 s only", True),
        ("the positions scatter by 1.4 m around an even motion", True),
        ("the plate changes along the track: it may be two vehicles", False),
        ("the camera has no calibration", False),
        ("calibration north-1 is not valid at that time", False),
        ("the vehicle was outside the calibrated area", False),
        ("the frames' times jump by 120 ms against their rhythm", False),
        ("the frames' clock was set back by about 2.00 s", False),
        ("the box's width on the road jumps from 1.8 to 3.9 m: it may be two vehicles", False),
        ("the positions wander as if frames had been lost without a trace in their times", False),
        ("380 km/h is not plausible", False),
    ],
)
def test_a_void_speed_leaves_places_as_they_are_unless_it_is_void_for_them(reason: str, found_: bool) -> None:
    for offence, passage in OFFENDERS.items():
        void = msgspec.structs.replace(passage, speed=SpeedMeasurement(None, void_reason=reason))
        assert (found(offence, void) is not None) is found_


@EVERY
def test_an_empty_road_forbids_nothing_but_following(offence: str) -> None:
    assert (found(offence, OFFENDERS[offence], Road()) is not None) is (offence == "following")


@EVERY
def test_points_without_a_place_are_skipped(offence: str) -> None:
    passage = OFFENDERS[offence]
    points = list(passage.track)
    for i in (0, 3, 10):
        points[i] = msgspec.structs.replace(points[i], x_m=None, sigma_m=None)
    assert found(offence, msgspec.structs.replace(passage, track=tuple(points))) is not None


@EVERY
def test_a_stray_point_changes_nothing(offence: str) -> None:
    passage = OFFENDERS[offence]
    points = list(passage.track)
    stray = len(points) // 3
    x_m = points[stray].x_m
    assert x_m is not None
    points[stray] = msgspec.structs.replace(points[stray], x_m=x_m + 6.0)
    assert offences(msgspec.structs.replace(passage, track=tuple(points))) == {offence}


@EVERY
def test_a_track_that_jumps_onto_another_vehicle_is_not_followed(offence: str) -> None:
    """Up to its middle one vehicle, then another that drives far away: nothing of it spans the jump."""
    passage = OFFENDERS[offence]
    half = len(passage.track) // 2
    points = [
        point if k < half else msgspec.structs.replace(point, x_m=(point.x_m or 0.0) + 40.0)
        for k, point in enumerate(passage.track)
    ]
    assert offences(msgspec.structs.replace(passage, track=tuple(points))) <= {offence}


@EVERY
@SOME
@given(dx=st.floats(-300, 300), dy=st.floats(-300, 300), seconds=st.floats(-3600, 3600))
def test_place_and_time_do_not_matter(offence: str, dx: float, dy: float, seconds: float) -> None:
    passage = OFFENDERS[offence]
    here = found(offence, passage)
    there = found(offence, moved(passage, dx, dy, seconds), moved_road(ROAD, dx, dy))
    assert here is not None
    assert there is not None
    assert there.measured == pytest.approx(here.measured, abs=1e-3)
    assert there.enforced == pytest.approx(here.enforced, abs=1e-3)


@EVERY
@SOME
@given(st.floats(1.0, 40.0), st.floats(1.0, 3.0))
def test_more_uncertainty_never_makes_a_finding(offence: str, factor: float, more: float) -> None:
    some, greater = doubted(OFFENDERS[offence], factor), doubted(OFFENDERS[offence], factor * more)
    before, after = found(offence, some), found(offence, greater)
    if after is not None:
        assert before is not None
        assert after.excess <= before.excess + 0.05


@EVERY
def test_a_hopeless_uncertainty_finds_nothing(offence: str) -> None:
    assert found(offence, doubted(OFFENDERS[offence], 100.0)) is None


@EVERY
def test_a_law_for_others_finds_nothing(offence: str) -> None:
    bicycles = Scope(vehicles=("bicycle",))
    nobody = {
        name: msgspec.structs.replace(table, scope=bicycles)
        for name in ("red_light", "stop_line", "wrong_way", "following")
        if (table := getattr(LAW, name)) is not None
    }
    lists = {
        name: tuple(msgspec.structs.replace(table, scope=bicycles) for table in getattr(LAW, name))
        for name in ("movements", "stopping", "solid_lines", "vehicle_bans")
    }
    lanes = tuple(msgspec.structs.replace(lane, hours=("sa-su",)) for lane in LAW.reserved_lanes)
    policy = msgspec.structs.replace(LAW, **nobody, **lists, reserved_lanes=lanes)
    assert found(offence, OFFENDERS[offence], policy=policy) is None


@pytest.mark.parametrize("offence", ["reserved_lane", "vehicle_ban"])
def test_a_doubtful_class_founds_nothing_that_rests_on_it(offence: str) -> None:
    doubtful = msgspec.structs.replace(OFFENDERS[offence], vehicle_confidence=0.7)
    assert found(offence, doubtful) is None


seeds = st.integers(0, 2**32 - 1)


@settings(max_examples=60, deadline=None)
@given(
    seed=seeds,
    sigma=st.floats(0.02, 0.4),
    hz=st.floats(6.0, 30.0),
    tracked=st.sampled_from(("front", "rear", "unknown")),
    speed=st.floats(3.0, 30.0),
    x=st.floats(1.2, 2.3),
    gap=st.floats(1.3, 4.0),
    green=st.booleans(),
    vehicle=st.sampled_from(("car", "bus", "motorcycle")),
)
def test_who_drives_lawfully_is_never_accused(
    seed: int,
    sigma: float,
    hz: float,
    tracked: str,
    speed: float,
    x: float,
    gap: float,
    green: bool,
    vehicle: str,
) -> None:
    """Straight through at green, or to a halt before the line at red, far enough behind the leader."""
    path = ((x, -45.0), (x, 45.0))
    halt_s = 2.0 * 43.0 / speed  # braking evenly over the 43 m to 2 m before the line
    speeds = (
        ((0.0, speed), (90.0 / speed, speed)) if green else ((0.0, speed), (halt_s, 0.0), (halt_s + 9, 0.0))
    )
    end_s = min(speeds[-1][0], 40.0)
    speeds = (*[knot for knot in speeds if knot[0] < end_s], (end_s, speed if green else 0.0))
    ahead = leader(gap, speed * 3.6, x).leader(length_sigma_m=0.3)
    drive = Drive(path, speeds, sigma=sigma, hz=hz, tracked=tracked, seed=seed)
    passage = drive.passage(lamps=GREEN if green else RED, leader=ahead, vehicle=vehicle)
    assert offences(passage) == set()


def test_the_drives_are_what_they_are_said_to_be() -> None:
    assert Drive(STRAIGHT, ((0.0, 10.0), (4.5, 10.0)), sigma=0.0).track()[-1].y_m == pytest.approx(
        0.0, abs=0.3
    )
