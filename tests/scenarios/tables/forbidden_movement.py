"""Forbidden turns and other movements through two gates: positives and near misses."""

from __future__ import annotations

import dataclasses
from typing import Any

from enforcement.law.papers import Exemption
from enforcement.law.places import Movement
from enforcement.law.table import Scope
from enforcement.road import Line, Road
from tests.scenarios.motion import Drive, Hold, Path, Reach, Shift, Straight, Turn
from tests.scenarios.scenario import lawful, positives, unproven
from tests.scenarios.scene import Scene, Sight, Vehicle
from tests.scenarios.tables.junction import GATES
from tests.scenarios.tables.shared import along, berlin, halting, policy

_LEFT = Movement("south", "west", "left turn")
_RIGHT = Movement("south", "east", "right turn")
_ON = Movement("south", "north", "straight on")
_ROUND = Movement("south", "south-out", "U-turn")
_LAW = policy(movements=(_LEFT,))
_ROAD = Road("gates", GATES)
#: With the south's arm divided into its way in and its way out.
_DIVIDED = Road("divided", (
    *GATES[1:],
    Line("south", "gate", ((0.0, -5.0), (7.0, -5.0)), heading_deg=0.0),
    Line("south-out", "gate", ((-7.0, -5.0), (0.0, -5.0)), heading_deg=180.0),
))  # fmt: skip


def _law(*movements: Movement, **more: Any) -> Any:
    return policy(movements=movements, **more)


def _turns(
    degrees: float,
    kmh: float = 20.0,
    radius_m: float = 9.0,
    *,
    x: float = 1.75,
    at_y: float = 4.0,
    **more: Any,
) -> Drive:
    """From the south, turning from ``at_y`` on, and away."""
    return along(kmh, x, Straight(60.0 + at_y), Turn(degrees, radius_m), Straight(60.0), **more)


def _goes(
    name: str, drive: Drive | None = None, *, kind: str = "car", road: Road = _ROAD, **changes: Any
) -> Scene:
    return dataclasses.replace(Scene(name, _LAW, drive or _turns(-90.0), road, Vehicle(kind)), **changes)


_U_TURN = along(15.0, 1.75, Straight(66.0), Turn(-180.0, 3.5), Straight(60.0))
_FROM_EAST = Drive(Path(60.0, 15.0, 270.0), 40.0)
_FROM_WEST_TO_SOUTH = Drive(Path(-60.0, 11.0, 90.0, (Straight(49.0), Turn(90.0, 9.0), Straight(60.0))), 25.0)
_FROM_NORTH_TO_WEST = Drive(Path(-1.75, 70.0, 180.0, (Straight(49.0), Turn(90.0, 6.0), Straight(60.0))), 20.0)
_STOPS_IN_TURN = _turns(-90.0, then=(Hold(11.0), Reach(0.0, 2.5), Hold(4.0), Reach(20.0, 3.0)))
_PASSES_BEYOND_GATE = along(20.0, 1.75, Straight(88.0), Turn(-90.0, 9.0), Straight(60.0))
_LEAVES_BEFORE = along(20.0, 1.75, Straight(46.0), Turn(-90.0, 6.0), Straight(60.0))
_BACKS_OUT = halting(20.0, 2.0, then=(Reach(-6.0, 1.5), Hold(8.0), Reach(0.0, 1.5), Hold(4.0)))
_SWERVES = along(30.0, 1.75, Straight(60.0), Shift(-6.0, 14.0), Shift(6.0, 14.0), Straight(60.0))

POSITIVES = positives("forbidden_movement", (
    _goes("turns left where it is forbidden"),
    _goes("turns left at 12", _turns(-90.0, 12.0)),
    _goes("turns left at 35", _turns(-90.0, 35.0, 11.0)),
    _goes("turns left tightly", _turns(-90.0, 15.0, 6.0, at_y=6.0)),
    _goes("turns left widely", _turns(-90.0, 25.0, 14.0, at_y=-2.0)),
    _goes("turns left from the right lane", _turns(-90.0, x=5.0)),
    _goes("turns left aslant, into a side arm", _turns(-75.0)),
    _goes("waits in the middle and turns", _STOPS_IN_TURN),
    _goes("a bus", kind="bus"),
    _goes("a truck", kind="truck"),
    _goes("a motorcycle", kind="motorcycle"),
    _goes("a bicycle", _turns(-90.0, 15.0), kind="bicycle"),
    _goes("seen from behind", sight=Sight("rear")),
    _goes("not said which end is tracked", sight=Sight("front", "unknown")),
    _goes("turns right where that is forbidden", _turns(90.0), policy=_law(_RIGHT)),
    _goes("turns right tightly", _turns(90.0, 15.0, 6.0, at_y=6.0), policy=_law(_RIGHT)),
    _goes("straight on where one must turn", along(50.0), policy=_law(_ON)),
    _goes("straight on at 90", along(90.0), policy=_law(_ON)),
    _goes("turns round", _U_TURN, road=_DIVIDED, policy=_law(_ROUND)),
    _goes("one of three forbidden movements", policy=_law(_RIGHT, _ON, _LEFT)),
    _goes("in the hours in which it is forbidden", at=berlin("08:00:00"),
          policy=_law(Movement("south", "west", "left turn", Scope(hours=("mo-fr 07:00-09:00",))))),
    _goes("a truck where trucks may not", kind="truck",
          policy=_law(Movement("south", "west", "left turn", Scope(vehicles=("truck", "bus"))))),
    _goes("hidden for half a second", sight=Sight(hidden=((12.5, 13.0),))),
    _goes("gates that have headings", road=_DIVIDED),
))  # fmt: skip

