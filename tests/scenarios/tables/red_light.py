"""Driving on at red: positives and near misses."""

from __future__ import annotations

import dataclasses
from typing import Any

from enforcement.law.papers import Exemption
from enforcement.law.places import RedLight, StopLine
from enforcement.law.table import Scope
from enforcement.road import Road
from tests.scenarios.motion import Drive, Hold, Reach, Shift, Straight, Turn
from tests.scenarios.scenario import lawful, positives, unproven
from tests.scenarios.scene import Lamp, Scene, Sight, Vehicle
from tests.scenarios.tables.junction import green, junction, red_since
from tests.scenarios.tables.shared import along, berlin, halting, policy

_LAW = policy(red_light=RedLight(), stop_line=StopLine())
_FRONT, _REAR = Sight(), Sight("rear")
_CONTROLLER = Sight(lamps_from="controller")


def _red(
    into_s: float, name: str, kmh: float = 50.0, *, kind: str = "car", drive: Drive | None = None,
    red_s: float = 200.0, at_y: float = 0.0, length_m: float | None = None, road: Road | None = None, **changes: Any,
) -> Scene:  # fmt: skip
    """One who passes the line at y = 0 when the lamp has been red for ``into_s``."""
    moving = drive or along(kmh)
    scene = Scene(
        name,
        _LAW,
        moving,
        road or junction(),
        Vehicle(kind, length_m),
        lamps=red_since(moving, into_s, red_s=red_s, at_y=at_y),
    )
    return dataclasses.replace(scene, **changes)


def _shown(state: str, name: str, kmh: float = 50.0, **changes: Any) -> Scene:
    """One who passes while the lamp shows ``state``, whatever it is."""
    moving = along(kmh)
    return dataclasses.replace(
        Scene(name, _LAW, moving, junction(), lamps=(Lamp(state, -60.0, 200.0),)), **changes
    )


def _hidden(
    into_s: float, name: str, before_s: float, after_s: float, sight: Sight = _FRONT, kmh: float = 50.0
) -> Scene:
    """Hidden from ``before_s`` before the line until ``after_s`` behind it."""
    passes = along(kmh).when(60.0)
    return _red(
        into_s, name, kmh, sight=dataclasses.replace(sight, hidden=((passes - before_s, passes + after_s),))
    )


_ACCELERATES = along(40.0, then=(Hold(3.0), Reach(65.0, 3.0)))
_BRAKES_LATE = along(60.0, then=(Hold(3.0), Reach(30.0, 2.0)))
_STARTS_EARLY = halting(40.0, -2.0, wait_s=4.0, then=(Reach(30.0, 4.0),))
_TURNS_LEFT = along(25.0, 1.75, Straight(64.0), Turn(-90.0, 8.0), Straight(30.0))
_TURNS_RIGHT_BEFORE = along(20.0, 1.75, Straight(50.0), Turn(90.0, 6.0), Straight(30.0))
_U_TURN_BEFORE = along(12.0, 1.75, Straight(48.0), Turn(-180.0, 4.0), Straight(60.0))
_STOPS_AT = {y: halting(40.0, y, wait_s=15.0) for y in (-0.4, 1.5, 2.5, 3.0)}
_STOPS_THEN_GOES = halting(30.0, 2.0, wait_s=5.0, then=(Reach(30.0, 4.0),))
_BACKS_OVER = halting(15.0, 1.0, wait_s=2.0, then=(Reach(-5.0, 1.0), Hold(3.0), Reach(0.0, 1.0), Hold(8.0)))
_BETWEEN = along(50.0, 0.25)
_CHANGES_BEFORE = along(45.0, -1.75, Straight(15.0), Shift(3.5, 25.0), Straight(60.0))
_LEAVES_JUNCTION = along(40.0, 1.75, y=60.0, heading=180.0)
_COMES_FROM_SIDE = Drive(
    along(30.0, -30.0, Straight(24.0), Turn(-90.0, 8.0), y=12.0, heading=90.0).path, 30.0
)

