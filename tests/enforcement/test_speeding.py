"""The speeding rule: when it finds, and how it explains itself."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcement.circumstances import Circumstances
from enforcement.policy import Policy
from enforcement.rules import speeding
from enforcement.rules.finding import Finding
from streams.messages import Passage, SpeedMeasurement
from tests.enforcement.samples import passage, policy

speeds = st.floats(0.1, 500)
limits = st.floats(5, 200)


def judge(seen: Passage, rule: Policy) -> Finding | None:
    return speeding.judge(Circumstances(seen), rule)


def test_a_finding_explains_itself() -> None:
    finding = judge(passage(speed=93.4), policy())
    assert finding is not None
    assert finding.explanation == (
        "Measured 93.4 km/h; 3 km/h subtracted; 90.4 km/h where 80 km/h is allowed: 10.4 km/h too fast "
        "(policy sim-rural-2026, version 1)."
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
