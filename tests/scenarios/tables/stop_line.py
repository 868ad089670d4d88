"""Stopping behind the stop line at red: positives and near misses."""

from __future__ import annotations

import dataclasses
from typing import Any

from enforcement.law.papers import Exemption
from enforcement.law.places import RedLight, StopLine
from enforcement.law.table import Scope
from tests.scenarios.motion import Drive, Hold, Reach
from tests.scenarios.scenario import lawful, positives, unproven
from tests.scenarios.scene import Lamp, Scene, Sight, Vehicle
from tests.scenarios.tables.junction import green, junction, red_since
from tests.scenarios.tables.shared import along, berlin, halting, policy

_LAW = policy(red_light=RedLight(), stop_line=StopLine())
_REAR = Sight("rear")


def _halt(
    into_s: float, stop_y: float, name: str, kmh: float = 30.0, *, kind: str = "car", junction_y: float = 7.0,
    wait_s: float = 6.0, then: tuple[Hold | Reach, ...] = (), brake_ms2: float = 2.5, red_s: float = 200.0,
    own_length_m: float | None = None, x: float = 1.75, **changes: Any,
) -> Scene:  # fmt: skip
    """One who halts at ``stop_y``, having passed the line at y = 0 when the lamp was red for ``into_s``."""
    drive = halting(kmh, stop_y, x, wait_s=wait_s, then=then, brake_ms2=brake_ms2)
    lamps = red_since(drive, into_s, red_s=red_s, at_y=min(0.0, stop_y - 0.1))
    scene = Scene(name, _LAW, drive, junction(junction_y), Vehicle(kind, own_length_m), lamps=lamps)
    return dataclasses.replace(scene, **changes)


def _then(into_s: float, name: str, drive: Drive, **changes: Any) -> Scene:
    """A drive of its own, over a line whose lamp has been red for ``into_s``."""
    return dataclasses.replace(
        Scene(name, _LAW, drive, junction(7.0), lamps=red_since(drive, into_s)), **changes
    )


_GO = (Reach(30.0, 4.0),)
_BACK = (Reach(-5.0, 1.0), Hold(2.5), Reach(0.0, 1.0), Hold(6.0))

POSITIVES = positives("stop_line", (
    _halt(3.0, 2.0, "stops 2 m behind the line"),
    _halt(3.0, 3.0, "stops 3 m behind the line"),
    _halt(3.0, 4.0, "stops 4 m behind the line"),
    _halt(3.0, 5.0, "stops shortly before the junction"),
    _halt(2.0, 4.0, "2 s into red"),
    _halt(10.0, 3.0, "long into red"),
    _halt(3.0, 3.0, "comes at 50", 50),
    _halt(3.0, 3.0, "comes at 15", 15),
    _halt(3.0, 3.0, "brakes hard", 50, brake_ms2=6.0),
    _halt(3.0, 3.0, "brakes softly", 30, brake_ms2=1.2),
    _halt(3.0, 3.0, "waits for two seconds only", wait_s=3.0),
    _halt(3.0, 3.0, "waits for a minute", wait_s=60.0),
    _halt(3.0, 3.0, "goes on at green", then=_GO, red_s=8.0),
    _halt(3.0, 3.0, "backs off when it has noticed", then=_BACK),
    _halt(3.0, 3.0, "a motorcycle", kind="motorcycle"),
    _halt(3.0, 3.0, "a bus", kind="bus"),
    _halt(3.0, 3.0, "a truck", kind="truck"),
    _halt(6.0, 3.5, "seen from behind", sight=_REAR),
    _halt(6.0, 4.0, "a motorcycle seen from behind", kind="motorcycle", sight=_REAR),
    _halt(3.0, 3.0, "by the controller's time", sight=Sight(lamps_from="controller")),
    _halt(3.0, 4.0, "a wide space before the junction", junction_y=12.0),
    _halt(3.0, 8.0, "stops 8 m behind the line, still before the junction", junction_y=12.0),
    _halt(3.0, 3.0, "the clock is unknown, but the same camera saw the lamp",
          sight=Sight(clock_sigma_ms=None, clock_error_ms=900.0)),
    _then(5.0, "stops before the line, then rolls over it and stops again",
          halting(30.0, -2.0, wait_s=4.0, then=(Reach(8.0, 1.5), Hold(1.0), Reach(0.0, 1.5), Hold(8.0)))),
))  # fmt: skip

