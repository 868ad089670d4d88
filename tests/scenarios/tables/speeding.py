"""Speeding: positives and near misses."""

from __future__ import annotations

import datetime
import math
from typing import Any

from enforcement.law.papers import Exemption
from enforcement.law.speeds import SpecialLimit, Speeding, Tolerance
from enforcement.law.table import Scope
from tests.scenarios.motion import Reach
from tests.scenarios.scenario import lawful, positives, unproven
from tests.scenarios.scene import Reading, Scene, Sight, Vehicle
from tests.scenarios.tables.shared import TOLERANCE, along, berlin, policy

_TRUCKS = SpecialLimit(60.0, Scope(vehicles=("truck",)))
_NIGHT = SpecialLimit(30.0, Scope(hours=("22:00-06:00",)))
_WET = SpecialLimit(80.0, Scope(conditions=("wet",)))
_SCHOOL = SpecialLimit(30.0, Scope(hours=("mo-fr 07:00-17:00",)))
_MILD = Tolerance(5.0, 5.0)
_BRAKES = (Reach(45.0, 2.5),)


def _at(
    kmh: float, limit: float, name: str, *special: SpecialLimit, kind: str = "car",
    tolerance: Tolerance = TOLERANCE, then: tuple[Reach, ...] = (), tables: dict[str, Any] | None = None,
    **changes: Any,
) -> Scene:  # fmt: skip
    law = policy(speeding=Speeding(limit, tolerance, special), **(tables or {}))
    return Scene(name, law, along(kmh, then=then), vehicle=Vehicle(kind), **changes)


def _read(kmh: float, error: float, uncertainty: float = 2.0) -> dict[str, Any]:
    return {"sight": Sight(speed_error_kmh=error, speed_uncertainty_kmh=uncertainty)}


POSITIVES = positives("speeding", (
    _at(62, 50, "12 too fast in town"),
    _at(58, 50, "8 too fast in town"),
    _at(75, 50, "half as fast again"),
    _at(95, 50, "twice the limit in town"),
    _at(45, 30, "45 where 30 is allowed"),
    _at(38, 30, "38 where 30 is allowed"),
    _at(95, 80, "95 where 80 is allowed"),
    _at(112, 100, "112 where 100 is allowed, per cent instead of km/h"),
    _at(150, 130, "150 where 130 is allowed"),
    _at(240, 120, "twice the limit of a motorway"),
    _at(108, 97, "a limit just below 100 passed far above it"),
    _at(72, 50, "a motorcycle", kind="motorcycle"),
    _at(75, 80, "a truck over its own limit, below all others'", _TRUCKS, kind="truck"),
    _at(90, 80, "a car over its limit where trucks have another", _TRUCKS),
    _at(45, 50, "45 at night where 30 is signed then", _NIGHT, at=berlin("23:00:00")),
    _at(45, 50, "after midnight, in hours that began yesterday", _NIGHT, at=berlin("03:30:00")),
    _at(60, 50, "by day, where the night has its own limit", _NIGHT, at=berlin("12:00:00")),
    _at(100, 120, "100 in the wet where 80 is signed", _WET, conditions=("wet",)),
    _at(45, 50, "45 at a school on a Wednesday", _SCHOOL, at=berlin("10:00:00", day=6)),
    _at(45, 50, "two special limits, the lower one holds", SpecialLimit(40.0, Scope(vehicles=("car",))), _SCHOOL),
    _at(62, 50, "more is subtracted by a milder law", tolerance=_MILD),
    _at(54, 50, "nothing is subtracted", tolerance=Tolerance(0.0, 0.0), **_read(54, 1.0, 1.5)),
    _at(75, 50, "brakes for the camera, and is too fast all the same", then=(Reach(66.0, 2.5),)),
    _at(62, 50, "exempt is another plate", tables={"exemptions": (Exemption(("XY999ZZ",), "fire brigade"),)}),
    _at(62, 50, "exempt only from bus lanes",
        tables={"exemptions": (Exemption(("AB123CD",), "taxi", ("reserved_lane",)),)}),
))  # fmt: skip