POSITIVES = positives("red_light", (
    _red(1.2, "1.2 s into red"),
    _red(1.0, "a second into red", sight=_CONTROLLER),
    _red(2.0, "2 s into red at 30", 30),
    _red(1.5, "1.5 s into red at 70", 70),
    _red(3.0, "3 s into red at 100", 100),
    _red(20.0, "long into red"),
    _red(60.0, "a minute into red"),
    _red(1.5, "a motorcycle", kind="motorcycle"),
    _red(1.5, "a bus", kind="bus"),
    _red(2.0, "a long truck", kind="truck", length_m=16.0),
    _red(2.0, "seen from behind", sight=_REAR),
    _red(3.0, "a bus seen from behind", kind="bus", sight=_REAR),
    _red(4.0, "a truck seen from behind", kind="truck", sight=_REAR),
    _red(3.0, "it is not said which end is tracked", sight=Sight("front", "unknown")),
    _red(3.0, "the rear is tracked, and it is not said", sight=Sight("rear", "unknown")),
    _red(2.0, "accelerates through red", drive=_ACCELERATES),
    _red(2.0, "brakes too late and drives on", drive=_BRAKES_LATE),
    _red(8.0, "stops before the line and starts at red", drive=_STARTS_EARLY),
    _red(4.0, "turns left at red", drive=_TURNS_LEFT),
    _red(3.0, "green comes as it is in the junction", red_s=5.0),
    _hidden(5.0, "hidden for half a second, long into red", 0.3, 0.2),
    _red(2.0, "no junction is drawn", road=junction(zone=False)),
    _red(2.0, "the lamp of the other lane is green",
         lamps=(*red_since(along(50.0), 2.0), *green(along(50.0), "left"))),
    _red(2.0, "the clock is unknown, but the lamp was seen by the same camera",
         sight=Sight(clock_sigma_ms=None, clock_error_ms=700.0)),
    _red(2.0, "the left lane's own lamp", drive=along(50.0, -1.75),
         lamps=red_since(along(50.0), 2.0, signal="left")),
))  # fmt: skip

