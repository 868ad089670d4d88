"""The seat belt and the phone: only by a witness that the site was given."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from enforcement.circumstances import Circumstances
from enforcement.judging import findings_of
from enforcement.law.driver import DriverChecks
from enforcement.law.table import Scope
from streams.messages import DriverSign
from tests.enforcement.samples import T0, passage, policy


def found(*signs: DriverSign, law: DriverChecks | None = None, **changes: Any) -> list[str]:
    checked = msgspec.structs.replace(
        policy(), speeding=None, driver=law or DriverChecks(("seat_belt", "phone"))
    )
    seen = msgspec.structs.replace(passage(), driver=signs, **changes)
    return [finding.offence for finding in findings_of(Circumstances(seen), checked)]


def sign(offence: str, probability: float = 0.995) -> DriverSign:
    return DriverSign(offence, probability, T0, "tiny")


@pytest.mark.parametrize(
    ("signs", "offences"),
    [
        ((), []),
        ((sign("phone"),), ["phone"]),
        ((sign("seat_belt"), sign("phone")), ["seat_belt", "phone"]),
        ((sign("phone", 0.98),), []),
        ((sign("phone", float("nan")),), []),
        ((sign("phone", 1.5),), []),  # no probability
        ((sign("phone"), sign("phone", 0.2)), []),  # it contradicts itself
        ((sign("smoking"),), []),
    ],
)
def test_what_a_sign_is_worth(signs: tuple[DriverSign, ...], offences: list[str]) -> None:
    assert found(*signs) == offences


@pytest.mark.parametrize(
    ("law", "offences"),
    [
        (DriverChecks(("seat_belt",)), []),
        (DriverChecks(("phone",), 0.999), []),
        (DriverChecks(("phone",), scope=Scope(("truck",))), []),
        (DriverChecks(("phone",)), ["phone"]),
    ],
)
def test_the_policy_says_what_is_an_offence(law: DriverChecks, offences: list[str]) -> None:
    assert found(sign("phone"), law=law) == offences


def test_a_finding_says_who_saw_it() -> None:
    law = msgspec.structs.replace(policy(), driver=DriverChecks(("phone",)), speeding=None)
    seen = msgspec.structs.replace(passage(), driver=(sign("phone"),))
    [finding] = findings_of(Circumstances(seen), law)
    assert finding.explanation == (
        "The driver held a phone while driving, as the witness tiny saw with probability 0.995 where 0.99 is "
        "asked; an officer must see it too (policy sim-rural-2026, version 1)."
    )
