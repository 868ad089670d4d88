"""A junction with everything that can be drawn, a policy for all of it, and the drives that break it.

The lane runs along +y at x = 1.75 to a stop line at y = 0 and a junction from y = 6 on.
"""

from __future__ import annotations

from enforcement.circumstances import Rule
from enforcement.law.places import (
    Following,
    Movement,
    RedLight,
    ReservedLane,
    SolidLine,
    StopLine,
    Stopping,
    VehicleBan,
    WrongWay,
)
from enforcement.law.table import Scope
from enforcement.road import Line, Road, Zone
from enforcement.rules import (
    following,
    forbidden_movement,
    red_light,
    reserved_lane,
    solid_line,
    stop_line,
    stopping,
    vehicle_ban,
    wrong_way,
)
from streams.messages import Passage
from tests.enforcement.rules.driving import Drive, lamp, law

RULES: dict[str, Rule] = {
    rule.OFFENCE: rule.judge
    for rule in (
        red_light,
        stop_line,
        wrong_way,
        reserved_lane,
        forbidden_movement,
        stopping,
        following,
        solid_line,
        vehicle_ban,
    )
}

ROAD = Road(
    "junction",
    (
        Line("stop", "stop", ((0.0, 0.0), (3.5, 0.0)), "A", 0.0),
        Line("middle", "solid", ((0.0, -60.0), (0.0, -2.0))),
        Line("south", "gate", ((0.0, 1.0), (3.5, 1.0)), None, 0.0),
        Line("west", "gate", ((-10.0, 5.0), (-10.0, 15.0))),
    ),
    (
        Zone("crossing", "junction", ((-8.0, 6.0), (8.0, 6.0), (8.0, 20.0), (-8.0, 20.0))),
        Zone("northbound", "lane", ((0.0, -60.0), (3.5, -60.0), (3.5, 0.0), (0.0, 0.0)), 0.0),
        Zone("southbound", "lane", ((-7.0, -60.0), (-3.5, -60.0), (-3.5, 0.0), (-7.0, 0.0)), 180.0),
        Zone("buses", "reserved", ((3.5, -60.0), (7.0, -60.0), (7.0, 0.0), (3.5, 0.0))),
        Zone("yellow", "box", ((-8.0, 6.0), (8.0, 6.0), (8.0, 20.0), (-8.0, 20.0))),
        Zone("old town", "ban", ((-3.5, 21.0), (3.5, 21.0), (3.5, 60.0), (-3.5, 60.0))),
    ),
)

LAW = law(
    red_light=RedLight(),
    stop_line=StopLine(),
    wrong_way=WrongWay(),
    reserved_lanes=(ReservedLane("buses", ("bus",)),),
    movements=(Movement("south", "west", "left turn"),),
    stopping=(Stopping("yellow", 5.0),),
    following=Following(0.9),
    solid_lines=(SolidLine("middle"),),
    vehicle_bans=(VehicleBan("old town", Scope(vehicles=("truck",))),),
)

RED = (lamp("amber", -6.0, -3.0), lamp("red", -3.0, 90.0))
GREEN = (lamp("red", -60.0, -20.0), lamp("green", -20.0, 90.0))

STRAIGHT = ((1.75, -45.0), (1.75, 45.0))
TURN_LEFT = ((1.75, -30.0), (1.75, 3.0), (0.5, 7.0), (-3.0, 9.5), (-8.0, 10.0), (-30.0, 10.0))
EVEN_50 = ((0.0, 14.0), (6.0, 14.0))
HALT_AT_2 = ((0.0, 12.0), (1.917, 12.0), (5.917, 0.0), (14.0, 0.0))  # 47 m on: 2 m behind the line
HALT_IN_BOX = ((0.0, 12.0), (2.75, 12.0), (6.75, 0.0), (16.0, 0.0), (20.0, 10.0))  # 57 m on


def leader(gap_s: float, kmh: float = 90.0, x: float = 1.75, length: float = 4.5) -> Drive:
    """One whose rear is ``gap_s`` ahead of the front of who drives straight from y = -45 at 0 s."""
    ms = kmh / 3.6
    return Drive(
        ((x, -45.0), (x, 75.0)), ((0.0, ms), (4.0, ms)), length, starts_s=-gap_s - length / ms, seed=7
    )


def at_90(**changes: object) -> Passage:
    return Drive(STRAIGHT, ((0.0, 25.0), (3.6, 25.0))).passage(**changes)


#: One who breaks the rule, for each.
OFFENDERS: dict[str, Passage] = {
    "red_light": Drive(STRAIGHT, EVEN_50).passage(lamps=RED),
    "stop_line": Drive(STRAIGHT, HALT_AT_2).passage(lamps=RED),
    "wrong_way": Drive(((1.75, -5.0), (1.75, -55.0)), ((0.0, 12.0), (4.0, 12.0))).passage(),
    "reserved_lane": Drive(((5.25, -50.0), (5.25, 0.0)), ((0.0, 14.0), (3.5, 14.0))).passage(),
    "forbidden_movement": Drive(TURN_LEFT, ((0.0, 8.0), (8.0, 8.0))).passage(),
    "stopping": Drive(STRAIGHT, HALT_IN_BOX).passage(),
    "following": at_90(leader=leader(0.4).leader(length_sigma_m=0.3)),
    "solid_line": Drive(
        ((1.75, -58.0), (1.75, -45.0), (-1.75, -20.0), (-1.75, 0.0)), ((0.0, 14.0), (4.0, 14.0))
    ).passage(),
    "vehicle_ban": Drive(((1.75, 15.0), (1.75, 55.0)), ((0.0, 10.0), (4.0, 10.0))).passage(vehicle="truck"),
}