LAWFUL = lawful("forbidden_movement", (
    _goes("straight on", along(50.0)),
    _goes("straight on, seen from behind", along(50.0), sight=Sight("rear")),
    _goes("straight on at 100", along(100.0)),
    _goes("straight on in the left lane", along(50.0, -1.75)),
    _goes("turns right", _turns(90.0)),
    _goes("turns right widely", _turns(90.0, 25.0, 12.0)),
    _goes("turns right, a truck that swings out to the left", along(15.0, 1.75, Straight(52.0), Shift(-2.0, 10.0), Turn(90.0, 10.0), Straight(40.0)), kind="truck"),
    _goes("swerves to the left and goes straight on", _SWERVES),
    _goes("turns round where turning left is forbidden", _U_TURN),
    _goes("comes from the east and leaves to the west", _FROM_EAST),
    _goes("comes from the north and leaves to the west", _FROM_NORTH_TO_WEST),
    _goes("comes from the west and leaves to the south: the gates the other way round", _FROM_WEST_TO_SOUTH),
    _goes("comes from the west and leaves to the south, seen from behind", _FROM_WEST_TO_SOUTH, sight=Sight("rear")),
    _goes("turns left beyond the western gate's end", _PASSES_BEYOND_GATE, sight=Sight(window=(-45.0, 45.0, -45.0, 60.0))),
    _goes("turns left before the southern gate", _LEAVES_BEFORE),
    _goes("stops before the southern gate", halting(30.0, -6.0)),
    _goes("stops on the southern gate", halting(30.0, -5.0)),
    _goes("stops in the middle and goes straight on", halting(30.0, 8.0, then=(Reach(30.0, 4.0),))),
    _goes("enters and backs out again", _BACKS_OUT),
    _goes("enters and stays", halting(20.0, 12.0)),
    _goes("turns left, and stops before the western gate", _turns(-90.0, then=(Hold(12.4), Reach(0.0, 2.0), Hold(10.0)))),
    _goes("turns left, and stops just before the western gate", _turns(-90.0, then=(Hold(13.15), Reach(0.0, 2.0), Hold(10.0)))),
    _goes("turns right where turning left is forbidden, at 10", _turns(90.0, 10.0)),
    _goes("turns left where turning right is forbidden", policy=_law(_RIGHT)),
    _goes("turns left where one may not go straight on", policy=_law(_ON)),
    _goes("turns right where one may not go straight on", _turns(90.0), policy=_law(_ON)),
    _goes("stops where one may not go straight on", halting(30.0, 24.0), policy=_law(_ON)),
    _goes("stops with the bumper at the northern gate", halting(30.0, 25.9), policy=_law(_ON)),
    _goes("turns left where turning round is forbidden", road=_DIVIDED, policy=_law(_ROUND)),
    _goes("goes out to the south where turning round is forbidden", Drive(Path(-1.75, 70.0, 180.0), 40.0), road=_DIVIDED, policy=_law(_ROUND)),
    _goes("drives in over the way out, and on", along(40.0, -1.75), road=_DIVIDED, policy=_law(_ON)),
    _goes("passes beside the southern gate", along(40.0, 7.4), policy=_law(_ON)),
    _goes("passes closely beside the southern gate", along(40.0, 7.2), policy=_law(_ON)),
    _goes("past the end of both gates, seen from behind", along(40.0, -7.3), policy=_law(_ON), sight=Sight("rear")),
    _goes("a car where trucks may not", policy=_law(Movement("south", "west", "left turn", Scope(vehicles=("truck",))))),
    _goes("a bus taken for a truck with 0.5", kind="bus", sight=Sight(read_as=("truck", 0.5)),
          policy=_law(Movement("south", "west", "left turn", Scope(vehicles=("truck",))))),
    _goes("a bus where buses may", kind="bus",
          policy=_law(Movement("south", "west", "left turn", Scope(vehicles=("car", "truck", "motorcycle"))))),
    _goes("at 09:00:01, the hours ended at 09:00", at=berlin("09:00:01"),
          policy=_law(Movement("south", "west", "left turn", Scope(hours=("mo-fr 07:00-09:00",))))),
    _goes("on Saturday", at=berlin("08:00:00", day=9),
          policy=_law(Movement("south", "west", "left turn", Scope(hours=("mo-fr 07:00-09:00",))))),
    _goes("dry, where the wet is meant", policy=_law(Movement("south", "west", "left turn", Scope(conditions=("wet",))))),
    _goes("no gate is drawn", road=Road()),
    _goes("one gate is drawn", road=Road(lines=GATES[:1])),
    _goes("no movement is forbidden", policy=_law()),
    _goes("stands on the gate", Drive(Path(1.75, -5.0), 0.0)),
))  # fmt: skip

UNPROVEN = unproven("forbidden_movement", (
    _goes("hidden for three seconds in the middle", sight=Sight(hidden=((11.5, 14.5),))),
    _goes("first seen behind the southern gate", sight=Sight(window=(-45.0, 45.0, -3.0, 45.0))),
    _goes("last seen before the western gate", sight=Sight(window=(-12.0, 45.0, -45.0, 45.0))),
    _goes("the camera has no calibration", sight=Sight(on_road=False)),
    _goes("an ambulance", policy=_law(_LEFT, exemptions=(Exemption(("AB123CD",), "ambulance"),))),
    _goes("the hours end as it turns", at=berlin("08:59:46"),
          policy=_law(Movement("south", "west", "left turn", Scope(hours=("mo-fr 07:00-09:00",))))),
))  # fmt: skip

NEAR_MISSES = LAWFUL + UNPROVEN
