"""Crossing a solid line: positives and near misses."""

from __future__ import annotations

import dataclasses
from typing import Any

from enforcement.law.papers import Exemption
from enforcement.law.places import SolidLine
from enforcement.law.table import Scope
from enforcement.road import Line, Road
from tests.scenarios.motion import Drive, Hold, Path, Reach, Shift, Straight, Turn
from tests.scenarios.scenario import lawful, positives, unproven
from tests.scenarios.scene import Scene, Sight, Vehicle
from tests.scenarios.tables.shared import along, berlin, policy

_REAR = Sight("rear")


def _law(scope: Scope | None = None, beyond_m: float = 0.5, line: str = "centre", **more: Any) -> Any:
    return policy(solid_lines=(SolidLine(line, beyond_m, scope or Scope()),), **more)


_LAW = _law()
#: Solid from y = -30 to 30, dashed before and behind; the dashed parts are not drawn.
_ROAD = Road("street", (Line("centre", "solid", ((0.0, -30.0), (0.0, 30.0))),))
_BENT = Road("bend", (Line("centre", "solid", ((0.0, -40.0), (0.0, -10.0), (4.0, 15.0), (12.0, 40.0))),))
_TWO = Road("two", (*_ROAD.lines, Line("edge", "solid", ((3.5, -40.0), (3.5, 40.0)))))
_EARLY = Road("early", (Line("centre", "solid", ((0.0, -44.0), (0.0, -8.0))),))
_LATE = Road("late", (Line("centre", "solid", ((0.0, 8.0), (0.0, 44.0))),))


def _moves(name: str, drive: Drive, *, kind: str = "car", road: Road = _ROAD, **changes: Any) -> Scene:
    return dataclasses.replace(Scene(name, _LAW, drive, road, Vehicle(kind)), **changes)


def _shifts(right_m: float, at_y: float, over_m: float = 25.0, kmh: float = 50.0, x: float = 1.75) -> Drive:
    """Changes over by ``right_m``; half way at ``at_y``."""
    return along(kmh, x, Straight(60.0 + at_y - over_m / 2), Shift(right_m, over_m), Straight(80.0))


def _out_and_back(
    left_m: float, from_y: float, over_m: float = 20.0, out_m: float = 5.0, kmh: float = 50.0, x: float = 1.75
) -> Drive:
    """Moves over to the left from ``from_y`` on, stays for ``out_m`` and comes back."""
    return along(
        kmh, x, Straight(60.0 + from_y), Shift(-left_m, over_m), Straight(out_m), Shift(left_m, over_m)
    )


POSITIVES = positives("solid_line", (
    _moves("changes over in the middle", _shifts(-3.5, 0.0)),
    _moves("changes over quickly", _shifts(-3.5, 0.0, 14.0)),
    _moves("changes over slowly", _shifts(-3.5, 0.0, 45.0)),
    _moves("at 30", _shifts(-3.5, 0.0, kmh=30.0)),
    _moves("at 90", _shifts(-3.5, -5.0, kmh=90.0)),
    _moves("from the left to the right", _shifts(3.5, 0.0, x=-1.75)),
    _moves("near the beginning of the line", _shifts(-3.5, -18.0, 15.0)),
    _moves("overtakes a cyclist across it", _out_and_back(3.2, -30.0, 22.0, 10.0)),
    _moves("swerves across it and comes back", _out_and_back(3.4, -20.0, 20.0, 4.0)),
    _moves("turns left across it into a drive", along(20.0, 1.75, Straight(55.0), Turn(-90.0, 6.0), Straight(40.0))),
    _moves("turns round across it", along(15.0, 2.5, Straight(55.0), Turn(-180.0, 4.0), Straight(60.0))),
    _moves("drives out across it from a drive", Drive(Path(40.0, 0.0, 270.0), 20.0)),
    _moves("a bus", _shifts(-3.5, 0.0), kind="bus"),
    _moves("a truck", _shifts(-3.5, 0.0, 35.0), kind="truck"),
    _moves("a motorcycle", _shifts(-3.5, 0.0), kind="motorcycle"),
    _moves("seen from behind", _shifts(-3.5, 5.0), sight=_REAR),
    _moves("a bus seen from behind", _shifts(-3.5, 8.0), kind="bus", sight=_REAR),
    _moves("not said which end is tracked", _shifts(-3.5, 0.0), sight=Sight("front", "unknown")),
    _moves("far over to the left", _shifts(-5.0, 0.0, 30.0)),
    _moves("cuts the bend", along(40.0, 1.75), road=_BENT),
    _moves("one of two lines", _shifts(-3.5, 0.0), road=_TWO),
    _moves("accelerates across it", Drive(_shifts(-3.5, 0.0).path, 30.0, 0.0, 0.0, (Hold(3.0), Reach(60.0, 5.0)))),
    _moves("in the hours", _shifts(-3.5, 0.0), policy=_law(Scope(hours=("06:00-22:00",)))),
    _moves("a truck where trucks may not", _shifts(-3.5, 0.0, 35.0), kind="truck", policy=_law(Scope(vehicles=("truck",)))),
))  # fmt: skip

