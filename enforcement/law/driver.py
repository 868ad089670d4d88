"""What a driver does at the wheel; see :class:`enforcement.rules.driver` for who could see it."""

from __future__ import annotations

from typing import Literal

from enforcement.law.table import Scope, Table

AtTheWheel = Literal["seat_belt", "phone"]


class DriverChecks(Table, frozen=True):
    """Which of these are offences here, from which probability of a sign on.

    They need a witness of the roadside unit, and none comes with Roadwitness: without one nothing is found.
    """

    offences: tuple[AtTheWheel, ...]
    least_probability: float = 0.99
    scope: Scope = Scope()
