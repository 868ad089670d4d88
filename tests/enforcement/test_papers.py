"""Faults of the papers, as the register tells them."""

from __future__ import annotations

import datetime
from typing import Any

import msgspec
import pytest

from enforcement.circumstances import Circumstances, RegisterStatus, Rule
from enforcement.law.papers import RegisterChecks
from enforcement.policy import Plates
from enforcement.rules import papers
from enforcement.rules.finding import Finding
from streams.messages import PlateReading
from tests.enforcement.samples import T0, passage, policy

TODAY = datetime.date(2026, 5, 4)
ALL = ("unregistered", "uninsured", "inspection_expired", "stolen")
RULES: dict[str, Rule] = {name: getattr(papers, name) for name in ALL}
SURE = PlateReading("AB123CD", 0.995)


def ago(days: int) -> datetime.date:
    return TODAY - datetime.timedelta(days)


def found(
    status: RegisterStatus | None, law: RegisterChecks | None = None, timezone: str = "UTC", **changes: Any
) -> dict[str, Finding]:
    """What each rule finds in a passage at 08:00 UTC on 4 May 2026."""
    fields = {"plate": SURE, "clock_sigma_ms": 5.0} | changes
    seen = Circumstances(msgspec.structs.replace(passage(), **fields), registered=status)
    checked = msgspec.structs.replace(
        policy(),
        plates=Plates({"IT": 0.98, "any": 0.02}, 0.02),
        register_checks=law or RegisterChecks(ALL, countries=("IT",)),
        timezone=timezone,  # type: ignore[arg-type]
    )
    findings = {name: rule(seen, checked) for name, rule in RULES.items()}
    return {name: finding for name, finding in findings.items() if finding is not None}


@pytest.mark.parametrize(
    ("status", "offences"),
    [
        (RegisterStatus(True), []),
        (RegisterStatus(False), ["unregistered"]),
        (RegisterStatus(True, stolen=True), ["stolen"]),
        (RegisterStatus(True, insured_until=TODAY), []),  # the last day still counts
        (RegisterStatus(True, insured_until=ago(1)), ["uninsured"]),
        (RegisterStatus(True, inspected_until=ago(1)), ["inspection_expired"]),
        (RegisterStatus(True, inspected_until=ago(-1)), []),
        (RegisterStatus(True, ago(1), ago(1), True), ["uninsured", "inspection_expired", "stolen"]),
        (None, []),  # nobody asked
    ],
)
def test_what_the_register_says(status: RegisterStatus | None, offences: list[str]) -> None:
    assert list(found(status)) == offences


@pytest.mark.parametrize(
    ("days_ago", "grace_days", "is_found"), [(1, 0, True), (7, 7, False), (8, 7, True), (30, 60, False)]
)
def test_days_of_grace_are_added(days_ago: int, grace_days: int, is_found: bool) -> None:
    law = RegisterChecks(ALL, grace_days=grace_days)
    assert bool(found(RegisterStatus(True, insured_until=ago(days_ago)), law)) is is_found


@pytest.mark.parametrize(
    ("timezone", "after_s", "clock_sigma_ms", "is_found"),
    [
        ("UTC", 0, 5.0, True),  # 08:00 on the 4th
        ("America/Los_Angeles", 0, 5.0, True),  # 01:00 on the 4th
        ("America/Anchorage", 1, 5.0, True),  # just past midnight
        ("America/Anchorage", -1, 5.0, False),  # still the 3rd
        ("America/Anchorage", 1, 600.0, False),  # the clock may be 1.2 s fast
        ("America/Anchorage", 30, None, False),
        ("America/Anchorage", 61, None, True),
    ],
)
def test_the_day_is_that_of_the_place(
    timezone: str, after_s: int, clock_sigma_ms: float | None, is_found: bool
) -> None:
    at = {"started_at_ns": T0 + after_s * 10**9, "clock_sigma_ms": clock_sigma_ms}
    assert bool(found(RegisterStatus(True, insured_until=ago(1)), timezone=timezone, **at)) is is_found


@pytest.mark.parametrize(
    "changes",
    [
        {"plate": None},
        {"plate": PlateReading(None, 0.999)},
        {"plate": PlateReading("AB123CD", 0.98)},
        {"plate": PlateReading("AB123CD", float("nan"))},
        {"started_at_ns": T0 - 365 * 24 * 3600 * 10**9},
    ],
)
def test_a_doubtful_plate_accuses_nobody(changes: dict[str, Any]) -> None:
    assert found(RegisterStatus(False, stolen=True), **changes) == {}


@pytest.mark.parametrize(
    ("registered", "changes", "is_found"),
    [
        ("car", {}, True),
        ("truck", {}, False),
        ("truck", {"vehicle_confidence": 0.5}, True),
        ("Personenkraftwagen", {}, True),  # words that are not ours say nothing
        ("", {}, True),
        (None, {}, True),
    ],
)
def test_another_class_than_was_seen_is_a_misread_plate(
    registered: str | None, changes: dict[str, Any], is_found: bool
) -> None:
    status = RegisterStatus(True, stolen=True, vehicle_class=registered)
    assert bool(found(status, **changes)) is is_found


def test_only_what_the_policy_names_is_an_offence() -> None:
    status = RegisterStatus(True, ago(1), ago(1), True)
    assert list(found(status, RegisterChecks(("stolen",)))) == ["stolen"]


def test_a_finding_explains_itself() -> None:
    finding = found(RegisterStatus(True, ago(10)), RegisterChecks(ALL, grace_days=7))["uninsured"]
    assert finding.explanation == (
        "The register has the vehicle insured until 2026-04-24 and 7 days of grace are granted; it was "
        "driven on 2026-05-04; the plate was read with probability 0.995 where 0.99 is asked "
        "(policy sim-rural-2026, version 1)."
    )
