"""Which passages are violations, and what a roadside unit must publish of a passage."""

from __future__ import annotations

import sys
from functools import partial

import msgspec
import pytest

from enforcement.judging import RULES, could_be_finding
from enforcement.law.offences import OFFENCES
from enforcement.law.papers import ClonedPlate, RegisterChecks
from enforcement.law.speeds import Section, Tolerance
from enforcement.policy import Policy
from tests.enforcement.samples import T0, passage, policy

SECTION = Section("A", "cam-1", "cam-2", 1000.0, 1.0, 80.0, Tolerance(3.0, 3.0))


@pytest.mark.parametrize(("speed", "wanted"), [(93.4, True), (83.0, False), (None, False)])
def test_a_passage_that_breaks_no_rule_leaves_no_plate_at_the_roadside(
    speed: float | None, wanted: bool
) -> None:
    assert could_be_finding(passage(speed=speed), policy()) is wanted


@pytest.mark.parametrize(
    ("changes", "always"),
    [
        ({}, False),
        ({"sections": (SECTION,)}, True),
        ({"sections": (msgspec.structs.replace(SECTION, entry_camera="cam-9"),)}, False),
        ({"cloned_plate": ClonedPlate()}, True),
        ({"register_checks": RegisterChecks(("stolen",), "every_passage", "§ 1 of the act")}, True),
        ({"register_checks": RegisterChecks(("stolen",))}, False),
    ],
)
def test_some_rules_need_every_plate(changes: dict[str, object], always: bool) -> None:
    law: Policy = msgspec.structs.replace(policy(), **changes)
    assert law.needs_plate_at("cam-1") is always
    assert could_be_finding(passage(speed=50.0), law) is always


def test_nothing_is_wanted_before_the_policy_holds() -> None:
    early = passage(speed=150.0, at_ns=T0 - 365 * 24 * 3600 * 10**9)
    assert not could_be_finding(early, policy())


def test_every_offence_has_its_name_in_the_list() -> None:
    rules = [
        rule.args[0] if isinstance(rule, partial) else sys.modules[rule.__module__].OFFENCE for rule in RULES
    ]
    assert sorted(rules) == sorted(OFFENCES)
