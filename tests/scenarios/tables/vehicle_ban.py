"""A zone that is closed to some vehicles: positives and near misses."""

from __future__ import annotations

import dataclasses
from typing import Any

from enforcement.law.papers import Exemption
from enforcement.law.places import VehicleBan
from enforcement.law.table import Scope
from enforcement.road import Road, Zone
from tests.scenarios.motion import Drive, Path, Reach, Shift, Straight, Turn
from tests.scenarios.scenario import lawful, positives, unproven
from tests.scenarios.scene import Scene, Sight, Vehicle
from tests.scenarios.tables.shared import along, berlin, box, halting, policy

_TRUCKS = Scope(vehicles=("truck",))
_NIGHT = Scope(vehicles=("truck",), hours=("22:00-06:00",))
_SUNDAY = Scope(vehicles=("truck",), hours=("su 00:00-22:00",))
_ICE = Scope(vehicles=("truck", "bus"), conditions=("ice",))


def _law(scope: Scope = _TRUCKS, least_m: float = 5.0, **more: Any) -> Any:
    return policy(vehicle_bans=(VehicleBan("old town", scope, least_m),), **more)


_LAW = _law()
#: A street closed from y = 0 on, x -4 to 6.
_ROAD = Road("gate", zones=(Zone("old town", "ban", box(-4.0, 6.0, 0.0, 60.0)),))
_NARROW = Road("strip", zones=(Zone("old town", "ban", box(-4.0, 6.0, 0.0, 4.5)),))


def _into(
    name: str,
    kmh: float = 40.0,
    *,
    kind: str = "truck",
    x: float = 1.75,
    drive: Drive | None = None,
    road: Road = _ROAD,
    **changes: Any,
) -> Scene:
    return dataclasses.replace(Scene(name, _LAW, drive or along(kmh, x), road, Vehicle(kind)), **changes)


_OUT = Drive(Path(1.75, 60.0, 180.0), 40.0)
_TURNS_BEFORE = along(20.0, 1.75, Straight(45.0), Turn(90.0, 8.0), Straight(40.0))
_TURNS_LEFT_BEFORE = along(20.0, 1.75, Straight(42.0), Turn(-90.0, 9.0), Straight(40.0))
_BACKS_OUT = halting(20.0, 4.0, then=(Reach(-6.0, 1.5), Reach(-6.0, 5.0), Reach(0.0, 1.5)))
_ALONG_EDGE = Drive(Path(-60.0, -1.0, 90.0), 40.0)
_PASSES_CORNER = Drive(Path(12.0, -60.0, 0.0, (Straight(62.0), Shift(-5.0, 12.0), Shift(5.0, 12.0))), 30.0)

POSITIVES = positives("vehicle_ban", (
    _into("a truck drives in"),
    _into("at 15", 15),
    _into("at 80", 80),
    _into("a long truck", vehicle=Vehicle("truck", 16.0)),
    _into("a short truck", vehicle=Vehicle("truck", 6.0)),
    _into("seen from behind", sight=Sight("rear")),
    _into("not said which end is tracked", sight=Sight("front", "unknown")),
    _into("in the left lane", x=-1.75),
    _into("out again, against the others", drive=_OUT),
    _into("drives in and stands", drive=halting(30.0, 30.0)),
    _into("drives in for twenty metres", drive=halting(30.0, 20.0)),
    _into("turns left inside", drive=along(20.0, 1.75, Straight(90.0), Turn(-90.0, 9.0), Straight(20.0))),
    _into("comes from the side", drive=Drive(Path(-50.0, 20.0, 90.0), 30.0)),
    _into("at night, where the ban is the night's", policy=_law(_NIGHT), at=berlin("23:30:00")),
    _into("after midnight", policy=_law(_NIGHT), at=berlin("04:00:00")),
    _into("on Sunday", policy=_law(_SUNDAY), at=berlin("12:00:00", day=10)),
    _into("on ice", policy=_law(_ICE), conditions=("ice",)),
    _into("a bus on ice and in the wet", kind="bus", policy=_law(_ICE), conditions=("wet", "ice")),
    _into("a motorcycle where motorcycles may not", kind="motorcycle", policy=_law(Scope(vehicles=("motorcycle",)))),
    _into("a car in a street for nobody", kind="car", policy=_law(Scope())),
    _into("a law that counts from 30 m", policy=_law(least_m=30.0)),
    _into("taken for a truck nine to one", sight=Sight(read_as=("truck", 0.9))),
    _into("hidden for half a second", sight=Sight(hidden=((7.0, 7.5),))),
    _into("somebody else is exempt", policy=_law(exemptions=(Exemption(("D3LIV3R",), "supplies"),))),
))  # fmt: skip

