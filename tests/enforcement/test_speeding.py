"""The speeding rule: when it finds, and how it explains itself."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcement.circumstances import Circumstances
from enforcement.law.speeds import SpecialLimit, Speeding, Tolerance
from enforcement.law.table import Scope
from enforcement.policy import Policy
from enforcement.rules import speeding
from enforcement.rules.finding import Finding
from streams.messages import Passage, SpeedMeasurement
from tests.enforcement.samples import SECOND, T0, passage, policy

HOUR = 3600 * SECOND
speeds = st.floats(0.1, 500)
limits = st.floats(5, 200)


def judge(seen: Passage, rule: Policy) -> Finding | None:
    return speeding.judge(Circumstances(seen), rule)


def test_a_finding_explains_itself() -> None:
    finding = judge(passage(speed=93.4), policy())
    assert finding is not None
    assert finding.explanation == (
        "Measured 93.4 km/h; 3 km/h subtracted (the tolerance; its uncertainty, k = 2, is 1.2 km/h); "
        "90.4 km/h where 80 km/h is allowed: 10.4 km/h too fast (policy sim-rural-2026, version 1)."
    )
    assert (finding.measured, finding.subtracted, finding.enforced) == (93.4, 3.0, 90.4)
    assert (finding.allowed, finding.excess, finding.uncertainty) == (80.0, 10.4, 1.2)
    assert (finding.policy_id, finding.policy_version, finding.offence) == ("sim-rural-2026", "1", "speeding")


@pytest.mark.parametrize(
    ("limit", "measured", "found"),
    [
        (80.0, 80.0, False),
        (80.0, 83.0, False),  # exactly the limit after tolerance
        (80.0, 83.001, True),
        (80.1, 83.1, False),  # the same in numbers that binary fractions cannot hold
        (97.0, 100.0, False),
        (97.0, 100.1, False),  # 3.003 is rounded up to 4
        (97.0, 101.1, True),
        (130.0, 135.0, False),
        (130.0, 135.1, True),
        (50.0, float("inf"), False),
        (50.0, float("nan"), False),
        (50.0, -90.0, False),
    ],
)
def test_the_edges(limit: float, measured: float, found: bool) -> None:
    assert (judge(passage(speed=measured), policy(limit)) is not None) is found


@pytest.mark.parametrize(
    ("uncertainty", "found", "subtracted"),
    [
        (0.0, True, 3.0),
        (3.0, True, 3.0),
        (5.0, True, 5.0),
        (13.399, False, None),  # rounded up to 13.4, which leaves exactly the limit
        (13.39, True, 13.39),
        (None, False, None),  # a speed without uncertainty is no measurement
        (float("nan"), False, None),
        (float("inf"), False, None),
        (-1.0, False, None),
    ],
)
def test_the_larger_of_tolerance_and_uncertainty_is_subtracted(
    uncertainty: float | None, found: bool, subtracted: float | None
) -> None:
    seen = msgspec.structs.replace(passage(), speed=SpeedMeasurement(93.4, uncertainty))
    finding = judge(seen, policy())
    assert (finding is not None) is found
    if finding is not None:
        assert finding.subtracted == subtracted
        assert finding.enforced == pytest.approx(93.4 - finding.subtracted)


TRUCKS = SpecialLimit(60.0, Scope(vehicles=("truck",)))
NIGHT = SpecialLimit(50.0, Scope(hours=("22:00-06:00",)))
WET = SpecialLimit(70.0, Scope(conditions=("wet",)))


@pytest.mark.parametrize(
    ("special", "changes", "allowed"),
    [
        ((), {}, 80.0),
        ((TRUCKS,), {}, 80.0),
        ((TRUCKS,), {"vehicle": "truck"}, 60.0),
        ((TRUCKS,), {"vehicle": "truck", "vehicle_confidence": 0.5}, 80.0),
        ((WET,), {"conditions": ("wet",)}, 70.0),
        ((WET, TRUCKS), {"conditions": ("wet",), "vehicle": "truck"}, 60.0),
        ((TRUCKS, WET), {"conditions": ("wet",), "vehicle": "truck"}, 60.0),
        ((NIGHT,), {}, 80.0),
        ((NIGHT,), {"at": 15 * HOUR}, 50.0),  # 23:00
        ((NIGHT,), {"at": 14 * HOUR - SECOND}, 80.0),  # the limit changes while it passes: the higher one
        ((NIGHT,), {"at": 22 * HOUR - SECOND}, 80.0),
        ((SpecialLimit(100.0, Scope()),), {}, 80.0),  # of all that apply the lowest
    ],
)
def test_the_lowest_limit_that_applies_holds(
    special: tuple[SpecialLimit, ...], changes: dict[str, Any], allowed: float
) -> None:
    at = changes.pop("at", 0)
    seen = msgspec.structs.replace(passage(speed=150.0, at_ns=T0 + at), clock_sigma_ms=5.0, **changes)
    law = Speeding(80.0, Tolerance(3.0, 3.0), special)
    finding = judge(seen, msgspec.structs.replace(policy(), speeding=law))
    assert finding is not None
    assert finding.allowed == allowed


def test_a_special_limit_is_named() -> None:
    special = SpecialLimit(60.0, Scope(("truck", "bus"), ("mo-fr 06:00-20:00",), ("wet",)))
    law = msgspec.structs.replace(policy(), speeding=Speeding(80.0, Tolerance(3.0, 3.0), (special,)))
    finding = judge(msgspec.structs.replace(passage(), vehicle="truck", conditions=("wet",)), law)
    assert finding is not None
    assert "where 60 km/h is allowed to truck, bus at mo-fr 06:00-20:00 when wet: 30.4" in finding.explanation


def test_it_says_when_it_was_measured() -> None:
    speed = SpeedMeasurement(93.4, 1.2, at_ns=T0 + 7)
    finding = judge(msgspec.structs.replace(passage(), speed=speed), policy())
    assert finding is not None
    assert [(moment.name, moment.at_ns) for moment in finding.moments] == [("measured", T0 + 7)]


@given(speeds, limits)
def test_no_finding_within_limit_and_tolerance(measured: float, limit: float) -> None:
    rule = policy(limit)
    assert rule.speeding is not None
    if measured <= limit + rule.speeding.tolerance.subtracted_kmh(measured):
        assert judge(passage(speed=measured), rule) is None


@given(st.integers(1, 400), st.integers(1, 400), limits)
def test_who_drives_faster_does_not_escape(one: int, other: int, limit: float) -> None:
    slow, fast = sorted((float(one), float(other)))
    if judge(passage(speed=slow), policy(limit)) is not None:
        assert judge(passage(speed=fast), policy(limit)) is not None


@given(speeds, limits, limits)
def test_a_lower_limit_finds_no_less(measured: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    if judge(passage(speed=measured), policy(high)) is not None:
        assert judge(passage(speed=measured), policy(low)) is not None


@given(st.one_of(st.none(), speeds), limits)
def test_a_void_measurement_is_never_a_finding(speed: float | None, limit: float) -> None:
    void = msgspec.structs.replace(
        passage(), speed=SpeedMeasurement(speed, void_reason="two vehicles merged")
    )
    assert judge(void, policy(limit)) is None