LAWFUL = lawful("speeding", (
    _at(50, 50, "exactly the limit"),
    _at(49.9, 50, "a hair below the limit"),
    _at(30, 30, "exactly 30"),
    _at(100, 100, "exactly 100"),
    _at(130, 130, "exactly 130"),
    _at(80, 80, "measured exactly limit and tolerance", **_read(80, 3.0, 3.0)),
    _at(99, 99, "measured 102 at a limit of 99: per cent rounded up", **_read(99, 3.0, 3.0)),
    _at(50, 50, "measured 52.9, all of it tolerance", **_read(50, 2.9, 2.9)),
    _at(130, 130, "measured 134 at 130", **_read(130, 4.0, 4.0)),
    _at(80, 80, "a poor measurement says 85.5, give or take 6", **_read(80, 5.5, 6.0)),
    _at(50, 50, "a very poor measurement says 61, give or take 12", **_read(50, 11.0, 12.0)),
    _at(120, 120, "a poor measurement above 100, give or take 8", **_read(120, 7.5, 8.0)),
    _at(50, 50, "nothing is subtracted, and the measurement errs by its uncertainty",
        tolerance=Tolerance(0.0, 0.0), **_read(50, 1.9, 2.0)),
    _at(75, 80, "a car at 75 where trucks may drive 60", _TRUCKS),
    _at(75, 80, "a car taken for a truck, in doubt", _TRUCKS, sight=Sight(read_as=("truck", 0.55))),
    _at(75, 80, "a bus taken for a truck, seven to three", _TRUCKS, kind="bus", sight=Sight(read_as=("truck", 0.7))),
    _at(60, 80, "a truck at exactly its own limit", _TRUCKS, kind="truck"),
    _at(79, 80, "a motorcycle where trucks may drive 60", _TRUCKS, kind="motorcycle"),
    _at(45, 50, "the night's limit ended a second ago", _NIGHT, at=berlin("06:00:01")),
    _at(45, 50, "the night's limit begins in ten seconds", _NIGHT, at=berlin("21:59:45")),
    _at(45, 50, "at noon, where only the night has a limit", _NIGHT),
    _at(45, 50, "06:30 in summer is 04:30 in UTC", _NIGHT, at=berlin("06:30:00")),
    _at(45, 50, "21:30 in winter is 20:30 in UTC", _NIGHT, at=berlin("21:30:00", day=10, month=1)),
    _at(45, 50, "at a school on Saturday", _SCHOOL, at=berlin("10:00:00", day=9)),
    _at(45, 50, "at a school on Sunday", _SCHOOL, at=berlin("10:00:00", day=10)),
    _at(45, 50, "at a school at 17:00:05", _SCHOOL, at=berlin("17:00:05")),
    _at(45, 50, "at a school at 06:59:40", _SCHOOL, at=berlin("06:59:40")),
    _at(100, 120, "dry, where the wet has a limit", _WET),
    _at(100, 120, "fog, where the wet has a limit", _WET, conditions=("fog",)),
    _at(100, 120, "wet, where wet nights have a limit",
        SpecialLimit(80.0, Scope(hours=("22:00-06:00",), conditions=("wet",))), conditions=("wet",)),
    _at(5, 50, "walking pace"),
    _at(50, 50, "brakes from the limit", then=_BRAKES),
    _at(35, 50, "accelerates up to the limit", then=(Reach(50.0, 4.0),)),
    _at(50, 50, "backs away, never above the limit", then=(Reach(-10.0, 8.0),)),
))  # fmt: skip

UNPROVEN = unproven("speeding", (
    _at(90, 50, "two vehicles merged", sight=Sight(void="two vehicles merged")),
    _at(90, 50, "the camera has moved", sight=Sight(void="the camera has moved")),
    _at(90, 50, "the calibration is over", sight=Sight(void="calibration survey-1 is not valid at that time")),
    _at(53, 50, "all that is too much is tolerance", **_read(53, 0.0)),
    _at(84, 80, "too fast by less than the measurement's doubt", **_read(84, 0.0, 5.0)),
    _at(90, 50, "nothing is known of the measurement's doubt", **_read(90, 0.0, math.inf)),
    _at(90, 50, "before it was law",
        tables={"valid_from": datetime.datetime(2026, 6, 1, tzinfo=datetime.UTC)}),
    _at(90, 50, "no longer the law",
        tables={"valid_until": datetime.datetime(2026, 5, 1, tzinfo=datetime.UTC)}),
    _at(90, 50, "a fire engine", tables={"exemptions": (Exemption(("AB123CD",), "fire brigade"),)}),
    _at(90, 50, "an ambulance, its plate written with gaps",
        tables={"exemptions": (Exemption(("AB-123 CD",), "ambulance", ("speeding",)),)}),
    _at(90, 50, "a fire engine's plate with one doubtful character",
        reading=Reading("AB128CD", 0.99, (4, "3", 0.3)),
        tables={"exemptions": (Exemption(("AB123CD",), "fire brigade"),)}),
    _at(45, 50, "the night's limit began as it passed", _NIGHT, at=berlin("21:59:56")),
    _at(45, 50, "the unit does not know the time, five seconds into the night", _NIGHT, at=berlin("22:00:05"),
        sight=Sight(clock_sigma_ms=None, clock_error_ms=0.0)),
))  # fmt: skip

NEAR_MISSES = LAWFUL + UNPROVEN
