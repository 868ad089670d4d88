"""Policies: what a file may say, and the tolerance."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from enforcement.circumstances import Circumstances
from enforcement.errors import PolicyError
from enforcement.grammars import Prior
from enforcement.law.speeds import SpecialLimit, Speeding, Tolerance
from enforcement.law.table import Scope
from enforcement.policy import load_policy
from enforcement.rules import speeding
from streams.messages import SpeedMeasurement
from tests.enforcement.samples import T0, passage, policy

GOOD = """
id = "sim-rural-2026"
version = "1"
jurisdiction = "Simulated"
valid_from = 2026-01-01
[speeding]
limit_kmh = 80.0
[speeding.tolerance]
below_100_kmh = 3.0
above_100_percent = 3.0
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "policy.toml"
    path.write_text(text)
    return path


def test_a_policy_is_read(tmp_path: Path) -> None:
    assert load_policy(write(tmp_path, GOOD)) == policy()


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("limit_kmh", "limit_kph", "'limit_kph' in [speeding] is unknown; did you mean 'limit_kmh'?"),
        ("version =", "verzion =", "did you mean 'version'?"),
        ("below_100_kmh", "below_100", "in [speeding.tolerance] is unknown; did you mean 'below_100_kmh'?"),
        ("id =", "zzz =", "'zzz' is unknown; known are id"),
        ("limit_kmh = 80.0", "", "'limit_kmh' in [speeding] is missing"),
        ("80.0", "'fast'", "'speeding.limit_kmh' is wrong: expected float, got str"),
        ("80.0", "nan", "speeding.limit_kmh is nan; write a number from 1 to 400"),
        ("80.0", "-5", "speeding.limit_kmh is -5"),
        ("above_100_percent = 3.0", "above_100_percent = 300", "write a number from 0 to 50"),
        ("2026-01-01", "2026-13-01", "is not TOML"),
        ("valid_from = 2026-01-01", "valid_from = 2026-01-01\nvalid_until = 2025-01-01", "would never hold"),
        ('version = "1"', 'version = ""', "version is empty"),
        ("[speeding]", "[speeding", "is not TOML"),
        ("[speeding]", "[plates]\ncountry = 1\n[speeding]", "did you mean 'countries'?"),
        (
            "[speeding]",
            "[plates]\ncountries = { XX = 1.0 }\n[speeding]",
            "no plate formats are known for 'XX'",
        ),
        ("[speeding]", "[plates]\ncountries = { RO = -1.0 }\n[speeding]", "must be 0 or more"),
        ("[speeding]", "[plates]\ncountries = {}\nformless = 1.5\n[speeding]", "formless is 1.5"),
    ],
)
def test_a_faulty_policy_is_explained(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(PolicyError) as caught:
        load_policy(write(tmp_path, GOOD.replace(old, new, 1)))
    assert says in str(caught.value)
    assert "policy.toml" in str(caught.value)


def test_a_policy_may_say_where_vehicles_come_from(tmp_path: Path) -> None:
    said = "[plates]\ncountries = { RO = 0.9, any = 0.1 }\nformless = 0.05\n[speeding]"
    assert load_policy(write(tmp_path, GOOD.replace("[speeding]", said, 1))).prior == Prior.of(
        {"RO": 0.9, "any": 0.1}, 0.05
    )
    assert load_policy(write(tmp_path, GOOD)).prior == Prior.of()


def test_a_policy_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="cannot be read"):
        load_policy(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("measured", "subtracted"),
    [
        (50.0, 3.0),
        (99.99, 3.0),
        (100.0, 3.0),
        (100.1, 4.0),
        (103.4, 4.0),
        (133.0, 4.0),
        (133.4, 5.0),
        (200.0, 6.0),
    ],
)
def test_the_tolerance(measured: float, subtracted: float) -> None:
    assert policy().speeding.tolerance.subtracted_kmh(measured) == subtracted


limits = st.one_of(
    st.sampled_from([30.0, 50.0, 80.0, 96.5, 97.0, 98.0, 100.0, 129.0, 130.0]), st.floats(1, 400)
)
flats = st.one_of(st.just(3.0), st.floats(0, 50))
percents = st.one_of(st.sampled_from([0.0, 3.0]), st.floats(0, 50))


@given(limits, flats, percents, st.floats(0, 0.999999))
def test_nothing_below_the_trigger_is_a_finding(
    limit: float, flat: float, percent: float, share: float
) -> None:
    rule = policy(limit, flat, percent)
    assert speeding.judge(Circumstances(passage(speed=share * rule.trigger_kmh)), rule) is None


@given(limits, flats, percents)
def test_at_the_trigger_or_just_above_something_is_a_finding(
    limit: float, flat: float, percent: float
) -> None:
    rule = policy(limit, flat, percent)
    near = [rule.trigger_kmh + step for step in (0.0, 1e-5, 1e-4, 1e-3, 1e-2)]
    seen = [replace(passage(), speed=SpeedMeasurement(speed, 0.0)) for speed in near]
    assert any(speeding.judge(Circumstances(one), rule) for one in seen)


@given(limits, limits, flats, percents, st.floats(0, 0.999999))
def test_the_trigger_is_that_of_the_lowest_limit(
    limit: float, special: float, flat: float, percent: float, share: float
) -> None:
    law = Speeding(limit, Tolerance(flat, percent), (SpecialLimit(special, Scope(("truck",))),))
    rule = replace(policy(), speeding=law)
    assert rule.trigger_kmh == min(
        policy(limit, flat, percent).trigger_kmh, policy(special, flat, percent).trigger_kmh
    )
    slow = replace(passage(speed=share * rule.trigger_kmh), vehicle="truck")
    assert speeding.judge(Circumstances(slow), rule) is None


@pytest.mark.parametrize(
    ("limit", "trigger"),
    [(80.0, 83.0), (96.0, 99.0), (96.5, 99.5), (97.0, 101.0), (98.0, 102.0), (130.0, 135.0)],
)
def test_the_trigger(limit: float, trigger: float) -> None:
    assert policy(limit).trigger_kmh == pytest.approx(trigger)


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "holds"),
    [
        ("2026-01-01", "", True),
        ("2026-05-05", "", False),
        ("2026-05-04", "", True),
        ("2026-01-01", "2026-05-04", False),
        ("2026-01-01", "2026-05-05", True),
        ("2026-05-04T08:00:01Z", "", False),
        ("2026-05-04T10:00:00+02:00", "", True),
    ],
)
def test_a_policy_holds_for_its_time(tmp_path: Path, valid_from: str, valid_until: str, holds: bool) -> None:
    until = f"valid_until = {valid_until}\n" if valid_until else ""
    rule = load_policy(
        write(tmp_path, GOOD.replace("valid_from = 2026-01-01", f"valid_from = {valid_from}\n{until}"))
    )
    assert rule.is_valid_at(T0) is holds
    assert (speeding.judge(Circumstances(passage(speed=150.0)), rule) is not None) is holds
