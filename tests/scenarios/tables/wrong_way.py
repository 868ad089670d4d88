"""Driving against a lane's heading: positives and near misses."""

from __future__ import annotations

import dataclasses
from typing import Any

from enforcement.law.papers import Exemption
from enforcement.law.places import WrongWay
from enforcement.law.table import Scope
from enforcement.road import Road, Zone
from tests.scenarios.motion import Drive, Hold, Path, Reach, Shift, Straight, Turn
from tests.scenarios.scenario import lawful, positives, unproven
from tests.scenarios.scene import Scene, Sight, Vehicle
from tests.scenarios.tables.shared import along, berlin, box, policy

_LAW = policy(wrong_way=WrongWay())
#: A carriageway of two lanes along +y, and beside it that of the other direction.
_ROAD = Road("dual", zones=(
    Zone("right", "lane", box(0.0, 3.5, -50.0, 50.0), 0.0),
    Zone("left", "lane", box(-3.5, 0.0, -50.0, 50.0), 0.0),
    Zone("across", "lane", box(-10.0, -6.5, -50.0, 50.0), 180.0),
    Zone("kerb", "no_stopping", box(3.5, 5.5, -50.0, 50.0)),
))  # fmt: skip
_ROUNDABOUT = Road(
    "ramp", zones=(Zone("ramp", "lane", ((0.0, -30.0), (4.0, -30.0), (14.0, 30.0), (10.0, 30.0)), 9.5),)
)


def _drive(name: str, drive: Drive, road: Road = _ROAD, kind: str = "car", **changes: Any) -> Scene:
    return dataclasses.replace(Scene(name, _LAW, drive, road, Vehicle(kind)), **changes)


def _down(
    kmh: float, x: float = 1.75, *pieces: Straight | Turn | Shift, y: float = 60.0, **more: Any
) -> Drive:
    """Against the lanes, from above."""
    return along(kmh, x, *pieces, y=y, heading=180.0, **more)


def _backing(kmh: float, metres: float, x: float = 1.75, from_y: float = 0.0) -> Drive:
    """Stands at ``from_y`` and backs by about ``metres``."""
    seconds = max(metres / (kmh / 3.6) - 1.0, 0.1)
    return Drive(
        Path(x, -60.0), 0.0, from_y + 60.0, 0.0,
        (Hold(2.0), Reach(-kmh, 1.0), Hold(seconds), Reach(0.0, 1.0), Hold(3.0)),
    )  # fmt: skip


def _peeking(metres: float, kmh: float = 20.0) -> Drive:
    """Comes out of a side road against the lane for some metres and leaves by the other side."""
    return Drive(
        Path(
            10.0,
            10.0,
            270.0,
            (Straight(5.0), Turn(-90.0, 3.25), Straight(metres), Turn(90.0, 3.25), Straight(20.0)),
        ),
        kmh,
    )


POSITIVES = positives("wrong_way", (
    _drive("against the right lane at 50", _down(50)),
    _drive("against the left lane at 50", _down(50, -1.75)),
    _drive("at 20", _down(20)),
    _drive("at 12", _down(12)),
    _drive("at 100", _down(100)),
    _drive("at 130", _down(130, -1.75)),
    _drive("a ghost driver with the other carriageway empty", along(90, -8.25)),
    _drive("a motorcycle", _down(40), kind="motorcycle"),
    _drive("a bus", _down(40), kind="bus"),
    _drive("a truck", _down(40), kind="truck"),
    _drive("a bicycle", _down(18), kind="bicycle"),
    _drive("seen from behind", _down(50), sight=Sight("rear")),
    _drive("a bus seen from behind", _down(50), kind="bus", sight=Sight("rear")),
    _drive("not said which end is tracked", _down(50), sight=Sight("front", "unknown")),
    _drive("off the middle of the lane", _down(50, 2.3)),
    _drive("seen for thirty metres only", _down(40), sight=Sight(window=(-45.0, 45.0, -10.0, 20.0))),
    _drive("accelerates", _down(20, then=(Reach(60.0, 6.0),))),
    _drive("brakes, and sees what it did", _down(60, then=(Hold(2.0), Reach(0.0, 4.0), Hold(5.0)))),
    _drive("turns into the wrong lane", Drive(Path(-45.0, 30.0, 90.0, (Straight(41.0), Turn(90.0, 5.75), Straight(60.0))), 25.0)),
    _drive("up a ramp that leads down", Drive(Path(13.7, 40.0, 189.5), 40.0), _ROUNDABOUT),
    _drive("changes between wrong lanes after sixty metres", _down(60, 1.75, Straight(65.0), Shift(-3.5, 30.0))),
    _drive("hidden for half a second", _down(50), sight=Sight(hidden=((4.0, 4.5),))),
    _drive("a law for cars alone", _down(50), policy=policy(wrong_way=WrongWay(scope=Scope(vehicles=("car",))))),
    _drive("stands, then drives on against the lane", _down(40, then=(Reach(0.0, 4.0), Hold(3.0), Reach(40.0, 4.0)))),
))  # fmt: skip

