"""Driving in a reserved lane: positives and near misses."""

from __future__ import annotations

import dataclasses
from typing import Any

from enforcement.law.papers import Exemption
from enforcement.law.places import ReservedLane
from enforcement.road import Road, Zone
from tests.scenarios.motion import Drive, Path, Reach, Shift, Straight, Turn
from tests.scenarios.scenario import lawful, positives, unproven
from tests.scenarios.scene import Scene, Sight, Vehicle
from tests.scenarios.tables.shared import along, berlin, box, halting, policy

_WORKDAYS = ("mo-fr 07:00-19:00",)
_RUSH = ("mo-fr 07:00-09:30", "mo-fr 16:00-18:00")
_OVERNIGHT = ("fr 22:00-05:00",)


def _law(
    hours: tuple[str, ...] = (),
    allowed: tuple[str, ...] = ("bus", "bicycle"),
    least_m: float = 20.0,
    **more: Any,
) -> Any:
    return policy(reserved_lanes=(ReservedLane("bus lane", allowed, least_m, hours),), **more)


_LAW = _law()
#: A lane beside the kerb, x 3.5 to 7, for buses; left of it the general lane.
_ROAD = Road("street", zones=(Zone("bus lane", "reserved", box(3.5, 7.0, -50.0, 50.0)),))
_SHORT = Road("short", zones=(Zone("bus lane", "reserved", box(3.5, 7.0, -10.0, 8.0)),))


def _in(
    name: str,
    kmh: float = 40.0,
    *,
    x: float = 5.25,
    drive: Drive | None = None,
    kind: str = "car",
    road: Road = _ROAD,
    **changes: Any,
) -> Scene:
    return dataclasses.replace(Scene(name, _LAW, drive or along(kmh, x), road, Vehicle(kind)), **changes)


def _into_for(metres: float, *, kmh: float = 40.0, shift_m: float = 20.0) -> Drive:
    """From the general lane into the bus lane for about ``metres`` and back again.

    With the shifts over ``shift_m`` half of each is inside, so that it is inside for about their sum.
    """
    return along(
        kmh,
        1.75,
        Straight(30.0),
        Shift(3.5, shift_m),
        Straight(max(metres - shift_m, 0.01)),
        Shift(-3.5, shift_m),
    )


_TWICE = along(
    40.0,
    1.75,
    Straight(25.0),
    Shift(3.5, 12.0),
    Shift(-3.5, 12.0),
    Straight(8.0),
    Shift(3.5, 12.0),
    Shift(-3.5, 12.0),
)
_TURNS_RIGHT = along(25.0, 1.75, Straight(55.0), Shift(3.5, 14.0), Turn(90.0, 8.0), Straight(40.0))
_CROSSES = Drive(Path(45.0, 0.0, 270.0), 25.0)
_OUT_OF_DRIVE = Drive(
    Path(30.0, -10.0, 270.0, (Straight(21.0), Turn(90.0, 6.0), Shift(-1.75, 12.0), Straight(60.0))), 20.0
)

POSITIVES = positives("reserved_lane", (
    _in("a car in the bus lane"),
    _in("a car at 20", 20),
    _in("a car at 80", 80),
    _in("a truck", kind="truck"),
    _in("a motorcycle where motorcycles may not", kind="motorcycle"),
    _in("a car seen from behind", sight=Sight("rear")),
    _in("a truck seen from behind", kind="truck", sight=Sight("rear")),
    _in("not said which end is tracked", sight=Sight("front", "unknown")),
    _in("left of the lane's middle", x=4.9),
    _in("right of the lane's middle", x=5.9),
    _in("drives in for sixty metres to pass a queue", drive=_into_for(60.0)),
    _in("drives in for fifty metres", drive=_into_for(50.0)),
    _in("enters and stays", drive=along(50.0, 1.75, Straight(30.0), Shift(3.5, 25.0), Straight(60.0))),
    _in("leaves it at last", drive=along(50.0, 5.25, Straight(80.0), Shift(-3.5, 25.0))),
    _in("on a workday at noon", policy=_law(_WORKDAYS)),
    _in("at 07:00:05", policy=_law(_WORKDAYS), at=berlin("07:00:05")),
    _in("at 18:59:40", policy=_law(_WORKDAYS), at=berlin("18:59:40")),
    _in("in the second of two rush hours", policy=_law(_RUSH), at=berlin("17:00:00")),
    _in("on Saturday at two, in hours that began on Friday", policy=_law(_OVERNIGHT), at=berlin("02:00:00", day=9)),
    _in("taken for a car nine to one", sight=Sight(read_as=("car", 0.9))),
    _in("a bus where only bicycles may", kind="bus", policy=_law(allowed=("bicycle",))),
    _in("brakes and stands in it", drive=halting(40.0, 20.0, 5.25)),
    _in("hidden for half a second", sight=Sight(hidden=((4.0, 4.5),))),
    _in("a law that counts from 40 m", policy=_law(least_m=40.0)),
    _in("an exempt plate, but not this one", policy=_law(exemptions=(Exemption(("T4XI1",), "taxi"),))),
))  # fmt: skip