LAWFUL = lawful("stop_line", (
    _halt(3.0, -3.0, "stops 3 m before the line"),
    _halt(3.0, -1.0, "stops a metre before the line"),
    _halt(3.0, -0.3, "stops with the bumper before the line"),
    _halt(3.0, -0.02, "stops with the bumper at the line"),
    _halt(3.0, 0.1, "stops with the bumper on the line"),
    _halt(3.0, 0.3, "stops 0.3 m behind the line"),
    _halt(3.0, 0.48, "stops as far behind the line as may be"),
    _halt(3.0, 0.45, "hardly over the line, a bus", kind="bus"),
    _halt(3.0, 0.4, "hardly over the line, seen from behind", sight=_REAR),
    _halt(3.0, 0.3, "a long car hardly over the line, seen from behind", own_length_m=5.2, sight=_REAR),
    _halt(3.0, -0.5, "a short car before the line, seen from behind", own_length_m=3.6, sight=_REAR),
    _halt(3.0, -1.0, "a short truck before the line, seen from behind", kind="truck", own_length_m=6.0, sight=_REAR),
    _halt(-1.0, 3.0, "passes at amber and stops before the junction"),
    _halt(-0.1, 3.0, "red comes when it is over the line"),
    _halt(0.3, 3.0, "0.3 s into red, within the grace"),
    _halt(0.48, 3.0, "at the end of the grace"),
    _halt(0.4, 3.0, "the end of the grace, by the controller's time", sight=Sight(lamps_from="controller")),
    _halt(-20.0, 4.0, "waits behind the line at green for the queue ahead"),
    _halt(-4.0, 3.0, "the lamp turns red while it waits behind the line", wait_s=20.0),
    _halt(0.3, 4.0, "the rear crosses in red", sight=_REAR),
    _halt(0.0, 4.0, "a bus whose rear crosses 3 s into red", kind="bus", sight=_REAR),
    _halt(0.2, 4.0, "not said that the rear is tracked", sight=Sight("rear", "unknown")),
    _halt(12.0, 4.0, "red and amber as it passed", red_s=11.5),
    _halt(12.0, 4.0, "green as it passed", red_s=10.0),
    _then(3.0, "drives on at red", along(40.0)),
    _then(3.0, "drives on slowly, and never stands", along(10.0)),
    _then(3.0, "slows down to walking pace behind the line and goes on",
          Drive(along(0).path, 30.0, 45.0, 0.0, (Reach(4.0, 2.5), Hold(2.0), Reach(30.0, 3.0)))),
    _halt(3.0, 9.0, "stops in the junction"),
    _halt(3.0, 20.0, "stops in the middle of the junction", 50),
    _halt(3.0, 33.0, "stops behind the junction", 40),
    _halt(3.0, 8.0, "stops just in the junction, a motorcycle", kind="motorcycle"),
    _halt(3.0, 3.0, "no junction is drawn", road=junction(zone=False)),
    _halt(3.0, 3.0, "its own lane is green", lamps=(*green(along(30.0)), Lamp("red", -60.0, 200.0, "left"))),
    _halt(3.0, 3.0, "close beside the other lane's red line", x=0.25,
          lamps=(Lamp("green", -60.0, 200.0), Lamp("red", -60.0, 200.0, "left"))),
    _halt(3.0, 3.0, "a dark lamp", lamps=(Lamp("dark", -60.0, 200.0),)),
    _halt(3.0, 3.0, "a flashing lamp", lamps=(Lamp("flashing", -60.0, 200.0),)),
    _halt(3.0, 3.0, "an amber lamp", lamps=(Lamp("amber", -60.0, 200.0),)),
    _then(3.0, "comes out of the junction and stops there",
          Drive(along(0, 1.75, y=60.0, heading=180.0).path, 20.0, 45.0, 0.0, (Reach(0.0, 3.0), Hold(5.0))),
          lamps=(Lamp("red", -60.0, 200.0),)),
    _halt(3.0, 3.0, "a bus, where trucks are meant", kind="bus", policy=policy(stop_line=StopLine(scope=Scope(vehicles=("truck",))))),
    _halt(3.0, 3.0, "after the law's hours", at=berlin("22:00:01"), policy=policy(stop_line=StopLine(scope=Scope(hours=("06:00-22:00",))))),
    _halt(3.0, 1.8, "a law that counts from 2 m on", policy=policy(stop_line=StopLine(least_beyond_m=2.0))),
    _halt(2.5, 3.0, "a law with a grace of three seconds", policy=policy(stop_line=StopLine(grace_s=3.0))),
    _halt(-1.0, 3.0, "the controller's time, the clock unknown and 3 s off",
          sight=Sight(lamps_from="controller", clock_error_ms=3000.0, clock_sigma_ms=None)),
))  # fmt: skip

UNPROVEN = unproven("stop_line", (
    _halt(3.0, 3.0, "first seen when it stands", sight=Sight(window=(-45.0, 45.0, 0.5, 45.0))),
    _halt(3.0, 3.0, "the lamp was not seen", sight=Sight(lamps_known=False)),
    _halt(3.0, 3.0, "stands too short to tell", wait_s=0.3, then=_GO),
    _halt(3.0, 3.0, "camera and controller contradict each other", sight=Sight(extra_lamps=(Lamp("green", -60.0, 100.0),))),
    _halt(3.0, 3.0, "its length unknown, seen from behind", sight=Sight("rear", length_known=False)),
    _halt(3.0, 3.0, "the camera has no calibration", sight=Sight(on_road=False)),
    _halt(3.0, 3.0, "a police car", policy=policy(stop_line=StopLine(), exemptions=(Exemption(("AB123CD",), "police"),))),
))  # fmt: skip

NEAR_MISSES = LAWFUL + UNPROVEN