LAWFUL = lawful("wrong_way", (
    _drive("with the right lane", along(50)),
    _drive("with the left lane", along(50, -1.75)),
    _drive("with the other carriageway", _down(50, -8.25)),
    _drive("with the lane at 160", along(160)),
    _drive("with the lane, seen from behind", along(50), sight=Sight("rear")),
    _drive("changes lane to the left", along(80, 1.75, Straight(40.0), Shift(-3.5, 40.0))),
    _drive("changes lane sharply", along(40, -1.75, Straight(50.0), Shift(3.5, 12.0))),
    _drive("backs into a parking place by 6 m at 5 km/h", _backing(5, 6)),
    _drive("backs by 10 m at 7 km/h", _backing(7, 10)),
    _drive("backs by 11 m, faster than 8 km/h", _backing(10, 10.8)),
    _drive("backs a long way at walking pace", _backing(6, 30, from_y=20)),
    _drive("backs by 8 m, seen from behind", _backing(9, 8), sight=Sight("rear")),
    _drive("rolls back by 3 m on a slope", _backing(4, 3)),
    _drive("backs by 5 m, then drives off", Drive(Path(1.75, -60.0), 0.0, 60.0, 0.0, (Hold(2.0), Reach(-6.0, 1.5), Hold(2.0), Reach(0.0, 1.5), Reach(40.0, 5.0)))),
    _drive("out of a drive and 5 m against the lane to the other side", _peeking(5.0)),
    _drive("out of a drive and 3 m against the lane, quickly", _peeking(3.0, 35.0)),
    _drive("out of a drive, straight across", Drive(Path(30.0, 10.0, 270.0), 25.0)),
    _drive("across all lanes at a right angle", Drive(Path(-40.0, 0.0, 90.0), 40.0)),
    _drive("across all lanes aslant, forwards", Drive(Path(-40.0, -30.0, 60.0), 40.0)),
    _drive("across the lanes aslant, a little backwards", Drive(Path(-40.0, 10.0, 100.0), 40.0)),
    _drive("turns left out of the right lane", along(25, 1.75, Straight(55.0), Turn(-90.0, 7.0), Straight(40.0))),
    _drive("turns right out of the lane", along(25, 1.75, Straight(55.0), Turn(90.0, 6.0), Straight(40.0))),
    _drive("turns round into the other carriageway", along(20, -1.75, Straight(60.0), Turn(-180.0, 3.25), Straight(60.0))),
    _drive("turns round into the other carriageway, quickly", along(30, -1.75, Straight(60.0), Turn(-180.0, 3.25), Straight(60.0))),
    _drive("turns in from the side", Drive(Path(45.0, -20.0, 270.0, (Straight(37.0), Turn(90.0, 6.25), Straight(60.0))), 25.0)),
    _drive("against the lane, but on the kerb", _down(20, 4.5)),
    _drive("between the carriageways", _down(40, -5.0)),
    _drive("hardly beside the wrong lane", _down(50, -6.3)),
    _drive("just beyond the edge of the lane", _down(40, 3.9)),
    _drive("a bicycle pushed against the lane", _down(5), kind="bicycle"),
    _drive("creeps against the lane at 7 km/h", _down(7)),
    _drive("at exactly 8 km/h", _down(8)),
    _drive("walks a motorcycle back", _backing(4, 15), kind="motorcycle"),
    _drive("stands", Drive(Path(1.75, 0.0), 0.0)),
    _drive("stands facing the wrong way", Drive(Path(1.75, 0.0, 180.0), 0.0)),
    _drive("stands, in the rain", Drive(Path(-1.75, 20.0), 0.0), sight=Sight(seen=(-20.0, 20.0))),
    _drive("drives up the ramp as it leads", Drive(Path(0.5, -40.0, 9.5), 40.0), _ROUNDABOUT),
    _drive("a lane without a heading", _down(50), Road(zones=(Zone("any", "lane", box(0.0, 3.5, -50.0, 50.0)),))),
    _drive("no lane is drawn", _down(50), Road()),
    _drive("two lanes overlap, one of them leads its way", _down(50), Road(zones=(
        Zone("one", "lane", box(0.0, 3.5, -50.0, 50.0), 0.0), Zone("other", "lane", box(0.0, 3.5, -50.0, 50.0), 180.0)))),
    _drive("a bicycle, where bicycles may", _down(20), kind="bicycle",
           policy=policy(wrong_way=WrongWay(scope=Scope(vehicles=("car", "truck", "bus", "motorcycle"))))),
    _drive("a tidal lane in its other hours", _down(50), at=berlin("16:00:00"),
           policy=policy(wrong_way=WrongWay(scope=Scope(hours=("mo-fr 05:00-12:00",))))),
    _drive("the law counts from 60 m, the lane ends after 55", _down(50),
           Road(zones=(Zone("short", "lane", box(0.0, 3.5, -30.0, 25.0), 0.0),)), policy=policy(wrong_way=WrongWay(60.0))),
))  # fmt: skip

UNPROVEN = unproven("wrong_way", (
    _drive("seen for ten metres", _down(40), sight=Sight(window=(-45.0, 45.0, -5.0, 5.0))),
    _drive("the camera has no calibration", _down(40), sight=Sight(on_road=False)),
    _drive("two vehicles merged", _down(40), sight=Sight(void="two vehicles merged")),
    _drive("a police car", _down(60), policy=policy(wrong_way=WrongWay(), exemptions=(Exemption(("AB123CD",), "police"),))),
))  # fmt: skip

NEAR_MISSES = LAWFUL + UNPROVEN