LAWFUL = lawful("vehicle_ban", (
    _into("a car", kind="car"),
    _into("a bus", kind="bus"),
    _into("a motorcycle", kind="motorcycle"),
    _into("a bicycle", 18, kind="bicycle"),
    _into("a long car", kind="car", vehicle=Vehicle("car", 5.2)),
    _into("a bus taken for a truck with 0.55", kind="bus", sight=Sight(read_as=("truck", 0.55))),
    _into("a van taken for a truck with 0.5", kind="car", sight=Sight(read_as=("truck", 0.5))),
    _into("a bus taken for a truck, seven to three", kind="bus", sight=Sight(read_as=("truck", 0.7))),
    _into("a van taken for a truck, seven to three", kind="car", sight=Sight(read_as=("truck", 0.7))),
    _into("turns right before the zone", drive=_TURNS_BEFORE),
    _into("turns left before the zone", drive=_TURNS_LEFT_BEFORE),
    _into("stops before the zone", drive=halting(30.0, -1.0)),
    _into("stops with the bumper at its edge", drive=halting(30.0, 0.0)),
    _into("stops four metres inside", drive=halting(30.0, 4.0)),
    _into("stops four metres inside, seen from behind", drive=halting(30.0, 4.0), sight=Sight("rear")),
    _into("noticed the sign and backs out", drive=_BACKS_OUT),
    _into("drives along its edge", drive=_ALONG_EDGE),
    _into("drives along its edge, at 70", drive=Drive(Path(-60.0, -0.6, 90.0), 70.0)),
    _into("drives past it on the next street", x=8.0),
    _into("drives past it closely", x=6.4),
    _into("drives past it closely, seen from behind", x=6.3, sight=Sight("rear")),
    _into("touches a corner", drive=Drive(Path(-6.5, -10.0, 45.0), 30.0)),
    _into("swerves beside it", drive=_PASSES_CORNER),
    _into("a strip of four metres and a half", road=_NARROW),
    _into("a strip of four metres and a half, at 80", 80, road=_NARROW),
    _into("by day, where the ban is the night's", policy=_law(_NIGHT)),
    _into("at 06:00:01", policy=_law(_NIGHT), at=berlin("06:00:01")),
    _into("at 21:59:40", policy=_law(_NIGHT), at=berlin("21:59:40")),
    _into("21:00 in winter is 20:00 in UTC", policy=_law(_NIGHT), at=berlin("21:00:00", day=14, month=1)),
    _into("on Saturday, where Sunday is closed", policy=_law(_SUNDAY), at=berlin("12:00:00", day=9)),
    _into("on Sunday at 22:00:05", policy=_law(_SUNDAY), at=berlin("22:00:05", day=10)),
    _into("on Monday at 00:00:05", policy=_law(_SUNDAY), at=berlin("00:00:05", day=11)),
    _into("no ice", policy=_law(_ICE)),
    _into("wet, not icy", policy=_law(_ICE), conditions=("wet",)),
    _into("a car on ice", kind="car", policy=_law(_ICE), conditions=("ice",)),
    _into("a truck where buses may not", policy=_law(Scope(vehicles=("bus",)))),
    _into("another zone is meant", policy=policy(vehicle_bans=(VehicleBan("elsewhere", _TRUCKS),))),
    _into("no zone is drawn", road=Road()),
    _into("a law that counts from 80 m", policy=_law(least_m=80.0)),
    _into("never moves", drive=Drive(Path(1.75, -20.0), 0.0)),
    _into("stands inside all the time, its ban counts from 5 m", drive=Drive(Path(1.75, 20.0), 0.0)),
))  # fmt: skip

UNPROVEN = unproven("vehicle_ban", (
    _into("a truck, in doubt", sight=Sight(read_as=("truck", 0.55))),
    _into("a truck taken for a bus", sight=Sight(read_as=("bus", 0.8))),
    _into("last seen three metres inside", sight=Sight(window=(-45.0, 45.0, -45.0, 3.0))),
    _into("the camera has no calibration", sight=Sight(on_road=False)),
    _into("a supplier with a permit", policy=_law(exemptions=(Exemption(("AB123CD",), "supplies"),))),
    _into("the night begins as it drives in", policy=_law(_NIGHT), at=berlin("21:59:57")),
))  # fmt: skip

NEAR_MISSES = LAWFUL + UNPROVEN
