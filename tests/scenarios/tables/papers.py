"""Unregistered, uninsured, inspection expired and stolen: positives and near misses of all four."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

from enforcement.circumstances import RegisterStatus
from enforcement.law.papers import Exemption, Paper, RegisterChecks
from enforcement.policy import Plates
from tests.scenarios.scenario import Scenario, lawful, positives, unproven
from tests.scenarios.scene import NOON, Reading, Scene, Sight, Vehicle
from tests.scenarios.tables.shared import along, berlin, policy

_PLATE = "GT57XYZ"  # of a British format, which nearly no other country has
_HOME = Plates({"GB": 0.97, "any": 0.03}, 0.02)
_TODAY = NOON.date()
_DAY = datetime.timedelta(days=1)
_FINE = RegisterStatus(True, _TODAY + 200 * _DAY, _TODAY + 100 * _DAY, vehicle_class="car")
_BAD: dict[Paper, RegisterStatus] = {
    "unregistered": RegisterStatus(False),
    "uninsured": RegisterStatus(True, _TODAY - 40 * _DAY, _TODAY + 100 * _DAY, vehicle_class="car"),
    "inspection_expired": RegisterStatus(True, _TODAY + 200 * _DAY, _TODAY - 40 * _DAY, vehicle_class="car"),
    "stolen": RegisterStatus(True, _TODAY + 200 * _DAY, _TODAY + 100 * _DAY, True, "car"),
}
_DATES: dict[Paper, str] = {"uninsured": "insured_until", "inspection_expired": "inspected_until"}


def _law(
    paper: Paper, *, plates: Plates | None = _HOME, checks: dict[str, Any] | None = None, **more: Any
) -> Any:
    table = RegisterChecks(**{"offences": (paper,), "countries": ("GB",)} | (checks or {}))
    return policy(register_checks=table, plates=plates, **more)


def _tables(paper: Paper) -> tuple[tuple[Scenario, ...], tuple[Scenario, ...]]:
    """Positives and near misses of one fault."""
    bad, usual = _BAD[paper], _law(paper)

    def seen(
        name: str,
        status: RegisterStatus | None = bad,
        *,
        kind: str = "car",
        kmh: float = 50.0,
        **changes: Any,
    ) -> Scene:
        reading = Reading(_PLATE)
        return dataclasses.replace(
            Scene(name, usual, along(kmh), vehicle=Vehicle(kind), reading=reading, registered=status),
            **changes,
        )

    def of(kind: str | None) -> RegisterStatus:
        return dataclasses.replace(bad, vehicle_class=kind)

    def read(
        probability: float, text: str | None = _PLATE, instead: tuple[int, str, float] | None = None
    ) -> dict[str, Any]:
        return {"reading": Reading(text, probability, instead)}

    other_faults = [status for name, status in _BAD.items() if name != paper]
    guilty = positives(paper, (
        seen("in traffic at 50"),
        seen("at 130", kmh=130.0),
        seen("at 20", kmh=20.0),
        seen("a truck", of("truck"), kind="truck"),
        seen("a bus", of("bus"), kind="bus"),
        seen("a motorcycle", of("motorcycle"), kind="motorcycle"),
        seen("the register does not say the class", of(None)),
        seen("seen from behind", sight=Sight("rear")),
        seen("not said which end is tracked", sight=Sight("front", "unknown")),
        seen("no calibration is needed", sight=Sight(on_road=False)),
        seen("its speed is void", sight=Sight(void="too few points")),
        seen("at midnight", at=berlin("23:30:00")),
        seen("in the small hours", at=berlin("03:00:00")),
        seen("read very surely", **read(0.9999)),
        seen("read surely enough", **read(0.9915)),
        seen("another British plate", **read(0.998, "LB04KXC")),
        seen("every passage may be asked for", policy=_law(paper, checks={"ask": "every_passage", "legal_basis": "§ 1"})),
        seen("ten days of grace", policy=_law(paper, checks={"grace_days": 10})),
        seen("all four faults are offences", policy=_law(paper, checks={"offences": tuple(_BAD)})),
        seen("another plate is exempt", policy=_law(paper, exemptions=(Exemption(("XY999ZZ",), "crown"),))),
        seen("an exemption from another rule", policy=_law(paper, exemptions=(Exemption((_PLATE,), "bus lanes", ("reserved_lane",)),))),
        seen("an exemption that is over", policy=_law(paper, exemptions=(Exemption((_PLATE,), "transfer", (), _TODAY - _DAY),))),
        seen("a law that asks for 0.95", **read(0.96), policy=_law(paper, checks={"least_plate_probability": 0.95})),
        seen("the clock is not known, at noon", sight=Sight(clock_sigma_ms=None, clock_error_ms=0.0)),
    ))  # fmt: skip
    innocent = lawful(paper, (
        seen("all papers in order", _FINE),
        seen("all papers in order, a truck", dataclasses.replace(_FINE, vehicle_class="truck"), kind="truck"),
        seen("all papers in order, very fast", _FINE, kmh=160.0),
        seen("all papers in order, seen from behind", _FINE, sight=Sight("rear")),
        seen("the register knows it, and says no more", RegisterStatus(True)),
        *(seen(f"only another fault, the {i + 1}.", status) for i, status in enumerate(other_faults)),
        seen("the register was not asked", None),
        seen("not an offence here", policy=_law(paper, checks={"offences": tuple(name for name in _BAD if name != paper)})),
        seen("no law about papers", policy=policy(plates=_HOME)),
        seen("no offence at all is listed", policy=_law(paper, checks={"offences": ()})),
    ))  # fmt: skip
    doubtful = unproven(paper, (
        seen("read with 0.989", **read(0.989)),
        seen("read with 0.985", **read(0.985)),
        seen("read with 0.95", **read(0.95)),
        seen("read with 0.9", **read(0.9)),
        seen("read with 0.5", **read(0.5)),
        seen("a law that asks for 0.999", **read(0.995), policy=_law(paper, checks={"least_plate_probability": 0.999})),
        seen("one character in doubt, three to hundred", **read(0.999, instead=(4, "K", 0.03))),
        seen("one character in doubt: 8 or B", **read(0.99, "GT58XYZ", (3, "B", 0.2))),
        seen("one character in doubt: 0 or O", **read(0.99, "GT50XYZ", (3, "O", 0.45))),
        seen("unreadable", **read(0.6, None)),
        seen("unreadable, though surely", **read(0.999, None)),
        seen("no plate was found", reading=None),
        seen("the register has a motorcycle, the camera saw a car", of("motorcycle")),
        seen("the register has a bus, the camera saw a car", of("bus")),
        seen("the register has a truck, the camera saw a car", of("truck")),
        seen("the register has a car, the camera saw a truck", of("car"), kind="truck"),
        seen("the register has a car, the camera saw a motorcycle", of("car"), kind="motorcycle"),
        seen("the register has a motorcycle, the camera saw a bus", of("motorcycle"), kind="bus"),
        seen("the register has a truck, the camera saw a motorcycle", of("truck"), kind="motorcycle"),
        seen("before it was law", policy=_law(paper, valid_from=datetime.datetime(2026, 6, 1, tzinfo=datetime.UTC))),
        seen("no longer the law", policy=_law(paper, valid_until=datetime.datetime(2026, 5, 1, tzinfo=datetime.UTC))),
        seen("exempt", policy=_law(paper, exemptions=(Exemption((_PLATE,), "army"),))),
        seen("exempt from this rule", policy=_law(paper, exemptions=(Exemption((_PLATE,), "army", (paper,)),))),
        seen("exempt, written with a gap", policy=_law(paper, exemptions=(Exemption(("gt57 xyz",), "army"),))),
        seen("exempt until today", policy=_law(paper, exemptions=(Exemption((_PLATE,), "transfer", (), _TODAY),))),
        seen("an exempt plate with one doubtful character", **read(0.995, instead=(4, "K", 0.004)),
             policy=_law(paper, exemptions=(Exemption(("GT57KYZ",), "army"),), checks={"least_plate_probability": 0.5})),
    ))  # fmt: skip
    if paper in _DATES:
        more_guilty, more_innocent, more_doubtful = _by_date(paper)
        return guilty + more_guilty, innocent + more_innocent + doubtful + more_doubtful
    more = _foreign(paper) if paper == "unregistered" else ()
    few = tuple(
        seen(
            f"one character in doubt, at place {place + 1}",
            **read(0.999, instead=(place, "Q", 0.02 + 0.01 * place)),
        )
        for place in range(7)
    )
    return guilty, innocent + doubtful + unproven(paper, few) + more


def _by_date(paper: Paper) -> tuple[tuple[Scenario, ...], tuple[Scenario, ...], tuple[Scenario, ...]]:
    """Around the last day of a paper: guilty, lawful and in doubt."""
    field = _DATES[paper]

    def until(name: str, days: int, at: datetime.datetime = NOON, *, grace: int = 0, **changes: Any) -> Scene:
        """Its paper is good until ``days`` after the local day of the passage."""
        status = dataclasses.replace(_FINE, **{field: at.date() + days * _DAY})
        law = _law(paper, checks={"grace_days": grace})
        return dataclasses.replace(
            Scene(name, law, along(50.0), at=at, reading=Reading(_PLATE), registered=status), **changes
        )

    unknown = Sight(clock_sigma_ms=None, clock_error_ms=0.0)
    guilty = positives(paper, (
        until("expired yesterday", -1),
        until("expired two days ago", -2),
        until("expired a year ago", -365),
        until("expired a day more than the grace ago", -15, grace=14),
        until("expired yesterday, a quarter of an hour after midnight", -1, berlin("00:15:00")),
    ))  # fmt: skip
    innocent = lawful(paper, (
        until("expires today", 0),
        until("expires tomorrow", 1),
        until("expires in a year", 365),
        until("expires today, at midnight nearly", 0, berlin("23:59:30")),
        until("expires today, which UTC calls yesterday", 0, berlin("00:30:00")),
        until("expires today, in winter", 0, berlin("12:00:00", month=1)),
        until("expires today, which UTC calls yesterday, in winter", 0, berlin("00:30:00", month=1)),
        until("expired yesterday, a day of grace", -1, grace=1),
        until("expired two weeks ago, two weeks of grace", -14, grace=14),
        until("expired a month ago, a month of grace", -30, grace=30),
        until("the last day of grace, at midnight nearly", -14, berlin("23:59:30"), grace=14),
        until("expires on the last of December", 0, berlin("18:00:00", day=31, month=12)),
    ))  # fmt: skip
    doubtful = unproven(paper, (
        until("expired at midnight, some seconds ago, and the clock is not known", -1, berlin("00:00:10"), sight=unknown),
    ))  # fmt: skip
    return guilty, innocent, doubtful


def _foreign(paper: Paper) -> tuple[Scenario, ...]:
    """Plates that the register need not know."""

    def foreign(name: str, text: str, plates: Plates | None = _HOME, home: str = "GB") -> Scene:
        law = _law(paper, plates=plates, checks={"countries": (home,)})
        return Scene(name, law, along(50.0), reading=Reading(text), registered=_BAD[paper])

    neighbours = Plates({"FR": 0.9, "IT": 0.1}, 0.02)
    return unproven(paper, (
        foreign("a French plate", "AB123CD"),
        foreign("a Belgian plate", "1ABC234"),
        foreign("an Austrian plate", "W12345A"),
        foreign("a Romanian plate of Bucharest", "B123ABC"),
        foreign("a Romanian plate that looks British, where visitors are as many", "AB12CDE", None),
        foreign("an Italian plate that looks French, in France", "AB123CD", neighbours, "FR"),
        foreign("an Italian plate that looks French, where visitors are as many", "AB123CD", None, "FR"),
        foreign("no known format", "X0X"),
        foreign("a word for a plate", "BADGER"),
    ))  # fmt: skip


_PAPERS: tuple[Paper, ...] = ("unregistered", "uninsured", "inspection_expired", "stolen")
_BOTH = [_tables(paper) for paper in _PAPERS]
POSITIVES = tuple(scenario for found, _ in _BOTH for scenario in found)
NEAR_MISSES = tuple(scenario for _, near in _BOTH for scenario in near)