LAWFUL = lawful("solid_line", (
    _moves("keeps its lane", along(50.0)),
    _moves("keeps its lane at 100", along(100.0)),
    _moves("keeps the left lane", along(50.0, -1.75)),
    _moves("drives close beside the line", along(50.0, 0.3)),
    _moves("drives with its wheels on the line", along(50.0, 0.1)),
    _moves("drives on the line", along(50.0, 0.02)),
    _moves("drives beside the line, a truck", along(50.0, 0.9), kind="truck"),
    _moves("drives close beside the line, seen from behind", along(50.0, 0.25), sight=_REAR),
    _moves("sways beside the line", along(60.0, 0.9, Straight(30.0), Shift(-0.8, 20.0), Shift(0.8, 20.0), Shift(-0.8, 20.0), Shift(0.8, 20.0))),
    _moves("touches the line and comes back", _out_and_back(1.7, -20.0)),
    _moves("gets 0.2 m to the other side", _out_and_back(1.95, -20.0)),
    _moves("gets 0.45 m to the other side", _out_and_back(2.2, -20.0)),
    _moves("gets 0.45 m to the other side, seen from behind", _out_and_back(2.2, -18.0), sight=_REAR),
    _moves("gets 0.48 m to the other side for a long way", _out_and_back(2.23, -25.0, 15.0, 15.0)),
    _moves("gets 0.45 m to the other side, from the left", along(50.0, -1.75, Straight(40.0), Shift(2.2, 20.0), Shift(-2.2, 20.0))),
    _moves("overtakes a cyclist over the dashed part before", _out_and_back(2.6, -58.0, 12.0, 2.0), road=_LATE),
    _moves("overtakes a cyclist over the dashed part behind", _out_and_back(3.0, 2.0, 18.0, 6.0), road=_EARLY),
    _moves("changes over before the line begins", _shifts(-3.5, -10.0, 20.0), road=_LATE),
    _moves("changes over just before the line begins", _shifts(-3.5, 1.0, 22.0), road=_LATE),
    _moves("changes over where the line has ended", _shifts(-3.5, 10.0, 20.0), road=_EARLY),
    _moves("changes over just where the line has ended", _shifts(-3.5, 0.0, 20.0), road=_EARLY),
    _moves("changes over where the line has ended, seen from behind", _shifts(-3.5, 10.0, 20.0), road=_EARLY, sight=_REAR),
    _moves("a bus over the dashed part", _shifts(-3.5, 15.0, 25.0), road=_EARLY, kind="bus"),
    _moves("was over before the line begins, at 100", _shifts(-3.5, -14.0, 35.0, 100.0), road=_LATE),
    _moves("turns left behind the line's end", along(20.0, 1.75, Straight(60.0), Turn(-90.0, 6.0), Straight(40.0)), road=_EARLY),
    _moves("turns left before the line's beginning", along(20.0, 1.75, Straight(52.0), Turn(-90.0, 6.0), Straight(40.0)), road=_LATE),
    _moves("turns round behind the line's end", along(15.0, 1.75, Straight(58.0), Turn(-180.0, 3.5), Straight(60.0)), road=_EARLY),
    _moves("turns right away from the line", along(20.0, 1.75, Straight(55.0), Turn(90.0, 7.0), Straight(40.0))),
    _moves("comes out of a drive and turns right", Drive(Path(40.0, 5.0, 270.0, (Straight(32.0), Turn(90.0, 6.0), Straight(50.0))), 20.0)),
    _moves("changes between lanes to the right of the line", _shifts(3.5, 0.0)),
    _moves("changes back between lanes to the right of the line", _shifts(-3.5, 0.0, x=5.25)),
    _moves("comes close to the line from two lanes over", _shifts(-4.95, 0.0, x=5.25)),
    _moves("follows the bend", along(30.0, 3.5, Straight(50.0), Turn(9.0, 60.0), Straight(16.0), Turn(8.5, 60.0), Straight(50.0)), road=_BENT),
    _moves("stands beside the line", Drive(Path(0.6, 0.0), 0.0)),
    _moves("stands with its wheels on the line", Drive(Path(0.15, 0.0), 0.0)),
    _moves("stands on the line", Drive(Path(0.0, 5.0), 0.0)),
    _moves("waits to turn left, beside the line", Drive(Path(0.5, -60.0), 40.0, 20.0, 0.0, (Reach(0.0, 4.0), Hold(10.0), Reach(20.0, 4.0)))),
    _moves("drives past the line's end on its prolongation", along(50.0, 0.0), road=_EARLY),
    _moves("a car where trucks may not", _shifts(-3.5, 0.0), policy=_law(Scope(vehicles=("truck",)))),
    _moves("a bus taken for a truck with 0.5", _shifts(-3.5, 0.0), kind="bus", sight=Sight(read_as=("truck", 0.5)), policy=_law(Scope(vehicles=("truck",)))),
    _moves("at 22:00:01, the hours ended at 22:00", _shifts(-3.5, 0.0), at=berlin("22:00:01"), policy=_law(Scope(hours=("06:00-22:00",)))),
    _moves("another line is meant", _shifts(-3.5, 0.0), policy=_law(line="edge")),
    _moves("the other of two lines is meant", _shifts(-3.5, 0.0), road=_TWO, policy=_law(line="edge")),
    _moves("no line is drawn", _shifts(-3.5, 0.0), road=Road()),
    _moves("a law that counts from 2 m on", _shifts(-3.5, 0.0), policy=_law(beyond_m=2.0)),
))  # fmt: skip

UNPROVEN = unproven("solid_line", (
    _moves("hidden as it changed over near the line's end", _shifts(-3.5, 0.0), road=_EARLY, sight=Sight(hidden=((3.0, 5.6),))),
    _moves("hidden for two seconds as it crossed", _shifts(-3.5, 0.0), sight=Sight(hidden=((3.3, 5.5),))),
    _moves("first seen on the other side", _shifts(-3.5, -20.0), sight=Sight(window=(-45.0, 45.0, -5.0, 45.0))),
    _moves("last seen on the line", _shifts(-3.5, 0.0), sight=Sight(window=(-45.0, 45.0, -45.0, 0.0))),
    _moves("the camera has no calibration", _shifts(-3.5, 0.0), sight=Sight(on_road=False)),
    _moves("a fire engine", _shifts(-3.5, 0.0), policy=_law(exemptions=(Exemption(("AB123CD",), "fire brigade"),))),
))  # fmt: skip

NEAR_MISSES = LAWFUL + UNPROVEN