LAWFUL = lawful("reserved_lane", (
    _in("a bus in the bus lane", kind="bus"),
    _in("a bus, seen from behind", kind="bus", sight=Sight("rear")),
    _in("a bus in doubt", kind="bus", sight=Sight(read_as=("bus", 0.5))),
    _in("a bus taken for a truck with 0.55", kind="bus", sight=Sight(read_as=("truck", 0.55))),
    _in("a bus taken for a car with 0.4", kind="bus", sight=Sight(read_as=("car", 0.4))),
    _in("a bus taken for a truck, seven to three", kind="bus", sight=Sight(read_as=("truck", 0.7))),
    _in("a bicycle", 18, kind="bicycle"),
    _in("a bicycle taken for a motorcycle with 0.55", 18, kind="bicycle", sight=Sight(read_as=("motorcycle", 0.55))),
    _in("the general lane", x=1.75),
    _in("the general lane at 80", 80, x=1.75),
    _in("close beside the lane", x=3.4),
    _in("close beside the lane, wheels on its line", x=3.3),
    _in("close beside the lane, seen from behind", x=3.4, sight=Sight("rear")),
    _in("a truck as wide as its lane", x=2.2, kind="truck"),
    _in("beyond the lane, on the pavement", x=7.2),
    _in("swerves round an obstacle", drive=_into_for(12.0, shift_m=12.0)),
    _in("in for fifteen metres", drive=_into_for(15.0, shift_m=10.0)),
    _in("in for nineteen metres", drive=_into_for(17.5, shift_m=14.0)),
    _in("in twice, each time shortly", drive=_TWICE),
    _in("in twice, hidden in between", drive=_TWICE, sight=Sight(hidden=((4.6, 5.3),))),
    _in("swerves at 70", drive=_into_for(15.0, kmh=70.0, shift_m=15.0)),
    _in("turns right across it", drive=_TURNS_RIGHT),
    _in("crosses it from a side road", drive=_CROSSES),
    _in("comes out of a drive into the general lane", drive=_OUT_OF_DRIVE),
    _in("the lane is eighteen metres long", road=_SHORT),
    _in("the lane is eighteen metres long, seen from behind", road=_SHORT, sight=Sight("rear")),
    _in("stands shortly before the lane", drive=halting(40.0, -51.0, 5.25, y=-90.0), sight=Sight(window=(-45.0, 45.0, -80.0, 45.0))),
    _in("drives in by fifteen metres and stands", drive=halting(30.0, -35.5, 5.25, y=-90.0, brake_ms2=2.0), sight=Sight(window=(-45.0, 45.0, -80.0, 45.0))),
    _in("at 19:00:01, the hours ended at 19:00", policy=_law(_WORKDAYS), at=berlin("19:00:01")),
    _in("at 06:59:40, the hours begin at 07:00", policy=_law(_WORKDAYS), at=berlin("06:59:40")),
    _in("on Saturday", policy=_law(_WORKDAYS), at=berlin("12:00:00", day=9)),
    _in("on Sunday", policy=_law(_WORKDAYS), at=berlin("12:00:00", day=10)),
    _in("between two rush hours", policy=_law(_RUSH), at=berlin("12:00:00")),
    _in("on Friday at two, the hours began on Friday only", policy=_law(_OVERNIGHT), at=berlin("02:00:00", day=8)),
    _in("on Saturday at 22:30, the hours were Friday's", policy=_law(_OVERNIGHT), at=berlin("22:30:00", day=9)),
    _in("18:30 in UTC is 20:30 here", policy=_law(_WORKDAYS), at=berlin("20:30:00")),
    _in("05:30 in UTC is 06:30 here in winter", policy=_law(_WORKDAYS), at=berlin("06:30:00", day=12, month=1)),
    _in("motorcycles may too", kind="motorcycle", policy=_law(allowed=("bus", "motorcycle"))),
    _in("a truck where trucks may", kind="truck", policy=_law(allowed=("bus", "truck"))),
    _in("another lane is meant", policy=policy(reserved_lanes=(ReservedLane("elsewhere", ("bus",)),))),
    _in("no lane is drawn", road=Road()),
    _in("drives past it in the general lane", x=1.75, road=Road(zones=(Zone("bus lane", "reserved", box(3.5, 7.0, 60.0, 90.0)),))),
    _in("a law that counts from 110 m", policy=_law(least_m=110.0)),
    _in("accelerates beside it", drive=along(20.0, 1.0, then=(Reach(60.0, 5.0),))),
))  # fmt: skip

UNPROVEN = unproven("reserved_lane", (
    _in("the hours end as it drives there", policy=_law(_WORKDAYS), at=berlin("18:59:55")),
    _in("the unit does not know the time, a minute before the hours end", policy=_law(_WORKDAYS), at=berlin("18:59:30"),
        sight=Sight(clock_sigma_ms=None, clock_error_ms=0.0)),
    _in("a car, in doubt", sight=Sight(read_as=("car", 0.5))),
    _in("seen for fifteen metres", sight=Sight(window=(-45.0, 45.0, 0.0, 15.0))),
    _in("the camera has no calibration", sight=Sight(on_road=False)),
    _in("a taxi with a permit", policy=_law(exemptions=(Exemption(("AB123CD",), "taxi", ("reserved_lane",)),))),
))  # fmt: skip

NEAR_MISSES = LAWFUL + UNPROVEN
