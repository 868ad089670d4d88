"""The rule of section control: when it finds, and what is left to the driver's favour."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcement.circumstances import Circumstances, SectionEntry
from enforcement.law.speeds import Section, SpecialLimit, Tolerance
from enforcement.law.table import Scope
from enforcement.policy import Policy
from enforcement.road import Line, Road
from enforcement.rules import average_speed
from enforcement.rules.finding import Finding
from streams.messages import Passage, SpeedMeasurement, TrackPoint
from tests.enforcement.samples import SECOND, T0, passage, policy

SECTION = Section("A", "cam-0", "cam-1", 2000.0, 0.5, 80.0, Tolerance(3.0, 3.0))
LINED = msgspec.structs.replace(SECTION, exit_line="end")
ROAD = Road("r", (Line("end", "gate", ((-5.0, 0.0), (5.0, 0.0))),))


def law(section: Section = SECTION) -> Policy:
    return msgspec.structs.replace(policy(), sections=(section,))


def entry(taken_s: float = 80.0, **changes: Any) -> SectionEntry:
    """2,000 m in ``taken_s`` until the last sight at the exit: 90 km/h in 80 s."""
    left_ns = T0 + 2 * SECOND
    fields: dict[str, Any] = {
        "section_id": "A",
        "camera_id": "cam-0",
        "passage_id": "e",
        "at_ns": left_ns - round(taken_s * SECOND),
        "sigma_ms": 5.0,
        "match_probability": 0.999,
        "tracked_part": "front",
    }
    return SectionEntry(**(fields | changes))


def at_the_exit(**changes: Any) -> Passage:
    fields = {"clock_sigma_ms": 5.0, "tracked_part": "front", "speed": SpeedMeasurement(None, None, "short")}
    return msgspec.structs.replace(passage(0), **(fields | changes))


def judge(
    seen: Passage | None = None,
    entered: SectionEntry | None = None,
    section: Section = SECTION,
    road: Road | None = None,
) -> Finding | None:
    circumstances = Circumstances(seen or at_the_exit(), road or Road(), entered or entry())
    return average_speed.judge(circumstances, law(section))


def test_a_finding_explains_itself() -> None:
    finding = judge()
    assert finding is not None
    assert finding.explanation == (
        "At least 2000.0 m of the section A in 80.00 s, 90.0 km/h on average; 3 km/h subtracted (the "
        "tolerance; its uncertainty, k = 2, is 0.05 km/h); 87.0 km/h where 80 km/h is allowed: 7.0 km/h too "
        "fast; both passages are of one vehicle with probability 0.999 (policy sim-rural-2026, version 1)."
    )
    assert finding.other is not None
    assert (finding.other.camera_id, finding.other.passage_id, finding.other.distance_m) == (
        "cam-0",
        "e",
        2000.0,
    )
    assert [moment.name for moment in finding.moments] == ["entered the section", "left the section"]


@pytest.mark.parametrize(
    ("taken_s", "found"),
    [
        (80.0, True),
        (86.7, True),  # 83.04 km/h
        (86.76, False),  # 82.99 km/h
        (90.0, False),
        (24.1, True),  # 298.8 km/h
        (23.9, False),  # no vehicle's speed: the match or a clock is wrong
        (0.0, False),
        (-80.0, False),  # the exit before the entry
        (1801.0, False),
    ],
)
def test_the_edges(taken_s: float, found: bool) -> None:
    assert (judge(entered=entry(taken_s)) is not None) is found


@pytest.mark.parametrize(
    ("seen", "entered"),
    [
        ({}, {"match_probability": 0.98}),
        ({}, {"match_probability": float("nan")}),
        ({}, {"section_id": "B"}),
        ({}, {"camera_id": "cam-7"}),
        ({"camera_id": "cam-7"}, {}),
        ({"clock_sigma_ms": None}, {}),
        ({"clock_sigma_ms": float("nan")}, {}),
        ({}, {"sigma_ms": 5000.0}),  # 10 s of 80 are more than the excess
        ({"clock_sigma_ms": 5000.0}, {}),
        ({}, {"at_ns": T0 - 365 * 24 * 3600 * SECOND}),
    ],
)
def test_what_is_not_sure_is_no_finding(seen: dict[str, Any], entered: dict[str, Any]) -> None:
    assert judge(at_the_exit(**seen), entry(**entered)) is None


@pytest.mark.parametrize(
    ("at_entry", "at_exit", "length", "least_m"),
    [
        ("front", "front", 12.0, 2000.0),
        ("rear", "rear", 12.0, 2000.0),
        ("front", "rear", 12.0, 2000.0),  # it drove its length further, which nobody counts
        ("rear", "front", 12.0, 1986.0),  # 12 m and twice its uncertainty less
        ("unknown", "front", 12.0, 1986.0),
        ("unknown", "unknown", None, 1974.75),  # the longest vehicle
    ],
)
def test_the_part_that_is_tracked_changes_the_way(
    at_entry: str, at_exit: str, length: float | None, least_m: float
) -> None:
    seen = at_the_exit(tracked_part=at_exit, length_m=length, length_sigma_m=1.0)
    finding = judge(seen, entry(tracked_part=at_entry))
    assert finding is not None
    assert finding.measured == pytest.approx(least_m / 80.0 * 3.6, abs=1e-5)


@pytest.mark.parametrize(
    ("special", "changes", "conditions", "allowed"),
    [
        (Scope(("truck",)), {"vehicle": "truck"}, None, 60.0),
        (Scope(("truck",)), {}, None, 80.0),
        (Scope(conditions=("wet",)), {"conditions": ("wet",)}, ("wet",), 60.0),
        (Scope(conditions=("wet",)), {"conditions": ("wet",)}, (), 80.0),  # it was dry at the entry
        (Scope(hours=("10:00-24:00",)), {}, None, 80.0),
        (Scope(hours=("09:59-24:00",)), {}, None, 80.0),  # from within the section on
        (Scope(hours=("09:00-24:00",)), {}, None, 60.0),
    ],
)
def test_a_special_limit_must_hold_all_along(
    special: Scope, changes: dict[str, Any], conditions: tuple[str, ...] | None, allowed: float
) -> None:
    section = msgspec.structs.replace(SECTION, special=(SpecialLimit(60.0, special),))
    at = msgspec.structs.replace(law(section), timezone="Europe/Berlin")  # T0 is 10:00 there
    seen = Circumstances(at_the_exit(**changes), section=entry(conditions=conditions))
    finding = average_speed.judge(seen, at)
    assert finding is not None
    assert finding.allowed == allowed


def driven_over_the_line(until_m: float = 20.0) -> Passage:
    """At 25 m/s along the road, past y = 0 a second after T0."""
    track = tuple(
        TrackPoint(T0 + step * SECOND // 10, 0.0, 0.0, 0.0, -25.0 + 2.5 * step, 0.05)
        for step in range(21)
        if -25.0 + 2.5 * step <= until_m
    )
    return at_the_exit(track=track, ended_at_ns=track[-1].captured_at_ns)


def test_a_named_line_is_where_the_section_ends() -> None:
    finding = judge(driven_over_the_line(), entry(), LINED, ROAD)
    assert finding is not None
    assert finding.measured == pytest.approx(2000.0 / 79.0 * 3.6, abs=0.1)
    assert finding.moments[1].uncertainty_ms == pytest.approx(10.0, abs=5.0)


@pytest.mark.parametrize("road", [Road(), ROAD])
def test_who_was_not_seen_to_pass_the_line_is_not_measured(road: Road) -> None:
    assert judge(driven_over_the_line(until_m=-2.0), entry(), LINED, road) is None


@given(
    true_kmh=st.floats(30.0, 250.0),
    length_m=st.floats(300.0, 20_000.0),
    length_error=st.floats(-2.0, 2.0),
    times_error=st.floats(-2.0, 2.0),
    sigma_ms=st.floats(0.0, 500.0),
    limit=st.floats(30.0, 200.0),
)
def test_no_error_within_its_uncertainty_accuses_anybody(
    true_kmh: float, length_m: float, length_error: float, times_error: float, sigma_ms: float, limit: float
) -> None:
    """Way and times are as wrong as their k = 2 allows, together at most twice the root of their squares."""
    if true_kmh > limit:
        return
    scale = max(1.0, (length_error**2 + times_error**2) ** 0.5 / 2.0)
    section = msgspec.structs.replace(
        SECTION, length_m=length_m, length_sigma_m=0.002 * length_m, limit_kmh=limit
    )
    stated = msgspec.structs.replace(section, length_m=length_m * (1 + 0.002 * length_error / scale))
    taken_s = length_m / (true_kmh / 3.6)
    wrong_s = times_error / scale * 1e-3 * (2 * sigma_ms**2) ** 0.5
    entered = entry(taken_s + wrong_s, sigma_ms=sigma_ms)
    assert judge(at_the_exit(clock_sigma_ms=sigma_ms), entered, stated) is None