LAWFUL = lawful("red_light", (
    _red(-0.3, "amber for another 0.3 s"),
    _red(-0.02, "red comes as the front has passed"),
    _red(0.2, "0.2 s into red, within the grace"),
    _red(0.45, "0.45 s into red, within the grace"),
    _red(0.49, "at the very end of the grace"),
    _red(0.45, "the end of the grace, at 100", 100),
    _red(0.4, "the end of the grace, at 20", 20),
    _red(0.4, "the end of the grace, by the controller's time", sight=_CONTROLLER),
    _red(-2.9, "as amber begins"),
    _red(-10.0, "in green"),
    _red(-0.4, "only the rear crossed in red, seen from behind", sight=_REAR),
    _red(-0.5, "a bus whose rear crossed in red, seen from behind", 30, kind="bus", sight=_REAR),
    _red(0.3, "a truck whose rear crossed 2 s into red", 30, kind="truck", length_m=15.0, sight=_REAR),
    _red(0.3, "a long car, seen from behind", 30, length_m=5.2, sight=_REAR),
    _red(0.2, "a bus taken for a car in doubt, seen from behind", 25, kind="bus", sight=Sight("rear", read_as=("car", 0.55))),
    _red(0.2, "the rear is tracked at 30, and it is not said", 30, sight=Sight("rear", "unknown")),
    _red(-0.2, "a bus, it is not said which end is tracked", 40, kind="bus", sight=Sight("rear", "unknown")),
    _red(0.3, "slow, seen from behind: the rear crosses long after", 12, sight=_REAR),
    _red(0.4, "rolls over the line on amber and stops in the junction", drive=halting(30.0, 9.0, wait_s=10.0)),
    _red(11.2, "green came 0.2 s before", red_s=10.0),
    _red(11.02, "green came as it passed", red_s=10.0),
    _red(10.5, "red and amber is not red", red_s=10.0),
    _red(4.0, "stops with the bumper before the line", drive=_STOPS_AT[-0.4], at_y=-0.5),
    _red(4.0, "stops 1.5 m behind the line", drive=_STOPS_AT[1.5]),
    _red(4.0, "stops 3 m behind the line", drive=_STOPS_AT[3.0]),
    _red(3.0, "stops behind the line, and goes on at green", drive=_STOPS_THEN_GOES, red_s=7.5),
    _red(5.0, "backs over the line again", drive=_BACKS_OVER),
    _red(5.0, "turns right before the line", drive=_TURNS_RIGHT_BEFORE, at_y=-20.0),
    _red(5.0, "turns round before the line", drive=_U_TURN_BEFORE, at_y=-20.0),
    _red(5.0, "leaves the junction over the line, from the other side", drive=_LEAVES_JUNCTION, lamps=(Lamp("red", -60.0, 200.0),)),
    _red(5.0, "comes from the side, behind the line", drive=_COMES_FROM_SIDE, lamps=(Lamp("red", -60.0, 200.0),)),
    _red(5.0, "green for its lane, red for the other",
         lamps=(*green(along(50.0)), *red_since(along(50.0), 5.0, signal="left"))),
    _red(5.0, "close beside the other lane's red line", drive=_BETWEEN,
         lamps=(*green(_BETWEEN), *red_since(_BETWEEN, 5.0, signal="left"))),
    _red(5.0, "has changed from the red lane into the green one", drive=_CHANGES_BEFORE,
         lamps=(*green(_CHANGES_BEFORE), Lamp("red", -60.0, 200.0, "left"))),
    _shown("amber", "a lamp that stays amber"),
    _shown("flashing", "a flashing lamp"),
    _shown("dark", "a lamp out of order"),
    _shown("green", "green all the time, at 130", 130),
    _shown("unknown", "nobody knows what it showed"),
    _red(0.4, "beside a truck that hides the line", sight=Sight(hidden=((3.9, 4.7),))),
    _hidden(0.1, "hidden as it crossed 0.1 s into red", 0.05, 0.9),
    _hidden(0.3, "hidden while the lamp changed", 0.2, 0.75),
    _red(0.3, "the controller's time and a poor clock, 300 ms off",
         sight=Sight(lamps_from="controller", clock_error_ms=300.0, clock_sigma_ms=150.0)),
    _red(-1.0, "the controller's time and a clock that nobody knows, 2 s off",
         sight=Sight(lamps_from="controller", clock_error_ms=2000.0, clock_sigma_ms=None)),
    _red(5.0, "a bus, where only trucks are meant", kind="bus",
         policy=policy(red_light=RedLight(scope=Scope(vehicles=("truck",))))),
    _red(5.0, "outside the hours of the law", at=berlin("23:00:00"),
         policy=policy(red_light=RedLight(scope=Scope(hours=("05:00-22:00",))))),
    _red(1.5, "a law with a grace of two seconds", policy=policy(red_light=RedLight(grace_s=2.0))),
))  # fmt: skip

UNPROVEN = unproven("red_light", (
    _red(2.0, "first seen behind the line", sight=Sight(window=(-45.0, 45.0, 0.5, 45.0))),
    _red(2.0, "last seen on the line", sight=Sight(window=(-45.0, 45.0, -45.0, 0.2))),
    _red(2.0, "last seen a metre behind the line", sight=Sight(window=(-45.0, 45.0, -45.0, 1.0))),
    _red(2.0, "the lamp was not seen", sight=Sight(lamps_known=False)),
    _red(5.0, "camera and controller contradict each other",
         sight=Sight(extra_lamps=(Lamp("green", -60.0, 100.0),))),
    _red(2.0, "the camera has no calibration", sight=Sight(on_road=False)),
    _red(2.0, "seen from behind, its length unknown", sight=Sight("rear", length_known=False)),
    _red(2.0, "an ambulance", policy=policy(red_light=RedLight(), exemptions=(Exemption(("AB123CD",), "ambulance"),))),
    _hidden(2.0, "hidden for two seconds about the line", 1.0, 1.0),
    _red(2.0, "the controller's time, and a clock that nobody knows",
         sight=Sight(lamps_from="controller", clock_error_ms=0.0, clock_sigma_ms=None)),
))  # fmt: skip

NEAR_MISSES = LAWFUL + UNPROVEN
